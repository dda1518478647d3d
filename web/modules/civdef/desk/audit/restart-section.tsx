import { Stack, Textarea } from '@mantine/core'
import { IconPlayerPlay } from '@tabler/icons-react'
import { useState } from 'react'
import { auditRestart } from '#protocol/civdef/audit-capabilities.ts'
import { ErrorNotice } from '../../../../kit/error-notice.tsx'
import { useText } from '../../../../kit/i18n.tsx'
import { Section } from '../../../../kit/section.tsx'
import { useCall } from '../../../../port/hooks.ts'
import { Hold } from '../shared/hold.tsx'
import { messages } from './messages.ts'

/** Goes on after a break, deliberately and with the reason on record (AUD-4). */
export function RestartSection() {
  const text = useText(messages)
  const restart = useCall(auditRestart)
  const [reason, setReason] = useState('')
  const [isMissing, setMissing] = useState(false)
  const go = () => {
    const words = reason.normalize('NFC').replace(/\s+/g, ' ').trim()
    setMissing(words === '')
    if (words !== '') void restart.run({ reason: words })
  }
  return (
    <Section title={text.restart} intro={text.restartIntro}>
      <Stack gap="md">
        <Textarea
          label={text.reason}
          value={reason}
          onChange={(event) => {
            setMissing(false)
            setReason(event.currentTarget.value)
          }}
          error={isMissing ? text.reasonMissing : null}
          maxLength={280}
          autosize
          minRows={2}
        />
        {restart.error ? <ErrorNotice error={restart.error} /> : null}
        <Hold label={text.restartNow} icon={<IconPlayerPlay size={32} aria-hidden />} disabled={restart.busy} onHeld={go} />
      </Stack>
    </Section>
  )
}
