import type { ReactNode } from 'react'
import { useText } from '../../../../kit/i18n.tsx'
import { Page } from '../../../../kit/page.tsx'
import { QueryView } from '../../../../kit/query-view.tsx'
import type { QueryState } from '../../../../port/hooks.ts'
import { ModuleOff } from '../../../../shell/module-off.tsx'
import { messages } from './messages.ts'

export interface DeskFrameProps<T> {
  readonly title: string
  readonly intro?: ReactNode
  readonly back?: string
  /** What the page stands on: without it there is nothing to show. */
  readonly query: QueryState<T>
  readonly children: (data: T) => ReactNode
}

/** A page of the desk: its four states, and a fifth where the module is off and this is the place to turn it on. */
export function DeskFrame<T>({ title, intro, back, query, children }: DeskFrameProps<T>) {
  const text = useText(messages)
  const isOff = query.status === 'failed' && query.error.code === 'experimental_disabled'
  return (
    <Page title={title} {...(isOff || intro === undefined ? {} : { intro })} {...(back === undefined ? {} : { back })}>
      {isOff ? (
        <ModuleOff module="civdef" what={text.off} onTurnedOn={query.retry} />
      ) : (
        <QueryView query={query} rows={6}>
          {children}
        </QueryView>
      )}
    </Page>
  )
}
