import type { Static } from '@sinclair/typebox'
import { CountSchema, NodeIdSchema, OneOf, Strict, UlidSchema } from '../core/schema.ts'
import * as Type from '../core/type.ts'
import { DISTRIBUTED_LLM_MAX_LEFT_OUT, DISTRIBUTED_LLM_MAX_SHARDS_PER_PIPELINE } from './constants.ts'

/** A model's name on a device: a folder of the published layout. */
export const ModelIdSchema = Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,95}$', description: 'Name of a model' })
/** SHA-256 over names, lengths and pieces of the graph and all its weights (`weightsHashOf`, DLM-7); shards of one pipeline agree on it. */
export const WeightsHashSchema = Type.String({
  pattern: '^sha256:[0-9a-f]{64}$',
  description: 'SHA-256 of all weights (DLM-7)',
})
/** `model:lo-hi`, both layers included. */
export const ShardIdSchema = Type.String({ maxLength: 160, description: 'model:lo-hi[:tier]' })
const LayerSchema = Type.Integer({ minimum: 0, maximum: 4095 })
/** Both layers included. */
export const LayersSchema = Strict({ from: LayerSchema, to: LayerSchema })
export type Layers = Static<typeof LayersSchema>
export const BackendSchema = OneOf(['webgpu', 'wasm', 'reference'])

const MsSchema = Type.Number({ minimum: 0 })

/** What a node hosts, for whoever plans a pipeline. */
export const ShardSchema = Strict({
  shard_id: ShardIdSchema,
  model: ModelIdSchema,
  weights_sha256: WeightsHashSchema,
  layers: LayersSchema,
  /** Of the whole model. */
  model_layers: Type.Integer({ minimum: 1, maximum: 4096 }),
  hidden_size: Type.Integer({ minimum: 1, maximum: 65_536 }),
  /** Of memory, weights and what runs them. */
  memory_bytes: CountSchema,
  /** Conversations it takes at a time, and those it has now. */
  max_concurrent_streams: Type.Integer({ minimum: 1, maximum: 64 }),
  streams: Type.Integer({ minimum: 0, maximum: 64 }),
  /** Most tokens of one conversation. */
  max_tokens: Type.Integer({ minimum: 1, maximum: 1_048_576 }),
  dtype: OneOf(['fp16', 'fp32', 'bf16', 'int8']),
  backend: BackendSchema,
  /** Measured here over single tokens; null before the first. */
  ms_per_token: Type.Union([MsSchema, Type.Null()]),
})
export type ShardDescriptor = Static<typeof ShardSchema>

/** One shard's place in a pipeline, and why it is there (DLM-2). */
export const StageSchema = Strict({
  /** Null: the planning device itself. */
  node_id: Type.Union([NodeIdSchema, Type.Null()]),
  shard_id: ShardIdSchema,
  layers: LayersSchema,
  backend: BackendSchema,
  /** Expected: to compute one token; the way there and back, or from the stage before, and back for the last one (DLM-11). */
  compute_ms: MsSchema,
  hop_ms: MsSchema,
  /** Whether the stage before hands it its input; else it comes from who asks. */
  handed: Type.Boolean(),
  /** Whether `compute_ms` was measured there or is guessed from others. */
  measured: Type.Boolean(),
  /** Others that hold the same layers and could take over (DLM-4). */
  spares: Type.Integer({ minimum: 0, maximum: 1024 }),
  /** `only`: nobody else holds these layers; `fastest`: others would take longer; `preferred`: equally fast, with more room. */
  reason: OneOf(['only', 'fastest', 'preferred']),
})
export type Stage = Static<typeof StageSchema>

/** A shard that was looked at and left out (DLM-2). */
export const LeftOutSchema = Strict({
  node_id: Type.Union([NodeIdSchema, Type.Null()]),
  shard_id: ShardIdSchema,
  /** `full`: no conversation more; `other_weights`; `mistrusted`: gave wrong results; `slower`; `too_short`: takes no conversation of this length; `does_not_join`: no others begin or end where it does. */
  reason: OneOf(['full', 'other_weights', 'mistrusted', 'too_short', 'slower', 'does_not_join', 'unreachable']),
})
export type LeftOut = Static<typeof LeftOutSchema>

export const PlanSchema = Strict({
  pipeline_id: UlidSchema,
  model: ModelIdSchema,
  weights_sha256: WeightsHashSchema,
  model_layers: Type.Integer({ minimum: 1, maximum: 4096 }),
  stages: Type.Array(StageSchema, { minItems: 1, maxItems: DISTRIBUTED_LLM_MAX_SHARDS_PER_PIPELINE }),
  left_out: Type.Array(LeftOutSchema, { maxItems: DISTRIBUTED_LLM_MAX_LEFT_OUT }),
  /** Of all stages. */
  expected_ms_per_token: MsSchema,
  /** `whole`: one device has it all; `star`: each hidden state comes back to who asks before it goes on; `chain`: shards hand it on. */
  topology: OneOf(['whole', 'star', 'chain']),
  /** `only_one`: nobody to hand on to; `not_connected`: no neighbours in it are known to reach each other; else which one is expected to take less time. */
  topology_reason: OneOf(['only_one', 'not_connected', 'chain_faster', 'star_faster']),
  /** What a token would take with the other of the two; null where there is none. */
  other_topology_ms: Type.Union([MsSchema, Type.Null()]),
})
export type Plan = Static<typeof PlanSchema>

const MessageSchema = Strict({
  role: OneOf(['system', 'user', 'assistant']),
  content: Type.String({ maxLength: 100_000 }),
})
export const MessagesSchema = Type.Array(MessageSchema, { minItems: 1, maxItems: 256 })

/** How the next token is chosen (DLM-3); greedy where nothing is said. The same seed gives the same text. */
export const SamplingSchema = Type.Partial({
  /** 0 takes the likeliest. */
  temperature: Type.Number({ minimum: 0, maximum: 5 }),
  /** 0 means all. */
  top_k: Type.Integer({ minimum: 0, maximum: 100_000 }),
  top_p: Type.Number({ minimum: 0, maximum: 1 }),
  repetition_penalty: Type.Number({ minimum: 0.1, maximum: 10 }),
  seed: Type.Integer({ minimum: 0, maximum: 4_294_967_295 }),
})

/** Of a question, whoever computes the answer. */
export const QuestionSchema = {
  messages: MessagesSchema,
  sampling: Type.Optional(SamplingSchema),
  max_tokens: Type.Optional(Type.Integer({ minimum: 1, maximum: 8192 })),
  /** Text that ends the answer and is not part of it. */
  stop: Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 64 }), { maxItems: 8 })),
}

/** Steps of whoever was late that a spare computed, too, and said first (DLM-4): nobody failed. */
export const LateSchema = Strict({
  /** Who was late, and who was not; null: the device that runs the pipeline. */
  from: Type.Union([NodeIdSchema, Type.Null()]),
  to: Type.Union([NodeIdSchema, Type.Null()]),
  steps: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }),
})
export type Late = Static<typeof LateSchema>

/** Live numbers of one stage: of its newest token, and since the answer began. */
export const StageStatusSchema = Strict({
  node_id: Type.Union([NodeIdSchema, Type.Null()]),
  shard_id: ShardIdSchema,
  layers: LayersSchema,
  /** What it computes with; missing where that is not known. */
  backend: Type.Optional(BackendSchema),
  /** Whether the stage before hands it its input just now. */
  handed: Type.Boolean(),
  /** Round trip to the shard with its computing in it, or from the result before to its own; null before the first token. */
  last_ms: Type.Union([MsSchema, Type.Null()]),
  mean_ms: Type.Union([MsSchema, Type.Null()]),
  tokens: CountSchema,
  /** Of hidden states that went there from here, and that came back; 0 for this device, and nothing goes to who is handed all of it. */
  sent_bytes: CountSchema,
  received_bytes: CountSchema,
  /** Since the answer began, whoever sits there now; once for each two. */
  late: Type.Array(LateSchema),
})
export type StageStatus = Static<typeof StageStatusSchema>

/** A shard gave up or was given up, and who took its place (DLM-4). */
export const FailoverSchema = Strict({
  layers: LayersSchema,
  from: Type.Union([NodeIdSchema, Type.Null()]),
  /** Whether somebody took over already; `to` is null while nobody has, and where it is this device. */
  taken_over: Type.Boolean(),
  to: Type.Union([NodeIdSchema, Type.Null()]),
  /** `lost`: the connection; `stalled`: no answer in time; `corrupt`: an answer that cannot be (DLM-6); `lied`: another one computed otherwise; `refused`. */
  reason: OneOf(['lost', 'stalled', 'corrupt', 'lied', 'refused']),
  /** Token of the answer at which it happened; 0 while the question was read. */
  at_token: CountSchema,
  /** From the failure to the next result; null while it lasts or where nobody took over. */
  stall_ms: Type.Union([MsSchema, Type.Null()]),
})
export type Failover = Static<typeof FailoverSchema>

/** How an answer ended. */
export const EndingSchema = Strict({
  reason: OneOf(['end', 'stop', 'length']),
  prompt_tokens: CountSchema,
  tokens: CountSchema,
  first_token_ms: MsSchema,
  tokens_per_second: Type.Number({ minimum: 0 }),
  backend: BackendSchema,
  failovers: CountSchema,
  /** `local`: a whole model on this device; `pipeline`: several devices; `fallback`: this device after a pipeline failed. */
  computed_by: OneOf(['local', 'pipeline', 'fallback']),
})
export type Ending = Static<typeof EndingSchema>

/**
 * What the next word waits for: `others` begin; the `engine` or the `layers` are brought into this device's memory; the question, or
 * what was said so far, is read.
 */
export const PhaseSchema = OneOf(['others', 'engine', 'layers', 'reading'])
export type Phase = Static<typeof PhaseSchema>

/** What comes while an answer is computed; `data` of the frames of `chat` and `pipeline.run`. */
export const AnswerFrameSchema = Type.Union([
  Strict({ frame: Type.Literal('token_delta'), text: Type.String() }),
  /** A shard lied (DLM-6): what was said since the last checked token is taken back. All of the answer so far is `text` now. */
  Strict({ frame: Type.Literal('taken_back'), text: Type.String() }),
  /** At the beginning, with each phase, after each failover, and about once a second. */
  Strict({
    frame: Type.Literal('shard_status'),
    topology: OneOf(['whole', 'star', 'chain']),
    stages: Type.Array(StageStatusSchema),
    /** Missing while words come. */
    phase: Type.Optional(PhaseSchema),
  }),
  Strict({ frame: Type.Literal('shard_failover'), failover: FailoverSchema }),
  /** No pipeline any more. Where `falls_back`, this device goes on alone and the text so far stands. */
  Strict({ frame: Type.Literal('pipeline_aborted'), code: Type.String({ maxLength: 64 }), falls_back: Type.Boolean() }),
  Strict({ frame: Type.Literal('done'), ending: EndingSchema }),
])
export type AnswerFrame = Static<typeof AnswerFrameSchema>
