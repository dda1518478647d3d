import { compareReplay } from '#protocol/core/event.ts'
import type { View } from '../../kernel/views.ts'
import type { ClaimRow } from './store.ts'

/** All rows, newest first, kept sorted: sorting a hundred thousand for every page would be all the time there is. */
export interface NewestFirst {
  rows(): readonly ClaimRow[]
  stop(): void
}

const newestFirst = (a: ClaimRow, b: ClaimRow): number => compareReplay(b, a)

/** Merges two sorted lists. */
function merge(a: readonly ClaimRow[], b: readonly ClaimRow[]): ClaimRow[] {
  const out: ClaimRow[] = []
  let [i, j] = [0, 0]
  for (;;) {
    const [x, y] = [a[i], b[j]]
    if (x && (!y || newestFirst(x, y) <= 0)) {
      out.push(x)
      i++
    } else if (y) {
      out.push(y)
      j++
    } else return out
  }
}

export function createNewestFirst(view: View<ClaimRow>): NewestFirst {
  let sorted: readonly ClaimRow[] | null = null
  const dirty = new Set<string>()
  const stop = view.changed.on((entities) => {
    for (const entity of entities) dirty.add(entity)
  })
  return {
    rows() {
      if (sorted === null) sorted = [...view.rows()].sort(newestFirst)
      else if (dirty.size > 0) {
        const kept = sorted.filter(({ claimId }) => !dirty.has(claimId))
        const fresh = [...dirty].flatMap((entity) => view.get(entity) ?? []).sort(newestFirst)
        sorted = merge(kept, fresh)
      }
      dirty.clear()
      return sorted
    },
    stop,
  }
}
