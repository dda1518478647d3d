import type { ReactNode } from 'react'
import type { HearthError } from '#protocol/core/errors.ts'
import type { QueryState } from '../port/hooks.ts'
import { ErrorNotice } from './error-notice.tsx'
import { FocusHeld } from './focus-held.tsx'
import { Loading } from './loading.tsx'

export interface QueryViewProps<T> {
  readonly query: QueryState<T>
  /** Lines the loading state holds the room for. */
  readonly rows?: number
  /** What to show when `isEmpty` says there is nothing. */
  readonly empty?: ReactNode
  readonly isEmpty?: (data: T) => boolean
  /** What to show of a failure that is none here, or has words of its own. */
  readonly failed?: (error: HearthError, retry: () => void) => ReactNode
  readonly children: (data: T) => ReactNode
}

/** The four states of a question to the node, so that no screen forgets one, in one place, so that the focus stays when they change. */
export function QueryView<T>({ query, rows, empty, isEmpty, failed, children }: QueryViewProps<T>) {
  const isNothing = query.status === 'ready' && empty !== undefined && (isEmpty?.(query.data) ?? false)
  return (
    <FocusHeld shows={isNothing ? 'empty' : query.status} busy={query.status === 'ready' && query.refreshing}>
      {query.status === 'loading' ? (
        <Loading {...(rows === undefined ? {} : { rows })} />
      ) : query.status === 'failed' ? (
        (failed?.(query.error, query.retry) ?? <ErrorNotice error={query.error} onRetry={query.retry} />)
      ) : isNothing ? (
        empty
      ) : (
        children(query.data)
      )}
    </FocusHeld>
  )
}
