import { Button, Group, Stack } from '@mantine/core'
import { IconUsb } from '@tabler/icons-react'
import { Link } from 'wouter'
import { loraStatus } from '#protocol/lora/capabilities.ts'
import { ErrorNotice } from '../../kit/error-notice.tsx'
import { useText } from '../../kit/i18n.tsx'
import { Page } from '../../kit/page.tsx'
import { QueryView } from '../../kit/query-view.tsx'
import { Section } from '../../kit/section.tsx'
import { useNow } from '../../kit/use-now.ts'
import { useQuery } from '../../port/hooks.ts'
import { BeaconsSection } from './beacons-section.tsx'
import { BudgetSection } from './budget-section.tsx'
import { CallsSection } from './calls-section.tsx'
import { HeardSection } from './heard-section.tsx'
import { HearingSection } from './hearing-section.tsx'
import { messages } from './messages.ts'
import { MineSection } from './mine-section.tsx'
import { STICK } from './paths.ts'
import { ReportSection } from './report-section.tsx'
import type { LoraStatus } from './status.ts'
import { useSimulation } from './stick/use-simulation.ts'
import { StickState } from './stick-state.tsx'

const TICK_MS = 10_000

/** The first thing to do here: get a stick, or look around without one. */
function NoStick() {
  const text = useText(messages).noStick
  const simulation = useSimulation()
  return (
    <Section title={text.title} intro={text.text}>
      <Group gap="sm">
        <Button component={Link} href={STICK} leftSection={<IconUsb size={20} aria-hidden />}>
          {text.choose}
        </Button>
        <Button variant="default" onClick={simulation.start} loading={simulation.busy}>
          {text.tryOut}
        </Button>
      </Group>
      {simulation.error ? <ErrorNotice error={simulation.error} /> : null}
    </Section>
  )
}

function StickSection({ stick }: Pick<LoraStatus, 'stick'>) {
  const text = useText(messages).stick
  return (
    <Section title={text.title}>
      <Stack gap="md" align="flex-start">
        <StickState stick={stick} />
        <Button component={Link} href={STICK} variant="default">
          {text.open}
        </Button>
      </Stack>
    </Section>
  )
}

/** Everything the radio says and can be told, on one page. */
export function LoraPage() {
  const text = useText(messages)
  const now = useNow(TICK_MS)
  const query = useQuery(loraStatus, {})
  return (
    <Page title={text.title} intro={text.intro}>
      <QueryView query={query} rows={10}>
        {(status) => (
          <Stack gap="lg">
            {status.stick.state === 'none' ? <NoStick /> : null}
            <ReportSection status={status} now={now} />
            <CallsSection status={status} now={now} />
            <HeardSection status={status} now={now} />
            <HearingSection intervalSeconds={status.interval_seconds} now={now} />
            <BudgetSection status={status} now={now} />
            {status.stick.state === 'none' ? null : <StickSection stick={status.stick} />}
            <MineSection me={status.me} />
            <BeaconsSection counts={status.counts} queue={status.queue} />
          </Stack>
        )}
      </QueryView>
    </Page>
  )
}
