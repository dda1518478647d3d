import type { ReactNode } from 'react'
import { useFocusHeld } from './focus.ts'

export interface FocusHeldProps {
  /** What is in it now: whenever this changes, what had the focus may be gone. */
  readonly shows: string
  readonly busy?: boolean
  readonly children: ReactNode
}

/** Stays while its content is exchanged, and keeps the keyboard in its place. */
export function FocusHeld({ shows, busy, children }: FocusHeldProps) {
  const held = useFocusHeld<HTMLDivElement>(shows)
  return (
    <div {...held} aria-busy={busy}>
      {children}
    </div>
  )
}
