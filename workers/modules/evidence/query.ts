import type { Input } from '#protocol/core/capability.ts'
import { compareReplay } from '#protocol/core/event.ts'
import type { ContentId } from '#protocol/core/ids.ts'
import type { claimQuery } from '#protocol/evidence/capabilities.ts'
import { groundRank, isStale } from './claim.ts'
import type { Rank } from './rank.ts'
import type { Space } from './space.ts'
import { type ClaimRow, searchForm } from './store.ts'

/** A row with the space it is in. */
export interface Found {
  readonly row: ClaimRow
  readonly space: Space
}

export interface Page {
  readonly found: readonly Found[]
  readonly total: number
  readonly next: ContentId | null
}

type Query = Input<typeof claimQuery>

/** Above this many candidates, walking what is sorted already is quicker than sorting them. */
const WORTH_SORTING = 2000

type Index = 'subject' | 'predicate' | 'object' | 'author' | 'source' | 'parent'

function indexed(query: Query): readonly (readonly [Index, string])[] {
  const { subject, predicate, object, asserted_by: author, source_id: source, parent } = query
  return Object.entries({ subject, predicate, object, author, source, parent }).flatMap(([index, value]) =>
    // the keys are those written above
    value === undefined ? [] : [[index as Index, value] as const],
  )
}

/** What a row has to be, beside what the chosen index says of it. */
function filterOf(query: Query, nowMs: number): (row: ClaimRow) => boolean {
  const prefix = searchForm(query.subject_prefix ?? '')
  const objectPrefix = searchForm(query.object_prefix ?? '')
  const atLeast = groundRank(query.min_evidence ?? 'unverified')
  return ({ claim, search, objectSearch, author, ground }) =>
    (query.subject === undefined || claim.subject === query.subject) &&
    (query.predicate === undefined || claim.predicate === query.predicate) &&
    (query.object === undefined || claim.object === query.object) &&
    (query.asserted_by === undefined || author === query.asserted_by) &&
    search.startsWith(prefix) &&
    objectSearch.startsWith(objectPrefix) &&
    groundRank(ground) >= atLeast &&
    (query.source_id === undefined || claim.sources.some(({ source_id }) => source_id === query.source_id)) &&
    (query.parent === undefined || claim.derived_from.includes(query.parent)) &&
    (query.only_fresh !== true || !isStale(claim, nowMs))
}

/** The narrowest index first; the rest of the query is a filter over what it gave. @returns newest first */
function matching({ view, newest }: Space, query: Query, fits: (row: ClaimRow) => boolean): readonly ClaimRow[] {
  const [narrowest] = indexed(query)
    .map(([index, value]) => ({ index, value, count: view.count(index, value) }))
    .sort((a, b) => a.count - b.count)
  if (narrowest === undefined || narrowest.count > WORTH_SORTING) return newest().filter(fits)
  return view
    .equal(narrowest.index, narrowest.value)
    .filter(fits)
    .sort((a, b) => compareReplay(b, a))
}

/** One page of the claims that match. */
export function queryClaims(spaces: readonly Space[], query: Query, rank: Rank, nowMs: number): Page {
  const fits = filterOf(query, nowMs)
  const lists = spaces.map((space) => ({ space, rows: matching(space, query, fits) }))
  const [first, ...others] = lists
  // the usual case wraps only the page it gives: a wrapper for each of a hundred thousand would cost more than the search
  if (first && others.length === 0 && query.order !== 'strongest') {
    const { rows, total, next } = pageOf(first.rows, query, ({ cid }) => cid)
    return { found: rows.map((row) => ({ row, space: first.space })), total, next }
  }
  const merged = lists
    .flatMap(({ space, rows }) => rows.map((row) => ({ row, space })))
    .sort((a, b) => compareReplay(b.row, a.row))
  const { rows, total, next } = pageOf(query.order === 'strongest' ? rank.sorted(merged) : merged, query, ({ row }) => row.cid)
  return { found: rows, total, next }
}

function pageOf<T>(all: readonly T[], { after, limit }: Query, cidOf: (item: T) => ContentId) {
  const start = after === undefined ? 0 : all.findIndex((item) => cidOf(item) === after) + 1
  const rows = all.slice(start, start + limit)
  const last = rows.at(-1)
  return { rows, total: all.length, next: last && start + rows.length < all.length ? cidOf(last) : null }
}

export interface SubjectCount {
  readonly subject: string
  readonly claims: number
  readonly disputed: number
}

/** Subjects that begin so, alphabetically. @param isDisputed of one row in its space */
export function listSubjects(
  spaces: readonly Space[],
  prefix: string,
  isDisputed: (found: Found) => boolean,
): readonly SubjectCount[] {
  const wanted = searchForm(prefix)
  const counts = new Map<string, { claims: number; disputed: number }>()
  for (const space of spaces) {
    for (const row of space.newest()) {
      if (!row.search.startsWith(wanted)) continue
      const count = counts.get(row.claim.subject) ?? { claims: 0, disputed: 0 }
      count.claims++
      if (row.disputes.length > 0 && isDisputed({ row, space })) count.disputed++
      counts.set(row.claim.subject, count)
    }
  }
  return [...counts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([subject, count]) => ({ subject, ...count }))
}
