import { HearthError } from '#protocol/core/errors.ts'
import type { NodeId, Ulid } from '#protocol/core/ids.ts'
import {
  DISTRIBUTED_LLM_GUESSED_HOP_MS,
  DISTRIBUTED_LLM_GUESSED_LAYER_MS,
  DISTRIBUTED_LLM_MAX_LEFT_OUT,
  DISTRIBUTED_LLM_MAX_SHARDS_PER_PIPELINE,
} from '#protocol/distributed-inference/constants.ts'
import type { Layers, LeftOut, Plan, ShardDescriptor, Stage } from '#protocol/distributed-inference/schemas.ts'
import { chained, comparedWays } from './plan-chain.ts'
import { byCost, compare, costOf, type Edge, keyOf, RANGES } from './plan-edge.ts'

/** A shard that could take part. */
export interface Offer {
  /** Null: this device. */
  readonly nodeId: NodeId | null
  readonly shard: ShardDescriptor
  /** Round trip to it; null before it is measured. */
  readonly latencyMs: number | null
  /** Round trips to other nodes that it says it is directly connected with (DLM-11). */
  readonly reach?: ReadonlyMap<NodeId, number>
  /** Wrong results that were found there (DLM-6). */
  readonly faults: number
}

/** What is to be computed. */
export interface Wanted {
  readonly model: string
  readonly weightsHash: string
  readonly modelLayers: number
  /** All layers where nothing is said. */
  readonly layers?: Layers
}

export interface PlanOptions {
  readonly pipelineId: Ulid
  /** Nodes that shall not take part; nothing is said of them. */
  readonly without?: ReadonlySet<NodeId | null>
  /** Whether shards may hand their results on to each other; true where nothing is said (DLM-11). */
  readonly handing?: boolean
  /** Of the conversation, as far as can be said: who takes no such long one is passed over. */
  readonly tokens?: number
}

/**
 * Covers layers with shards, so that a token is expected to take the least time (DLM-2): the shortest way over the boundaries
 * between layers, with at most 16 steps. Who takes no conversation more is passed over, never queued for.
 * @throws HearthError `shard_unavailable` with `data.uncovered: [{from, to}]`, `weights_mismatch` where they are covered by other weights alone
 */
export function planPipeline(wanted: Wanted, offers: readonly Offer[], options: PlanOptions): Plan {
  const { pipelineId, without, handing = true, tokens = 0 } = options
  const { model, weightsHash, modelLayers } = wanted
  const layers = wanted.layers ?? { from: 0, to: modelLayers - 1 }
  const [start, goal] = [layers.from, layers.to + 1]
  const ofModel = offers.filter(({ nodeId, shard }) => shard.model === model && !without?.has(nodeId))
  const refused = new Map<Offer, LeftOut['reason']>()
  for (const offer of ofModel) {
    const reason = refusalOf(offer, weightsHash, tokens)
    if (reason) refused.set(offer, reason)
  }
  const usable = ofModel.filter((offer) => !refused.has(offer))
  const guess = guesser(usable)
  const edges = usable
    .map((offer) => edgeOf(offer, guess))
    .filter(({ from, end }) => from >= start && end <= goal && from < end)
  const best = bestOfRange(edges)
  const star = shortest(best, start, goal)
  if (!star) throw uncoveredError(edges, layers, ofModel, refused)
  const { path, ...way } = comparedWays(star, handing ? chained(edges, start, goal) : null)

  const used = new Set(path.map(({ offer }) => offer))
  const { forward, backward } = reachable(best, start, goal)
  const joins = new Set(edges.filter(({ from, end }) => forward.has(from) && backward.has(end)).map(({ offer }) => offer))
  const left = ofModel
    .filter((offer) => !used.has(offer))
    .map((offer): LeftOut & { readonly key: string } => ({
      node_id: offer.nodeId,
      shard_id: offer.shard.shard_id,
      reason: refused.get(offer) ?? (joins.has(offer) ? 'slower' : 'does_not_join'),
      key: keyOf(offer),
    }))
    .sort((a, b) => compare(a.key, b.key))
    .slice(0, DISTRIBUTED_LLM_MAX_LEFT_OUT)
    .map(({ node_id, shard_id, reason }) => ({ node_id, shard_id, reason }))
  const [only] = path
  return {
    pipeline_id: pipelineId,
    model,
    weights_sha256: weightsHash,
    model_layers: modelLayers,
    stages: path.map((edge, index) => ({ ...stageOf(edge, edges, joins), ...way.hops[index] })),
    left_out: left,
    expected_ms_per_token: way.ms,
    topology: path.length === 1 && only?.offer.nodeId === null ? 'whole' : way.topology,
    topology_reason: way.reason,
    other_topology_ms: way.otherMs,
  }
}

function refusalOf({ shard, faults }: Offer, weightsHash: string, tokens: number): LeftOut['reason'] | null {
  if (shard.weights_sha256 !== weightsHash) return 'other_weights'
  if (faults > 0) return 'mistrusted'
  if (shard.streams >= shard.max_concurrent_streams) return 'full'
  if (shard.max_tokens < tokens) return 'too_short'
  return null
}

type Guess = (offer: Offer) => number

/**
 * Milliseconds of one layer: what that device measured of others of the model, else the mean of those of its backend, else
 * what is usual. A device is never guessed faster than it is known to be, or two parts of it would seem better than the whole.
 */
function guesser(offers: readonly Offer[]): Guess {
  const sums = new Map<string, { ms: number; layers: number }>()
  for (const { nodeId, shard } of offers) {
    if (shard.ms_per_token === null) continue
    for (const of of [shard.backend, `${shard.backend} ${nodeId ?? ''}`]) {
      const sum = sums.get(of) ?? { ms: 0, layers: 0 }
      sums.set(of, { ms: sum.ms + shard.ms_per_token, layers: sum.layers + countOf(shard.layers) })
    }
  }
  return ({ nodeId, shard: { backend } }) => {
    const sum = sums.get(`${backend} ${nodeId ?? ''}`) ?? sums.get(backend)
    return sum ? sum.ms / sum.layers : DISTRIBUTED_LLM_GUESSED_LAYER_MS
  }
}

const countOf = ({ from, to }: Layers): number => to - from + 1

function edgeOf(offer: Offer, guess: Guess): Edge {
  const { nodeId, shard, latencyMs } = offer
  const own = shard.ms_per_token ?? guess(offer) * countOf(shard.layers)
  return {
    offer,
    from: shard.layers.from,
    end: shard.layers.to + 1,
    // each conversation that is there already may be a step ahead in the queue (DLM-2)
    computeMs: own * (1 + shard.streams),
    hopMs: nodeId === null ? 0 : (latencyMs ?? DISTRIBUTED_LLM_GUESSED_HOP_MS),
    measured: shard.ms_per_token !== null,
    room: shard.max_concurrent_streams - shard.streams,
    key: keyOf(offer),
  }
}

/** Bellman and Ford over boundaries, one shard more in each round; with fewer shards where the time is the same. */
function shortest(edges: readonly Edge[], start: number, goal: number): readonly Edge[] | null {
  interface Way {
    readonly cost: number
    readonly last: Edge | null
    readonly before: Way | null
  }
  let ways = new Map<number, Way>([[start, { cost: 0, last: null, before: null }]])
  let arrived: Way | null = null
  for (let count = 1; count <= DISTRIBUTED_LLM_MAX_SHARDS_PER_PIPELINE && ways.size > 0; count++) {
    const next = new Map<number, Way>()
    for (const edge of edges) {
      const before = ways.get(edge.from)
      if (!before) continue
      const cost = before.cost + costOf(edge)
      if (cost < (next.get(edge.end)?.cost ?? Number.POSITIVE_INFINITY)) next.set(edge.end, { cost, last: edge, before })
    }
    const there = next.get(goal)
    if (there && there.cost < (arrived?.cost ?? Number.POSITIVE_INFINITY)) arrived = there
    ways = next
  }
  if (!arrived) return null
  const path: Edge[] = []
  for (let way: Way | null = arrived; way?.last; way = way.before) path.unshift(way.last)
  return path
}

/** The cheapest of each range: all others of it can only cost as much or more. */
function bestOfRange(edges: readonly Edge[]): readonly Edge[] {
  const best = new Map<number, Edge>()
  for (const edge of edges) {
    const range = edge.from * RANGES + edge.end
    const known = best.get(range)
    if (!known || byCost(edge, known) < 0) best.set(range, edge)
  }
  return [...best.values()].sort(byCost)
}

/** Boundaries that shards lead to from the first layer, and from which shards lead to the last. */
function reachable(edges: readonly Edge[], start: number, goal: number) {
  const forward = new Set([start])
  const backward = new Set([goal])
  for (const { from, end } of [...edges].sort((a, b) => a.from - b.from)) if (forward.has(from)) forward.add(end)
  for (const { from, end } of [...edges].sort((a, b) => b.end - a.end)) if (backward.has(end)) backward.add(from)
  return { forward, backward }
}

function stageOf(edge: Edge, edges: readonly Edge[], joins: ReadonlySet<Offer>): Stage {
  const { offer, from, end, computeMs, hopMs, measured } = edge
  const others = edges.filter((other) => other !== edge)
  const same = others.filter((other) => other.from === from && other.end === end)
  const overlapping = others.some((other) => joins.has(other.offer) && other.from < end && from < other.end)
  const asFast = same.some((other) => costOf(other) === costOf(edge))
  return {
    node_id: offer.nodeId,
    shard_id: offer.shard.shard_id,
    layers: { ...offer.shard.layers },
    backend: offer.shard.backend,
    compute_ms: computeMs,
    hop_ms: hopMs,
    handed: false,
    measured,
    spares: Math.min(1024, new Set(same.map((other) => other.offer.nodeId).filter((id) => id !== offer.nodeId)).size),
    reason: asFast ? 'preferred' : overlapping ? 'fastest' : 'only',
  }
}

function uncoveredError(
  edges: readonly Edge[],
  layers: Layers,
  offers: readonly Offer[],
  refused: ReadonlyMap<Offer, LeftOut['reason']>,
): HearthError {
  const uncovered = uncoveredBy(edges, layers)
  const said = uncovered.map(({ from, to }) => (from === to ? `layer ${from}` : `layers ${from} to ${to}`)).join(', ')
  const elsewhere = offers.filter((offer) => refused.get(offer) === 'other_weights')
  const byOthers = uncovered.every(
    (run) =>
      holes(
        elsewhere.map(({ shard }) => shard.layers),
        run,
      ).length === 0,
  )
  return byOthers
    ? new HearthError('weights_mismatch', `those who have ${said} have other weights`, { data: { uncovered } })
    : new HearthError('shard_unavailable', `nobody has ${said}`, { data: { uncovered } })
}

/** What nobody has; where each layer is there and they do not join, the narrowest gap between those that do. */
function uncoveredBy(edges: readonly Edge[], layers: Layers): readonly Layers[] {
  const missing = holes(
    edges.map(({ offer }) => offer.shard.layers),
    layers,
  )
  if (missing.length > 0) return missing
  const [start, goal] = [layers.from, layers.to + 1]
  const { forward, backward } = reachable(edges, start, goal)
  let gap = { from: start, to: goal - 1 }
  for (const from of forward)
    for (const end of backward)
      if (from < end && (end - from < countOf(gap) || (end - from === countOf(gap) && from < gap.from)))
        gap = { from, to: end - 1 }
  return [gap]
}

/** Runs of `layers` that none of `ranges` has. */
function holes(ranges: readonly Layers[], layers: Layers): readonly Layers[] {
  const runs: { from: number; to: number }[] = []
  let next = layers.from
  for (const { from, to } of [...ranges].sort((a, b) => a.from - b.from)) {
    if (from > layers.to) break
    if (from > next) runs.push({ from: next, to: from - 1 })
    next = Math.max(next, to + 1)
  }
  if (next <= layers.to) runs.push({ from: next, to: layers.to })
  return runs
}
