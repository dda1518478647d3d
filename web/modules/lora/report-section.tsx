import { Stack, Text } from '@mantine/core'
import { IconMoodSmile, IconSos } from '@tabler/icons-react'
import { useState } from 'react'
import { beaconSend, panicSend } from '#protocol/lora/capabilities.ts'
import { ErrorNotice } from '../../kit/error-notice.tsx'
import { HoldButton } from '../../kit/hold-button.tsx'
import { useFormat, useText } from '../../kit/i18n.tsx'
import { Section } from '../../kit/section.tsx'
import { useCall } from '../../port/hooks.ts'
import { waitsUntil } from './budget.ts'
import { Calling, PassingOn } from './calling.tsx'
import { HelpCountdown } from './help-countdown.tsx'
import classes from './lora.module.css'
import { messages } from './messages.ts'
import { type LoraStatus, ownCall } from './status.ts'

interface ReportProps {
  readonly status: LoraStatus
  /** ms since 1970 */
  readonly now: number
}

/** "I am fine": one press, because a mistake costs a quarter of a second of airtime. */
function FineButton({ status, now }: ReportProps) {
  const text = useText(messages).report
  const format = useFormat()
  const send = useCall(beaconSend)
  const [sent, setSent] = useState<string | null>(null)
  const waits = status.budget ? waitsUntil(status.budget, now) : null
  const ready = status.state === 'ready'

  const report = async () => {
    setSent(null)
    const answer = await send.run({ ok: true })
    if (answer) setSent(answer.sent_at)
  }
  return (
    <Stack gap="xs">
      <button type="button" className={classes.fine} disabled={!ready || waits !== null || send.busy} onClick={report}>
        <IconMoodSmile size={36} aria-hidden />
        <span>{text.ok}</span>
      </button>
      <Text size="sm" role="status">
        {ready && waits !== null ? text.waits(format.time(waits)) : sent === null ? null : text.okSent(format.time(sent))}
      </Text>
      {send.error ? <ErrorNotice error={send.error} /> : null}
    </Stack>
  )
}

/** "Help": a gesture, then time to take it back, then it goes; without a stick at least to whoever is on the network. */
function HelpButton({ status }: Pick<ReportProps, 'status'>) {
  const text = useText(messages).report
  const send = useCall(panicSend)
  const [counting, setCounting] = useState(false)
  const call = () => {
    setCounting(false)
    void send.run({})
  }
  return (
    <Stack gap="xs">
      <HoldButton
        label={text.help}
        icon={<IconSos size={36} aria-hidden />}
        hint={text.hint}
        holding={text.holding}
        without={text.without}
        disabled={send.busy}
        onHeld={() => setCounting(true)}
      />
      {counting ? <HelpCountdown simulated={status.stick.simulated} onStop={() => setCounting(false)} onOver={call} /> : null}
      {send.error ? <ErrorNotice error={send.error} /> : null}
    </Stack>
  )
}

/** The two things a person may want to say, as large as they fit. Whoever calls for help ends that first, and is asked. */
export function ReportSection({ status, now }: ReportProps) {
  const text = useText(messages).report
  const call = ownCall(status)
  return (
    <Section title={text.title}>
      {call ? (
        <Calling panic={call} />
      ) : (
        <>
          {status.panic ? <PassingOn /> : null}
          <div className={classes.report}>
            <FineButton status={status} now={now} />
            <HelpButton status={status} />
          </div>
        </>
      )}
      {status.state === 'ready' ? null : <Text c="dimmed">{text.notReady}</Text>}
    </Section>
  )
}
