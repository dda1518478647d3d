import { Button, Stack, Text } from '@mantine/core'
import { IconFlask } from '@tabler/icons-react'
import { configGet, configSet } from '#protocol/config/capabilities.ts'
import { Empty } from '../../kit/empty.tsx'
import { ErrorNotice } from '../../kit/error-notice.tsx'
import { useText } from '../../kit/i18n.tsx'
import { useCall, useQuery } from '../../port/hooks.ts'
import { messages } from './messages.ts'

const OWN_GLOB = 'experimental.evidence.*'
const COVERING: ReadonlySet<string> = new Set(['*', 'experimental.*', OWN_GLOB])

/** Says what the module is for and turns it on: its own switch and the one for all that is experimental (section 9). */
export function ModuleOff({ onTurnedOn }: { readonly onTurnedOn: () => void }) {
  const text = useText(messages).off
  const config = useQuery(configGet, {})
  const set = useCall(configSet)
  const turnOn = async () => {
    if (config.status !== 'ready') return
    const globs = config.data.policy.research.enabled_capabilities
    const enabled_capabilities = globs.some((glob) => COVERING.has(glob)) ? globs : [...globs, OWN_GLOB]
    const research = { enable: true, enabled_capabilities }
    if (await set.run({ evidence: { enabled: true }, policy: { research } })) onTurnedOn()
  }
  return (
    <Empty
      icon={IconFlask}
      action={
        <Stack gap="md" align="center">
          <Text c="dimmed" maw="28rem">
            {text.trial}
          </Text>
          <Button onClick={turnOn} loading={set.busy} disabled={config.status !== 'ready'}>
            {text.turnOn}
          </Button>
          {config.status === 'failed' ? <ErrorNotice error={config.error} onRetry={config.retry} /> : null}
          {set.error ? <ErrorNotice error={set.error} /> : null}
        </Stack>
      }
    >
      {text.what}
    </Empty>
  )
}
