// what Node 20 lacks, before anything is imported
import '../workers/testing/node-20.ts'

import { decodeFrame, encodeFrame } from '#protocol/lora/frame.ts'
import { subBandOf } from '#protocol/lora/sub-bands.ts'
import { createRealRuntime } from '../workers/kernel/real-runtime.ts'
import { rnode } from '../workers/modules/lora/adapters/rnode.ts'
import { createEther } from '../workers/modules/lora/ether.ts'
import { NO_CHAINS, OwnChainsSchema } from '../workers/modules/lora/own-chain.ts'
import { createSticks } from '../workers/modules/lora/serial-bridge.ts'
import { createSimulatedSerial, createSimulatedStick } from '../workers/modules/lora/simulated-sticks.ts'
import {
  createBoard,
  createPlainShelf,
  createStation,
  midnightOf,
  person,
  radio,
  type Station,
  shortChain,
} from '../workers/modules/lora/testing/stations.ts'
import { createAttacker } from '../workers/modules/lora/testing/storm.ts'
import { createStormClock, type StormClock } from '../workers/modules/lora/testing/storm-clock.ts'
import type { BenchReport, Measurement } from './report.ts'
import { quantile } from './support/statistics.ts'

/**
 * What a day of radio among twelve houses brings, and what its code takes: simulated sticks in Node, since no radio is at hand. Aims: those of the
 * rules, in the table. Fair: v1 and v2 of the frames see the same day.
 */
const NODES = 12
const HOURS = 24
const CONFIRMED_WITHIN_MINUTES = 15
const DECODED = 500_000
const JUDGED = 60_000
const PULLS = 20

interface Case {
  readonly frames: 'v1' | 'v2'
  readonly spreading_factor: number
  readonly percent: 1 | 10
}

const CASES: readonly Case[] = [9, 12].flatMap((spreading_factor) =>
  ([10, 1] as const).flatMap((percent) => (['v1', 'v2'] as const).map((frames) => ({ frames, spreading_factor, percent }))),
)

/** What two who send at once lose: both frames. There is no stronger one here. */
function createCrowdedAir(clock: StormClock, stations: readonly Station[]) {
  const flying = new Set<{ broken: boolean }>()
  return (from: number, frame: Uint8Array<ArrayBuffer>, ms: number): void => {
    const flight = { broken: flying.size > 0 }
    for (const other of flying) other.broken = true
    flying.add(flight)
    clock.after(ms, () => {
      flying.delete(flight)
      if (flight.broken) return
      for (const [index, { listener }] of stations.entries()) {
        if (index !== from) listener.receive({ frame, rssiDbm: -110, snrDb: 0 })
      }
    })
  }
}

async function village(clock: StormClock, { frames, spreading_factor, percent }: Case, intervalSeconds: number) {
  const settings = radio({ spreading_factor, frequency_hz: percent === 10 ? 869_525_000 : 868_300_000 })
  const members = Array.from({ length: NODES }, (_, at) => person(at))
  const board = createBoard()
  const stations: Station[] = []
  const send = createCrowdedAir(clock, stations)
  for (const [index, nodeId] of members.entries()) {
    const shelf = createPlainShelf()
    if (frames === 'v2') {
      const { anchored, stored } = shortChain(clock, nodeId, midnightOf(clock), 2)
      board.publish(nodeId, anchored)
      await (await shelf.open('lora.chains', OwnChainsSchema, NO_CHAINS)).set({ chains: [stored] })
    }
    stations.push(
      await createStation({
        ...{ runtime: clock, shelf, board, nodeId, members, settings, frames, override: false, intervalSeconds },
        transmit: (frame, ms) => send(index, frame, ms),
      }),
    )
    // neighbours do not all switch on in the same second
    for (let second = 0; second < 600 / NODES; second++) await clock.second()
  }
  return { stations, settings }
}

/** Beacons of one neighbour that another one hears within an hour, and how long until they are proven. */
async function beacons(one: Case): Promise<readonly Measurement[]> {
  const clock = createStormClock(3)
  const { stations } = await village(clock, one, 600)
  const [listening] = stations
  if (!listening) throw new TypeError('somebody listens')
  const proven: { readonly heardAt: number; readonly minutes: number }[] = []
  listening.listener.proven.on(({ reception: { at } }) => proven.push({ heardAt: at, minutes: (clock.now() - at) / 60_000 }))
  const before = listening.listener.counts.received
  for (let second = 0; second < HOURS * 3600; second++) await clock.second()
  const heard = listening.listener.counts.received - before
  const until = clock.now()
  // the last ones are heard to the end, so that each has its time to be proven
  for (let second = 0; second < CONFIRMED_WITHIN_MINUTES * 60; second++) await clock.second()
  const waited = proven.filter(({ heardAt }) => heardAt <= until).map(({ minutes }) => minutes)
  const inTime = waited.filter((minutes) => minutes <= CONFIRMED_WITHIN_MINUTES).length
  const name = `${one.frames} SF${one.spreading_factor} ${one.percent} %`
  return [
    { name: `${name}: beacons heard`, unit: '/h', better: 'higher', ours: heard / HOURS / (NODES - 1) },
    {
      name: `${name}: proven within ${CONFIRMED_WITHIN_MINUTES} min`,
      unit: '%',
      better: 'higher',
      ours: (100 * inTime) / heard,
    },
    ...(waited.length > 0
      ? [{ name: `${name}: until proven, median`, unit: 'min', better: 'lower' as const, ours: quantile(waited, 0.5) }]
      : []),
  ]
}

/** What the budget alone would allow, one device that sends whenever it may. */
async function mostPerHour({ spreading_factor, percent }: Case): Promise<Measurement> {
  const clock = createStormClock(5)
  const settings = radio({ spreading_factor, frequency_hz: percent === 10 ? 869_525_000 : 868_300_000 })
  const band = subBandOf('EU868', settings)
  let sent = 0
  const station = await createStation({
    ...{ runtime: clock, shelf: createPlainShelf(), board: createBoard(), nodeId: person(1), members: [], settings },
    ...{ frames: 'v1', override: false, intervalSeconds: 1 },
    transmit: () => sent++,
  })
  for (let second = 0; second < 3600; second++) await clock.second()
  await station.stop()
  return {
    name: `SF${spreading_factor} in ${band?.name}: most beacons, help kept back`,
    unit: '/h',
    better: 'higher',
    ours: sent,
  }
}

function decoding(): Measurement {
  const flags = { panic: false, ok: true, gateway: false, low_battery: false }
  const frame = encodeFrame({ version: 1, senderHash: '94c3c0db', sequence: 1, flags, unixSeconds: 1_790_000_000 })
  const start = performance.now()
  for (let at = 0; at < DECODED; at++) decodeFrame(frame)
  return {
    name: 'frames decoded',
    unit: '/s',
    better: 'higher',
    ours: DECODED / ((performance.now() - start) / 1000),
  }
}

/** The attacks of the storm against one device that knows twelve members. */
async function judging(): Promise<Measurement> {
  const clock = createStormClock(7)
  const { stations } = await village(clock, { frames: 'v2', spreading_factor: 9, percent: 10 }, 600)
  const attacker = createAttacker(
    clock,
    stations.map(({ nodeId }) => nodeId),
    midnightOf(clock),
  )
  const frames = Array.from({ length: JUDGED }, () => attacker.frame())
  const [victim] = stations
  const start = performance.now()
  for (const [at, frame] of frames.entries()) {
    victim?.listener.receive({ frame, rssiDbm: -70, snrDb: 5 })
    if (at % 128 === 127) await clock.second()
  }
  return {
    name: 'hostile frames judged',
    unit: '/s',
    better: 'higher',
    ours: JUDGED / ((performance.now() - start) / 1000),
    // the shortest frame in the fastest setting takes 71.936 ms: no radio hears more than this
    aim: 14,
  }
}

/** From the pull to the device knowing it, by the real clock. */
async function noticing(): Promise<Measurement> {
  const runtime = createRealRuntime()
  const cable = createSimulatedStick({ runtime, ether: createEther({ runtime }), model: 'rnode' })
  const serial = createSimulatedSerial([cable])
  const sticks = createSticks({
    runtime,
    serial: async () => serial,
    adapter: async () => rnode,
    simulate: async () => {
      throw new TypeError('no simulation is asked for')
    },
  })
  serial.plug(cable)
  const stick = sticks.open({ adapter: 'rfm95w', portId: null, simulated: false }, radio())
  const becomes = (state: string): Promise<void> =>
    new Promise((resolve) => {
      const look = (): void => {
        if (stick.status().state !== state) return
        stop()
        resolve()
      }
      const stop = stick.changed.on(look)
      look()
    })
  const took: number[] = []
  for (let at = 0; at < PULLS; at++) {
    await becomes('ready')
    const start = performance.now()
    serial.pull(cable)
    await becomes('waiting')
    took.push(performance.now() - start)
    serial.plug(cable)
  }
  await stick.close()
  return { name: 'a pulled stick is noticed, p95', unit: 'ms', better: 'lower', ours: quantile(took, 0.95), aim: 1000 }
}

/** The radio: how often, how sure, how fast. */
export async function run(): Promise<BenchReport> {
  const measured: Measurement[] = []
  for (const one of CASES) measured.push(...(await beacons(one)))
  for (const one of CASES) if (one.frames === 'v1') measured.push(await mostPerHour(one))
  return {
    title: `lora: ${NODES} neighbours, ${HOURS} simulated hours, a beacon every 600 s`,
    notes: [
      'Two frames that overlap are both lost, and all that begin within one simulated second do. Frames v1 can be proven by nobody: the zero is what v1 is.',
      'Hostile frames are those of the storm test: forged, bent, replayed, late, ahead, with borrowed keys and old tokens.',
      'The pulled stick is a simulated one: what the operating system adds is not in the number.',
    ],
    measurements: [...measured, decoding(), await judging(), await noticing()],
  }
}
