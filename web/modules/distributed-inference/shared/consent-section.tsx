import { Button, Stack } from '@mantine/core'
import { type RefObject, useRef } from 'react'
import { useFocusKept } from '../../../kit/focus.ts'
import { useFormat, useText } from '../../../kit/i18n.tsx'
import { Section } from '../../../kit/section.tsx'
import { StatusDot } from '../../../kit/status-dot.tsx'
import { useConsent } from './consent.ts'
import { messages } from './messages.ts'

interface RevokeProps {
  readonly onRevoke: () => void
  /** What has the focus when the button is gone. */
  readonly part: RefObject<HTMLElement | null>
}

function Revoke({ onRevoke, part }: RevokeProps) {
  const text = useText(messages).consent
  const kept = useFocusKept(part)
  return (
    <Button variant="default" onClick={onRevoke} {...kept}>
      {text.revoke}
    </Button>
  )
}

/** What the person has agreed to, and the way to take it back. */
export function ConsentSection() {
  const text = useText(messages).consent
  const format = useFormat()
  const part = useRef<HTMLDivElement>(null)
  const { givenAt, revoke } = useConsent()
  return (
    <Section title={text.section} intro={text.sectionIntro}>
      <Stack gap="sm" align="flex-start" ref={part} tabIndex={-1}>
        <StatusDot status={givenAt === null ? 'idle' : 'good'}>
          {givenAt === null ? text.notGiven : text.given(format.dateTime(givenAt))}
        </StatusDot>
        {givenAt === null ? null : <Revoke onRevoke={revoke} part={part} />}
      </Stack>
    </Section>
  )
}
