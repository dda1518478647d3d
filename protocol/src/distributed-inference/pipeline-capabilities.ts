import { defineCapability } from '../core/capability.ts'
import { CountSchema, NodeIdSchema, OneOf, Strict, TimeSchema, UlidSchema } from '../core/schema.ts'
import * as Type from '../core/type.ts'
import { DISTRIBUTED_LLM_MAX_SHARD_LATENCIES } from './constants.ts'
import {
  pipelineCancelled,
  pipelineCompleted,
  pipelineFailover,
  pipelinePlanned,
  pipelineShardFailed,
  pipelineStarted,
  shardAdvertised,
  shardWithdrawn,
} from './events.ts'
import {
  AnswerFrameSchema,
  EndingSchema,
  FailoverSchema,
  LayersSchema,
  ModelIdSchema,
  PlanSchema,
  QuestionSchema,
  ShardIdSchema,
  ShardSchema,
  StageStatusSchema,
} from './schemas.ts'

const Nothing = Strict({})

/**
 * Who would compute a model's layers now, and why (DLM-2). `shard_unavailable` names the layers that nobody has, as
 * `data.uncovered: [{from, to}]`.
 */
export const pipelinePlan = defineCapability({
  name: 'experimental.distributed_llm.pipeline.plan',
  stability: 'experimental',
  trust: 'trusted',
  timeoutSeconds: 60,
  idempotent: true,
  errors: ['experimental_disabled', 'not_found', 'shard_unavailable', 'weights_mismatch'],
  input: Strict({
    model: ModelIdSchema,
    /** Nodes that shall not take part. */
    without: Type.Optional(Type.Array(NodeIdSchema, { maxItems: 64 })),
  }),
  output: Strict({ plan: PlanSchema }),
  answersFrom: [shardAdvertised, shardWithdrawn],
})

/**
 * Computes an answer over a pipeline, planned by this call or before (DLM-3). Fails with `pipeline_failed` after two failures or
 * without a replacement (DLM-4); it never falls back by itself: `chat` does. The node that is called embeds, samples and
 * reads the question.
 */
export const pipelineRun = defineCapability({
  name: 'experimental.distributed_llm.pipeline.run',
  stability: 'experimental',
  trust: 'trusted',
  timeoutSeconds: 0,
  maxConcurrent: 8,
  errors: [
    'experimental_disabled',
    'not_found',
    'shard_unavailable',
    'shard_unreachable',
    'weights_mismatch',
    'pipeline_failed',
    'pipeline_cancelled',
  ],
  input: Strict({
    model: ModelIdSchema,
    /** A plan of the last minute; without it, or where it no longer holds, one is made. */
    pipeline_id: Type.Optional(UlidSchema),
    ...QuestionSchema,
  }),
  stream: AnswerFrameSchema,
  output: EndingSchema,
})

const PipelineSchema = Strict({
  pipeline_id: UlidSchema,
  model: ModelIdSchema,
  state: OneOf(['reading', 'answering', 'completed', 'cancelled', 'failed']),
  started_at: TimeSchema,
  topology: OneOf(['whole', 'star', 'chain']),
  tokens: CountSchema,
  first_token_ms: Type.Union([Type.Number({ minimum: 0 }), Type.Null()]),
  tokens_per_second: Type.Union([Type.Number({ minimum: 0 }), Type.Null()]),
  stages: Type.Array(StageStatusSchema),
  failovers: Type.Array(FailoverSchema, { maxItems: 64 }),
})

/** How long a shard took for a step with the way there and back, in the pipelines that are told of here. */
const ShardLatencySchema = Strict({
  shard_id: ShardIdSchema,
  model: ModelIdSchema,
  layers: LayersSchema,
  /** Mean over the means of so many answers, whoever computed. */
  mean_ms: Type.Number({ minimum: 0 }),
  answers: Type.Integer({ minimum: 1, maximum: 32 }),
})

/** Pipelines of the caller: those that run and the last 16; never what was asked. A person sees those of this device. */
export const pipelineStatus = defineCapability({
  name: 'experimental.distributed_llm.pipeline.status',
  stability: 'experimental',
  trust: 'trusted',
  idempotent: true,
  errors: ['experimental_disabled'],
  input: Nothing,
  output: Strict({
    pipelines: Type.Array(PipelineSchema, { maxItems: 32 }),
    /** Since the node started. */
    metrics: Strict({
      /** What the newest plan took; null before the first. */
      pipeline_construct_ms: Type.Union([Type.Number({ minimum: 0 }), Type.Null()]),
      failovers_total: CountSchema,
      fallback_to_local_total: CountSchema,
      shard_corruption_detected_total: CountSchema,
      /** For each shard of the caller's pipelines, the newest first. */
      shard_latency_ms: Type.Array(ShardLatencySchema, { maxItems: DISTRIBUTED_LLM_MAX_SHARD_LATENCIES }),
    }),
  }),
  answersFrom: [pipelinePlanned, pipelineStarted, pipelineShardFailed, pipelineFailover, pipelineCompleted, pipelineCancelled],
})

/** What others offer, as this device knows it now (DLM-1). */
export const shardDirectory = defineCapability({
  name: 'experimental.distributed_llm.shard.directory',
  stability: 'experimental',
  trust: 'self',
  idempotent: true,
  errors: ['experimental_disabled'],
  input: Nothing,
  output: Strict({
    nodes: Type.Array(
      Strict({
        node_id: NodeIdSchema,
        heard_at: TimeSchema,
        /** Round trip of the connection; null before it is measured. */
        latency_ms: Type.Union([Type.Number({ minimum: 0 }), Type.Null()]),
        /** Wrong results that were found there (DLM-6); it is left out of plans while it is above 0. */
        faults: CountSchema,
        shards: Type.Array(ShardSchema, { maxItems: 256 }),
      }),
      { maxItems: 256 },
    ),
  }),
  answersFrom: [shardAdvertised, shardWithdrawn],
})

/**
 * Lets a model answer a person, in frames as it goes: over a pipeline where that is needed or chosen, on this device alone
 * where it can, and where a pipeline failed (DLM-3, DLM-4). Cancelling stops every shard within 200 ms and frees their caches (DLM-10).
 */
export const chat = defineCapability({
  name: 'experimental.distributed_llm.chat',
  stability: 'experimental',
  trust: 'self',
  timeoutSeconds: 0,
  maxConcurrent: 8,
  errors: [
    'experimental_disabled',
    'not_found',
    'shard_unavailable',
    'weights_mismatch',
    'pipeline_failed',
    'pipeline_cancelled',
    'consent_required',
  ],
  input: Strict({
    model: ModelIdSchema,
    ...QuestionSchema,
    /**
     * `local`: this device alone; `pipeline`: others, too, and no falling back; `pipeline_first`: others, and this device alone where
     * they fail and it has the whole model; `auto`: this device where it has the whole model and room for it, else others.
     */
    computed_by: Type.Optional(OneOf(['auto', 'local', 'pipeline', 'pipeline_first'])),
    /** Whether others may read along (DLM-5): `consent_required` where a pipeline is needed and this is not said. */
    others_may_read: Type.Optional(Type.Boolean()),
  }),
  stream: AnswerFrameSchema,
  output: EndingSchema,
})
