import { Button, Stack, Text } from '@mantine/core'
import { IconBell } from '@tabler/icons-react'
import { useText } from '../../../kit/i18n.tsx'
import { Section } from '../../../kit/section.tsx'
import { type Status, StatusDot } from '../../../kit/status-dot.tsx'
import { askPermission, type Permission, usePermission } from '../everywhere/permission.ts'
import { messages } from './messages.ts'

const SHAPES: Readonly<Record<Permission, Status>> = { default: 'idle', granted: 'good', denied: 'bad', missing: 'bad' }

/** Whether the browser may notify: what it means, and the only place that asks, by a press. */
export function NotifySection() {
  const text = useText(messages).notify
  const permission = usePermission()
  return (
    <Section title={text.title} intro={text.why}>
      <Stack gap="md" align="flex-start">
        <Text component="div" role="status">
          <StatusDot status={SHAPES[permission]}>{text[permission]}</StatusDot>
        </Text>
        {permission === 'default' ? (
          <Button leftSection={<IconBell size={20} aria-hidden />} onClick={() => void askPermission()}>
            {text.ask}
          </Button>
        ) : null}
      </Stack>
    </Section>
  )
}
