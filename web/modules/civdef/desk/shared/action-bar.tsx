import { SegmentedControl, Text } from '@mantine/core'
import { type ReactNode, useId } from 'react'
import { useText } from '../../../../kit/i18n.tsx'
import classes from '../desk.module.css'
import { HANDS, isHand, setHand, useHand } from './hand.ts'
import { messages } from './messages.ts'

/** What is done next, at the lower edge of the screen and on the side of the thumb. */
export function ActionBar({ children }: { readonly children: ReactNode }) {
  const hand = useHand()
  return (
    <div className={classes.bar} data-hand={hand}>
      {children}
    </div>
  )
}

/** Which thumb presses. */
export function HandChoice() {
  const text = useText(messages).hand
  const id = useId()
  const hand = useHand()
  return (
    <div>
      <Text size="sm" fw={600} id={id} mb={6}>
        {text.label}
      </Text>
      <SegmentedControl
        fullWidth
        aria-labelledby={id}
        value={hand}
        onChange={(value) => {
          if (isHand(value)) setHand(value)
        }}
        data={HANDS.map((value) => ({ value, label: text[value] }))}
        styles={{ label: { minHeight: '3rem', alignContent: 'center' } }}
      />
    </div>
  )
}
