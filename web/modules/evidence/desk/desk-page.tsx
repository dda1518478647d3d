import { Stack } from '@mantine/core'
import { draftList } from '#protocol/evidence/desk-capabilities.ts'
import { FocusHeld } from '../../../kit/focus-held.tsx'
import { useText } from '../../../kit/i18n.tsx'
import { Page } from '../../../kit/page.tsx'
import { useQuery } from '../../../port/hooks.ts'
import { EvidenceOff } from '../evidence-off.tsx'
import { CLAIMS } from '../paths.ts'
import { isOff } from '../switched-on.tsx'
import { DraftSection } from './draft-section.tsx'
import { ImportSection } from './import-section.tsx'
import { messages } from './messages.ts'
import { QuarantineSection } from './quarantine-section.tsx'

/** What waits for this person: drafts nobody has signed, and what a hub or a file brought (EVI-9, M30). */
export function DeskPage() {
  const text = useText(messages)
  const drafts = useQuery(draftList, {})
  return (
    <Page title={text.title} intro={isOff(drafts) ? null : text.intro} back={CLAIMS}>
      <FocusHeld shows={isOff(drafts) ? 'off' : 'on'}>
        {isOff(drafts) ? (
          <EvidenceOff onTurnedOn={drafts.retry} />
        ) : (
          <Stack gap="lg">
            <DraftSection query={drafts} />
            <QuarantineSection />
            <ImportSection />
          </Stack>
        )}
      </FocusHeld>
    </Page>
  )
}
