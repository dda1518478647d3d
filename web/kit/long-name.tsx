import { Fragment } from 'react'

/** A name in the way of machines, which breaks where its parts end rather than in the middle of one. */
export function LongName({ children }: { readonly children: string }) {
  const parts = children.split(/(?<=[./_:])(?=.)/)
  return parts.map((part, at) => (
    // parts of one name stay where they are
    // biome-ignore lint/suspicious/noArrayIndexKey: as said
    <Fragment key={at}>
      {at === 0 ? null : <wbr />}
      {part}
    </Fragment>
  ))
}
