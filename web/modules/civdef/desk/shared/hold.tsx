import type { ReactNode } from 'react'
import { HoldButton } from '../../../../kit/hold-button.tsx'
import { useText } from '../../../../kit/i18n.tsx'
import { messages } from './messages.ts'

export interface HoldProps {
  readonly label: string
  readonly icon: ReactNode
  readonly disabled?: boolean
  readonly onHeld: () => void
}

/** What must not happen by a slip: held, or tapped twice by whoever cannot hold. */
export function Hold({ label, icon, disabled = false, onHeld }: HoldProps) {
  const text = useText(messages)
  return (
    <HoldButton
      label={label}
      icon={icon}
      hint={text.holdHint}
      holding={text.holding}
      without={label}
      disabled={disabled}
      onHeld={onHeld}
    />
  )
}
