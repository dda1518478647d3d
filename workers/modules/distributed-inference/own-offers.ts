import { hopDtypeOf } from '#protocol/distributed-inference/hop-dtype.ts'
import type { Layers, ShardDescriptor } from '#protocol/distributed-inference/schemas.ts'
import type { BackendKind } from '../../compute/engine/backend.ts'
import type { HostedShard, ModelFacts } from '../../compute/port.ts'
import type { Offer } from './plan.ts'

/** Conversations of this device's own that may be under way at a time. */
const STREAMS = 64
/** Ranges of own layers that are thought of at most. */
const MAX_RANGES = 256
const MAX_TOKENS = 1_048_576

interface Hosted {
  readonly backend: BackendKind | null
  readonly shards: readonly HostedShard[]
}

/** Layers of a model that are in this device's memory. */
export function loadedOffers(facts: ModelFacts, { backend, shards }: Hosted): readonly Offer[] {
  return (
    shards
      // a model loaded whole is no shard of it: layers without either end are loaded beside it
      .filter(({ embed, head, first, end }) => !embed && !head && end > first)
      .filter(({ model, weightsHash }) => model === facts.id && weightsHash === facts.weightsHash)
      .map(({ first, end, bytes, msPerToken }) => own(facts, backend, { from: first, to: end - 1 }, bytes, msPerToken))
  )
}

/**
 * Those, and what this device could load of the layers whose bytes it has: cut where the shards of others begin and end, so that
 * they join.
 */
export function loadableOffers(
  facts: ModelFacts,
  { backend }: Pick<Hosted, 'backend'>,
  others: readonly Offer[],
  loaded: readonly Offer[],
): readonly Offer[] {
  const known = new Set(loaded.map(({ shard }) => shard.shard_id))
  const cuts = new Set(
    others.filter(({ shard }) => shard.model === facts.id).flatMap(({ shard }) => [shard.layers.from, shard.layers.to + 1]),
  )
  const ranges: Layers[] = []
  for (const { first, end } of facts.held) {
    const inside = [...cuts].filter((cut) => cut > first && cut < end)
    const ends = [first, ...inside.sort((a, b) => a - b), end]
    for (const [index, from] of ends.entries()) for (const to of ends.slice(index + 1)) ranges.push({ from, to: to - 1 })
  }
  const offers = ranges
    .slice(0, MAX_RANGES)
    .map((layers) => own(facts, backend, layers, (layers.to - layers.from + 1) * facts.layerBytes, null))
    .filter(({ shard }) => !known.has(shard.shard_id))
  return [...loaded, ...offers]
}

function own(facts: ModelFacts, backend: BackendKind | null, layers: Layers, bytes: number, ms: number | null): Offer {
  const shard: ShardDescriptor = {
    shard_id: `${facts.id}:${layers.from}-${layers.to}`,
    model: facts.id,
    weights_sha256: facts.weightsHash,
    layers,
    model_layers: facts.layers,
    hidden_size: facts.hiddenSize,
    memory_bytes: bytes,
    max_concurrent_streams: STREAMS,
    streams: 0,
    max_tokens: facts.positions ?? MAX_TOKENS,
    dtype: hopDtypeOf(facts.hiddenSize),
    backend: backend ?? 'wasm',
    ms_per_token: ms,
  }
  return { nodeId: null, shard, latencyMs: 0, faults: 0 }
}
