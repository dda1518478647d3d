import { Button, Stack, Text } from '@mantine/core'
import { IconFlask } from '@tabler/icons-react'
import { configSet } from '#protocol/config/capabilities.ts'
import { Empty } from '../../kit/empty.tsx'
import { ErrorNotice } from '../../kit/error-notice.tsx'
import { useText } from '../../kit/i18n.tsx'
import { useCall } from '../../port/hooks.ts'
import { messages } from './messages.ts'

/** Says what the module is for and turns it on: its own switch and the one for all that is experimental (section 9). */
export function ModuleOff({ onTurnedOn }: { readonly onTurnedOn: () => void }) {
  const text = useText(messages).off
  const set = useCall(configSet)
  const turnOn = async () => {
    if (await set.run({ evidence: { enabled: true }, policy: { research: { enable: true } } })) onTurnedOn()
  }
  return (
    <Empty
      icon={IconFlask}
      action={
        <Stack gap="md" align="center">
          <Text c="dimmed" maw="28rem">
            {text.trial}
          </Text>
          <Button onClick={turnOn} loading={set.busy}>
            {text.turnOn}
          </Button>
          {set.error ? <ErrorNotice error={set.error} /> : null}
        </Stack>
      }
    >
      {text.what}
    </Empty>
  )
}
