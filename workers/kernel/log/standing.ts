import type { NodeId } from '#protocol/core/ids.ts'
import type { CommunityState } from '../community/state.ts'
import type { Authors, Link, Reached } from './authors.ts'

/** How far an author's events count (COM-4); null for all of them. */
export type BoundOf = (author: NodeId) => Reached | null

/** Bounds by a state of the community, each walked once. @param links events not stored yet that may close a gap */
export function boundsOf(state: CommunityState | null, authors: Authors, links: readonly Link[] = []): BoundOf {
  const cache = new Map<NodeId, Reached | null>()
  return (author) => {
    const cached = cache.get(author)
    if (cached !== undefined) return cached
    const ends = state?.bounds.get(author)
    const reached = ends ? authors.reach(author, ends, links) : null
    cache.set(author, reached)
    return reached
  }
}

/** Whether an event counts by who wrote it: decided over the log, never over the order of arrival (EVT-4, COM-4). */
export function standing(link: Link, state: CommunityState | null, boundOf: BoundOf): 'counts' | 'waiting' | 'revoked' {
  if (!state?.members.has(link.author)) return 'waiting'
  const bound = boundOf(link.author)
  if (bound === null || bound.cids.has(link.cid)) return 'counts'
  // with a gap in the chain it may still turn out to lie before the end
  return bound.complete ? 'revoked' : 'waiting'
}
