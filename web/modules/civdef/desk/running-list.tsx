import { Text } from '@mantine/core'
import { IconSpeakerphone } from '@tabler/icons-react'
import { Link } from 'wouter'
import { alertList } from '#protocol/civdef/capabilities.ts'
import { BidiText } from '../../../kit/bidi-text.tsx'
import { Empty } from '../../../kit/empty.tsx'
import { useFormat, useText } from '../../../kit/i18n.tsx'
import { QueryView } from '../../../kit/query-view.tsx'
import { useQuery } from '../../../port/hooks.ts'
import classes from './desk.module.css'
import { messages } from './messages.ts'
import { boardPath } from './paths.ts'
import { DrillFrame } from './shared/drill-frame.tsx'
import { messages as shared } from './shared/messages.ts'
import { useMe } from './shared/people.ts'
import { RegionName } from './shared/region-name.tsx'
import { SeverityMark } from './shared/severity-mark.tsx'

export interface RunningListProps {
  readonly label: string
  readonly empty: string
  readonly drillsOnly?: boolean
}

/** Alerts that are running, each a way to its board. */
export function RunningList({ label, empty, drillsOnly = false }: RunningListProps) {
  const text = useText(messages)
  const words = useText(shared)
  const format = useFormat()
  const me = useMe()
  const query = useQuery(alertList, { state: 'active', limit: 50, ...(drillsOnly ? { drill: true } : {}) })
  return (
    <QueryView
      query={query}
      isEmpty={({ alerts }) => alerts.every(({ alert }) => alert === null)}
      empty={<Empty icon={IconSpeakerphone}>{empty}</Empty>}
    >
      {({ alerts }) => (
        <ul className={classes.list} aria-label={label}>
          {alerts.map(({ key, alert }) =>
            alert ? (
              <li key={key}>
                <DrillFrame drill={alert.drill}>
                  <Link href={boardPath(alert.alert_id)} className={classes.linkCard}>
                    <SeverityMark severity={alert.severity} />
                    <Text fw={700} size="lg">
                      <BidiText>{alert.title}</BidiText>
                    </Text>
                    <Text size="sm">
                      <RegionName region={alert.target.region} />
                      {alert.publisher === me ? ` · ${text.yours}` : ''} · {words.until(format.dateTime(alert.expires_at))}
                    </Text>
                  </Link>
                </DrillFrame>
              </li>
            ) : null,
          )}
        </ul>
      )}
    </QueryView>
  )
}
