import { Button, Stack, Text } from '@mantine/core'
import { IconFlask } from '@tabler/icons-react'
import { configGet, configSet } from '#protocol/config/capabilities.ts'
import type { ModuleSwitch } from '#protocol/core/config.ts'
import { namespaceOf } from '#protocol/core/switches.ts'
import { Empty } from '../kit/empty.tsx'
import { ErrorNotice } from '../kit/error-notice.tsx'
import { useFocusHeld } from '../kit/focus.ts'
import { useText } from '../kit/i18n.tsx'
import { useCall, useQuery } from '../port/hooks.ts'
import { messages } from './messages.ts'

export interface ModuleOffProps {
  readonly module: ModuleSwitch
  /** What it is for, in a sentence or two. */
  readonly what: string
  readonly onTurnedOn: () => void
}

/** Says what a module is for and turns it on: its own switch and the one for all that is experimental (section 9). */
export function ModuleOff({ module, what, onTurnedOn }: ModuleOffProps) {
  const text = useText(messages).off
  const config = useQuery(configGet, {})
  const set = useCall(configSet)
  const held = useFocusHeld<HTMLDivElement>(config.status)
  const turnOn = async () => {
    if (config.status !== 'ready') return
    const globs = config.data.policy.research.enabled_capabilities
    const own = `${namespaceOf(module)}*`
    const covering = ['*', 'experimental.*', own]
    const enabled_capabilities = globs.some((glob) => covering.includes(glob)) ? globs : [...globs, own]
    const research = { enable: true, enabled_capabilities }
    if (await set.run({ [module]: { enabled: true }, policy: { research } })) onTurnedOn()
  }
  return (
    <Empty
      icon={IconFlask}
      action={
        <Stack gap="md" align="center" {...held}>
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
      {what}
    </Empty>
  )
}
