import type { NodeId, Ulid } from '#protocol/core/ids.ts'
import { createBoundedMap } from './bounded-map.ts'

/** Ids of one caller in one generation; two generations are remembered, so at least this many of the newest. */
const GENERATION = 512
const MAX_CALLERS = 512

interface Seen {
  current: Set<string>
  previous: Set<string>
}

export interface ReplayGuard {
  /** @returns false when this caller's id was seen before (BUS-3) */
  isFirst(from: NodeId, id: Ulid): boolean
}

/** Remembers request ids per caller, so that one who sends many cannot make the node forget another's. */
export function createReplayGuard(): ReplayGuard {
  const callers = createBoundedMap<NodeId, Seen>(MAX_CALLERS)
  return {
    isFirst(from, id) {
      const seen = callers.getOrMake(from, () => ({ current: new Set(), previous: new Set() }))
      if (seen.current.has(id) || seen.previous.has(id)) return false
      if (seen.current.size >= GENERATION) {
        seen.previous = seen.current
        seen.current = new Set()
      }
      seen.current.add(id)
      return true
    },
  }
}
