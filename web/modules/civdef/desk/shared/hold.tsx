import type { ReactNode } from 'react'
import { HoldButton } from '../../../../kit/hold-button.tsx'
import { useText } from '../../../../kit/i18n.tsx'
import classes from '../desk.module.css'
import { messages } from './messages.ts'

export interface HoldProps {
  readonly label: string
  readonly icon: ReactNode
  readonly disabled?: boolean
  /** `quiet` for the one of two that says no: it is not red, so that the two are not mistaken for one another. */
  readonly tone?: 'loud' | 'quiet'
  readonly onHeld: () => void
}

/** What must not happen by a slip: held, or tapped twice by whoever cannot hold. */
export function Hold({ label, icon, disabled = false, tone = 'loud', onHeld }: HoldProps) {
  const text = useText(messages)
  return (
    <div className={tone === 'quiet' ? classes.quietHold : undefined}>
      <HoldButton
        label={label}
        icon={icon}
        hint={text.holdHint}
        holding={text.holding}
        without={label}
        disabled={disabled}
        onHeld={onHeld}
      />
    </div>
  )
}
