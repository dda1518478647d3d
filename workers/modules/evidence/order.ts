import { compareReplay } from '#protocol/core/event.ts'
import type { View } from '../../kernel/views.ts'
import type { ClaimRow } from './store.ts'

/** All rows in one order, kept sorted: sorting a hundred thousand for every page would be all the time there is. */
export interface Sorted {
  rows(): readonly ClaimRow[]
  stop(): void
}

type Compare = (a: ClaimRow, b: ClaimRow) => number

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

export const newestFirst: Compare = (a, b) => compareReplay(b, a)
export const bySubject: Compare = (a, b) =>
  compareText(a.search, b.search) || compareText(a.claim.subject, b.claim.subject) || newestFirst(a, b)
export const byObject: Compare = (a, b) => compareText(a.objectSearch, b.objectSearch) || newestFirst(a, b)

/** Merges two sorted lists, without the rows of the first that `isGone`. */
function merge(a: readonly ClaimRow[], isGone: (row: ClaimRow) => boolean, b: readonly ClaimRow[], compare: Compare) {
  const out: ClaimRow[] = []
  let next = 0
  for (const row of a) {
    if (isGone(row)) continue
    for (let fresh = b[next]; fresh && compare(fresh, row) < 0; fresh = b[++next]) out.push(fresh)
    out.push(row)
  }
  for (const fresh of b.slice(next)) out.push(fresh)
  return out
}

/** Sorts when it is first asked; from then on only what changed is sorted, and merged in. */
export function createSorted(view: View<ClaimRow>, compare: Compare): Sorted {
  let sorted: readonly ClaimRow[] | null = null
  const dirty = new Set<string>()
  const stop = view.changed.on((entities) => {
    if (sorted) for (const entity of entities) dirty.add(entity)
  })
  return {
    rows() {
      if (sorted === null) sorted = view.rows().toSorted(compare)
      else if (dirty.size > 0) {
        const fresh = [...dirty].flatMap((entity) => view.get(entity) ?? []).sort(compare)
        sorted = merge(sorted, ({ claimId }) => dirty.has(claimId), fresh, compare)
      }
      dirty.clear()
      return sorted
    },
    stop,
  }
}

/** Where `rows` stop being below a mark, by halving. @param isBelow true for a beginning of `rows` and false after it */
function boundary(rows: readonly ClaimRow[], isBelow: (row: ClaimRow) => boolean): number {
  let [low, high] = [0, rows.length]
  while (low < high) {
    const middle = (low + high) >> 1
    const row = rows[middle]
    if (row && isBelow(row)) low = middle + 1
    else high = middle
  }
  return low
}

/** The stretch of rows, sorted by `textOf`, whose text begins so. @returns first place, and the one after the last */
export function stretch(
  rows: readonly ClaimRow[],
  textOf: (row: ClaimRow) => string,
  prefix: string,
): readonly [from: number, to: number] {
  const from = boundary(rows, (row) => textOf(row) < prefix)
  return [from, boundary(rows, (row) => textOf(row).slice(0, prefix.length) <= prefix)]
}
