import { useText } from '../../kit/i18n.tsx'
import { Page } from '../../kit/page.tsx'
import { useSession } from '../../shell/session.tsx'
import { AboutSection } from './about-section.tsx'
import { AlarmSection } from './alarm-section.tsx'
import { AppearanceSection } from './appearance-section.tsx'
import { BoxesSection } from './boxes-section.tsx'
import { DeviceSection } from './device-section.tsx'
import { EraseSection } from './erase-section.tsx'
import { messages } from './messages.ts'
import { ModelsSection } from './models-section.tsx'
import { RecoverySection } from './recovery-section.tsx'
import { StorageSection } from './storage-section.tsx'
import { TabsSection } from './tabs-section.tsx'
import { TrialsSection } from './trials-section.tsx'

/** What concerns this device: what most people look for first, what cannot be undone last. */
export function SettingsPage() {
  const text = useText(messages)
  const { identity } = useSession().node
  return (
    <Page title={text.title}>
      <AppearanceSection />
      <AlarmSection />
      {identity ? <DeviceSection identity={identity} /> : null}
      {identity ? <RecoverySection state={identity.recovery} /> : null}
      {identity ? <TrialsSection /> : null}
      <BoxesSection />
      <StorageSection />
      <ModelsSection />
      <TabsSection />
      <AboutSection />
      {identity ? <EraseSection /> : null}
    </Page>
  )
}
