import { Alert, Stack, Text } from '@mantine/core'
import { IconAlertOctagonFilled } from '@tabler/icons-react'
import type { AuditBreak, AuditReport } from '#protocol/civdef/audit.ts'
import type { auditState } from '#protocol/civdef/audit-capabilities.ts'
import type { Output } from '#protocol/core/capability.ts'
import { BidiText } from '../../../../kit/bidi-text.tsx'
import { useLanguage, useText } from '../../../../kit/i18n.tsx'
import { Section } from '../../../../kit/section.tsx'
import { StatusDot } from '../../../../kit/status-dot.tsx'
import classes from '../desk.module.css'
import { messages } from './messages.ts'

export type AuditState = Output<typeof auditState>

/** Each break with its place: what a person needs to say it to somebody who can help (AUD-4). */
function Breaks({ breaks }: { readonly breaks: readonly AuditBreak[] }) {
  const text = useText(messages)
  const { format } = useLanguage()
  return (
    <ol className={classes.list} aria-label={text.places}>
      {breaks.map(({ fault, seq, at, message }) => (
        <li key={`${fault} ${seq} ${at}`} className={classes.card}>
          <Text fw={700}>{text.place(format.number(seq))}</Text>
          <Text>{text.faults[fault]}</Text>
          <Text className={classes.mono}>
            {text.technical}: {fault} · <BidiText>{at}</BidiText> · <BidiText>{message}</BidiText>
          </Text>
        </li>
      ))}
    </ol>
  )
}

/** Loud: somebody may be relying on this record right now. */
export function Broken({ report }: { readonly report: AuditReport | null }) {
  const text = useText(messages)
  return (
    <Alert
      color="bad"
      role="alert"
      icon={<IconAlertOctagonFilled size={32} aria-hidden />}
      title={text.broken}
      className={classes.loud}
      styles={{ title: { fontSize: 'var(--mantine-font-size-xl)' } }}
    >
      <Stack gap="md">
        <Text>{text.brokenNote}</Text>
        {report && report.breaks.length > 0 ? <Breaks breaks={report.breaks} /> : null}
      </Stack>
    </Alert>
  )
}

/** How many entries there are, how many of them a checkpoint holds and how many a witness has seen. */
export function StateSection({ state }: { readonly state: AuditState }) {
  const text = useText(messages)
  const { format } = useLanguage()
  const { entries, report, checked_at, blocked, checkpoint } = state
  // what was secured since the last check counts
  const secured = checkpoint?.size ?? report?.checkpointed ?? 0
  const witnessed = checkpoint && checkpoint.witnesses.length > 0 ? checkpoint.size : (report?.witnessed ?? 0)
  const isWhole = !blocked && (report === null || report.whole)
  return (
    <Section title={text.state}>
      {entries === 0 ? <Text>{text.empty}</Text> : null}
      {isWhole ? (
        <StatusDot status={report === null ? 'idle' : 'good'}>
          <strong>{report === null ? text.unchecked : text.whole}</strong>
        </StatusDot>
      ) : null}
      <dl className={classes.numbers}>
        <div className={classes.number}>
          <dt>{text.numbers.entries}</dt>
          <dd>{format.number(entries)}</dd>
        </div>
        <div className={classes.number}>
          <dt>{text.numbers.checkpointed}</dt>
          <dd>{format.number(secured)}</dd>
        </div>
        <div className={classes.number}>
          <dt>{text.numbers.witnessed}</dt>
          <dd>{format.number(witnessed)}</dd>
        </div>
        <div className={classes.number}>
          <dt>{text.numbers.checkpoints}</dt>
          <dd>{format.number(report?.checkpoints ?? 0)}</dd>
        </div>
      </dl>
      <dl className={classes.facts}>
        <dt>{text.numbers.checked}</dt>
        <dd>{checked_at === null ? text.numbers.never : format.dateTime(checked_at)}</dd>
        <dt>{text.numbers.last}</dt>
        <dd>
          {checkpoint === null
            ? text.numbers.never
            : text.numbers.atSize(format.number(checkpoint.size), format.dateTime(checkpoint.at))}
        </dd>
      </dl>
    </Section>
  )
}
