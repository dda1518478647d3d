import type { Static } from '@sinclair/typebox'
import { defineCapability } from '../core/capability.ts'
import { CountSchema, OneOf, Strict } from '../core/schema.ts'
import * as Type from '../core/type.ts'

const Nothing = Strict({})

/** A model's name on a device: a folder of the published layout. */
export const ModelIdSchema = Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,95}$', description: 'Name of a model' })
/** SHA-256 over names and SHA-256 of the graph and all its weights (DLM-7); shards of one pipeline agree on it. */
const WeightsHashSchema = Type.String({ pattern: '^sha256:[0-9a-f]{64}$', description: 'SHA-256 of all weights (DLM-7)' })
/** `model:lo-hi`, both layers included; `embed` and `head` where the ends come with them. */
const ShardIdSchema = Type.String({ maxLength: 160, description: 'model:lo-hi[:tier]' })
const LayerSchema = Type.Integer({ minimum: 0, maximum: 4095 })
const BackendSchema = OneOf(['webgpu', 'wasm', 'reference'])

/** What a node hosts, for whoever plans a pipeline. */
export const ShardSchema = Strict({
  shard_id: ShardIdSchema,
  model: ModelIdSchema,
  weights_sha256: WeightsHashSchema,
  layers: Strict({ from: LayerSchema, to: LayerSchema }),
  /** Of memory, weights and what runs them. */
  memory_bytes: CountSchema,
  max_concurrent_streams: Type.Integer({ minimum: 1, maximum: 64 }),
  dtype: OneOf(['fp16', 'fp32', 'bf16', 'int8']),
  backend: BackendSchema,
  /** Measured here over single tokens; null before the first. */
  ms_per_token: Type.Union([Type.Number({ minimum: 0 }), Type.Null()]),
})
export type ShardDescriptor = Static<typeof ShardSchema>

/** What this node hosts. */
export const shardList = defineCapability({
  name: 'experimental.distributed_llm.shard.list',
  stability: 'experimental',
  // shards see what is said: only to those who are trusted (DLM-5)
  trust: 'trusted',
  idempotent: true,
  errors: ['experimental_disabled'],
  input: Nothing,
  output: Strict({ shards: Type.Array(ShardSchema) }),
})

/** A model that lies on this device. */
export const ModelSchema = Strict({
  model: ModelIdSchema,
  weights_sha256: Type.Union([WeightsHashSchema, Type.Null()]),
  bytes: CountSchema,
  layers: LayerSchema,
  /** Why it cannot be computed here; null where it can. */
  refused: Type.Union([Type.String(), Type.Null()]),
})

/** Models on this device, in the order of their names. */
export const modelList = defineCapability({
  name: 'experimental.distributed_llm.model.list',
  stability: 'experimental',
  trust: 'self',
  timeoutSeconds: 120,
  idempotent: true,
  errors: ['experimental_disabled'],
  input: Nothing,
  output: Strict({ models: Type.Array(ModelSchema) }),
})

const MessageSchema = Strict({
  role: OneOf(['system', 'user', 'assistant']),
  content: Type.String({ maxLength: 100_000 }),
})

/** How the next token is chosen (DLM-3); greedy where nothing is said. The same seed gives the same text. */
const SamplingSchema = Type.Partial({
  /** 0 takes the likeliest. */
  temperature: Type.Number({ minimum: 0, maximum: 5 }),
  /** 0 means all. */
  top_k: Type.Integer({ minimum: 0, maximum: 100_000 }),
  top_p: Type.Number({ minimum: 0, maximum: 1 }),
  repetition_penalty: Type.Number({ minimum: 0.1, maximum: 10 }),
  seed: Type.Integer({ minimum: 0, maximum: 4_294_967_295 }),
})

/** Lets a model answer, in frames as it goes (DLM-3). Cancelling stops it within 200 ms and frees its caches (DLM-10). */
export const chat = defineCapability({
  name: 'experimental.distributed_llm.chat',
  stability: 'experimental',
  trust: 'self',
  timeoutSeconds: 0,
  maxConcurrent: 8,
  errors: ['experimental_disabled', 'pipeline_failed', 'pipeline_cancelled', 'weights_mismatch'],
  input: Strict({
    model: ModelIdSchema,
    messages: Type.Array(MessageSchema, { minItems: 1, maxItems: 256 }),
    sampling: Type.Optional(SamplingSchema),
    max_tokens: Type.Optional(Type.Integer({ minimum: 1, maximum: 8192 })),
    /** Text that ends the answer and is not part of it. */
    stop: Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 64 }), { maxItems: 8 })),
  }),
  stream: Strict({ frame: OneOf(['token_delta']), text: Type.String() }),
  output: Strict({
    reason: OneOf(['end', 'stop', 'length']),
    prompt_tokens: CountSchema,
    tokens: CountSchema,
    first_token_ms: Type.Number({ minimum: 0 }),
    tokens_per_second: Type.Number({ minimum: 0 }),
    backend: BackendSchema,
  }),
})
