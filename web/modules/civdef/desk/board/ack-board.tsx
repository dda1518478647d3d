import { Stack, Text } from '@mantine/core'
import { IconLifebuoy, IconMessageCircle } from '@tabler/icons-react'
import type { Alert } from '#protocol/civdef/alert.ts'
import { alertAcks } from '#protocol/civdef/capabilities.ts'
import type { AckRecord, AckBoard as Board } from '#protocol/civdef/records.ts'
import { displayNodeId, type NodeId } from '#protocol/core/ids.ts'
import { BidiText } from '../../../../kit/bidi-text.tsx'
import { Empty } from '../../../../kit/empty.tsx'
import { useLanguage, useText } from '../../../../kit/i18n.tsx'
import { QueryView } from '../../../../kit/query-view.tsx'
import { Section } from '../../../../kit/section.tsx'
import { useNow } from '../../../../kit/use-now.ts'
import { useQuery } from '../../../../port/hooks.ts'
import classes from '../desk.module.css'
import { RoleName } from '../shared/certificate-card.tsx'
import { usePeople } from '../shared/people.ts'
import { messages } from './messages.ts'
import { byNeed, STATUS_ORDER } from './standing.ts'

function Numbers({ board }: { readonly board: Board }) {
  const text = useText(messages)
  const { format } = useLanguage()
  const after = (seconds: number | null) => (seconds === null ? text.none : format.duration(seconds * 1000))
  return (
    <Section title={text.numbers} intro={text.numbersIntro}>
      <dl className={classes.numbers} aria-live="polite">
        {STATUS_ORDER.map((status) => (
          <div
            key={status}
            className={classes.number}
            data-help={(status === 'need_help' && board.counts[status] > 0) || undefined}
          >
            <dt>{text.statuses[status]}</dt>
            <dd>{format.number(board.counts[status])}</dd>
          </div>
        ))}
      </dl>
      <dl className={classes.facts}>
        <dt>{text.holding}</dt>
        <dd>{format.number(board.holding)}</dd>
        <dt>{text.first}</dt>
        <dd>{after(board.first_after_seconds)}</dd>
        <dt>{text.median}</dt>
        <dd>{after(board.median_after_seconds)}</dd>
      </dl>
      <Text size="sm" c="dimmed">
        {text.asOf(format.time(board.as_of))}
      </Text>
    </Section>
  )
}

function Said({ acks }: { readonly acks: readonly AckRecord[] }) {
  const text = useText(messages)
  const { format } = useLanguage()
  const now = useNow()
  return (
    <ul className={classes.list} aria-label={text.said}>
      {byNeed(acks).map(({ ack, content_id, display_name, role }) => {
        const Icon = ack.status === 'need_help' ? IconLifebuoy : IconMessageCircle
        return (
          <li key={content_id} className={classes.card} data-alarm={ack.status === 'need_help' || undefined}>
            <span className={classes.mark}>
              <Icon size={24} aria-hidden />
              {text.statuses[ack.status]}
            </span>
            <Text fw={600}>
              <BidiText>{display_name || displayNodeId(ack.acked_by)}</BidiText>
            </Text>
            <Text size="sm" c="dimmed">
              {role === null ? text.resident : <RoleName role={role} />} · {format.relative(ack.acked_at, now)}
            </Text>
            {ack.note === undefined ? null : (
              <p className={classes.alertBody}>
                <BidiText>{ack.note}</BidiText>
              </p>
            )}
          </li>
        )
      })}
    </ul>
  )
}

function ByRole({ board }: { readonly board: Board }) {
  const text = useText(messages)
  const { format } = useLanguage()
  const { nameOf } = usePeople()
  const called = (id: NodeId): string => nameOf(id) ?? displayNodeId(id)
  return (
    <Section title={text.byRole} intro={text.byRoleIntro}>
      {board.by_role.length === 0 ? <Text>{text.noRoles}</Text> : null}
      <ul className={classes.list} aria-label={text.byRole}>
        {board.by_role.map(({ role, acked, waiting }) => (
          <li key={role} className={classes.card}>
            <Text fw={650}>
              <RoleName role={role} />: {text.acked(format.number(acked.length), format.number(acked.length + waiting.length))}
            </Text>
            {waiting.length === 0 ? null : (
              <Text>
                {text.waiting} <BidiText>{waiting.map(called).join(', ')}</BidiText>
              </Text>
            )}
          </li>
        ))}
      </ul>
    </Section>
  )
}

/** Who answered what, who has not, and how fast; it changes as answers arrive (CIV-11). */
export function AckBoard({ alert }: { readonly alert: Alert }) {
  const text = useText(messages)
  const query = useQuery(alertAcks, { alert_id: alert.alert_id })
  return (
    <QueryView query={query}>
      {(board) => {
        const helped = board.acks.filter(({ ack }) => ack.status === 'need_help')
        const others = board.acks.filter(({ ack }) => ack.status !== 'need_help')
        return (
          <Stack gap="lg">
            {helped.length === 0 ? null : (
              <Section title={text.help}>
                <Said acks={helped} />
              </Section>
            )}
            <Numbers board={board} />
            <ByRole board={board} />
            <Section title={text.said} intro={alert.target.roles.length === 0 ? text.publicOff : null}>
              {others.length === 0 ? <Empty icon={IconMessageCircle}>{text.noAcks}</Empty> : <Said acks={others} />}
            </Section>
          </Stack>
        )
      }}
    </QueryView>
  )
}
