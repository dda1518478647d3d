import type { ReactNode } from 'react'
import { Page } from '../../../../kit/page.tsx'
import { QueryView } from '../../../../kit/query-view.tsx'
import type { QueryState } from '../../../../port/hooks.ts'

export interface DeskFrameProps<T> {
  readonly title: string
  readonly intro?: ReactNode
  readonly back: string
  /** What the page stands on: without it there is nothing to show. */
  readonly query: QueryState<T>
  readonly children: (data: T) => ReactNode
}

/** A page of the desk with its four states. */
export function DeskFrame<T>({ title, intro = null, back, query, children }: DeskFrameProps<T>) {
  return (
    <Page title={title} intro={intro} back={back}>
      <QueryView query={query} rows={6}>
        {children}
      </QueryView>
    </Page>
  )
}

/** To the heading of the page, for a step that takes the place of another on it. */
export const toPageTop = (): void => document.querySelector<HTMLElement>('[data-page-title]')?.focus()
