import type { Static } from '@sinclair/typebox'
import { canonicalBytes } from '../core/canonical.ts'
import { STABILITIES } from '../core/capability.ts'
import { HearthError } from '../core/errors.ts'
import { ContentIdSchema, NodeIdSchema, OneOf, parseAs, SignatureSchema, Strict, TimeSchema } from '../core/schema.ts'
import { requireSignature } from '../core/signing.ts'
import * as Type from '../core/type.ts'
import { PROTOCOL_DESCRIPTOR_MAX_BYTES } from './constants.ts'
import { VERSION_MAX_CHARS, VERSION_PATTERN } from './version.ts'

export const CAPABILITY_STATES = [...STABILITIES, 'disabled', 'not_built'] as const

/** One name of the index with its state there; the hash is null where there is no contract yet. */
export const DescribedCapabilitySchema = Strict({
  name: Type.String({ minLength: 1, maxLength: 128 }),
  module: Type.String({ maxLength: 64 }),
  state: OneOf(CAPABILITY_STATES),
  version: Type.Union([Type.String({ maxLength: 16 }), Type.Null()]),
  schema_hash: Type.Union([ContentIdSchema, Type.Null()]),
})
export type DescribedCapability = Static<typeof DescribedCapabilitySchema>

export const ProtocolVersionSchema = Type.String({ pattern: VERSION_PATTERN, maxLength: VERSION_MAX_CHARS })

/** What an implementation is and what it can do, signed by the node that runs it (PRO-5). */
export const DescriptorSchema = Strict({
  node_id: NodeIdSchema,
  /** Name of the implementation, not of the person or the device. */
  name: Type.String({ minLength: 1, maxLength: 64 }),
  vendor: Type.String({ minLength: 1, maxLength: 64 }),
  version: Type.String({ minLength: 1, maxLength: 32 }),
  protocol_versions: Type.Array(ProtocolVersionSchema, { minItems: 1, maxItems: 8 }),
  /** Empty, or where people read about it. */
  homepage: Type.String({ maxLength: 256 }),
  contact: Type.String({ maxLength: 256 }),
  capabilities: Type.Array(DescribedCapabilitySchema, { maxItems: 512 }),
  issued_at: TimeSchema,
  signature: SignatureSchema,
})
export type Descriptor = Static<typeof DescriptorSchema>

const invalid = (message: string, field: string): HearthError =>
  new HearthError('protocol_descriptor_invalid', message, { data: { field } })

/**
 * Reads a descriptor that somebody handed over: form, size, signature (PRO-6). Versions it names may be of the future.
 * @throws HearthError `protocol_descriptor_invalid`, with `data.field` where it is one field's fault
 */
export async function checkDescriptor(value: unknown): Promise<Descriptor> {
  const descriptor = parseAs(DescriptorSchema, value, 'protocol_descriptor_invalid')
  if (canonicalBytes(descriptor).length > PROTOCOL_DESCRIPTOR_MAX_BYTES) throw invalid('larger than allowed', '/')
  const { capabilities, node_id } = descriptor
  if (new Set(capabilities.map(({ name }) => name)).size < capabilities.length) {
    throw invalid('names a capability twice', '/capabilities')
  }
  try {
    await requireSignature(node_id, descriptor)
  } catch (cause) {
    throw new HearthError('protocol_descriptor_invalid', 'signature does not verify', { data: { field: '/signature' }, cause })
  }
  return descriptor
}
