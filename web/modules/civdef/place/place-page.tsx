import { configGet, configSet } from '#protocol/config/capabilities.ts'
import { ErrorNotice } from '../../../kit/error-notice.tsx'
import { useText } from '../../../kit/i18n.tsx'
import { Page } from '../../../kit/page.tsx'
import { QueryView } from '../../../kit/query-view.tsx'
import { useCall, useQuery } from '../../../port/hooks.ts'
import { ALERTS } from '../paths.ts'
import { HearSection } from './hear-section.tsx'
import { LoudSection } from './loud-section.tsx'
import { messages } from './messages.ts'
import { NotifySection } from './notify-section.tsx'
import classes from './place.module.css'
import { AlsoSection, MyPlaceSection } from './place-sections.tsx'
import type { Settings } from './settings.ts'

/** Where a person is and what they want to be told, for this device (CIV-5, CIV-8, CIV-9). */
export function PlacePage() {
  const text = useText(messages)
  const config = useQuery(configGet, {})
  const set = useCall(configSet)
  const onChange = (civdef: Partial<Settings>) => void set.run({ civdef })
  return (
    <Page title={text.title} intro={text.intro} back={ALERTS}>
      <QueryView query={config} rows={8}>
        {({ civdef }) => (
          <div className={classes.stack}>
            {set.error ? <ErrorNotice error={set.error} /> : null}
            <MyPlaceSection onChange={onChange} busy={set.busy} />
            <NotifySection />
            <LoudSection settings={civdef} onChange={onChange} busy={set.busy} />
            <AlsoSection settings={civdef} onChange={onChange} busy={set.busy} />
            <HearSection settings={civdef} />
          </div>
        )}
      </QueryView>
    </Page>
  )
}
