import { Progress, Stack, Text } from '@mantine/core'
import { useFormat, useText } from '../../kit/i18n.tsx'
import { Section } from '../../kit/section.tsx'
import { StatusDot } from '../../kit/status-dot.tsx'
import { beaconsLeft, usedShare, waitsUntil } from './budget.ts'
import { useMegahertz } from './megahertz.ts'
import { messages } from './messages.ts'
import type { LoraStatus } from './status.ts'

interface BudgetSectionProps {
  readonly status: LoraStatus
  /** ms since 1970 */
  readonly now: number
}

/** The airtime this device may still use, and when the next beacon may go (LOR-2). */
export function BudgetSection({ status: { budget, panic_override }, now }: BudgetSectionProps) {
  const text = useText(messages).budget
  const format = useFormat()
  const megahertz = useMegahertz()
  if (budget === null) {
    return (
      <Section title={text.title}>
        <Text c="dimmed">{text.unknown}</Text>
      </Section>
    )
  }
  const share = 100 * usedShare(budget)
  const waits = waitsUntil(budget, now)
  return (
    <Section title={text.title} intro={text.intro}>
      <Stack gap="sm">
        <Text>
          {text.used(
            format.number(Math.round(share)),
            format.duration(budget.window_seconds * 1000),
            megahertz.band(budget.sub_band),
          )}
        </Text>
        <Progress value={share} aria-label={text.label} size="xl" color={waits === null ? 'ember' : 'warn'} />
        {waits === null ? (
          <StatusDot status="good">
            {text.now} {text.left(beaconsLeft(budget))}
          </StatusDot>
        ) : (
          <StatusDot status="busy">{text.waits(format.time(waits))}</StatusDot>
        )}
        <Text size="sm" c="dimmed">
          {panic_override ? text.override : text.noOverride}
        </Text>
      </Stack>
    </Section>
  )
}
