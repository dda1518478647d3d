import type { ReactNode } from 'react'
import type { QueryState } from '../port/hooks.ts'
import { ErrorNotice } from './error-notice.tsx'
import { Loading } from './loading.tsx'

export interface QueryViewProps<T> {
  readonly query: QueryState<T>
  /** Lines the loading state holds the room for. */
  readonly rows?: number
  /** What to show when `isEmpty` says there is nothing. */
  readonly empty?: ReactNode
  readonly isEmpty?: (data: T) => boolean
  readonly children: (data: T) => ReactNode
}

/** The four states of a question to the node, so that no screen forgets one. */
export function QueryView<T>({ query, rows, empty, isEmpty, children }: QueryViewProps<T>) {
  if (query.status === 'loading') return <Loading {...(rows === undefined ? {} : { rows })} />
  if (query.status === 'failed') return <ErrorNotice error={query.error} onRetry={query.retry} />
  if (empty !== undefined && isEmpty?.(query.data)) return empty
  return <div aria-busy={query.refreshing}>{children(query.data)}</div>
}
