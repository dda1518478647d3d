import { DISTRIBUTED_LLM_MAX_SHARDS_PER_PIPELINE } from '#protocol/distributed-inference/constants.ts'
import { hopDtypeOf } from '#protocol/distributed-inference/hop-dtype.ts'
import type { Stage } from '#protocol/distributed-inference/schemas.ts'
import type { Offer } from './plan.ts'
import { byCost, costOf, type Edge, RANGES } from './plan-edge.ts'

// Ways on which shards hand their results straight to the next one (DLM-11), beside the star of plan.ts.

/** Shards with the same layers that are thought of for a chain: which is cheapest there depends on who comes before. */
const CANDIDATES = 4

type Hop = Pick<Stage, 'hop_ms' | 'handed'>

/** Takes the star or the chain, whichever is expected to take less time; of equals the star, which needs nobody else's connections. */
export function comparedWays(star: readonly Edge[], chain: readonly Edge[] | null) {
  const starMs = star.reduce((sum, edge) => sum + costOf(edge), 0)
  const hops = star.map(({ hopMs }): Hop => ({ hop_ms: hopMs, handed: false }))
  const asStar = { path: star, hops, ms: starMs, topology: 'star' as const }
  const handed = chain && timedChain(chain)
  if (star.length === 1 && !handed) return { ...asStar, reason: 'only_one' as const, otherMs: null }
  const other = handed ?? timedChain(star, true)
  if (!other) return { ...asStar, reason: 'not_connected' as const, otherMs: null }
  if (!handed || handed.ms >= starMs) return { ...asStar, reason: 'star_faster' as const, otherMs: other.ms }
  return { path: chain, ...handed, topology: 'chain' as const, reason: 'chain_faster' as const, otherMs: starMs }
}

/** Round trip between two that could hand a step on; null where nobody knows it. Where both say one, the longer holds. */
function betweenOf({ offer: a }: Edge, { offer: b }: Edge): number | null {
  if (a.nodeId === null || b.nodeId === null || a.nodeId === b.nodeId) return null
  // both ends of a hop have to put the same bytes on it
  if (!handsOver(a) || !handsOver(b)) return null
  const [there, back] = [a.reach?.get(b.nodeId), b.reach?.get(a.nodeId)]
  if (there === undefined && back === undefined) return null
  return Math.max(there ?? 0, back ?? 0)
}

const handsOver = ({ shard }: Offer): boolean => shard.dtype === hopDtypeOf(shard.hidden_size)

/** The way from one shard to the next: straight, where that is known to be shorter than over who asks. @param always also where it is not */
function wayBetween(before: Edge, edge: Edge, always = false): { readonly ms: number; readonly handed: boolean } {
  const round = (before.hopMs + edge.hopMs) / 2
  const between = betweenOf(before, edge)
  return between !== null && (always || between / 2 < round) ? { ms: between / 2, handed: true } : { ms: round, handed: false }
}

/**
 * What a token takes where shards hand on: it is there when all results have come to who asks, the last one or one before that has
 * the longer way (DLM-11).
 * @param always also where handing on takes longer
 * @returns null where nobody hands anything on
 */
function timedChain(path: readonly Edge[], always = false): { readonly ms: number; readonly hops: readonly Hop[] } | null {
  const hops: Hop[] = []
  let [at, ms] = [0, 0]
  for (const [index, edge] of path.entries()) {
    const before = path[index - 1]
    const { ms: way, handed } = before ? wayBetween(before, edge, always) : { ms: edge.hopMs / 2, handed: false }
    at += way + edge.computeMs
    ms = Math.max(ms, at + edge.hopMs / 2)
    hops.push({ hop_ms: way + (index === path.length - 1 ? edge.hopMs / 2 : 0), handed })
  }
  return hops.some(({ handed }) => handed) ? { ms, hops } : null
}

/**
 * The cheapest way of shards that hand on where that is shorter, among the four cheapest of each range.
 * @returns null where nobody could, or only with more than 16
 */
export function chained(edges: readonly Edge[], start: number, goal: number): readonly Edge[] | null {
  if (!edges.some(({ offer }) => offer.reach && offer.reach.size > 0)) return null
  interface Way {
    readonly edge: Edge
    readonly before: Way | null
    readonly ms: number
  }
  const ending = new Map<number, Way[]>()
  for (const edge of cheapestOfRanges(edges).sort((a, b) => a.from - b.from)) {
    const before = edge.from === start ? null : nearest(edge, ending.get(edge.from) ?? [])
    if (!before && edge.from !== start) continue
    const ms = edge.computeMs + (before ? before.ms + wayBetween(before.edge, edge).ms : edge.hopMs / 2)
    ending.set(edge.end, [...(ending.get(edge.end) ?? []), { edge, before, ms }])
  }
  let arrived: Way | null = null
  for (const way of ending.get(goal) ?? [])
    if (!arrived || way.ms + way.edge.hopMs / 2 < arrived.ms + arrived.edge.hopMs / 2) arrived = way
  const path: Edge[] = []
  for (let way: Way | null = arrived; way; way = way.before) path.unshift(way.edge)
  return path.length > 0 && path.length <= DISTRIBUTED_LLM_MAX_SHARDS_PER_PIPELINE ? path : null

  function nearest(edge: Edge, ways: readonly Way[]): Way | null {
    let best: { readonly way: Way; readonly ms: number } | null = null
    for (const way of ways) {
      const ms = way.ms + wayBetween(way.edge, edge).ms
      if (!best || ms < best.ms) best = { way, ms }
    }
    return best?.way ?? null
  }
}

function cheapestOfRanges(edges: readonly Edge[]): Edge[] {
  const ranges = new Map<number, Edge[]>()
  for (const edge of [...edges].sort(byCost)) {
    const range = edge.from * RANGES + edge.end
    const known = ranges.get(range) ?? []
    if (known.length < CANDIDATES) ranges.set(range, [...known, edge])
  }
  return [...ranges.values()].flat()
}
