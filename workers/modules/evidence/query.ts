import type { Input } from '#protocol/core/capability.ts'
import { compareReplay } from '#protocol/core/event.ts'
import type { ContentId } from '#protocol/core/ids.ts'
import type { claimQuery } from '#protocol/evidence/capabilities.ts'
import { EVIDENCE_GROUNDS } from '#protocol/evidence/records.ts'
import { groundRank, isStale } from './claim.ts'
import { stretch } from './order.ts'
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
type Check = (row: ClaimRow) => boolean

// what one row costs, beside stepping to the next of the newest (docs/decisions/0012)
/** Looked up by an index. */
const GATHERED = 8
/** In another order, so that the best of a page are replaced again and again. */
const UNORDERED = 4

type Index = 'subject' | 'predicate' | 'object' | 'author' | 'source' | 'parent'

function indexed(query: Query): readonly (readonly [Index, string])[] {
  const { subject, predicate, object, asserted_by: author, source_id: source, parent } = query
  return Object.entries({ subject, predicate, object, author, source, parent }).flatMap(([index, value]) =>
    // the keys are those written above
    value === undefined ? [] : [[index as Index, value] as const],
  )
}

/** What a row has to be. Only what was asked is looked at: this runs over every claim there is. */
function checksOf(query: Query, nowMs: number): readonly Check[] {
  const { subject, predicate, object, asserted_by: author, source_id: source, parent, min_evidence: ground } = query
  const [subjectPrefix, objectPrefix, predicatePrefix] = [
    searchForm(query.subject_prefix ?? ''),
    searchForm(query.object_prefix ?? ''),
    searchForm(query.predicate_prefix ?? ''),
  ]
  const checks: (readonly [boolean, Check])[] = [
    [subject !== undefined, ({ claim }) => claim.subject === subject],
    [predicate !== undefined, ({ claim }) => claim.predicate === predicate],
    [object !== undefined, ({ claim }) => claim.object === object],
    [author !== undefined, (row) => row.author === author],
    [source !== undefined, ({ claim }) => claim.sources.some(({ source_id }) => source_id === source)],
    [parent !== undefined, ({ claim }) => claim.derived_from.some((id) => id === parent)],
    [subjectPrefix !== '', ({ search }) => search.startsWith(subjectPrefix)],
    [objectPrefix !== '', ({ objectSearch }) => objectSearch.startsWith(objectPrefix)],
    [predicatePrefix !== '', ({ predicateSearch }) => predicateSearch.startsWith(predicatePrefix)],
    [ground !== undefined, atLeast(ground ?? 'unverified')],
    [query.only_fresh === true, (row) => !isStale(row, nowMs)],
  ]
  return checks.flatMap(([wanted, check]) => (wanted ? [check] : []))
}

function atLeast(ground: ClaimRow['ground']): Check {
  const enough = new Set(EVIDENCE_GROUNDS.slice(groundRank(ground)))
  return (row) => enough.has(row.ground)
}

/** A way to rows among which all that match are. */
interface Way {
  readonly cost: number
  rows(): readonly ClaimRow[]
}

function byPrefix(sorted: readonly ClaimRow[], textOf: (row: ClaimRow) => string, prefix: string): Way {
  const [from, to] = stretch(sorted, textOf, searchForm(prefix))
  return { cost: UNORDERED * (to - from), rows: () => sorted.slice(from, to) }
}

/** The rows worth looking at, by the cheapest way to them. */
function candidates(space: Space, query: Query): readonly ClaimRow[] {
  const { view, newest, bySubject, byObject } = space
  const ways: Way[] = [
    { cost: view.size, rows: newest },
    ...indexed(query).map(([index, value]) => ({
      cost: GATHERED * view.count(index, value),
      rows: () => view.equal(index, value),
    })),
    ...(query.subject_prefix ? [byPrefix(bySubject(), ({ search }) => search, query.subject_prefix)] : []),
    ...(query.object_prefix ? [byPrefix(byObject(), ({ objectSearch }) => objectSearch, query.object_prefix)] : []),
  ]
  return ways.reduce((best, way) => (way.cost < best.cost ? way : best)).rows()
}

/** A row with what it is ordered by: the higher first, of equals the newest. */
interface Placed {
  readonly key: number
  readonly row: ClaimRow
  readonly space: Space
}

/** Negative where `a` stands before the other. */
const compare = (a: Placed, key: number, row: ClaimRow): number => key - a.key || compareReplay(row, a.row)

/** The best few, in order: nobody reads the other hundred thousand, so nothing sorts or wraps them. */
function createBest(limit: number) {
  const best: Placed[] = []
  return {
    best,
    offer(key: number, row: ClaimRow, space: Space): void {
      const worst = best.at(-1)
      if (best.length === limit && worst && compare(worst, key, row) <= 0) return
      let at = best.length
      for (let before = best[at - 1]; before && compare(before, key, row) > 0; before = best[at - 1]) at--
      best.splice(at, 0, { key, row, space })
      if (best.length > limit) best.pop()
    },
  }
}

/** One page of the claims that match. */
export function queryClaims(spaces: readonly Space[], query: Query, rank: Rank, nowMs: number): Page {
  const { after, limit, order } = query
  const checks = checksOf(query, nowMs)
  const { best, offer } = createBest(limit)
  const keyIn = (space: Space): ((row: ClaimRow) => number) => (order === 'strongest' ? rank.within(space) : () => 0)
  const cursor = after === undefined ? null : cursorAt(spaces, after, keyIn)
  let [total, left] = [0, 0]
  for (const space of spaces) {
    const keyOf = keyIn(space)
    for (const row of candidates(space, query)) {
      if (!checks.every((check) => check(row))) continue
      total++
      const key = keyOf(row)
      if (cursor && compare(cursor, key, row) >= 0) continue
      left++
      offer(key, row, space)
    }
  }
  const next = left > best.length ? (best.at(-1)?.row.cid ?? null) : null
  return { found: best, total, next }
}

/** Where the page before ended; null when that claim is gone, and then the pages begin anew. */
function cursorAt(
  spaces: readonly Space[],
  after: ContentId,
  keyIn: (space: Space) => (row: ClaimRow) => number,
): Placed | null {
  for (const space of spaces) {
    const row = space.newest().find(({ cid }) => cid === after)
    if (row) return { row, space, key: keyIn(space)(row) }
  }
  return null
}
