import { defineCapability } from '../core/capability.ts'
import { ClaimIdSchema, ContentIdSchema, CountSchema, DisputeIdSchema, NodeIdSchema, OneOf, Strict } from '../core/schema.ts'
import * as Type from '../core/type.ts'
import { EVIDENCE_MAX_PROVENANCE_DEPTH } from './constants.ts'
import { AttestationSchema, ClaimSchema, ebkhSynced, ebkhSyncPartial, SourceSchema, SYNC_DIRECTIONS } from './events.ts'
import {
  AdvisorySchema,
  AttestationRecordSchema,
  ClaimRecordSchema,
  DisputeRecordSchema,
  EVIDENCE_GROUNDS,
  RECORD_EVENTS,
} from './records.ts'

const { subject, predicate, object, sources, confidence, derived_from, ttl_days } = ClaimSchema.properties

/** What a person says; who and when are added when it is signed. */
export const StatementSchema = Strict({ subject, predicate, object, sources, confidence, derived_from, ttl_days })

const read = { stability: 'experimental', trust: 'member', idempotent: true, answersFrom: RECORD_EVENTS } as const
const act = { stability: 'experimental', trust: 'self' } as const
const Signed = { claim_id: ClaimIdSchema, content_id: ContentIdSchema }

/** Signs a claim and puts it into the log (EVI-1, EVI-2). Terms are brought into canonical form first. */
export const claimAssert = defineCapability({
  ...act,
  name: 'experimental.evidence.claim.assert',
  errors: ['experimental_disabled', 'claim_signature_invalid', 'evidence_cycle_detected'],
  input: StatementSchema,
  output: Strict({ ...Signed, advisories: Type.Array(AdvisorySchema) }),
})

/** A claim with everyone who vouches for it and everyone who objects. */
export const claimGet = defineCapability({
  ...read,
  name: 'experimental.evidence.claim.get',
  errors: ['experimental_disabled', 'claim_not_found'],
  input: Strict({ claim_id: ClaimIdSchema }),
  output: Strict({
    ...ClaimRecordSchema.properties,
    /** Newest first, at most 100 each; the counts above are complete. */
    attested_by: Type.Array(AttestationRecordSchema),
    disputed_by: Type.Array(DisputeRecordSchema),
    /** Claims derived from this one, newest first, at most 100. */
    children: Type.Array(ClaimIdSchema),
    advisories: Type.Array(AdvisorySchema),
  }),
})

/** Claims by any part of the triple; newest first unless asked for the strongest. */
export const claimQuery = defineCapability({
  ...read,
  name: 'experimental.evidence.claim.query',
  errors: ['experimental_disabled'],
  input: Strict({
    subject: Type.Optional(subject),
    /** Matches the beginning of the subject, whatever the case. */
    subject_prefix: Type.Optional(Type.String({ maxLength: 512 })),
    predicate: Type.Optional(predicate),
    /** Matches the beginning of the predicate, whatever the case. */
    predicate_prefix: Type.Optional(Type.String({ maxLength: 512 })),
    object: Type.Optional(object),
    /** Matches the beginning of the object, whatever the case. */
    object_prefix: Type.Optional(Type.String({ maxLength: 512 })),
    asserted_by: Type.Optional(NodeIdSchema),
    source_id: Type.Optional(SourceSchema.properties.source_id),
    /** Claims derived from this one. */
    parent: Type.Optional(ClaimIdSchema),
    /** Claims that stand on at least this; a dispute hides nothing. */
    min_evidence: Type.Optional(OneOf(EVIDENCE_GROUNDS)),
    /** Leaves out what is stale (EVI-8). */
    only_fresh: Type.Optional(Type.Boolean()),
    /** `strongest`: by level, then trust, with this person's lists re-ranking (EVI-4). */
    order: Type.Optional(OneOf(['newest', 'strongest'])),
    limit: Type.Integer({ minimum: 1, maximum: 200 }),
    /** `next` of the page before. */
    after: Type.Optional(ContentIdSchema),
  }),
  output: Strict({
    claims: Type.Array(ClaimRecordSchema),
    total: CountSchema,
    next: Type.Union([ContentIdSchema, Type.Null()]),
  }),
})

/** Vouches for somebody else's claim. */
export const claimAttest = defineCapability({
  ...act,
  name: 'experimental.evidence.claim.attest',
  errors: ['experimental_disabled', 'claim_not_found', 'claim_signature_invalid'],
  input: Strict({
    claim_id: ClaimIdSchema,
    role: AttestationSchema.properties.role,
    rationale: AttestationSchema.properties.rationale,
  }),
  output: Strict({ content_id: ContentIdSchema }),
})

/** Objects to a claim; with a counterclaim, which is asserted along with it, or one that exists. */
export const claimDispute = defineCapability({
  ...act,
  name: 'experimental.evidence.claim.dispute',
  errors: ['experimental_disabled', 'claim_not_found', 'claim_signature_invalid', 'evidence_cycle_detected'],
  input: Strict({
    claim_id: ClaimIdSchema,
    rationale: AttestationSchema.properties.rationale,
    /** Says the other thing about the same subject and predicate. */
    counterclaim: Type.Optional(
      Type.Union([ClaimIdSchema, Strict({ object, sources, confidence, predicate: Type.Optional(predicate) })]),
    ),
  }),
  output: Strict({
    dispute_id: DisputeIdSchema,
    counterclaim_id: Type.Union([ClaimIdSchema, Type.Null()]),
    content_id: ContentIdSchema,
  }),
})

/** Takes an own claim back: a claim `retracted`, which counts as a dispute (EVI-2). */
export const claimRetract = defineCapability({
  ...act,
  name: 'experimental.evidence.claim.retract',
  errors: ['experimental_disabled', 'claim_not_found', 'claim_signature_invalid'],
  input: Strict({ claim_id: ClaimIdSchema }),
  output: Strict(Signed),
})

/** Takes an own dispute, or the own retraction of a claim, back (EVI-2). */
export const disputeRetract = defineCapability({
  ...act,
  name: 'experimental.evidence.dispute.retract',
  errors: ['experimental_disabled', 'claim_not_found', 'claim_signature_invalid'],
  input: Strict({ claim_id: ClaimIdSchema, dispute_id: DisputeIdSchema }),
  output: Strict(Signed),
})

/** Where a claim comes from: its derivation, with all sources, attestations and disputes on the way (EVI-5). */
export const provenanceTrace = defineCapability({
  ...read,
  name: 'experimental.evidence.provenance.trace',
  errors: ['experimental_disabled', 'claim_not_found'],
  input: Strict({
    claim_id: ClaimIdSchema,
    depth: Type.Optional(Type.Integer({ minimum: 0, maximum: EVIDENCE_MAX_PROVENANCE_DEPTH })),
  }),
  output: Strict({
    /** Each once, in topological order: what a claim derives from stands before it, the claim itself last. */
    claims: Type.Array(ClaimRecordSchema),
    /** Steps from the claim asked for, by ClaimID. */
    depths: Type.Record(Type.String(), CountSchema),
    sources: Type.Array(SourceSchema),
    attestations: Type.Array(AttestationRecordSchema),
    disputes: Type.Array(DisputeRecordSchema),
    /** Parents that are named and not known here. */
    unknown: Type.Array(ClaimIdSchema),
    /** Whether there was more: deeper than asked, or more than 256 claims. */
    truncated: Type.Boolean(),
    /** Claims on a cycle: refused where they are made, shown where a hostile peer brought them. */
    cyclic: Type.Array(ClaimIdSchema),
  }),
})

/** What is claimed of a subject, by predicate (EVI-6). */
export const subjectSummary = defineCapability({
  ...read,
  name: 'experimental.evidence.subject.summary',
  errors: ['experimental_disabled'],
  input: Strict({ subject }),
  output: Strict({
    subject,
    /** Claims on the subject in all. */
    total: CountSchema,
    /** At most 32; the strongest predicate first. */
    predicates: Type.Array(
      Strict({
        predicate,
        count: CountSchema,
        /** Strongest first, at most 8. */
        claims: Type.Array(ClaimRecordSchema),
      }),
    ),
    /** Predicates beyond the 32. */
    more_predicates: CountSchema,
    disputes: Type.Array(DisputeRecordSchema),
    sources: Type.Array(SourceSchema),
    advisories: Type.Array(AdvisorySchema),
  }),
})

/** Subjects that begin so, for a search as one types. */
export const subjectList = defineCapability({
  ...read,
  name: 'experimental.evidence.subject.list',
  errors: ['experimental_disabled'],
  input: Strict({ prefix: Type.String({ maxLength: 512 }), limit: Type.Integer({ minimum: 1, maximum: 100 }) }),
  output: Strict({
    subjects: Type.Array(Strict({ subject, claims: CountSchema, disputed: CountSchema })),
    total: CountSchema,
  }),
})

/** Exchanges with the configured hub (M30, EBKH bridge). Unreachable or half-done is an answer, not an error. */
export const ebkhSync = defineCapability({
  ...act,
  name: 'experimental.evidence.ebkh.sync',
  timeoutSeconds: 120,
  maxConcurrent: 1,
  errors: ['experimental_disabled', 'ebkh_unavailable'],
  input: Strict({ direction: OneOf(SYNC_DIRECTIONS) }),
  output: Strict({
    direction: OneOf(SYNC_DIRECTIONS),
    pulled: CountSchema,
    pushed: CountSchema,
    /** What the hub sent and this node refused: a wrong id, a wrong signature, a shape that is no claim. */
    refused: CountSchema,
    partial: Type.Boolean(),
    /** Null unless partial. */
    reason: Type.Union([Type.String(), Type.Null()]),
  }),
  answersFrom: [ebkhSynced, ebkhSyncPartial],
})
