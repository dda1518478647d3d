import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { toHex } from '#protocol/core/encoding.ts'
import type { NodeId } from '#protocol/core/ids.ts'
import { indexAt } from '#protocol/lora/chain.ts'
import {
  LORA_PANICS_MAX,
  LORA_PENDING_MAX,
  LORA_RECENT_BEACONS_MAX,
  LORA_RX_QUEUE_MAX,
  LORA_UNKNOWN_PEERS_MAX,
} from '#protocol/lora/constants.ts'
import { beaconIdOf } from '#protocol/lora/frame.ts'
import { subBandOf } from '#protocol/lora/sub-bands.ts'
import { NO_CHAINS, OwnChainsSchema } from './own-chain.ts'
import {
  createBoard,
  createPlainShelf,
  createStation,
  midnightOf,
  person,
  radio,
  type Station,
  shortChain,
} from './testing/stations.ts'
import { createAttacker } from './testing/storm.ts'
import { createStormClock } from './testing/storm-clock.ts'

/** The issue asks for 30 nodes and a million; every run takes a part of both, the whole is `LORA_STORM=1000000`. */
const { LORA_STORM } = process.env
const HOSTILE = Number(LORA_STORM ?? 30_000)
const NODES = LORA_STORM === undefined ? 15 : 30
const DAY_SECONDS = 86_400
/** Of a hundred frames this many are not heard by a given neighbour. */
const LOST_PERCENT = 5
const PANICS_AT = [3, 8, 13, 18, 22].map((hour) => hour * 3600 + 77)
/** Who calls: every third, or every sixth. */
const CALLER_STEP = NODES / PANICS_AT.length
const RESTART_EVERY_SECONDS = 5400
/** Half of what is hostile comes at once and at one node, four times what its queue holds. */
const FLOOD_FRAMES = 1000
const FLOOD_EVERY_SECONDS = Math.floor(DAY_SECONDS / Math.ceil(HOSTILE / 2 / FLOOD_FRAMES))
const HEAP_EVERY_SECONDS = 10_800
/** From noon, when what is bounded is nearly full, to midnight. A node that is not let go when it restarts is 1.7 MB, and eight of them restart. */
const HEAP_GROWTH_BYTES = 8_000_000

setFlagsFromString('--expose-gc')
const collectGarbage: () => void = runInNewContext('gc')
function heapBytes(): number {
  collectGarbage()
  return process.memoryUsage().heapUsed
}

function report(measured: Readonly<Record<string, string | number>>): void {
  const lines = Object.entries(measured).map(([name, value]) => `  ${name}: ${value}\n`)
  process.stdout.write(`the storm, ${NODES} nodes\n${lines.join('')}`)
}

const isPanic = (frame: Uint8Array): boolean => ((frame[7] ?? 0) & 1) !== 0

describe('a day under attack (LOR-1, LOR-4, LOR-5, LOR-7 to LOR-10)', () => {
  it(`${NODES} nodes, 24 h, ${HOSTILE} hostile frames: none is believed, no band is overdrawn, every call for help is shown`, async () => {
    const clock = createStormClock(29)
    const settings = radio()
    const band = subBandOf('EU868', settings)
    if (!band) throw new TypeError('the channel of the storm has a rule')
    const startsAt = midnightOf(clock)
    const members = Array.from({ length: NODES }, (_, at) => person(at))
    const board = createBoard()
    const attacker = createAttacker(clock, members, startsAt)
    const random = (below: number): number => {
      const [a = 0, b = 0] = clock.randomBytes(2)
      return (a * 256 + b) % below
    }

    const stations: Station[] = []
    const shelves = members.map(() => createPlainShelf())
    const said = new Set<string>()
    const onAir: { readonly from: number; readonly at: number; readonly ms: number }[] = []
    /** Quarters of an hour in which somebody really called, by sender. */
    const calls = new Set<string>()
    /** By receiver and sender, the newest that was believed: one number for each pair, so that the scene itself stays small. */
    const believed = new Map<string, number>()
    const wrong: string[] = []
    const shownLate: string[] = []
    let heardOfCalls = 0
    let provenFrames = 0
    let hostile = 0
    let longestQueue = 0

    const periodOf = (hash: string, unixSeconds: number): string => `${hash} ${indexAt('panic', startsAt, unixSeconds)}`

    function strike(index: number): void {
      const listener = stations[index]?.listener
      if (!listener) return
      hostile++
      listener.receive({ frame: attacker.frame(), rssiDbm: -70, snrDb: 9 })
      longestQueue = Math.max(longestQueue, listener.queueLength)
    }

    function flood(index: number): void {
      for (let frame = 0; frame < FLOOD_FRAMES; frame++) strike(index)
    }

    function transmit(from: number, frame: Uint8Array<ArrayBuffer>, ms: number): void {
      attacker.hear(frame)
      onAir.push({ from, at: clock.now(), ms })
      for (const [index] of members.entries()) {
        if (index === from || random(100) < LOST_PERCENT) continue
        clock.after(ms, () => {
          stations[index]?.listener.receive({ frame, rssiDbm: -101, snrDb: 4 })
          // one neighbour of whoever calls is buried at that very moment
          if (isPanic(frame) && index === (from + 1) % NODES) flood(index)
        })
      }
    }

    function watch(index: number, station: Station): void {
      station.listener.proven.on(({ reception: { frame }, verdict }) => {
        provenFrames++
        const claim = `${index} ${beaconIdOf(frame)}`
        if (verdict.nodeId === null) wrong.push(`nobody: ${claim}`)
        if (frame.flags.panic && calls.has(periodOf(frame.senderHash, frame.unixSeconds))) return
        // anything else that is believed was said, in these very bytes, and is believed once, whatever restarted in between
        const bytes = frame.version === 2 ? `${frame.mac.join()} ${frame.key.join()}` : ''
        if (!said.has(`${beaconIdOf(frame)} ${bytes}`)) wrong.push(`not theirs: ${claim}`)
        const place = frame.unixSeconds * 65_536 + frame.sequence
        const pair = `${index} ${frame.senderHash}`
        if (place <= (believed.get(pair) ?? 0)) wrong.push(`twice: ${claim}`)
        believed.set(pair, place)
      })
    }

    async function start(index: number): Promise<void> {
      const nodeId = members[index] as NodeId
      const shelf = shelves[index] ?? createPlainShelf()
      const station = await createStation({
        ...{ runtime: clock, shelf, board, nodeId, members, settings, frames: 'v2', override: false },
        transmit(frame, ms) {
          remember(frame)
          transmit(index, frame, ms)
        },
      })
      stations[index] = station
      watch(index, station)
    }

    function remember(frame: Uint8Array): void {
      const view = new DataView(frame.buffer)
      const id = `${toHex(frame.subarray(1, 5))}:${view.getUint32(9)}:${view.getUint16(5)}`
      said.add(`${id} ${frame.subarray(13, 21).join()} ${frame.subarray(21).join()}`)
    }

    for (const [index, nodeId] of members.entries()) {
      const { anchored, stored } = shortChain(clock, nodeId, startsAt, 3)
      board.publish(nodeId, anchored)
      await (await shelves[index]?.open('lora.chains', OwnChainsSchema, NO_CHAINS))?.set({ chains: [stored] })
      await start(index)
    }

    const perSecond = HOSTILE / 2 / DAY_SECONDS
    let owed = 0
    let heapEarly = 0
    const heaps: number[] = []
    const startedAt = performance.now()
    for (let second = 0; second < DAY_SECONDS; second++) {
      for (owed += perSecond; owed >= 1; owed--) strike(random(NODES))
      if (second % FLOOD_EVERY_SECONDS === 0) flood(random(NODES))

      const call = PANICS_AT.indexOf(second)
      if (call >= 0) {
        const caller = stations[call * CALLER_STEP]
        if (caller) calls.add(periodOf(caller.hash, clock.now() / 1000))
        caller?.sender.panic().catch((error: unknown) => wrong.push(String(error)))
      }
      const called = PANICS_AT.indexOf(second - 8)
      if (called >= 0) {
        const caller = stations[called * CALLER_STEP]
        for (const [index, { panics }] of stations.entries()) {
          if (index === called * CALLER_STEP) continue
          heardOfCalls++
          const shown = panics.list(clock.now()).find(({ sender_hash }) => sender_hash === caller?.hash)
          // an attacker may have said in their name that all is well: a mark, and the call stands
          if (shown?.proof !== 'proven' || shown.over === 'proven')
            shownLate.push(`${index} of ${called}: ${JSON.stringify(shown)}`)
        }
        await caller?.sender.cancel()
      }
      if (second % RESTART_EVERY_SECONDS === RESTART_EVERY_SECONDS - 1) {
        const index = random(NODES)
        await stations[index]?.stop()
        await start(index)
      }
      if (second % HEAP_EVERY_SECONDS === 0) heaps.push(heapBytes())
      if (second === DAY_SECONDS / 2) heapEarly = heaps.at(-1) ?? 0
      await clock.second()
    }
    heaps.push(heapBytes())
    const heapGrowth = (heaps.at(-1) ?? 0) - heapEarly
    report({
      'hostile frames': hostile,
      'true frames on the air': onAir.length,
      'believed, over all nodes': provenFrames,
      'believed wrongly': wrong.length,
      'calls for help shown': `${heardOfCalls - shownLate.length} of ${heardOfCalls}`,
      'longest queue': longestQueue,
      'heap every three hours, MB': heaps.map((bytes) => (bytes / 1e6).toFixed(1)).join(' '),
      'heap from noon to midnight, MB': (heapGrowth / 1e6).toFixed(1),
      seconds: ((performance.now() - startedAt) / 1000).toFixed(0),
    })
    expect(heapGrowth).toBeLessThan(HEAP_GROWTH_BYTES)

    expect(wrong).toEqual([])
    expect(hostile).toBeGreaterThanOrEqual(HOSTILE)
    for (const kind of ['stale', 'replayed', 'borrowedKey', 'oldToken'])
      expect(attacker.kinds[kind]).toBeGreaterThan(HOSTILE / 20)
    // nearly all beacons are proven by each of the neighbours who were not restarted meanwhile
    expect(onAir.length).toBeGreaterThan(NODES * 130)
    expect(provenFrames).toBeGreaterThan(onAir.length * (NODES - 1) * 0.8)

    // a burst of three of which each is lost once in twenty: all three once in 8,000
    expect(shownLate).toEqual([])
    expect(heardOfCalls).toBe(PANICS_AT.length * (NODES - 1))

    for (const [index] of members.entries()) {
      const own = onAir.filter(({ from }) => from === index)
      for (const [last, { at: until }] of own.entries()) {
        const used = own.slice(0, last + 1).filter(({ at }) => at > until - 3_600_000)
        expect(used.reduce((sum, { ms }) => sum + ms, 0)).toBeLessThanOrEqual(band.limitMs)
      }
    }

    // every flood fills it, and none makes it longer
    expect(longestQueue).toBe(LORA_RX_QUEUE_MAX)
    for (const { listener, peers, panics } of stations) {
      expect(listener.waiting()).toBeLessThanOrEqual(LORA_PENDING_MAX)
      expect(listener.recent(10_000).length).toBeLessThanOrEqual(LORA_RECENT_BEACONS_MAX)
      expect(peers.list().length).toBeLessThanOrEqual(LORA_UNKNOWN_PEERS_MAX + NODES)
      expect(panics.list(clock.now()).length).toBeLessThanOrEqual(LORA_PANICS_MAX)
    }
  }, 1_800_000)
})
