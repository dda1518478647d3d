import type { ReactNode } from 'react'
import type { HearthError } from '#protocol/core/errors.ts'
import { QueryView, type QueryViewProps } from '../../kit/query-view.tsx'
import type { QueryState } from '../../port/hooks.ts'
import { EvidenceOff } from './evidence-off.tsx'

/** Whether a question failed because the module is off. */
export const isOff = (query: QueryState<unknown>): query is Extract<QueryState<unknown>, { status: 'failed' }> =>
  query.status === 'failed' && isOffError(query.error)

const isOffError = ({ code }: HearthError): boolean => code === 'experimental_disabled'

/** A question's four states, and a fifth: the module is off, and this is the place to turn it on. */
export function SwitchedOn<T>(props: QueryViewProps<T>): ReactNode {
  return <QueryView {...props} failed={(error, retry) => (isOffError(error) ? <EvidenceOff onTurnedOn={retry} /> : null)} />
}
