import { Stack, Text } from '@mantine/core'
import type { StickRecord } from '#protocol/lora/records.ts'
import { useText } from '../../kit/i18n.tsx'
import { type Status, StatusDot } from '../../kit/status-dot.tsx'
import { visibleText } from '../../kit/visible-text.ts'
import { messages } from './messages.ts'

const SHAPES: Readonly<Record<StickRecord['state'], Status>> = {
  none: 'idle',
  waiting: 'busy',
  opening: 'busy',
  ready: 'good',
  unsupported: 'bad',
}

/** How the stick is, and what to do about it; a simulated one never looks like one that sends. */
export function StickState({ stick }: { readonly stick: StickRecord }) {
  const text = useText(messages).stick
  return (
    <Stack gap={4}>
      {stick.simulated ? (
        <StatusDot status="idle">{text.simulated}</StatusDot>
      ) : (
        <StatusDot status={SHAPES[stick.state]}>{text.states[stick.state]}</StatusDot>
      )}
      {stick.problem === null ? null : <Text>{text.problems[stick.problem]}</Text>}
      {stick.firmware === null ? null : (
        <Text size="sm" c="dimmed">
          {visibleText(stick.firmware)}
        </Text>
      )}
    </Stack>
  )
}
