import { parseNodeId, parseUlid } from '#protocol/core/ids.ts'
import { hopDtypeOf } from '#protocol/distributed-inference/hop-dtype.ts'
import { parseManifest } from '#protocol/distributed-inference/model-manifest.ts'
import type { ShardDescriptor } from '#protocol/distributed-inference/schemas.ts'
import { sample } from '../../../../workers/compute/text/sampler.ts'
import { type Offer, planPipeline } from '../../../../workers/modules/distributed-inference/plan.ts'
import type { Proofs } from '../proof.ts'

interface Given {
  readonly model: string
  readonly weights_sha256: string
  readonly model_layers: number
  readonly without: readonly string[]
  readonly offers: readonly {
    readonly node_id: string | null
    readonly latency_ms: number | null
    readonly faults: number
    readonly reach: readonly { readonly node_id: string; readonly latency_ms: number }[]
    readonly shard: Omit<ShardDescriptor, 'model' | 'model_layers' | 'hidden_size' | 'memory_bytes' | 'max_tokens' | 'dtype'>
  }[]
}

const offersOf = ({ model, model_layers, offers }: Given): readonly Offer[] =>
  offers.map(({ node_id, latency_ms, faults, reach, shard }) => ({
    nodeId: node_id === null ? null : parseNodeId(node_id),
    latencyMs: latency_ms,
    faults,
    reach: new Map(reach.map((each) => [parseNodeId(each.node_id), each.latency_ms])),
    shard: { ...shard, model, model_layers, hidden_size: 64, memory_bytes: 1, max_tokens: 4096, dtype: hopDtypeOf(64) },
  }))

const PIPELINE = parseUlid('01K5V0000000000000000000AA')

interface Chosen {
  readonly logits: readonly number[]
  readonly history: readonly number[]
  readonly sampling: Record<'temperature' | 'top_k' | 'top_p' | 'repetition_penalty' | 'seed', number>
}

/** The manifests, the sampler and the planner of this implementation. */
export const proofs: Proofs = {
  'distributed_llm.manifest': async ({ manifest }: { readonly manifest: unknown }) => ({
    weights_sha256: parseManifest(manifest).weights_sha256,
  }),
  'distributed_llm.plan': async (input: Given) => {
    const { model, weights_sha256, model_layers, without } = input
    const {
      pipeline_id: _,
      model: _model,
      weights_sha256: _weights,
      model_layers: _layers,
      ...plan
    } = planPipeline({ model, weightsHash: weights_sha256, modelLayers: model_layers }, offersOf(input), {
      pipelineId: PIPELINE,
      without: new Set(without.map(parseNodeId)),
    })
    return plan
  },
  'distributed_llm.sample': async ({ logits, history, sampling }: Chosen) => ({
    token: sample(Float32Array.from(logits), history, {
      temperature: sampling.temperature,
      topK: sampling.top_k,
      topP: sampling.top_p,
      repetitionPenalty: sampling.repetition_penalty,
      seed: sampling.seed,
    }),
  }),
}
