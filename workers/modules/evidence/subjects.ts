import { stretch } from './order.ts'
import type { Found } from './query.ts'
import type { Space } from './space.ts'
import { searchForm } from './store.ts'

export interface SubjectCount {
  readonly subject: string
  readonly claims: number
  readonly disputed: number
}

/** One subject in one space: the rows from `from` to before `to`, in the order of subjects. */
interface Run {
  readonly subject: string
  readonly search: string
  readonly space: Space
  readonly from: number
  readonly to: number
}

function runsIn(space: Space, prefix: string): readonly Run[] {
  const rows = space.bySubject()
  const [from, to] = stretch(rows, ({ search }) => search, prefix)
  const runs: Run[] = []
  for (let at = from; at < to; ) {
    const row = rows[at]
    if (!row) break
    const { subject } = row.claim
    const start = at
    while (at < to && rows[at]?.claim.subject === subject) at++
    runs.push({ subject, search: row.search, space, from: start, to: at })
  }
  return runs
}

const alphabetically = (a: Run, b: Run): number =>
  a.search < b.search ? -1 : a.search > b.search ? 1 : a.subject < b.subject ? -1 : a.subject > b.subject ? 1 : 0

/** The first subjects that begin so, alphabetically whatever the case. @param isDisputed of one row in its space */
export function listSubjects(
  spaces: readonly Space[],
  { prefix, limit }: { readonly prefix: string; readonly limit: number },
  isDisputed: (found: Found) => boolean,
): { readonly subjects: readonly SubjectCount[]; readonly total: number } {
  const runs = spaces.flatMap((space) => runsIn(space, searchForm(prefix)))
  // each space's are in order already; a subject of the samples may be one of the community's
  if (spaces.length > 1) runs.sort(alphabetically)
  const counts = new Map<string, { claims: number; disputed: number }>()
  let total = 0
  let last: string | undefined
  for (const { subject, space, from, to } of runs) {
    if (subject !== last) total++
    last = subject
    const count = counts.get(subject) ?? { claims: 0, disputed: 0 }
    if (total > limit) continue
    const rows = space.bySubject().slice(from, to)
    count.claims += rows.length
    count.disputed += rows.filter((row) => row.disputes.length > 0 && isDisputed({ row, space })).length
    counts.set(subject, count)
  }
  return { subjects: [...counts].map(([subject, count]) => ({ subject, ...count })), total }
}
