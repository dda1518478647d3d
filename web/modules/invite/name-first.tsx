import { Button, Stack, Text } from '@mantine/core'
import { useLocation } from 'wouter'
import { useText } from '../../kit/i18n.tsx'
import { rememberGoal } from '../../shell/goal.ts'
import { joinPath } from './invite-code.ts'
import { messages } from './messages.ts'

/** Leads a device without a name to get one, and back to this invite. */
export function NameFirst({ code }: { readonly code: string }) {
  const text = useText(messages).join
  const [, navigate] = useLocation()
  const go = () => {
    rememberGoal(joinPath(code))
    navigate('/welcome')
  }
  return (
    <Stack gap="md" align="flex-start">
      <Text fw={600}>{text.nameFirst}</Text>
      <Button onClick={go}>{text.toName}</Button>
    </Stack>
  )
}
