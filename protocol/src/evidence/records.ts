import type { Static } from '@sinclair/typebox'
import { memberJoined, memberLeft, memberPromoted, memberRenamed, revocationSigned } from '../community/events.ts'
import { MEMBER_LEVELS } from '../core/community.ts'
import { ClaimIdSchema, ContentIdSchema, CountSchema, DisputeIdSchema, NodeIdSchema, OneOf, Strict } from '../core/schema.ts'
import * as Type from '../core/type.ts'
import {
  AttestationSchema,
  ClaimSchema,
  claimAsserted,
  claimAttested,
  DisputeSchema,
  disputeOpened,
  disputeRetracted,
  listsChanged,
  sampleChanged,
} from './events.ts'

/** What a claim stands on, weakest first: its level before any dispute (EVI-3). */
export const EVIDENCE_GROUNDS = ['unverified', 'cited', 'cross_referenced', 'attested'] as const
export type EvidenceGround = (typeof EVIDENCE_GROUNDS)[number]
/** EVI-3. */
export const EVIDENCE_LEVELS = [...EVIDENCE_GROUNDS, 'disputed'] as const
export type EvidenceLevel = (typeof EVIDENCE_LEVELS)[number]

/** Where a claim lives: in the community's log, there through a hub's quarantine, or in the sample set of this device. */
export const CLAIM_ORIGINS = ['community', 'hub', 'sample'] as const

/** What this person's own lists say of somebody: it re-ranks what they see and nothing else (EVI-4). */
export const OPINIONS = ['allowed', 'blocked'] as const

/** Somebody who says something, as the log knows them. */
export const VoiceSchema = Strict({
  node_id: NodeIdSchema,
  display_name: Type.String(),
  /** `unknown` for a hub, which is no member. */
  level: OneOf(['unknown', ...MEMBER_LEVELS]),
  status: OneOf(['active', 'left', 'revoked', 'outside']),
  /** Trust score in [0,1], from the log alone; always shown, never used to hide (EVI-4). */
  trust: Type.Number({ minimum: 0, maximum: 1 }),
  /** Null where this person's lists do not name them. */
  opinion: Type.Union([OneOf(OPINIONS), Type.Null()]),
})
export type Voice = Static<typeof VoiceSchema>

/** A claim with what the log knows of it. Its signature verified, or it would not be here (EVT-4). */
export const ClaimRecordSchema = Strict({
  claim_id: ClaimIdSchema,
  claim: ClaimSchema,
  /** The event that carries it. */
  content_id: ContentIdSchema,
  level: OneOf(EVIDENCE_LEVELS),
  /** Its level without the disputes. */
  ground: OneOf(EVIDENCE_GROUNDS),
  stale: Type.Boolean(),
  /** Whether whoever asserted it took it back (EVI-2). */
  retracted: Type.Boolean(),
  origin: OneOf(CLAIM_ORIGINS),
  /** Everyone who vouches, once each; and disputes that are not retracted, whether they count or not. */
  attestations: CountSchema,
  disputes: CountSchema,
  author: VoiceSchema,
})
export type ClaimRecord = Static<typeof ClaimRecordSchema>

export const AttestationRecordSchema = Strict({
  attestation: AttestationSchema,
  content_id: ContentIdSchema,
  by: VoiceSchema,
  /** Whether it makes the claim `attested`: a witness or record holder other than the asserter (EVI-3). */
  counts: Type.Boolean(),
})
export type AttestationRecord = Static<typeof AttestationRecordSchema>

/** A dispute; or a claim `retracted` about the disputed claim, which counts as one (EVI-2). */
export const DisputeRecordSchema = Strict({
  /** What `dispute.retract` takes. */
  dispute_id: DisputeIdSchema,
  claim_id: ClaimIdSchema,
  kind: OneOf(['dispute', 'retraction']),
  /** Null for a retraction. */
  dispute: Type.Union([DisputeSchema, Type.Null()]),
  /** The counterclaim of a dispute as far as it is known here; the retraction itself. */
  counterclaim: Type.Union([ClaimSchema, Type.Null()]),
  content_id: ContentIdSchema,
  by: VoiceSchema,
  retracted: Type.Boolean(),
  /** Whether it makes the claim `disputed`: not retracted, by somebody with enough trust (EVI-3). */
  counts: Type.Boolean(),
})
export type DisputeRecord = Static<typeof DisputeRecordSchema>

/** Two or more claims on one subject and predicate say different things; the system picks no winner (EVI-7). */
export const AdvisorySchema = Strict({
  code: Type.Literal('evidence_contradiction'),
  subject: Type.String(),
  predicate: Type.String(),
  /** Each thing that is said, with who says it, strongest first. */
  objects: Type.Array(Strict({ object: Type.String(), claim_ids: Type.Array(ClaimIdSchema) })),
})
export type Advisory = Static<typeof AdvisorySchema>

/** Everything whose arrival can change what a record says. */
export const RECORD_EVENTS = [
  claimAsserted,
  claimAttested,
  disputeOpened,
  disputeRetracted,
  memberJoined,
  memberRenamed,
  memberPromoted,
  memberLeft,
  revocationSigned,
  listsChanged,
  sampleChanged,
]
