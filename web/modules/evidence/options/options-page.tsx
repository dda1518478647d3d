import { Stack } from '@mantine/core'
import { sampleGet } from '#protocol/evidence/desk-capabilities.ts'
import { FocusHeld } from '../../../kit/focus-held.tsx'
import { useText } from '../../../kit/i18n.tsx'
import { Page } from '../../../kit/page.tsx'
import { useQuery } from '../../../port/hooks.ts'
import { EvidenceOff } from '../evidence-off.tsx'
import { CLAIMS } from '../paths.ts'
import { isOff } from '../switched-on.tsx'
import { HubSection } from './hub-section.tsx'
import { ListsSection } from './lists-section.tsx'
import { messages } from './messages.ts'
import { SampleSection } from './sample-section.tsx'

/** What is this person's own about claims: their order, the sample set, the hub. */
export function OptionsPage() {
  const text = useText(messages)
  const sample = useQuery(sampleGet, {})
  return (
    <Page title={text.title} back={CLAIMS}>
      <FocusHeld shows={isOff(sample) ? 'off' : 'on'}>
        {isOff(sample) ? (
          <EvidenceOff onTurnedOn={sample.retry} />
        ) : (
          <Stack gap="lg">
            <ListsSection />
            <SampleSection query={sample} />
            <HubSection />
          </Stack>
        )}
      </FocusHeld>
    </Page>
  )
}
