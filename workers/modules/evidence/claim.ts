import { EVIDENCE_CLAIM_TTL_DAYS_DEFAULT, EVIDENCE_DISPUTE_MIN_TRUST } from '#protocol/evidence/constants.ts'
import type { AttestationRole, Claim } from '#protocol/evidence/events.ts'
import type { EvidenceGround, EvidenceLevel } from '#protocol/evidence/records.ts'
import type { ClaimRow, Objection } from './store.ts'
import type { Score } from './trust.ts'

const DAY_MS = 86_400_000

/** Roles that make a claim `attested` (EVI-3). */
const SUFFICIENT: ReadonlySet<AttestationRole> = new Set(['first-hand witness', 'official record holder'])

/** Whether an attestation lifts a claim: in a role that suffices, by somebody other than who asserts it (EVI-3). */
export const lifts = (claim: Claim, by: string, role: AttestationRole): boolean =>
  by !== claim.asserted_by && SUFFICIENT.has(role)

/** What a claim stands on by itself, from its sources (EVI-3). */
export function groundOfSources({ sources, asserted_by }: Claim): 'unverified' | 'cited' | 'cross_referenced' {
  const distinct = new Set(sources.map(({ source_id }) => source_id))
  if (distinct.size === 0) return 'unverified'
  const elsewhere = [...distinct].some((id) => id !== `node:${asserted_by}`)
  return distinct.size >= 2 && elsewhere ? 'cross_referenced' : 'cited'
}

/** Whether a dispute makes its claim `disputed` (EVI-3). */
export const disputeCounts = ({ by, retracted }: Objection, score: Score): boolean =>
  !retracted && score(by) >= EVIDENCE_DISPUTE_MIN_TRUST

/** Level of a claim (EVI-3): `disputed` before all, else what it stands on. */
export const levelOf = ({ ground, disputes }: ClaimRow, score: Score): EvidenceLevel =>
  disputes.some((dispute) => disputeCounts(dispute, score)) ? 'disputed' : ground

const RANKS: Readonly<Record<EvidenceGround, number>> = { unverified: 0, cited: 1, cross_referenced: 2, attested: 3 }

/** How firm the ground is, 0 for none. */
export const groundRank = (ground: EvidenceGround): number => RANKS[ground]

/** The last moment at which a claim is fresh, in milliseconds since 1970 (EVI-8). */
export const freshUntil = ({ asserted_at, ttl_days }: Claim): number =>
  Date.parse(asserted_at) + (ttl_days ?? EVIDENCE_CLAIM_TTL_DAYS_DEFAULT) * DAY_MS

/** EVI-8. @param nowMs since 1970 */
export const isStale = ({ freshUntil }: ClaimRow, nowMs: number): boolean => nowMs > freshUntil
