import { Button, Stack, Text } from '@mantine/core'
import { loraStatus, stickDetach } from '#protocol/lora/capabilities.ts'
import type { StickRecord } from '#protocol/lora/records.ts'
import { ConfirmButton } from '../../../kit/confirm-button.tsx'
import { ErrorNotice } from '../../../kit/error-notice.tsx'
import { useFormat, useText } from '../../../kit/i18n.tsx'
import { Page } from '../../../kit/page.tsx'
import { QueryView } from '../../../kit/query-view.tsx'
import { Section } from '../../../kit/section.tsx'
import { useCall, useQuery } from '../../../port/hooks.ts'
import { useMegahertz } from '../megahertz.ts'
import { LORA } from '../paths.ts'
import { StickState } from '../stick-state.tsx'
import { messages } from './messages.ts'
import { OptionsSection } from './options-section.tsx'
import { PickSection } from './pick-section.tsx'
import { SelfTest } from './self-test.tsx'
import { useSimulation } from './use-simulation.ts'

function Attached({ stick }: { readonly stick: StickRecord }) {
  const text = useText(messages)
  const format = useFormat()
  const megahertz = useMegahertz()
  const detach = useCall(stickDetach)
  const { settings } = stick
  return (
    <Section title={text.state}>
      <Stack gap="md" align="flex-start">
        <StickState stick={stick} />
        {settings === null ? null : (
          <Text size="sm" c="dimmed">
            {text.settings(
              megahertz.frequency(settings.frequency_hz),
              format.number(settings.spreading_factor),
              format.number(settings.bandwidth_hz / 1e3),
            )}
          </Text>
        )}
        {stick.simulated ? null : (
          <ConfirmButton
            label={text.detach}
            title={text.detach}
            tone="neutral"
            onConfirm={() => detach.run({})}
            error={detach.error}
            busy={detach.busy}
          >
            {text.detachText}
          </ConfirmButton>
        )}
      </Stack>
    </Section>
  )
}

function SimulationSection({ running }: { readonly running: boolean }) {
  const text = useText(messages).simulation
  const simulation = useSimulation()
  return (
    <Section title={text.title} intro={text.intro}>
      <Stack gap="sm" align="flex-start">
        <Button variant="default" onClick={running ? simulation.end : simulation.start} loading={simulation.busy}>
          {running ? text.end : text.start}
        </Button>
        {simulation.error ? <ErrorNotice error={simulation.error} /> : null}
      </Stack>
    </Section>
  )
}

/** The stick: how it is, which it is, whether it works, and what to do without one. */
export function StickPage() {
  const text = useText(messages)
  const query = useQuery(loraStatus, {})
  return (
    <Page title={text.title} intro={text.intro} back={LORA}>
      <QueryView query={query} rows={8}>
        {({ stick }) => (
          <Stack gap="lg">
            {stick.state === 'none' ? null : <Attached stick={stick} />}
            {stick.state === 'none' ? null : <SelfTest />}
            <PickSection />
            <OptionsSection />
            <SimulationSection running={stick.simulated} />
          </Stack>
        )}
      </QueryView>
    </Page>
  )
}
