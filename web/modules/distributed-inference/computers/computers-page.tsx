import { Stack } from '@mantine/core'
import { modelList } from '#protocol/distributed-inference/model-capabilities.ts'
import { useText } from '../../../kit/i18n.tsx'
import { Page } from '../../../kit/page.tsx'
import { QueryView } from '../../../kit/query-view.tsx'
import { useQuery } from '../../../port/hooks.ts'
import { ConsentSection } from '../shared/consent-section.tsx'
import { Doors } from '../shared/doors.tsx'
import { LayersSection } from './layers-section.tsx'
import { messages } from './messages.ts'
import { PlanSection } from './plan-section.tsx'
import { RunsSection } from './runs-section.tsx'
import { SharingSection } from './sharing-section.tsx'
import { usePipelines } from './use-pipelines.ts'
import { WaySection } from './way-section.tsx'

function Pipelines() {
  const query = usePipelines()
  return (
    <QueryView query={query} rows={4}>
      {(status) => (
        <Stack gap="lg">
          <WaySection pipelines={status.pipelines} />
          <RunsSection status={status} />
        </Stack>
      )}
    </QueryView>
  )
}

/** Who computes what: everybody's layers, this device's offer, and what a word goes through. */
export function ComputersPage() {
  const text = useText(messages)
  const query = useQuery(modelList, {})
  const models = query.status === 'ready' ? query.data.models.filter(({ refused }) => refused === null) : []
  const here = models.filter(({ state }) => state === 'ready' || state === 'partial')
  // what cannot be computed here alone is what others matter for
  const shared = here.toSorted((a, b) => Number(b.state === 'partial') - Number(a.state === 'partial'))
  return (
    <Page title={text.title} intro={text.intro}>
      <Doors />
      <Stack gap="lg">
        <LayersSection />
        <SharingSection models={query} />
        <Pipelines />
        <PlanSection models={shared.map(({ model }) => model)} />
        <ConsentSection />
      </Stack>
    </Page>
  )
}
