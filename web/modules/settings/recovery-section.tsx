import { Button, Group, Text } from '@mantine/core'
import { useLocation } from 'wouter'
import { useText } from '../../kit/i18n.tsx'
import { Section } from '../../kit/section.tsx'
import { type Status, StatusDot } from '../../kit/status-dot.tsx'
import { WELCOME } from '../../shell/gate.ts'
import { rememberGoal } from '../../shell/goal.ts'
import type { Identity } from './device-section.tsx'
import { messages } from './messages.ts'

const STATUS: Readonly<Record<Identity['recovery'], Status>> = {
  pending: 'busy',
  saved: 'good',
  declined: 'idle',
  restored: 'good',
}

/** Whether there is a way back should this device get lost (ID-5). */
export function RecoverySection({ state }: { readonly state: Identity['recovery'] }) {
  const text = useText(messages).recovery
  const [path, navigate] = useLocation()
  const create = () => {
    rememberGoal(path)
    navigate(WELCOME)
  }
  return (
    <Section title={text.title}>
      <Text component="div">
        <StatusDot status={STATUS[state]}>{text[state]}</StatusDot>
      </Text>
      {state === 'pending' ? (
        <Group>
          <Button onClick={create}>{text.create}</Button>
        </Group>
      ) : null}
    </Section>
  )
}
