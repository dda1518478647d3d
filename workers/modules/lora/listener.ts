import { toHex } from '#protocol/core/encoding.ts'
import { toHearthError } from '#protocol/core/errors.ts'
import { wireTime } from '#protocol/core/ids.ts'
import { LORA_RECENT_BEACONS_MAX } from '#protocol/lora/constants.ts'
import { beaconReceived, panicReceived, peerConflict, peerUnknown, rxDropped } from '#protocol/lora/events.ts'
import { beaconIdOf, decodeFrame, type Frame } from '#protocol/lora/frame.ts'
import type { BeaconRecord, Doubt } from '#protocol/lora/records.ts'
import { createBoundedMap } from '../../kernel/bus/bounded-map.ts'
import type { Runtime } from '../../kernel/runtime.ts'
import { createSignal, type Signal } from '../../kernel/signal.ts'
import type { Anchors } from './anchors.ts'
import type { Herald } from './herald.ts'
import type { Panics } from './panics.ts'
import type { PeerMap, Reception } from './peer-map.ts'
import { createProver, type Verdict } from './prover.ts'
import type { Windows } from './replay-window.ts'
import { createRxLimit, createRxQueue } from './rx-queue.ts'
import type { Heard } from './stick.ts'

/** Frames that are recognised when they come a second time, as through a mesh that repeats them. */
const MAX_SEEN = 2048

/** What was received since the module started. */
export interface RxCounts {
  received: number
  malformed: number
  limited: number
  duplicate: number
  blocked: number
  proven: number
  forged: number
  late: number
  replayed: number
  dropped: number
}

interface Beacon {
  readonly reception: Reception
  verdict: Verdict
  /** Held back by the limit of LOR-5 until it is proven. */
  surfaced: boolean
}

export interface Listener {
  receive(heard: Heard): void
  readonly counts: Readonly<RxCounts>
  readonly queueLength: number
  /** Frames that wait for their key. */
  waiting(): number
  /** Newest first. */
  recent(limit: number, senderHash?: string): BeaconRecord[]
  /** A frame turned out to be true, at once or when its key came. */
  readonly proven: Signal<{ readonly reception: Reception; readonly verdict: Verdict }>
  /** When one of our own frames came back through somebody else's stick; null when none did. Milliseconds since 1970. */
  echoedAt(): number | null
  /** Forgets what was heard, not what was learnt. */
  clear(): void
  stop(): void
}

export interface ListenerDeps {
  readonly runtime: Runtime
  readonly herald: Herald
  readonly peers: PeerMap
  readonly panics: Panics
  readonly anchors: Anchors
  readonly windows: Windows
  readonly selfHash: string
  /** Whether this node sent exactly this frame. */
  readonly isOwn: (frame: Uint8Array) => boolean
}

const COUNTED: Partial<Record<Doubt, keyof RxCounts>> = { forged: 'forged', late: 'late', replayed: 'replayed' }

/** What is made of everything the stick hears (LOR-3 to LOR-5, LOR-7 to LOR-10). */
export function createListener(deps: ListenerDeps): Listener {
  const { runtime, herald, peers, panics } = deps
  const counts: RxCounts = {
    received: 0,
    malformed: 0,
    limited: 0,
    duplicate: 0,
    blocked: 0,
    proven: 0,
    forged: 0,
    late: 0,
    replayed: 0,
    dropped: 0,
  }
  const beacons: Beacon[] = []
  const seen = createBoundedMap<string, true>(MAX_SEEN)
  const limit = createRxLimit(runtime)
  const proven = createSignal<{ reception: Reception; verdict: Verdict }>()
  let echoedAt: number | null = null

  const prover = createProver<Beacon>({
    anchors: deps.anchors,
    windows: deps.windows,
    random: () => (runtime.randomBytes(1)[0] ?? 0) / 256,
    settled: decided,
  })

  function count({ proof, doubt }: Verdict): void {
    if (proof === 'proven') counts.proven++
    const counter = doubt && COUNTED[doubt]
    if (counter) counts[counter]++
  }

  /** Puts a beacon before the person. */
  function surface(beacon: Beacon): void {
    beacon.surfaced = true
    const { reception, verdict } = beacon
    const hash = reception.frame.senderHash
    const before = peers.who(hash).state
    const isNew = peers.heard(reception, verdict)
    const { state } = peers.who(hash)
    beacons.push(beacon)
    if (beacons.length > LORA_RECENT_BEACONS_MAX) beacons.shift()
    if (state === 'blocked' && verdict.proof !== 'proven') {
      counts.blocked++
      return
    }
    herald.tell(beaconReceived)
    if (isNew) herald.tell(peerUnknown)
    if (state === 'conflict' && (isNew || before !== 'conflict')) herald.tell(peerConflict)
    if (panics.heard(reception, verdict)) herald.tell(panicReceived)
  }

  function decided(beacon: Beacon, verdict: Verdict): void {
    count(verdict)
    beacon.verdict = verdict
    if (!beacon.surfaced) {
      if (verdict.proof === 'proven') {
        surface(beacon)
        proven.emit({ reception: beacon.reception, verdict })
      }
      return
    }
    const { reception } = beacon
    peers.decided(reception, verdict)
    herald.tell(beaconReceived)
    if (panics.heard(reception, verdict)) herald.tell(panicReceived)
    if (verdict.proof === 'proven') proven.emit({ reception, verdict })
  }

  function decode(heard: Heard): Frame | null {
    try {
      return decodeFrame(heard.frame)
    } catch (error) {
      if (toHearthError(error).code !== 'lora_frame_malformed') throw error
      counts.malformed++
      return null
    }
  }

  /** Whether this very frame was looked at already. */
  function isSeen(frame: Uint8Array): boolean {
    const text = toHex(frame)
    if (seen.get(text)) return true
    seen.set(text, true)
    return false
  }

  function take({ heard, at }: { readonly heard: Heard; readonly at: number }): void {
    counts.received++
    const frame = decode(heard)
    if (!frame) return
    if (frame.senderHash === deps.selfHash) {
      // ours comes back where a mesh repeats it; anything else in our name is not from us
      if (deps.isOwn(heard.frame)) echoedAt = at
      else counts.forged++
      return
    }
    if (isSeen(heard.frame)) {
      counts.duplicate++
      return
    }
    const reception: Reception = { frame, at, signal: heard }
    const beacon: Beacon = { reception, verdict: { proof: 'pending', doubt: null, nodeId: null }, surfaced: false }
    beacon.verdict = prover.judge(frame, at / 1000, beacon)
    count(beacon.verdict)
    // no flood in somebody's name keeps their proven word back (LOR-4)
    if (limit.pass(frame.senderHash) || beacon.verdict.proof === 'proven') surface(beacon)
    else counts.limited++
    if (beacon.verdict.proof === 'proven') proven.emit({ reception, verdict: beacon.verdict })
  }

  const queue = createRxQueue<{ readonly heard: Heard; readonly at: number }>({
    runtime,
    take,
    dropped(item) {
      const frame = item.heard.frame.length === 32 ? decode(item.heard) : null
      if (frame && prover.isTruePanic(frame, item.at / 1000)) {
        take(item)
        return
      }
      counts.dropped++
      herald.tell(rxDropped)
    },
  })

  return {
    receive: (heard) => queue.push({ heard, at: runtime.now() }),
    counts,
    get queueLength() {
      return queue.length
    },
    waiting: () => prover.waiting(),
    proven,
    echoedAt: () => echoedAt,
    recent: (max, senderHash) =>
      beacons
        .filter(({ reception }) => senderHash === undefined || reception.frame.senderHash === senderHash)
        .slice(-max)
        .reverse()
        .map(({ reception: { frame, at, signal }, verdict }) => ({
          beacon_id: beaconIdOf(frame),
          sender_hash: frame.senderHash,
          ...peers.who(frame.senderHash, verdict.proof === 'proven' ? verdict.nodeId : null),
          heard_at: wireTime(at),
          sent_at: wireTime(frame.unixSeconds * 1000),
          sequence: frame.sequence,
          version: frame.version,
          flags: frame.flags,
          proof: verdict.proof,
          doubt: verdict.doubt,
          rssi_dbm: signal.rssiDbm,
          snr_db: signal.snrDb,
        })),
    clear() {
      beacons.length = 0
      peers.clear()
      panics.clear()
      echoedAt = null
    },
    stop: () => queue.stop(),
  }
}
