import type { Static } from '@sinclair/typebox'
import { STABILITIES } from './capability.ts'
import { ContentIdSchema, CountSchema, NameSchema, NodeIdSchema, OneOf, SignatureSchema, Strict, TimeSchema } from './schema.ts'
import * as Type from './type.ts'

/** How long a manifest is good; nodes renew at half of it (section 6). */
export const MANIFEST_TTL_SECONDS = 900

export const NODE_PROFILES = ['anchor', 'hearth', 'spark', 'bridge'] as const

/** One capability as a node announces it. */
export const AnnouncedCapabilitySchema = Strict({
  name: Type.String({ maxLength: 128 }),
  version: Type.String({ maxLength: 16 }),
  stability: OneOf(STABILITIES),
  schema_hash: ContentIdSchema,
})

/** What a node says of itself to its community: signed, short-lived, dropped when expired (section 6). */
export const NodeManifestSchema = Strict({
  node_id: NodeIdSchema,
  display_name: NameSchema,
  community_id: NodeIdSchema,
  profile: OneOf(NODE_PROFILES),
  protocol_version: Type.String({ maxLength: 32 }),
  capabilities: Type.Array(AnnouncedCapabilitySchema, { maxItems: 256 }),
  /** Calls in progress. */
  load: CountSchema,
  issued_at: TimeSchema,
  expires_at: TimeSchema,
  signature: SignatureSchema,
})
export type NodeManifest = Static<typeof NodeManifestSchema>
