import { EVIDENCE_CLAIM_TTL_DAYS_DEFAULT } from '#protocol/evidence/constants.ts'
import type { Claim } from '#protocol/evidence/events.ts'

const DAY_MS = 86_400_000

/** Level from the claim alone (EVI-3): attestations and disputes have no events yet. */
export function levelOf({ sources, asserted_by }: Claim): 'unverified' | 'cited' | 'cross_referenced' {
  const distinct = new Set(sources.map(({ source_id }) => source_id))
  if (distinct.size === 0) return 'unverified'
  const elsewhere = [...distinct].some((id) => id !== `node:${asserted_by}`)
  return distinct.size >= 2 && elsewhere ? 'cross_referenced' : 'cited'
}

/** EVI-8. @param nowMs since 1970 */
export const isStale = ({ asserted_at }: Claim, nowMs: number): boolean =>
  nowMs - Date.parse(asserted_at) > EVIDENCE_CLAIM_TTL_DAYS_DEFAULT * DAY_MS
