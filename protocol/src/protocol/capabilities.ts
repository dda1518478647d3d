import { configChanged } from '../config/events.ts'
import { defineCapability, STABILITIES } from '../core/capability.ts'
import { ContentIdSchema, NodeIdSchema, OneOf, SignatureSchema, Strict } from '../core/schema.ts'
import * as Type from '../core/type.ts'

export const versionList = defineCapability({
  name: 'protocol.version.list',
  stability: 'stable',
  trust: 'unknown',
  idempotent: true,
  input: Strict({}),
  output: Strict({
    versions: Type.Array(Type.String()),
    /** Conformance suite versions this implementation has passed. */
    suite_versions_passed: Type.Array(Type.String()),
  }),
})

export const CAPABILITY_STATES = [...STABILITIES, 'disabled', 'not_built'] as const

/** One name of the index with its state here; the hash is null where there is no contract yet. */
export const DescribedCapabilitySchema = Strict({
  name: Type.String(),
  module: Type.String(),
  state: OneOf(CAPABILITY_STATES),
  version: Type.Union([Type.String(), Type.Null()]),
  schema_hash: Type.Union([ContentIdSchema, Type.Null()]),
})

/** What this implementation is and what it can do, signed by the node that answers. */
export const selfDescribe = defineCapability({
  name: 'protocol.self.describe',
  stability: 'stable',
  trust: 'unknown',
  idempotent: true,
  input: Strict({}),
  output: Strict({
    node_id: NodeIdSchema,
    name: Type.String(),
    vendor: Type.String(),
    version: Type.String(),
    protocol_versions: Type.Array(Type.String()),
    homepage: Type.String(),
    contact: Type.String(),
    capabilities: Type.Array(DescribedCapabilitySchema),
    signature: SignatureSchema,
  }),
  answersFrom: [configChanged],
})
