import { Alert, Badge, Box, Group, Stack, Switch, Text } from '@mantine/core'
import { IconFlask } from '@tabler/icons-react'
import { configGet, configSet } from '#protocol/config/capabilities.ts'
import type { HearthnetConfig, ModuleSwitch } from '#protocol/core/config.ts'
import { ErrorNotice } from '../../kit/error-notice.tsx'
import { useText } from '../../kit/i18n.tsx'
import { QueryView } from '../../kit/query-view.tsx'
import { Section } from '../../kit/section.tsx'
import { useCall, useQuery } from '../../port/hooks.ts'
import { messages } from './messages.ts'
import { TRIALS, type Trial } from './trials.ts'

interface TrialRowProps {
  readonly trial: Trial
  readonly config: HearthnetConfig
  readonly busy: boolean
  readonly onSwitch: (id: ModuleSwitch, enabled: boolean) => void
}

function TrialRow({ trial, config, busy, onSwitch }: TrialRowProps) {
  const text = useText(messages).trials
  const { name, text: description } = text.modules[trial.id]
  if (trial.state === 'switchable') {
    const research = config.policy.research.enable
    return (
      <Switch
        label={name}
        description={description}
        checked={research && config[trial.id].enabled}
        disabled={!research || busy}
        onChange={(event) => onSwitch(trial.id, event.currentTarget.checked)}
      />
    )
  }
  return (
    <Group justify="space-between" gap="xs">
      <Box flex="1 1 12rem">
        <Text size="md">{name}</Text>
        <Text size="sm" c="dimmed">
          {description}
        </Text>
      </Box>
      <Badge color={trial.state === 'always' ? 'good' : 'warn'} flex="none">
        {trial.state === 'always' ? text.always : text.notBuilt}
      </Badge>
    </Group>
  )
}

/** The person's own switches for what is still research: one for all, one for each. */
export function TrialsSection() {
  const text = useText(messages).trials
  const query = useQuery(configGet, {})
  const change = useCall(configSet)
  return (
    <Section title={text.title} intro={text.intro}>
      <QueryView query={query} rows={6}>
        {(config) => (
          <Stack gap="lg">
            <Switch
              size="lg"
              label={text.master}
              checked={config.policy.research.enable}
              disabled={change.busy}
              onChange={(event) =>
                change.run({ policy: { research: { ...config.policy.research, enable: event.currentTarget.checked } } })
              }
            />
            <Alert color="warn" icon={<IconFlask aria-hidden />} role="note">
              {text.warning}
            </Alert>
            {TRIALS.map((trial) => (
              <TrialRow
                key={trial.id}
                trial={trial}
                config={config}
                busy={change.busy}
                onSwitch={(id, enabled) => change.run({ [id]: { enabled } })}
              />
            ))}
            {change.error ? <ErrorNotice error={change.error} /> : null}
          </Stack>
        )}
      </QueryView>
    </Section>
  )
}
