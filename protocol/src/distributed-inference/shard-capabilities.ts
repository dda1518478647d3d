import { defineCapability } from '../core/capability.ts'
import { CountSchema, NodeIdSchema, OneOf, Strict, UlidSchema } from '../core/schema.ts'
import * as Type from '../core/type.ts'
import { shardAdvertised, shardWithdrawn } from './events.ts'
import { LayersSchema, ModelIdSchema, ShardIdSchema, ShardSchema, WeightsHashSchema } from './schemas.ts'

const Nothing = Strict({})
const Shards = Strict({
  shards: Type.Array(ShardSchema, { maxItems: 256 }),
  /** Others with shards to which it has a direct connection, and the round trip: who could be handed steps (DLM-11). */
  reach: Type.Optional(
    Type.Array(Strict({ node_id: NodeIdSchema, latency_ms: Type.Number({ minimum: 0 }) }), { maxItems: 64 }),
  ),
})
/** What opens an X08 session (TEN-5). */
const GrantSchema = { session_id: UlidSchema, session_token: Type.String({ maxLength: 4096 }) }

/** What this node hosts. */
export const shardList = defineCapability({
  name: 'experimental.distributed_llm.shard.list',
  stability: 'experimental',
  // shards see what is said: only to those who are trusted (DLM-5)
  trust: 'trusted',
  idempotent: true,
  errors: ['experimental_disabled'],
  input: Nothing,
  output: Shards,
  answersFrom: [shardAdvertised, shardWithdrawn],
})

/**
 * Advertises while somebody listens: on change, and every 5 s as a heartbeat. Who has heard nothing for four heartbeats takes
 * the shards for gone (DLM-1). The last frame of a node that closes has none.
 */
export const shardWatch = defineCapability({
  name: 'experimental.distributed_llm.shard.watch',
  stability: 'experimental',
  trust: 'trusted',
  timeoutSeconds: 0,
  maxConcurrent: 64,
  errors: ['experimental_disabled'],
  input: Nothing,
  stream: Shards,
  output: Nothing,
})

/**
 * Negotiates one conversation with one shard: the caller then opens an X08 session with purpose `shard.forward` (TEN-5). Each
 * tensor [1, tokens, hidden] that it sends is the hidden states of the next tokens of the conversation before the
 * shard's first layer; each is answered by one tensor of the same shape and id after its last. The end of the session
 * frees the conversation's cache (DLM-10).
 */
export const shardConnect = defineCapability({
  name: 'experimental.distributed_llm.shard.connect',
  stability: 'experimental',
  trust: 'trusted',
  timeoutSeconds: 60,
  maxConcurrent: 64,
  errors: ['experimental_disabled', 'shard_unavailable', 'weights_mismatch', 'capacity_exceeded'],
  input: Strict({
    shard_id: ShardIdSchema,
    weights_sha256: WeightsHashSchema,
    /** Who computes the layers before, and could hand their results over itself (DLM-11). */
    handed_by: Type.Optional(NodeIdSchema),
  }),
  output: Strict({
    ...GrantSchema,
    /** For `handed_by` alone, with purpose `shard.handed`; missing where the shard takes nothing from it. */
    handed: Type.Optional(Strict(GrantSchema)),
    dtype: OneOf(['fp16', 'fp32', 'bf16', 'int8']),
    max_tokens: Type.Integer({ minimum: 1 }),
  }),
})

/**
 * Has a shard hand the results of a conversation of the caller's to the next shard itself (DLM-11), from its first step on; the
 * caller is given them as before. `unauthorized` where the shard's node does not trust the next one.
 */
export const shardHandOn = defineCapability({
  name: 'experimental.distributed_llm.shard.hand_on',
  stability: 'experimental',
  trust: 'trusted',
  timeoutSeconds: 10,
  maxConcurrent: 64,
  errors: ['experimental_disabled', 'not_found', 'unauthorized', 'shard_unreachable'],
  input: Strict({
    /** Of the conversation, as `shard.connect` answered. */
    session_id: UlidSchema,
    /** What `shard.connect` answered there as `handed`. */
    next: Strict({ node_id: NodeIdSchema, ...GrantSchema }),
  }),
  output: Nothing,
})

/** Bytes of hidden states in one call: small ones and diagnostics; conversations go over X08. */
const FORWARD_MAX_CHARS = 700_000

/** Computes a conversation's first tokens anew, without keeping anything: small or diagnostic calls. */
export const shardForward = defineCapability({
  name: 'experimental.distributed_llm.shard.forward',
  stability: 'experimental',
  trust: 'trusted',
  timeoutSeconds: 60,
  maxConcurrent: 4,
  idempotent: true,
  errors: ['experimental_disabled', 'shard_unavailable', 'weights_mismatch', 'capacity_exceeded'],
  input: Strict({
    shard_id: ShardIdSchema,
    weights_sha256: WeightsHashSchema,
    tokens: Type.Integer({ minimum: 1, maximum: 512 }),
    /** fp16, little-endian, [1, tokens, hidden], in base64url. */
    hidden: Type.String({ maxLength: FORWARD_MAX_CHARS, pattern: '^[A-Za-z0-9_-]*$' }),
  }),
  output: Strict({ hidden: Type.String({ maxLength: FORWARD_MAX_CHARS }), compute_ms: Type.Number({ minimum: 0 }) }),
})

/** One offer of this device: layers it keeps ready for others. */
const OfferSchema = Strict({
  shard_id: ShardIdSchema,
  model: ModelIdSchema,
  layers: LayersSchema,
  /** `loading`, `ready`, `paused` while sharing is off, or `failed` with the code of why. */
  state: OneOf(['loading', 'ready', 'paused', 'failed']),
  code: Type.Union([Type.String({ maxLength: 64 }), Type.Null()]),
  memory_bytes: CountSchema,
  streams: CountSchema,
  served_tokens: CountSchema,
})

/** What this device computes for others, and how much memory it sets aside for it. */
export const sharingGet = defineCapability({
  name: 'experimental.distributed_llm.sharing.get',
  stability: 'experimental',
  trust: 'self',
  idempotent: true,
  errors: ['experimental_disabled'],
  input: Nothing,
  output: Strict({
    /** Whether it computes for others; off until a person says so. */
    share: Type.Boolean(),
    memory_bytes: CountSchema,
    memory_limits: Strict({ least_bytes: CountSchema, most_bytes: CountSchema }),
    used_bytes: CountSchema,
    /** Null until something was computed. */
    backend: Type.Union([OneOf(['webgpu', 'wasm', 'reference']), Type.Null()]),
    offers: Type.Array(OfferSchema, { maxItems: 64 }),
  }),
  answersFrom: [shardAdvertised, shardWithdrawn],
})

/** Sets what a person says of sharing; what does not fit into less memory any more is withdrawn. */
export const sharingSet = defineCapability({
  name: 'experimental.distributed_llm.sharing.set',
  stability: 'experimental',
  trust: 'self',
  timeoutSeconds: 60,
  errors: ['experimental_disabled'],
  input: Type.Partial({ share: Type.Boolean(), memory_bytes: Type.Integer({ minimum: 1 }) }),
  output: Nothing,
})

/**
 * Keeps layers of a model ready for others, from now on and after a restart. Without `layers` the device takes those that the
 * fewest others hold and that fit into its memory.
 */
export const shardOffer = defineCapability({
  name: 'experimental.distributed_llm.shard.offer',
  stability: 'experimental',
  trust: 'self',
  timeoutSeconds: 300,
  errors: ['experimental_disabled', 'not_found', 'capacity_exceeded', 'weights_mismatch', 'not_implemented'],
  input: Strict({ model: ModelIdSchema, layers: Type.Optional(LayersSchema) }),
  output: Strict({ shard_id: ShardIdSchema }),
})

/** Takes an offer back. Conversations that run on it are told before it goes (DLM-9). */
export const shardWithdraw = defineCapability({
  name: 'experimental.distributed_llm.shard.withdraw',
  stability: 'experimental',
  trust: 'self',
  errors: ['experimental_disabled', 'not_found'],
  input: Strict({ shard_id: ShardIdSchema }),
  output: Nothing,
})
