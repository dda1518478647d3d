import { Stack, Text } from '@mantine/core'
import { BidiText } from '../../kit/bidi-text.tsx'
import { useFormat, useText } from '../../kit/i18n.tsx'
import { Section } from '../../kit/section.tsx'
import { StatusDot } from '../../kit/status-dot.tsx'
import classes from './lora.module.css'
import { messages } from './messages.ts'
import { signalOf, strengthOf } from './signal.ts'
import type { LoraStatus } from './status.ts'

interface HeardProps {
  readonly status: LoraStatus
  /** ms since 1970 */
  readonly now: number
}

function HeardBy({ status, now }: HeardProps) {
  const text = useText(messages)
  const format = useFormat()
  const { heard_by } = status
  if (heard_by.length === 0) {
    return (
      <Stack gap={4}>
        <StatusDot status="idle">{text.heard.nobody}</StatusDot>
        <Text size="sm" c="dimmed">
          {text.heard.nobodyHint}
        </Text>
      </Stack>
    )
  }
  return (
    <Stack gap={4}>
      <StatusDot status="good">{text.heard.by(heard_by.length)}</StatusDot>
      <ul className={classes.plain} aria-label={text.heard.list}>
        {heard_by.map((by) => {
          const signal = signalOf(by)
          return (
            <li key={by.node_id}>
              <BidiText>{by.display_name}</BidiText>
              {` · ${format.relative(by.at, now)}`}
              {signal ? ` · ${text.strengths[strengthOf(signal)]}` : null}
            </li>
          )
        })}
      </ul>
    </Stack>
  )
}

/** Whether what this device sends arrives anywhere, as far as anybody can know. */
export function HeardSection({ status, now }: HeardProps) {
  const text = useText(messages).heard
  const format = useFormat()
  const { last_sent_at, next_beacon_at, echoed_at, frames, anchored } = status
  return (
    <Section title={text.title}>
      <Stack gap="sm">
        {last_sent_at === null ? (
          <StatusDot status="idle">{text.nothingSent}</StatusDot>
        ) : (
          <HeardBy status={status} now={now} />
        )}
        {echoed_at === null ? null : <Text>{text.echoed(format.time(echoed_at))}</Text>}
        <Text size="sm" c="dimmed">
          {last_sent_at === null ? null : `${text.lastSent(format.relative(last_sent_at, now))} `}
          {next_beacon_at === null ? null : text.next(format.relative(next_beacon_at, now))}
        </Text>
        {frames === 'v2' && anchored ? null : (
          <Text size="sm" c="dimmed">
            {text.unproven}
          </Text>
        )}
      </Stack>
    </Section>
  )
}
