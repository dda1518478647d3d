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

/** Puts sorted rows into sorted rows: whole stretches are copied, and only as many steps taken as rows come. */
function insert(into: readonly ClaimRow[], fresh: readonly ClaimRow[], compare: Compare): ClaimRow[] {
  const pieces: (readonly ClaimRow[])[] = []
  let done = 0
  for (const row of fresh) {
    const at = boundary(into, (other) => compare(other, row) < 0)
    if (at > done) pieces.push(into.slice(done, at))
    pieces.push([row])
    done = at
  }
  return ([] as ClaimRow[]).concat(...pieces, into.slice(done))
}

/** Sorts when it is first asked; from then on only what changed finds its place. */
export function createSorted(view: View<ClaimRow>, compare: Compare): Sorted {
  let sorted: ClaimRow[] | null = null
  const dirty = new Set<string>()
  const stop = view.changed.on((entities) => {
    if (sorted) for (const entity of entities) dirty.add(entity)
  })

  function refreshed(before: ClaimRow[]): ClaimRow[] {
    const fresh: ClaimRow[] = []
    for (const row of [...dirty].flatMap((entity) => view.get(entity) ?? [])) {
      const at = boundary(before, (other) => compare(other, row) < 0)
      if (before[at]?.claimId === row.claimId) before[at] = row
      else fresh.push(row)
    }
    const after = insert(before, fresh.sort(compare), compare)
    if (after.length === view.size) return after
    // rows are gone, or came earlier in the log than was known: seldom, and then all are looked at
    const kept = before.filter(({ claimId }) => !dirty.has(claimId))
    const changed = [...dirty].flatMap((entity) => view.get(entity) ?? [])
    return insert(kept, changed.sort(compare), compare)
  }

  return {
    rows() {
      if (sorted === null) sorted = view.rows().toSorted(compare)
      else if (dirty.size > 0) sorted = refreshed(sorted)
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
