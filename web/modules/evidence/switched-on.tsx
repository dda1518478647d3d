import type { ReactNode } from 'react'
import { QueryView, type QueryViewProps } from '../../kit/query-view.tsx'
import type { QueryState } from '../../port/hooks.ts'
import { EvidenceOff } from './evidence-off.tsx'

/** Whether a question failed because the module is off. */
export const isOff = (query: QueryState<unknown>): query is Extract<QueryState<unknown>, { status: 'failed' }> =>
  query.status === 'failed' && query.error.code === 'experimental_disabled'

/** A question's four states, and a fifth: the module is off, and this is the place to turn it on. */
export function SwitchedOn<T>(props: QueryViewProps<T>): ReactNode {
  return isOff(props.query) ? <EvidenceOff onTurnedOn={props.query.retry} /> : <QueryView {...props} />
}
