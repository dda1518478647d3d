import type { Output } from '#protocol/core/capability.ts'
import type { subjectSummary } from '#protocol/evidence/capabilities.ts'
import { EVIDENCE_MAX_VOICES, EVIDENCE_RETRACTED, EVIDENCE_SUMMARY_MAX_PREDICATES } from '#protocol/evidence/constants.ts'
import type { Advisory } from '#protocol/evidence/records.ts'
import { distinctSources } from './provenance.ts'
import type { Found } from './query.ts'
import type { Rank } from './rank.ts'
import type { Records } from './record.ts'

/** Most claims shown of one predicate; the count says how many there are. */
const MAX_CLAIMS = 8
/** Most ids named for one object of a contradiction. */
const MAX_IDS = 32

const groupBy = (found: readonly Found[], key: (item: Found) => string): ReadonlyMap<string, readonly Found[]> => {
  const groups = new Map<string, Found[]>()
  for (const item of found) {
    const group = groups.get(key(item))
    if (group) group.push(item)
    else groups.set(key(item), [item])
  }
  return groups
}

/** The first few that the items give together; the rest is not made. */
function firstOf<T, U>(items: readonly T[], give: (item: T) => readonly U[], limit: number): U[] {
  const given: U[] = []
  for (const item of items) {
    if (given.length >= limit) break
    given.push(...give(item))
  }
  return given.slice(0, limit)
}

/**
 * Claims on one subject and predicate that say different things (EVI-7). What its own asserter took back contradicts
 * nobody any more, and retractions are no statements about the subject. The strongest stands first; nobody wins.
 * @param found of one subject, strongest first
 */
export function contradictions(found: readonly Found[]): Advisory[] {
  const standing = found.filter(({ row }) => !row.retracted && row.claim.predicate !== EVIDENCE_RETRACTED)
  return [...groupBy(standing, ({ row }) => row.claim.predicate)].flatMap(([predicate, group]): Advisory[] => {
    const objects = groupBy(group, ({ row }) => row.claim.object)
    const [first] = group
    if (objects.size < 2 || !first) return []
    return [
      {
        code: 'evidence_contradiction',
        subject: first.row.claim.subject,
        predicate,
        objects: [...objects].slice(0, MAX_IDS).map(([object, claims]) => ({
          object,
          claim_ids: claims.slice(0, MAX_IDS).map(({ row }) => row.claimId),
        })),
      },
    ]
  })
}

/** What is claimed of a subject (EVI-6). @param found all its claims */
export function summarise(
  subject: string,
  found: readonly Found[],
  { rank, records }: { readonly rank: Rank; readonly records: Records },
): Output<typeof subjectSummary> {
  const strongest = rank.sorted(found)
  // groups come in the order of their strongest claim
  const groups = [...groupBy(strongest, ({ row }) => row.claim.predicate)]
  return {
    subject,
    total: found.length,
    predicates: groups.slice(0, EVIDENCE_SUMMARY_MAX_PREDICATES).map(([predicate, claims]) => ({
      predicate,
      count: claims.length,
      claims: claims.slice(0, MAX_CLAIMS).map(records.claim),
    })),
    more_predicates: Math.max(0, groups.length - EVIDENCE_SUMMARY_MAX_PREDICATES),
    disputes: firstOf(strongest, records.disputes, EVIDENCE_MAX_VOICES),
    sources: distinctSources(strongest.flatMap(({ row }) => row.claim.sources)).slice(0, 1000),
    advisories: contradictions(strongest),
  }
}
