import { claimQuery } from '#protocol/evidence/capabilities.ts'
import type { ClaimRecord } from '#protocol/evidence/records.ts'
import { useQuery } from '../../port/hooks.ts'

/** Claims looked at for the words a community uses. */
const SAMPLE = 200
const NONE: readonly ClaimRecord[] = []

/** The newest claims, for the predicates in them; none while the module is off. */
export function usePredicates(): readonly ClaimRecord[] {
  const query = useQuery(claimQuery, { limit: SAMPLE })
  return query.status === 'ready' ? query.data.claims : NONE
}
