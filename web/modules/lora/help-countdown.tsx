import { Text, VisuallyHidden } from '@mantine/core'
import { IconHandStop, IconSos } from '@tabler/icons-react'
import { useEffect, useRef, useState } from 'react'
import { useFormat, useText } from '../../kit/i18n.tsx'
import { UrgentAction, UrgentNotice } from '../../kit/urgent-notice.tsx'
import classes from './lora.module.css'
import { messages } from './messages.ts'

/** Time to stop it after the gesture, ms. */
const COUNTDOWN_MS = 8000
const TICK_MS = 100

export interface HelpCountdownProps {
  readonly simulated: boolean
  readonly onStop: () => void
  readonly onOver: () => void
}

/** The time in which a call for help can be taken back before it goes; leaving the page takes it back as well. */
export function HelpCountdown({ simulated, onStop, onOver }: HelpCountdownProps) {
  const text = useText(messages).countdown
  const format = useFormat()
  const [left, setLeft] = useState(COUNTDOWN_MS)
  const over = useRef(onOver)
  useEffect(() => {
    over.current = onOver
  })

  useEffect(() => {
    const until = performance.now() + COUNTDOWN_MS
    const timer = setInterval(() => {
      const rest = until - performance.now()
      setLeft(Math.max(0, rest))
      if (rest > 0) return
      clearInterval(timer)
      over.current()
    }, TICK_MS)
    return () => clearInterval(timer)
  }, [])

  const seconds = format.number(Math.ceil(left / 1000))
  return (
    <UrgentNotice
      title={text.title(seconds)}
      icon={IconSos}
      tone="warn"
      alarm={null}
      actions={
        <>
          <UrgentAction first focused leftSection={<IconHandStop size={28} aria-hidden />} onClick={onStop}>
            {text.stop}
          </UrgentAction>
          <UrgentAction onClick={onOver}>{text.now}</UrgentAction>
        </>
      }
    >
      <VisuallyHidden role="alert">{text.started}</VisuallyHidden>
      <div className={classes.countdown} aria-hidden="true">
        <span className={classes.countdownRest} style={{ transform: `scaleX(${left / COUNTDOWN_MS})` }} />
      </div>
      {simulated ? <Text fw={700}>{text.simulated}</Text> : null}
      <Text size="lg">{text.text}</Text>
    </UrgentNotice>
  )
}
