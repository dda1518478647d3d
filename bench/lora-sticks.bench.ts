import { createRealRuntime } from '../workers/kernel/real-runtime.ts'
import { encodeKiss } from '../workers/modules/lora/adapters/kiss.ts'
import { HARDWARE, COMMAND as MESHCORE } from '../workers/modules/lora/adapters/meshcore-commands.ts'
import { meshtastic } from '../workers/modules/lora/adapters/meshtastic.ts'
import { encodeMeshtasticFrame } from '../workers/modules/lora/adapters/meshtastic-framing.ts'
import { FromRadio } from '../workers/modules/lora/adapters/meshtastic-messages.ts'
import { rnode } from '../workers/modules/lora/adapters/rnode.ts'
import { COMMAND as RNODE } from '../workers/modules/lora/adapters/rnode-commands.ts'
import { sx126x } from '../workers/modules/lora/adapters/sx126x.ts'
import { encodeLine } from '../workers/modules/lora/adapters/text-lines.ts'
import { createEther } from '../workers/modules/lora/ether.ts'
import { createSimulatedStick, type SimulatedModel } from '../workers/modules/lora/simulated-sticks.ts'
import type { Adapter } from '../workers/modules/lora/stick.ts'
import { AWKWARD, SETTINGS } from '../workers/modules/lora/testing/settings.ts'
import type { BenchReport, Measurement } from './report.ts'
import { median } from './support/statistics.ts'

/** How fast frames go from a stick's port to the app, and how soon a pulled one is noticed: simulated sticks in Node. Aims: 1,000 frames a second, 100 ms. */
const FRAMES = 20_000
const ROUNDS = 5
const PULLS = 50
/** Bytes that a port hands over at once, at most. */
const PIECE_BYTES = 4_096

const joined = (...parts: readonly Uint8Array[]): Uint8Array => Uint8Array.from(parts.flatMap((part) => [...part]))

/** One received frame with its signal, as each kind of stick says it. */
const STICKS: readonly (readonly [SimulatedModel, Adapter, Uint8Array])[] = [
  [
    'meshtastic',
    meshtastic,
    encodeMeshtasticFrame(
      FromRadio.encode({
        packet: { from: 7, to: 0xffffffff, decoded: { portnum: 256, payload: AWKWARD }, id: 9, rxRssi: -97, rxSnr: 5.25 },
      }),
    ),
  ],
  ['rnode', rnode, joined(encodeKiss(RNODE.statRssi, [60]), encodeKiss(RNODE.statSnr, [21]), encodeKiss(RNODE.data, AWKWARD))],
  [
    'meshcore',
    sx126x,
    joined(encodeKiss(MESHCORE.data, AWKWARD), encodeKiss(MESHCORE.setHardware, [HARDWARE.rxMeta, 21, 159])),
  ],
  ['rui3', sx126x, encodeLine(`+EVT:RXP2P:-97:5:${Buffer.from(AWKWARD).toString('hex').toUpperCase()}`)],
]

/** An open session, and what counts the frames it hears and tells of its end. */
async function open(model: SimulatedModel, adapter: Adapter) {
  const runtime = createRealRuntime()
  const cable = createSimulatedStick({ runtime, ether: createEther({ runtime }), model })
  cable.plug()
  await cable.port.open({ baudRate: adapter.baudRate })
  const state = { heard: 0, onHeard: (): void => undefined, onLost: (): void => undefined }
  const session = await adapter.open(cable.port, {
    runtime,
    settings: SETTINGS,
    onHeard() {
      state.heard++
      if (state.heard === FRAMES) state.onHeard()
    },
    onLost: () => state.onLost(),
  })
  return { cable, session, state }
}

/** @returns frames per second, from bytes of the port to the service's ear. */
async function decode(model: SimulatedModel, adapter: Adapter, frame: Uint8Array): Promise<number> {
  const { cable, session, state } = await open(model, adapter)
  const bytes = new Uint8Array(frame.length * FRAMES)
  for (let n = 0; n < FRAMES; n++) bytes.set(frame, n * frame.length)
  const all = new Promise<void>((resolve) => {
    state.onHeard = resolve
  })
  const begun = performance.now()
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) cable.say(bytes.subarray(at, at + PIECE_BYTES))
  await all
  const seconds = (performance.now() - begun) / 1000
  await session.close()
  return FRAMES / seconds
}

/** @returns milliseconds from the port's error to the end of the session. */
async function notice(model: SimulatedModel, adapter: Adapter): Promise<number> {
  const { cable, state } = await open(model, adapter)
  const lost = new Promise<void>((resolve) => {
    state.onLost = resolve
  })
  const begun = performance.now()
  cable.pull()
  await lost
  return performance.now() - begun
}

async function repeat(times: number, measure: () => Promise<number>): Promise<number> {
  const values: number[] = []
  for (let round = 0; round < times; round++) values.push(await measure())
  return median(values)
}

export async function run(): Promise<BenchReport> {
  const measurements: Measurement[] = []
  for (const [model, adapter, frame] of STICKS) {
    const perSecond = await repeat(ROUNDS, () => decode(model, adapter, frame))
    measurements.push({ name: `${model}: frames heard`, unit: 'frames/s', better: 'higher', ours: perSecond, aim: 1_000 })
  }
  for (const [model, adapter] of STICKS) {
    const ms = await repeat(PULLS, () => notice(model, adapter))
    measurements.push({ name: `${model}: a pulled stick is noticed`, unit: 'ms', better: 'lower', ours: ms, aim: 100 })
  }
  return {
    title: 'Sticks: bytes of a serial port to frames',
    notes: [
      `${FRAMES} frames of 32 bytes with their signal, as the simulated stick says them, in pieces of ${PIECE_BYTES} bytes through the port’s stream, the codec and the adapter; median of ${ROUNDS}. 115,200 baud carry at most 300 of them a second.`,
      `Pulled: from the read error, which is the browser’s word for it, to the end of the session; median of ${PULLS}. How long a browser takes for that word is measured with a true serial port only.`,
    ],
    measurements,
  }
}
