import { useSyncExternalStore } from 'react'
import { visibleText } from '../../../kit/visible-text.ts'
import classes from './ask.module.css'
import type { LiveText } from './live-text.ts'

interface AnswerTextProps {
  readonly text: LiveText
  readonly busy: boolean
}

/** The words as they come: the only thing that a new word renders. Read out once they are all there. */
export function AnswerText({ text, busy }: AnswerTextProps) {
  const words = useSyncExternalStore(text.subscribe, text.get, text.get)
  return (
    <p className={classes.said} dir="auto" aria-live="polite" aria-atomic aria-busy={busy}>
      {visibleText(words)}
    </p>
  )
}
