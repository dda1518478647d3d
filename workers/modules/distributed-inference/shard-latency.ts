import type { Output } from '#protocol/core/capability.ts'
import { DISTRIBUTED_LLM_MAX_SHARD_LATENCIES } from '#protocol/distributed-inference/constants.ts'
import type { pipelineStatus } from '#protocol/distributed-inference/pipeline-capabilities.ts'
import type { StageStatus } from '#protocol/distributed-inference/schemas.ts'

/** What a pipeline says of its shards. */
export interface Measured {
  readonly model: string
  readonly stages: readonly StageStatus[]
}

type Latencies = Output<typeof pipelineStatus>['metrics']['shard_latency_ms']
type Latency = Latencies[number]

/** `shard_latency_ms{shard}`: the mean of what each answer measured, once for each shard. @param pipelines the oldest first */
export function shardLatencies(pipelines: readonly Measured[]): Latencies {
  const found = new Map<string, Latency>()
  for (const { model, stages } of pipelines.toReversed()) {
    for (const { shard_id, layers, mean_ms } of stages) {
      if (mean_ms === null) continue
      const known = found.get(shard_id) ?? { shard_id, model, layers: { ...layers }, mean_ms: 0, answers: 0 }
      const answers = known.answers + 1
      found.set(shard_id, { ...known, answers, mean_ms: known.mean_ms + (mean_ms - known.mean_ms) / answers })
    }
  }
  return [...found.values()].slice(0, DISTRIBUTED_LLM_MAX_SHARD_LATENCIES)
}
