import type { Static } from '@sinclair/typebox'
import { HearthError } from '../core/errors.ts'
import type { NodeId } from '../core/ids.ts'
import { defineEvent } from '../core/module.ts'
import {
  ClaimIdSchema,
  CountSchema,
  DisputeIdSchema,
  matches,
  NodeIdSchema,
  OneOf,
  SignatureSchema,
  Strict,
  TimeSchema,
} from '../core/schema.ts'
import { type Signed, verifyRecord } from '../core/signing.ts'
import * as Type from '../core/type.ts'
import { claimIdOf, disputeIdOf } from './claim-id.ts'
import {
  EVIDENCE_CLAIM_TTL_DAYS_MAX,
  EVIDENCE_EXCERPT_MAX_CHARS,
  EVIDENCE_MAX_LINKS,
  EVIDENCE_RATIONALE_MAX_CHARS,
  EVIDENCE_RETRACTED,
} from './constants.ts'

export const SourceSchema = Strict({
  /** `url:…`, `node:<NodeID>`, `doc:<CID>` or `ebkh:<uri>`. */
  source_id: Type.String({ pattern: '^(url|node|doc|ebkh):.+$', maxLength: 2048 }),
  accessed_at: TimeSchema,
  content_sha: Type.Optional(Type.String({ pattern: '^[0-9a-f]{64}$' })),
  excerpt: Type.Optional(Type.String({ maxLength: EVIDENCE_EXCERPT_MAX_CHARS })),
})
export type Source = Static<typeof SourceSchema>

const Term = Type.String({ minLength: 1, maxLength: 512 })
const Rationale = Type.String({ minLength: 1, maxLength: EVIDENCE_RATIONALE_MAX_CHARS })

/** Who asserts what, on what basis (M30 records). */
export const ClaimSchema = Strict({
  subject: Term,
  predicate: Term,
  object: Type.String({ minLength: 1, maxLength: 4096 }),
  asserted_by: NodeIdSchema,
  asserted_at: TimeSchema,
  sources: Type.Array(SourceSchema, { maxItems: EVIDENCE_MAX_LINKS }),
  confidence: Type.Number({ minimum: 0, maximum: 1 }),
  derived_from: Type.Array(ClaimIdSchema, { maxItems: EVIDENCE_MAX_LINKS }),
  /** Days until it is stale, where 365 do not fit (EVI-8). */
  ttl_days: Type.Optional(Type.Integer({ minimum: 1, maximum: EVIDENCE_CLAIM_TTL_DAYS_MAX })),
  signature: SignatureSchema,
})
export type Claim = Static<typeof ClaimSchema>

/** What somebody vouches as; the first two make a claim `attested` (EVI-3). */
export const ATTESTATION_ROLES = ['first-hand witness', 'official record holder', 'expert'] as const
export type AttestationRole = (typeof ATTESTATION_ROLES)[number]

export const AttestationSchema = Strict({
  claim_id: ClaimIdSchema,
  attester: NodeIdSchema,
  attested_at: TimeSchema,
  role: OneOf(ATTESTATION_ROLES),
  rationale: Rationale,
  signature: SignatureSchema,
})
export type Attestation = Static<typeof AttestationSchema>

export const DisputeSchema = Strict({
  claim_id: ClaimIdSchema,
  /** What the disputer says instead, a claim of its own; null where they only object. */
  counterclaim: Type.Union([ClaimIdSchema, Type.Null()]),
  disputer: NodeIdSchema,
  disputed_at: TimeSchema,
  rationale: Rationale,
  signature: SignatureSchema,
})
export type Dispute = Static<typeof DisputeSchema>

const refuse = (message: string, field: string, code: 'bad_request' | 'claim_signature_invalid' = 'bad_request'): never => {
  throw new HearthError(code, message, { data: { field } })
}

async function requireOwn(by: NodeId, author: NodeId, record: Signed<object>, field: string): Promise<void> {
  if (by !== author) refuse('a record is signed by the author of its event', field, 'claim_signature_invalid')
  if (!(await verifyRecord(by, record)))
    refuse('the record carries no valid signature', '/signature', 'claim_signature_invalid')
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/
// an object may be a text of several lines
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROL_BUT_NEWLINE = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/

/** The form in which subject, predicate and object are canonical strings: NFC, no space around. */
export const canonicalTerm = (text: string): string => text.normalize('NFC').trim()

/** @throws HearthError `bad_request` naming the field: two spellings of one term would be two subjects */
function requireCanonical(claim: Claim): void {
  for (const field of ['subject', 'predicate', 'object'] as const) {
    const text = claim[field]
    if (text !== canonicalTerm(text)) refuse('not in canonical form (NFC, no space around)', `/claim/${field}`)
    if ((field === 'object' ? CONTROL_BUT_NEWLINE : CONTROL).test(text)) refuse('control character', `/claim/${field}`)
  }
}

/** Everything about a claim that its own bytes decide: terms, id and signature (EVI-1). @throws HearthError */
export async function checkClaim(claim_id: string, claim: Claim): Promise<void> {
  requireCanonical(claim)
  if (claim_id !== claimIdOf(claim)) refuse('claim_id is not the hash of the claim', '/claim_id')
  if (!(await verifyRecord(claim.asserted_by, claim))) {
    refuse('the claim carries no valid signature', '/claim/signature', 'claim_signature_invalid')
  }
}

/**
 * The whole signed record travels inside (EVI-2). A claim of the author's own; or of a hub, which is no member, and then
 * the author is who admitted it out of quarantine.
 */
export const claimAsserted = defineEvent(
  'evidence.claim.asserted',
  Strict({
    claim_id: ClaimIdSchema,
    claim: ClaimSchema,
    admitted: Type.Optional(Strict({ hub: NodeIdSchema })),
  }),
  {
    async verify({ claim_id, claim, admitted }, event) {
      if (claim.asserted_by !== (admitted?.hub ?? event.author)) {
        refuse('a claim is asserted by the author of its event', '/claim/asserted_by', 'claim_signature_invalid')
      }
      await checkClaim(claim_id, claim)
    },
  },
)

export const claimAttested = defineEvent('evidence.claim.attested', Strict({ attestation: AttestationSchema }), {
  async verify({ attestation }, event) {
    await requireOwn(attestation.attester, event.author, attestation, '/attestation/attester')
  },
})

export const disputeOpened = defineEvent(
  'evidence.dispute.opened',
  Strict({ dispute_id: DisputeIdSchema, dispute: DisputeSchema }),
  {
    async verify({ dispute_id, dispute }, event) {
      if (dispute_id !== disputeIdOf(dispute)) refuse('dispute_id is not the hash of the dispute', '/dispute_id')
      if (dispute.counterclaim === dispute.claim_id) refuse('a claim is not its own counterclaim', '/dispute/counterclaim')
      await requireOwn(dispute.disputer, event.author, dispute, '/dispute/disputer')
    },
  },
)

/**
 * Takes a dispute back with a claim `retracted` whose object is the DisputeID and whose one parent is the disputed claim
 * (EVI-2). Whether its author opened the dispute is judged where both are known.
 */
export const disputeRetracted = defineEvent(
  'evidence.dispute.retracted',
  Strict({ claim_id: ClaimIdSchema, claim: ClaimSchema }),
  {
    async verify({ claim_id, claim }, event) {
      if (claim.asserted_by !== event.author) {
        refuse('a claim is asserted by the author of its event', '/claim/asserted_by', 'claim_signature_invalid')
      }
      if (claim.predicate !== EVIDENCE_RETRACTED) refuse('not a retraction', '/claim/predicate')
      if (!matches(DisputeIdSchema, claim.object)) refuse('not the id of a dispute', '/claim/object')
      if (claim.derived_from.length !== 1) refuse('names the one claim that was disputed', '/claim/derived_from')
      await checkClaim(claim_id, claim)
    },
  },
)

export const SYNC_DIRECTIONS = ['pull', 'push', 'bidi'] as const

const synced = {
  hub: NodeIdSchema,
  direction: OneOf(SYNC_DIRECTIONS),
  pulled: CountSchema,
  pushed: CountSchema,
}

/** A sync with the hub went through (M30, EBKH bridge). */
export const ebkhSynced = defineEvent('evidence.ebkh.synced', Strict(synced))

/** A sync with the hub stopped half-way; what was done stays done. */
export const ebkhSyncPartial = defineEvent(
  'evidence.ebkh.sync_partial',
  Strict({ ...synced, reason: Type.String({ maxLength: 280 }) }),
)

// what only this device knows; screens ask again when one of these comes
export const draftsChanged = defineEvent('evidence.draft.changed', Strict({}), { scope: 'device' })
export const quarantineChanged = defineEvent('evidence.quarantine.changed', Strict({}), { scope: 'device' })
export const sampleChanged = defineEvent('evidence.sample.changed', Strict({}), { scope: 'device' })
export const listsChanged = defineEvent('evidence.lists.changed', Strict({}), { scope: 'device' })
