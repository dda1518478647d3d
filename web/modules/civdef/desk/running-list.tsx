import { Text } from '@mantine/core'
import { IconSpeakerphone } from '@tabler/icons-react'
import { Link } from 'wouter'
import type { Alert } from '#protocol/civdef/alert.ts'
import { alertList } from '#protocol/civdef/capabilities.ts'
import type { NodeId } from '#protocol/core/ids.ts'
import { BidiText } from '../../../kit/bidi-text.tsx'
import { Empty } from '../../../kit/empty.tsx'
import { useFormat, useText } from '../../../kit/i18n.tsx'
import { QueryView } from '../../../kit/query-view.tsx'
import { useQuery } from '../../../port/hooks.ts'
import { useDecisions } from '../use-decisions.ts'
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

function Item({ alert, me }: { readonly alert: Alert; readonly me: NodeId | null }) {
  const text = useText(messages)
  const words = useText(shared)
  const format = useFormat()
  return (
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
  )
}

/** Alerts that are running and that this device believes, each a way to its board (CIV-7). */
export function RunningList({ label, empty, drillsOnly = false }: RunningListProps) {
  const me = useMe()
  const query = useQuery(alertList, { state: 'active', limit: 50, ...(drillsOnly ? { drill: true } : {}) })
  const alerts = query.status === 'ready' ? query.data.alerts.flatMap(({ alert }) => alert ?? []) : []
  const decisionOf = useDecisions(alerts.map(({ alert_id }) => alert_id))
  // what is forged, or by somebody who may not, never stands beside what is real: not even until it has been judged
  const believed = alerts.filter(({ alert_id }) => (decisionOf(alert_id)?.delivery ?? 'refuse') !== 'refuse')
  return (
    <QueryView query={query} isEmpty={() => believed.length === 0} empty={<Empty icon={IconSpeakerphone}>{empty}</Empty>}>
      {() => (
        <ul className={classes.list} aria-label={label}>
          {believed.map((alert) => (
            <li key={alert.alert_id}>
              <Item alert={alert} me={me} />
            </li>
          ))}
        </ul>
      )}
    </QueryView>
  )
}
