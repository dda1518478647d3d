import type { ClaimId } from '#protocol/core/ids.ts'
import { EVIDENCE_MAX_PROVENANCE_CLAIMS } from '#protocol/evidence/constants.ts'
import type { Source } from '#protocol/evidence/events.ts'

/** Parents of a claim, or null where it is not known here. */
export type ParentsOf = (claimId: ClaimId) => readonly ClaimId[] | null

export interface Derivation {
  /** Each once; what a claim derives from stands before it, the claim asked for last. */
  readonly order: readonly ClaimId[]
  /** Shortest number of steps from the claim asked for. */
  readonly depths: ReadonlyMap<ClaimId, number>
  readonly unknown: readonly ClaimId[]
  readonly truncated: boolean
  readonly cyclic: readonly ClaimId[]
}

/** Which claims belong to the walk: everything within `depth` steps, nearest first, up to the limit. */
function within(start: ClaimId, depth: number, parentsOf: ParentsOf) {
  const depths = new Map<ClaimId, number>([[start, 0]])
  const unknown = new Set<ClaimId>()
  let truncated = false
  for (const [claimId, steps] of depths) {
    for (const parent of parentsOf(claimId) ?? []) {
      if (depths.has(parent)) continue
      if (parentsOf(parent) === null) unknown.add(parent)
      else if (steps >= depth || depths.size >= EVIDENCE_MAX_PROVENANCE_CLAIMS) truncated = true
      else depths.set(parent, steps + 1) // a Map grows under its own iteration: this is the queue
    }
  }
  return { depths, unknown: [...unknown], truncated }
}

/**
 * Walks `derived_from` depth first, each claim once, bounded in depth and width (EVI-5). What is on a cycle is named; a
 * cycle ends the walk like any claim that was seen.
 */
export function derivationOf(start: ClaimId, depth: number, parentsOf: ParentsOf): Derivation {
  const { depths, unknown, truncated } = within(start, depth, parentsOf)
  const order: ClaimId[] = []
  const done = new Set<ClaimId>()
  const path: { readonly claimId: ClaimId; readonly parents: Iterator<ClaimId> }[] = []
  const onPath = new Set<ClaimId>()
  const cyclic = new Set<ClaimId>()

  const enter = (claimId: ClaimId): void => {
    path.push({ claimId, parents: (parentsOf(claimId) ?? [])[Symbol.iterator]() })
    onPath.add(claimId)
  }
  enter(start)
  for (let top = path.at(-1); top; top = path.at(-1)) {
    const { value: parent, done: exhausted } = top.parents.next()
    if (exhausted) {
      path.pop()
      onPath.delete(top.claimId)
      done.add(top.claimId)
      order.push(top.claimId)
    } else if (onPath.has(parent)) {
      const from = path.findIndex(({ claimId }) => claimId === parent)
      for (const { claimId } of path.slice(from)) cyclic.add(claimId)
    } else if (depths.has(parent) && !done.has(parent)) enter(parent)
  }
  return { order, depths, unknown, truncated, cyclic: [...cyclic] }
}

/**
 * Whether a claim that derives from `parents` would be its own ancestor (EVI-5). A ClaimID covers its parents, so nobody
 * can make one on purpose without breaking SHA-256; whoever could is refused all the same.
 */
export function closesCycle(claimId: ClaimId, parents: readonly ClaimId[], parentsOf: ParentsOf): boolean {
  const seen = new Set<ClaimId>(parents)
  for (const ancestor of seen) {
    if (ancestor === claimId) return true
    for (const parent of parentsOf(ancestor) ?? []) seen.add(parent)
  }
  return false
}

/** Sources by id, first mention first. */
export function distinctSources(sources: Iterable<Source>): Source[] {
  const found = new Map<string, Source>()
  for (const source of sources) if (!found.has(source.source_id)) found.set(source.source_id, source)
  return [...found.values()]
}
