import type { Input } from '#protocol/core/capability.ts'
import type { ContentId } from '#protocol/core/ids.ts'
import type { claimQuery } from '#protocol/evidence/capabilities.ts'
import type { ClaimRecord, EvidenceGround } from '#protocol/evidence/records.ts'
import { term } from './terms.ts'

const PAGE_SIZE = 25

export interface ClaimFilter {
  readonly search: string
  readonly predicate: string | null
  /** The least a claim stands on. */
  readonly least: EvidenceGround
  readonly order: 'newest' | 'strongest'
  /** Where each page after the first begins; the last is the one shown. */
  readonly cursors: readonly ContentId[]
}

export const EVERYTHING: ClaimFilter = { search: '', predicate: null, least: 'unverified', order: 'newest', cursors: [] }

/** A new search starts on its first page. */
export const narrowed = (filter: ClaimFilter, change: Partial<Omit<ClaimFilter, 'cursors'>>): ClaimFilter => ({
  ...filter,
  ...change,
  cursors: [],
})
export const olderPage = (filter: ClaimFilter, next: ContentId): ClaimFilter => ({
  ...filter,
  cursors: [...filter.cursors, next],
})
export const newerPage = (filter: ClaimFilter): ClaimFilter => ({ ...filter, cursors: filter.cursors.slice(0, -1) })
export const isFiltered = (filter: ClaimFilter): boolean =>
  term(filter.search) !== '' || filter.predicate !== null || filter.least !== 'unverified'

export function queryInput(filter: ClaimFilter): Input<typeof claimQuery> {
  const prefix = term(filter.search).slice(0, 512)
  const after = filter.cursors.at(-1)
  return {
    limit: PAGE_SIZE,
    ...(prefix === '' ? {} : { subject_prefix: prefix }),
    ...(filter.predicate === null ? {} : { predicate: filter.predicate }),
    ...(filter.least === 'unverified' ? {} : { min_evidence: filter.least }),
    ...(filter.order === 'newest' ? {} : { order: filter.order }),
    ...(after === undefined ? {} : { after }),
  }
}

/** Which claims of all a page shows, counted from 1. */
export function pageRange(filter: ClaimFilter, shown: number): { readonly from: number; readonly to: number } {
  const before = filter.cursors.length * PAGE_SIZE
  return { from: shown === 0 ? 0 : before + 1, to: before + shown }
}

/** Predicates the community uses already, most used first, then the usual ones: one word for one thing. */
export function predicateChoices(claims: readonly ClaimRecord[], usual: readonly string[]): readonly string[] {
  const counts = new Map<string, number>()
  for (const { claim } of claims) counts.set(claim.predicate, (counts.get(claim.predicate) ?? 0) + 1)
  const used = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)).map(([predicate]) => predicate)
  return [...new Set([...used, ...usual])]
}
