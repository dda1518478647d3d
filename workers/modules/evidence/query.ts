import type { Input } from '#protocol/core/capability.ts'
import { compareReplay } from '#protocol/core/event.ts'
import type { ContentId } from '#protocol/core/ids.ts'
import type { claimQuery } from '#protocol/evidence/capabilities.ts'
import type { View } from '../../kernel/views.ts'
import { type ClaimRow, searchForm } from './store.ts'

export interface Page {
  readonly rows: readonly ClaimRow[]
  readonly total: number
  readonly next: ContentId | null
}

type Query = Input<typeof claimQuery>

/** The narrowest index first; the rest of the query is a filter over what it gave. */
function candidates(view: View<ClaimRow>, query: Query): readonly ClaimRow[] {
  if (query.subject !== undefined) return view.equal('subject', query.subject)
  if (query.subject_prefix) return view.prefix('search', searchForm(query.subject_prefix))
  if (query.object !== undefined) return view.equal('object', query.object)
  if (query.predicate !== undefined) return view.equal('predicate', query.predicate)
  return view.rows()
}

/** One page of the claims that match, newest first. */
export function queryClaims(view: View<ClaimRow>, query: Query): Page {
  const matching = candidates(view, query)
    .filter(
      ({ predicate, object }) =>
        (query.predicate === undefined || predicate === query.predicate) &&
        (query.object === undefined || object === query.object),
    )
    .sort((a, b) => compareReplay(b, a))
  const start = query.after === undefined ? 0 : matching.findIndex(({ cid }) => cid === query.after) + 1
  const rows = matching.slice(start, start + query.limit)
  const more = start + rows.length < matching.length
  return { rows, total: matching.length, next: more ? (rows.at(-1)?.cid ?? null) : null }
}
