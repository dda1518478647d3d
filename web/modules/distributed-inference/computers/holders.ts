import type { Output } from '#protocol/core/capability.ts'
import type { NodeId } from '#protocol/core/ids.ts'
import type { shardDirectory } from '#protocol/distributed-inference/pipeline-capabilities.ts'
import type { Layers, ShardDescriptor } from '#protocol/distributed-inference/schemas.ts'
import { missing } from '../shared/layers.ts'

type Nodes = Output<typeof shardDirectory>['nodes']

/** A device and what it offers of one model. */
export interface Holder {
  /** Null: this device. */
  readonly node_id: NodeId | null
  /** RFC 3339; null for this device. */
  readonly heard_at: string | null
  readonly faults: number
  readonly shards: readonly ShardDescriptor[]
}

/** One version of a model and who offers which of its layers. */
export interface Held {
  readonly model: string
  readonly weights_sha256: string
  readonly layers: number
  /** This device first. */
  readonly holders: readonly Holder[]
  /** What nobody offers. */
  readonly missing: readonly Layers[]
  /** Whether another version of the same name is offered, too. */
  readonly twice: boolean
}

/** Who offers what, model by model in the order of their names. */
export function heldModels(own: readonly ShardDescriptor[], nodes: Nodes): readonly Held[] {
  const all: readonly Holder[] = [
    { node_id: null, heard_at: null, faults: 0, shards: own },
    ...nodes.map(({ node_id, heard_at, faults, shards }) => ({ node_id, heard_at, faults, shards })),
  ]
  const versions = new Map<string, ShardDescriptor>()
  for (const { shards } of all) for (const shard of shards) versions.set(shard.weights_sha256, shard)
  const models = [...versions.values()]
  return models
    .map(({ model, weights_sha256, model_layers }) => {
      const holders = all
        .map((holder) => ({ ...holder, shards: holder.shards.filter((shard) => shard.weights_sha256 === weights_sha256) }))
        .filter(({ shards }) => shards.length > 0)
      const runs = holders.filter(({ faults }) => faults === 0).flatMap(({ shards }) => shards.map(({ layers }) => layers))
      const twice = models.filter((other) => other.model === model).length > 1
      return { model, weights_sha256, layers: model_layers, holders, missing: missing(runs, model_layers), twice }
    })
    .sort((a, b) => a.model.localeCompare(b.model) || a.weights_sha256.localeCompare(b.weights_sha256))
}
