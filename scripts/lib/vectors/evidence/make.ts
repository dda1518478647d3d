import type { Signature } from '#protocol/core/ids.ts'
import { type Signer, signRecord } from '#protocol/core/signing.ts'
import { claimIdOf, disputeIdOf } from '#protocol/evidence/claim-id.ts'
import type { Attestation, Claim, Dispute, Source } from '#protocol/evidence/events.ts'

export const WHEN = '2026-05-26T08:00:00Z'
export const SOURCE_A: Source = { source_id: 'url:https://a.example/', accessed_at: WHEN }
export const SOURCE_B: Source = { source_id: 'doc:bafkreib', accessed_at: WHEN, content_sha: 'ab'.repeat(32) }

type Change<T> = Partial<Record<keyof T, unknown>> & Readonly<Record<string, unknown>>
export type ClaimChange = Change<Claim>

/** A claim, right but for what is changed, and signed as it is. */
export async function claimBy(signer: Signer, change: ClaimChange = {}): Promise<Claim> {
  const words = {
    subject: 'Turnhalle',
    predicate: 'ist',
    object: 'Sammelpunkt',
    asserted_by: signer.nodeId,
    asserted_at: WHEN,
    sources: [SOURCE_A, SOURCE_B],
    confidence: 0.9,
    derived_from: [],
  }
  // a vector may be wrong on purpose: whether it is a claim is what it shows
  return (await signRecord(signer, { ...words, ...change })) as unknown as Claim
}

export const withId = (claim: Claim) => ({ claim_id: claimIdOf(claim), claim })

export async function attestationBy(signer: Signer, claim_id: string, change: Change<Attestation> = {}): Promise<Attestation> {
  const words = {
    claim_id,
    attester: signer.nodeId,
    attested_at: WHEN,
    role: 'first-hand witness',
    rationale: 'Ich war dabei.',
  }
  // as above
  return (await signRecord(signer, { ...words, ...change })) as unknown as Attestation
}

export async function disputeBy(signer: Signer, claim_id: string, change: Change<Dispute> = {}): Promise<Dispute> {
  const words = { claim_id, counterclaim: null, disputer: signer.nodeId, disputed_at: WHEN, rationale: 'Sie ist gesperrt.' }
  // as above
  return (await signRecord(signer, { ...words, ...change })) as unknown as Dispute
}

export const withDisputeId = (dispute: Dispute) => ({ dispute_id: disputeIdOf(dispute), dispute })

export const NO_SIGNATURE = `ed25519:${'A'.repeat(86)}` as Signature // the form of one
