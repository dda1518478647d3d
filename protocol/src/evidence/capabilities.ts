import { memberJoined, memberRenamed, revocationSigned } from '../community/events.ts'
import { defineCapability } from '../core/capability.ts'
import { MEMBER_LEVELS } from '../core/community.ts'
import { ClaimIdSchema, ContentIdSchema, CountSchema, NodeIdSchema, OneOf, Strict } from '../core/schema.ts'
import * as Type from '../core/type.ts'
import { ClaimSchema, claimAsserted } from './events.ts'

export const EVIDENCE_LEVELS = ['unverified', 'cited', 'cross_referenced', 'attested', 'disputed'] as const

const { subject, predicate, object, sources, confidence, derived_from } = ClaimSchema.properties

/** A claim with what the log knows of it. Its signature verified, or it would not be here (EVT-4). */
export const ClaimRecordSchema = Strict({
  claim_id: ClaimIdSchema,
  claim: ClaimSchema,
  /** The event that carries it. */
  content_id: ContentIdSchema,
  level: OneOf(EVIDENCE_LEVELS),
  stale: Type.Boolean(),
  author: Strict({
    node_id: NodeIdSchema,
    display_name: Type.String(),
    level: OneOf(MEMBER_LEVELS),
    status: OneOf(['active', 'left', 'revoked']),
  }),
})

export const claimAssert = defineCapability({
  name: 'experimental.evidence.claim.assert',
  stability: 'experimental',
  trust: 'self',
  errors: ['experimental_disabled', 'claim_signature_invalid', 'evidence_cycle_detected'],
  input: Strict({ subject, predicate, object, sources, confidence, derived_from }),
  output: Strict({ claim_id: ClaimIdSchema, content_id: ContentIdSchema }),
})

export const claimGet = defineCapability({
  name: 'experimental.evidence.claim.get',
  stability: 'experimental',
  trust: 'member',
  idempotent: true,
  errors: ['experimental_disabled', 'claim_not_found'],
  input: Strict({ claim_id: ClaimIdSchema }),
  output: ClaimRecordSchema,
  answersFrom: [claimAsserted, memberJoined, memberRenamed, revocationSigned],
})

/** Claims by any part of the triple, newest first. */
export const claimQuery = defineCapability({
  name: 'experimental.evidence.claim.query',
  stability: 'experimental',
  trust: 'member',
  idempotent: true,
  errors: ['experimental_disabled'],
  input: Strict({
    subject: Type.Optional(subject),
    /** Matches the beginning of the subject, whatever the case. */
    subject_prefix: Type.Optional(Type.String({ maxLength: 512 })),
    predicate: Type.Optional(predicate),
    object: Type.Optional(object),
    limit: Type.Integer({ minimum: 1, maximum: 200 }),
    /** `next` of the page before. */
    after: Type.Optional(ContentIdSchema),
  }),
  output: Strict({
    claims: Type.Array(ClaimRecordSchema),
    total: CountSchema,
    next: Type.Union([ContentIdSchema, Type.Null()]),
  }),
  answersFrom: [claimAsserted, memberJoined, memberRenamed, revocationSigned],
})
