import { canonicalBytes } from '../core/canonical.ts'
import { toBase32 } from '../core/encoding.ts'
import { sha256 } from '../core/hash.ts'
import type { ClaimId, DisputeId } from '../core/ids.ts'
import type { Claim, Dispute, Source } from './events.ts'

const sourceKey = (source: Source): Record<string, string> => ({
  source_id: source.source_id,
  accessed_at: source.accessed_at,
  ...(source.content_sha === undefined ? {} : { content_sha: source.content_sha }),
})

const byCodeUnits = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

const idOf = (identity: object): string => toBase32(sha256(canonicalBytes(identity)))

/**
 * ClaimID (EVI-1): base32 of SHA-256 over the canonical claim with sorted sources, confidence as text with 5 decimals,
 * sorted parents and without excerpts, lifetime or signature. Reordering sources changes nothing.
 */
export function claimIdOf(claim: Omit<Claim, 'signature'>): ClaimId {
  const sources = claim.sources
    .map(sourceKey)
    .map((source) => ({ source, text: JSON.stringify([source.source_id, source.accessed_at, source.content_sha ?? '']) }))
    .sort((a, b) => byCodeUnits(a.text, b.text))
    .map(({ source }) => source)
  const identity = {
    subject: claim.subject,
    predicate: claim.predicate,
    object: claim.object,
    asserted_by: claim.asserted_by,
    asserted_at: claim.asserted_at,
    sources,
    confidence: claim.confidence.toFixed(5),
    derived_from: [...claim.derived_from].sort(byCodeUnits),
  }
  // 32 bytes always make 52 characters of base32
  return idOf(identity) as ClaimId
}

/** DisputeID: base32 of SHA-256 over the canonical dispute without its signature, so that it can be retracted (EVI-2). */
export function disputeIdOf(dispute: Omit<Dispute, 'signature'>): DisputeId {
  const { claim_id, counterclaim, disputer, disputed_at, rationale } = dispute
  // 32 bytes always make 52 characters of base32
  return idOf({ claim_id, counterclaim, disputer, disputed_at, rationale }) as DisputeId
}
