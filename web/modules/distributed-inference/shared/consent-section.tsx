import { Button, Stack } from '@mantine/core'
import { useFormat, useText } from '../../../kit/i18n.tsx'
import { Section } from '../../../kit/section.tsx'
import { StatusDot } from '../../../kit/status-dot.tsx'
import { useConsent } from './consent.ts'
import { messages } from './messages.ts'

/** What the person has agreed to, and the way to take it back. */
export function ConsentSection() {
  const text = useText(messages).consent
  const format = useFormat()
  const { givenAt, revoke } = useConsent()
  return (
    <Section title={text.section} intro={text.sectionIntro}>
      <Stack gap="sm" align="flex-start">
        <StatusDot status={givenAt === null ? 'idle' : 'good'}>
          {givenAt === null ? text.notGiven : text.given(format.dateTime(givenAt))}
        </StatusDot>
        {givenAt === null ? null : (
          <Button variant="default" onClick={revoke}>
            {text.revoke}
          </Button>
        )}
      </Stack>
    </Section>
  )
}
