import type { NodeId } from '#protocol/core/ids.ts'
import {
  type Anchor,
  disclosedBy,
  indexAt,
  isPanicTime,
  isStillSecret,
  leadsToAnchor,
  macOf,
  sameBytes,
  walkDown,
} from '#protocol/lora/chain.ts'
import { LORA_MAX_CLOCK_ERROR_SECONDS } from '#protocol/lora/constants.ts'
import { encodeHead, type Frame } from '#protocol/lora/frame.ts'
import type { Doubt, Proof } from '#protocol/lora/records.ts'
import type { Anchors } from './anchors.ts'
import { createPending, type Waiting } from './pending.ts'
import { isAfter, type Place, type Windows } from './replay-window.ts'

type SignedFrame = Extract<Frame, { version: 2 }>

/** What is known of a frame's origin. */
export interface Verdict {
  readonly proof: Proof
  readonly doubt: Doubt | null
  /** Whose it is where it is proven, whose it may be while it waits; null otherwise. */
  readonly nodeId: NodeId | null
}

/** How long a frame waits for its key: that of a neighbour who is out of reach for an afternoon still comes. */
const PATIENCE_SECONDS = 86_400
const EXPIRE_EVERY_SECONDS = 60

export interface Prover<T> {
  /** @param nowSeconds this device's clock when the frame arrived */
  judge(frame: Frame, nowSeconds: number, tag: T): Verdict
  /** Whether a frame carries a fresh panic token of whom it names: then no limit and no queue may hold it back (LOR-4). */
  isTruePanic(frame: Frame, nowSeconds: number): boolean
  waiting(): number
}

export interface ProverDeps<T> {
  readonly anchors: Anchors
  readonly windows: Windows
  /** Numbers in [0, 1). */
  readonly random: () => number
  /** A frame that was pending is decided. */
  readonly settled: (tag: T, verdict: Verdict) => void
}

const doubtful = (doubt: Doubt): Verdict => ({ proof: 'unproven', doubt, nodeId: null })

/** Best first: what the strongest of several candidates says is what counts. */
const DOUBT_ORDER: readonly Doubt[] = ['crowded', 'replayed', 'late', 'ahead', 'forged', 'no_anchor', 'unsigned']

function strongest(verdicts: readonly Verdict[]): Verdict {
  const rank = ({ proof, doubt }: Verdict): number =>
    proof === 'proven' ? -2 : proof === 'pending' ? -1 : doubt === null ? 0 : DOUBT_ORDER.indexOf(doubt)
  return verdicts.reduce((best, verdict) => (rank(verdict) < rank(best) ? verdict : best), doubtful('no_anchor'))
}

const placeOf = ({ unixSeconds, sequence }: Frame): Place => ({ unix_seconds: unixSeconds, sequence })

/** Decides whose a frame is, by the chains that members anchored (LOR-7 to LOR-10). */
export function createProver<T>({ anchors, windows, random, settled }: ProverDeps<T>): Prover<T> {
  const pending = createPending<T>(random)
  /** The newest key of each chain with its place, so that the next one costs two steps and not a day. */
  const newest = new Map<string, { readonly index: number; readonly value: Uint8Array<ArrayBuffer> }>()

  const chainName = ({ nodeId, startsAt }: Anchor): string => `${nodeId} ${startsAt}`

  function settle({ anchor, index, frame, tag }: Waiting<T>, known: { index: number; value: Uint8Array }): void {
    const { nodeId, startsAt, salt } = anchor
    const key = walkDown('key', salt, known.index, known.value, index)
    if (!sameBytes(macOf(salt, index, key, encodeHead(frame), frame.key), frame.mac)) {
      settled(tag, doubtful('forged'))
      return
    }
    const place = placeOf(frame)
    if (!isAfter(place, windows.of(nodeId, startsAt))) {
      settled(tag, doubtful('replayed'))
      return
    }
    windows.advance(nodeId, startsAt, place)
    settled(tag, { proof: 'proven', doubt: null, nodeId })
  }

  /** Takes a disclosed key. @returns whether it is the chain's */
  function learn(anchor: Anchor, index: number, value: Uint8Array<ArrayBuffer>): boolean {
    const name = chainName(anchor)
    const known = newest.get(name)
    if (known && known.index >= index) {
      return sameBytes(walkDown('key', anchor.salt, known.index, known.value, index), value)
    }
    if (!leadsToAnchor(anchor, 'key', index, value, known)) return false
    newest.set(name, { index, value })
    windows.advance(anchor.nodeId, anchor.startsAt, { disclosed: index })
    for (const waiting of pending.take(anchor, index)) settle(waiting, { index, value })
    return true
  }

  /** `fresh` proves by itself; `spent` was heard before, from its sender or from whoever repeats it (LOR-9). */
  function tokenOf(anchor: Anchor, frame: SignedFrame, nowSeconds: number): 'fresh' | 'spent' | 'wrong' {
    const { nodeId, startsAt } = anchor
    const index = indexAt('panic', startsAt, frame.unixSeconds)
    if (!isPanicTime(startsAt, index, nowSeconds)) return 'wrong'
    if (!leadsToAnchor(anchor, 'panic', index, frame.key)) return 'wrong'
    return index > windows.of(nodeId, startsAt).spent ? 'fresh' : 'spent'
  }

  /** Whether the frame brings the key or token that its sender would have sent. */
  function bringsItsKey(anchor: Anchor, index: number, frame: SignedFrame, token: string | null): boolean {
    if (token !== null) return token === 'spent'
    const disclosed = disclosedBy(index)
    return disclosed < 0 ? frame.key.every((byte) => byte === 0) : learn(anchor, disclosed, frame.key)
  }

  function judgeBy(anchor: Anchor, frame: SignedFrame, nowSeconds: number, tag: T): Verdict {
    const { nodeId, startsAt } = anchor
    if (frame.unixSeconds > nowSeconds + LORA_MAX_CLOCK_ERROR_SECONDS) return doubtful('ahead')
    const token = frame.flags.panic ? tokenOf(anchor, frame, nowSeconds) : null
    if (token === 'fresh') {
      // said once, it is said: whoever repeats it with other words waits for the key like any frame
      windows.advance(nodeId, startsAt, { spent: indexAt('panic', startsAt, frame.unixSeconds) })
      return { proof: 'proven', doubt: null, nodeId }
    }
    const index = indexAt('key', startsAt, frame.unixSeconds)
    const window = windows.of(nodeId, startsAt)
    // two answers that cost no hashing come first: they are what a flood of old frames gets
    if (index <= window.disclosed || !isStillSecret(startsAt, index, nowSeconds)) return doubtful('late')
    if (!isAfter(placeOf(frame), window)) return doubtful('replayed')
    if (!bringsItsKey(anchor, index, frame, token)) return doubtful('forged')
    const gone = pending.add({ anchor, index, frame, tag })
    if (gone?.tag === tag) return doubtful('crowded')
    if (gone) settled(gone.tag, doubtful('crowded'))
    return { proof: 'pending', doubt: null, nodeId }
  }

  let expired = 0

  function expire(nowSeconds: number): void {
    if (nowSeconds - expired < EXPIRE_EVERY_SECONDS) return
    expired = nowSeconds
    for (const { tag } of pending.expire(nowSeconds - PATIENCE_SECONDS)) settled(tag, doubtful('late'))
  }

  const candidates = (frame: SignedFrame): readonly Anchor[] => anchors.covering(frame.senderHash, frame.unixSeconds)

  return {
    judge(frame, nowSeconds, tag) {
      expire(nowSeconds)
      if (frame.version === 1) return doubtful('unsigned')
      return strongest(candidates(frame).map((anchor) => judgeBy(anchor, frame, nowSeconds, tag)))
    },
    isTruePanic: (frame, nowSeconds) =>
      frame.version === 2 &&
      frame.flags.panic &&
      candidates(frame).some((anchor) => tokenOf(anchor, frame, nowSeconds) === 'fresh'),
    waiting: () => pending.size,
  }
}
