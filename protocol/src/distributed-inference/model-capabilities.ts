import type { Static } from '@sinclair/typebox'
import { defineCapability } from '../core/capability.ts'
import { CountSchema, NodeIdSchema, OneOf, Strict, UlidSchema } from '../core/schema.ts'
import * as Type from '../core/type.ts'
import { DISTRIBUTED_LLM_MAX_FILES_PER_MODEL, DISTRIBUTED_LLM_PIECE_BYTES } from './constants.ts'
import { modelChanged } from './events.ts'
import { FileNameSchema, ModelManifestSchema } from './model-manifest.ts'
import { LayersSchema, ModelIdSchema, WeightsHashSchema } from './schemas.ts'

const Nothing = Strict({})
const ByName = Strict({ model: ModelIdSchema })
const LayerCountSchema = Type.Integer({ minimum: 0, maximum: 4096 })
/** Runs of layers, from the lowest up. */
const LayerRunsSchema = Type.Array(LayersSchema, { maxItems: 4096 })

/** A model that lies on this device, is on its way to it, or can be had from the app or its box. */
export const ModelSchema = Strict({
  model: ModelIdSchema,
  /** Null while nobody knows: before its files were read, or where they cannot be. */
  weights_sha256: Type.Union([WeightsHashSchema, Type.Null()]),
  /** Of the whole model, and how many of them are here and checked. */
  bytes: CountSchema,
  held_bytes: CountSchema,
  /** 0 while nobody knows. */
  layers: LayerCountSchema,
  held_layers: LayerRunsSchema,
  /** Whether the embedding and the head are here: without them this device computes for others and cannot ask. */
  held_ends: Type.Boolean(),
  /** Where it came from or comes from; `app`: with the app; `device`: its files were put here by other means. */
  source: OneOf(['app', 'box', 'url', 'peers', 'folder', 'device']),
  /**
   * `offered`: not here yet; `ready`: all of it; `partial`: some layers, as was wished; `loading`, `checking`: under way;
   * `paused`: by a person; `waiting`: nobody who has it is in reach; `failed`: see `problem`.
   */
  state: OneOf(['offered', 'loading', 'checking', 'paused', 'waiting', 'failed', 'partial', 'ready']),
  /** Code of what stopped it last; null where nothing did. */
  problem: Type.Union([Type.String({ maxLength: 64 }), Type.Null()]),
  /** Why it cannot be computed here; null where it can. */
  refused: Type.Union([Type.String(), Type.Null()]),
})
export type ModelState = Static<typeof ModelSchema>

/** Models on this device and those it can have at once, in the order of their names. */
export const modelList = defineCapability({
  name: 'experimental.distributed_llm.model.list',
  stability: 'experimental',
  trust: 'self',
  timeoutSeconds: 120,
  idempotent: true,
  errors: ['experimental_disabled'],
  input: Nothing,
  output: Strict({
    models: Type.Array(ModelSchema),
    /** What the browser still gives the app; null where it does not say. */
    free_bytes: Type.Union([CountSchema, Type.Null()]),
  }),
  answersFrom: [modelChanged],
})

/**
 * Begins to bring a model here, or more layers of one; goes on after a restart (DLM-7). `app`, `box`: it is listed there under this
 * name. `url`: a folder in the layout of transformers.js or ONNX Runtime. `peers`: by `weights_sha256`. `folder`: `files` say
 * what comes, `model.put` brings it. With `layers` only those and what belongs to all of them; that needs a manifest.
 */
export const modelImport = defineCapability({
  name: 'experimental.distributed_llm.model.import',
  stability: 'experimental',
  trust: 'self',
  timeoutSeconds: 120,
  errors: ['experimental_disabled', 'weights_mismatch'],
  input: Strict({
    model: ModelIdSchema,
    from: OneOf(['app', 'box', 'url', 'peers', 'folder']),
    url: Type.Optional(Type.String({ maxLength: 2048, pattern: '^https?://' })),
    weights_sha256: Type.Optional(WeightsHashSchema),
    files: Type.Optional(
      Type.Array(Strict({ name: FileNameSchema, bytes: CountSchema }), {
        minItems: 1,
        maxItems: DISTRIBUTED_LLM_MAX_FILES_PER_MODEL,
      }),
    ),
    layers: Type.Optional(LayersSchema),
    /** Whether the embedding and the head come, too: only with them this device can ask. True unless said otherwise. */
    ends: Type.Optional(Type.Boolean()),
  }),
  output: Nothing,
})

/** Base64url takes four characters for three bytes. */
const PIECE_MAX_CHARS = Math.ceil((DISTRIBUTED_LLM_PIECE_BYTES * 4) / 3)

/** The next bytes of a file of a folder that a person chose; in order, so that an import can go on where it stopped. */
export const modelPut = defineCapability({
  name: 'experimental.distributed_llm.model.put',
  stability: 'experimental',
  trust: 'self',
  timeoutSeconds: 60,
  errors: ['experimental_disabled'],
  input: Strict({
    model: ModelIdSchema,
    file: FileNameSchema,
    offset: CountSchema,
    data: Type.String({ maxLength: PIECE_MAX_CHARS, pattern: '^[A-Za-z0-9_-]*$' }),
  }),
  /** How many bytes of this file are here now. */
  output: Strict({ held_bytes: CountSchema }),
})

/** Stops bringing a model here; what is here stays. */
export const modelPause = defineCapability({
  name: 'experimental.distributed_llm.model.pause',
  stability: 'experimental',
  trust: 'self',
  idempotent: true,
  errors: ['experimental_disabled'],
  input: ByName,
  output: Nothing,
})

/** Goes on where it stopped, also after it failed. */
export const modelResume = defineCapability({
  name: 'experimental.distributed_llm.model.resume',
  stability: 'experimental',
  trust: 'self',
  idempotent: true,
  errors: ['experimental_disabled'],
  input: ByName,
  output: Nothing,
})

/** Removes a model from this device with everything that was being brought of it. */
export const modelDelete = defineCapability({
  name: 'experimental.distributed_llm.model.delete',
  stability: 'experimental',
  trust: 'self',
  timeoutSeconds: 60,
  idempotent: true,
  errors: ['experimental_disabled'],
  input: ByName,
  output: Nothing,
})

/** Who in the community holds which layers of what, as far as they are in reach and trust this device (DLM-5). */
export const modelNeighbours = defineCapability({
  name: 'experimental.distributed_llm.model.neighbours',
  stability: 'experimental',
  trust: 'self',
  timeoutSeconds: 30,
  idempotent: true,
  errors: ['experimental_disabled'],
  input: Nothing,
  output: Strict({
    models: Type.Array(
      Strict({
        model: ModelIdSchema,
        weights_sha256: WeightsHashSchema,
        bytes: CountSchema,
        layers: LayerCountSchema,
        holders: Type.Array(Strict({ node_id: NodeIdSchema, held_layers: LayerRunsSchema })),
      }),
    ),
  }),
  answersFrom: [modelChanged],
})

/** Which models and layers this device has for those it trusts. */
export const modelOffers = defineCapability({
  name: 'experimental.distributed_llm.model.offers',
  stability: 'experimental',
  trust: 'trusted',
  idempotent: true,
  errors: ['experimental_disabled'],
  input: Nothing,
  output: Strict({
    models: Type.Array(
      Strict({
        model: ModelIdSchema,
        weights_sha256: WeightsHashSchema,
        bytes: CountSchema,
        layers: LayerCountSchema,
        held_layers: LayerRunsSchema,
        /** A bit for each piece of the manifest, the first one the highest of the first byte; base64url. */
        held_pieces: Type.String({ maxLength: 8192 }),
      }),
      { maxItems: 64 },
    ),
  }),
})

/** What a model consists of. */
export const modelManifest = defineCapability({
  name: 'experimental.distributed_llm.model.manifest',
  stability: 'experimental',
  trust: 'trusted',
  idempotent: true,
  timeoutSeconds: 30,
  maxConcurrent: 4,
  errors: ['experimental_disabled'],
  input: Strict({ weights_sha256: WeightsHashSchema }),
  output: Strict({ manifest: ModelManifestSchema }),
})

/**
 * Negotiates an X08 session with purpose `model.pieces` (TEN-5). Who opened it asks for pieces with tensors of int8 whose bytes are
 * numbers of pieces, u32 big-endian, at most 64 of them in one; each piece comes as a tensor of int8 in one dimension, with the lower 16 bits
 * of its number as id; a tensor of no elements says that it is not here. Who asks checks what comes (DLM-7).
 */
export const modelConnect = defineCapability({
  name: 'experimental.distributed_llm.model.connect',
  stability: 'experimental',
  trust: 'trusted',
  maxConcurrent: 8,
  errors: ['experimental_disabled'],
  input: Strict({ weights_sha256: WeightsHashSchema }),
  output: Strict({ session_id: UlidSchema, session_token: Type.String({ maxLength: 4096 }) }),
})
