import type { ReactNode } from 'react'
import classes from './status-dot.module.css'

/** `good` is a filled circle, `busy` a half one, `idle` a ring, `bad` a square on its tip: told apart without colour. */
export type Status = 'good' | 'busy' | 'idle' | 'bad'

const SHAPES: Record<Status, ReactNode> = {
  good: <circle cx="6" cy="6" r="5" fill="currentColor" />,
  busy: (
    <>
      <circle cx="6" cy="6" r="4.5" fill="none" stroke="currentColor" strokeWidth="1.5" />
      <path d="M6 1.5a4.5 4.5 0 0 1 0 9z" fill="currentColor" />
    </>
  ),
  idle: <circle cx="6" cy="6" r="4.5" fill="none" stroke="currentColor" strokeWidth="1.5" />,
  bad: <path d="M6 .5 11.5 6 6 11.5 .5 6z" fill="currentColor" />,
}

/** A state as shape, colour and word; never as colour alone. */
export function StatusDot({ status, children }: { readonly status: Status; readonly children: ReactNode }) {
  return (
    <span className={classes.root}>
      <svg viewBox="0 0 12 12" className={classes.dot} data-status={status} aria-hidden="true">
        {SHAPES[status]}
      </svg>
      <span>{children}</span>
    </span>
  )
}
