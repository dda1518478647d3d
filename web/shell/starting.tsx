import { Loader, Stack, Text } from '@mantine/core'
import { useText } from '../kit/i18n.tsx'
import { messages } from './messages.ts'

/** Until the node answers, usually well under a second. */
export function Starting() {
  const text = useText(messages)
  return (
    <Stack align="center" justify="center" gap="md" mih="50dvh" role="status">
      <Loader aria-hidden />
      <Text c="dimmed">{text.starting}</Text>
    </Stack>
  )
}
