import { visibleText } from './visible-text.ts'

/** Text somebody else wrote: it cannot turn the writing direction around it, and nothing in it is invisible. */
export function BidiText({ children }: { readonly children: string }) {
  return <bdi>{visibleText(children)}</bdi>
}
