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

/** What gathering one row by an index costs, beside stepping to the next of a list: measured, docs/decisions/0012. */
const GATHERING = 8

type Index = 'subject' | 'predicate' | 'object' | 'author' | 'source' | 'parent'

function indexed(query: Query): readonly (readonly [Index, string])[] {
  const { subject, predicate, object, asserted_by: author, source_id: source, parent } = query
  return Object.entries({ subject, predicate, object, author, source, parent }).flatMap(([index, value]) =>
    // the keys are those written above
    value === undefined ? [] : [[index as Index, value] as const],
  )
}

/** There are few predicates and many rows: each predicate is looked at once. */
function beginsPredicate(prefix: string): Check {
  const begins = new Map<string, boolean>()
  return ({ claim: { predicate } }) => {
    const known = begins.get(predicate) ?? searchForm(predicate).startsWith(prefix)
    begins.set(predicate, known)
    return known
  }
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
    [predicatePrefix !== '', beginsPredicate(predicatePrefix)],
    [ground !== undefined, atLeast(ground ?? 'unverified')],
    [query.only_fresh === true, (row) => !isStale(row, nowMs)],
  ]
  return checks.flatMap(([wanted, check]) => (wanted ? [check] : []))
}

function atLeast(ground: ClaimRow['ground']): Check {
  const enough = new Set(EVIDENCE_GROUNDS.slice(groundRank(ground)))
  return (row) => enough.has(row.ground)
}

/** The rows worth looking at, by the cheapest way to them. */
function candidates({ view, newest, bySubject, byObject }: Space, query: Query): readonly ClaimRow[] {
  const [narrowest] = indexed(query)
    .map(([index, value]) => ({ index, value, cost: GATHERING * view.count(index, value) }))
    .sort((a, b) => a.cost - b.cost)
  const begins = (sorted: () => readonly ClaimRow[], textOf: (row: ClaimRow) => string, prefix: string | undefined) => {
    const rows = sorted()
    return prefix ? rows.slice(...stretch(rows, textOf, searchForm(prefix))) : rows
  }
  if (narrowest && narrowest.cost < view.size) return view.equal(narrowest.index, narrowest.value)
  if (query.subject_prefix) return begins(bySubject, ({ search }) => search, query.subject_prefix)
  if (query.object_prefix) return begins(byObject, ({ objectSearch }) => objectSearch, query.object_prefix)
  return newest()
}

/** A row with what it is ordered by: the higher first, of equals the newest. */
interface Placed {
  readonly found: Found
  readonly key: number
}

const compare = (a: Placed, b: Placed): number => b.key - a.key || compareReplay(b.found.row, a.found.row)

/** The best few, in order: nobody reads the other hundred thousand, so nothing sorts them. */
function createBest(limit: number) {
  const best: Placed[] = []
  return {
    best,
    offer(placed: Placed): void {
      const worst = best.at(-1)
      if (best.length === limit && worst && compare(worst, placed) <= 0) return
      let at = best.length
      for (let before = best[at - 1]; before && compare(placed, before) < 0; before = best[at - 1]) at--
      best.splice(at, 0, placed)
      if (best.length > limit) best.pop()
    },
  }
}

/** One page of the claims that match. */
export function queryClaims(spaces: readonly Space[], query: Query, rank: Rank, nowMs: number): Page {
  const { after, limit, order } = query
  const checks = checksOf(query, nowMs)
  const keyOf = (found: Found): number => (order === 'strongest' ? rank.strength(found) : 0)
  const cursor = after === undefined ? null : cursorAt(spaces, after, keyOf)
  const { best, offer } = createBest(limit)
  let [total, left] = [0, 0]
  for (const space of spaces) {
    for (const row of candidates(space, query)) {
      if (!checks.every((check) => check(row))) continue
      total++
      const found = { row, space }
      const placed = { found, key: keyOf(found) }
      if (cursor && compare(cursor, placed) >= 0) continue
      left++
      offer(placed)
    }
  }
  const next = left > best.length ? (best.at(-1)?.found.row.cid ?? null) : null
  return { found: best.map(({ found }) => found), total, next }
}

/** Where the page before ended; null when that claim is gone, and then the pages begin anew. */
function cursorAt(spaces: readonly Space[], after: ContentId, keyOf: (found: Found) => number): Placed | null {
  for (const space of spaces) {
    const row = space.newest().find(({ cid }) => cid === after)
    if (row) return { found: { row, space }, key: keyOf({ row, space }) }
  }
  return null
}
