import type { ContentId, NodeId } from '#protocol/core/ids.ts'
import { SYNC_AGAIN_SECONDS, SYNC_GAP_SECONDS, SYNC_URGENT_SECONDS } from '#protocol/core/sync.ts'
import type { Runtime } from '../runtime.ts'

export interface LossesDeps {
  readonly runtime: Runtime
  readonly isHeld: (cid: ContentId) => boolean
  /** Members that are connected now. */
  readonly neighbours: () => readonly NodeId[]
  /** Whether a session between two members is this node's to open (SYN-2). */
  readonly isMine: (peer: NodeId) => boolean
  readonly isSyncing: (peer: NodeId) => boolean
  readonly sync: (peer: NodeId) => void
}

/** What gossip lost is looked for by whoever notices, seconds later, and not left to the clock. */
export interface Losses {
  /** A live event from this member points at one that is not here (SYN-7). */
  gap(from: NodeId, missing: ContentId): void
  /** An event was stored that must not wait for the clock anywhere (SYN-8). */
  urgent(): void
  /** A session with this peer begins, whoever opened it: what was stored until now is compared by it. */
  compares(peer: NodeId): void
  stop(): void
}

/** Losses remembered of one neighbour: a single one already leads to a session that brings them all. */
const MAX_MISSING = 256
const EVER_BEFORE = Number.NEGATIVE_INFINITY

export function createLosses(deps: LossesDeps): Losses {
  const { runtime, isHeld, neighbours, isMine, isSyncing, sync } = deps
  const missing = new Map<NodeId, Set<ContentId>>()
  const comparedAt = new Map<NodeId, number>()
  const planned = new Map<NodeId, { readonly at: number; readonly cancel: () => void }>()
  let urgentAt: number | null = null

  const lastCompared = (peer: NodeId): number => comparedAt.get(peer) ?? EVER_BEFORE
  const isWanted = (peer: NodeId): boolean =>
    (urgentAt !== null && urgentAt >= lastCompared(peer)) || [...(missing.get(peer) ?? [])].some((cid) => !isHeld(cid))

  function compares(peer: NodeId): void {
    comparedAt.set(peer, runtime.monotonic())
    missing.delete(peer)
  }

  /** The earlier of two plans stands: a session answers whatever was asked until it begins. */
  function plan(peer: NodeId, seconds: number): void {
    const now = runtime.monotonic()
    const at = Math.max(now + seconds * 1000, lastCompared(peer) + SYNC_AGAIN_SECONDS * 1000)
    const before = planned.get(peer)
    if (before && before.at <= at) return
    before?.cancel()
    planned.set(peer, { at, cancel: runtime.after(at - now, () => look(peer)) })
  }

  function look(peer: NodeId): void {
    planned.delete(peer)
    if (!neighbours().includes(peer)) {
      missing.delete(peer) // when it comes back both compare anyway
      return
    }
    if (!isWanted(peer)) return
    // the one that runs may have compared before the loss was noticed
    if (isSyncing(peer)) plan(peer, SYNC_GAP_SECONDS)
    else sync(peer)
  }

  return {
    gap(from, cid) {
      const known = missing.get(from) ?? new Set()
      if (known.size < MAX_MISSING) missing.set(from, known.add(cid))
      plan(from, SYNC_GAP_SECONDS)
    },
    urgent() {
      urgentAt = runtime.monotonic()
      // of two that hold it one asks, and the other, which waits longer, need not
      for (const peer of neighbours()) plan(peer, isMine(peer) ? SYNC_URGENT_SECONDS.first : SYNC_URGENT_SECONDS.second)
    },
    compares,
    stop() {
      for (const { cancel } of planned.values()) cancel()
      planned.clear()
    },
  }
}
