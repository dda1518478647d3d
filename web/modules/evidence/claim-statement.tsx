import { Text } from '@mantine/core'
import { IconShieldCheck } from '@tabler/icons-react'
import type { ClaimRecord } from '#protocol/evidence/records.ts'
import { BidiText } from '../../kit/bidi-text.tsx'
import { useFormat, useText } from '../../kit/i18n.tsx'
import { Section } from '../../kit/section.tsx'
import { visibleText } from '../../kit/visible-text.ts'
import { ClaimActions } from './claim-actions.tsx'
import { confidenceWord, freshUntil } from './claim-form.ts'
import classes from './evidence.module.css'
import { LevelMark } from './level-mark.tsx'
import { messages } from './messages.ts'
import { RecordMarks } from './record-marks.tsx'
import { VoiceLine } from './voice-line.tsx'

function Facts({ record }: { readonly record: ClaimRecord }) {
  const all = useText(messages)
  const text = all.claim
  const format = useFormat()
  const { claim, author, level, ground } = record
  return (
    <dl className={classes.facts}>
      <dt>{text.level}</dt>
      <dd>
        <LevelMark level={level} />
        <Text size="sm" c="dimmed">
          {record.retracted ? text.retractedHint : all.levelHints[level]}
          {level === 'disputed' && !record.retracted ? ` ${text.otherwise(all.levels[ground])}` : null}
        </Text>
        <span className={classes.meta}>
          <RecordMarks record={record} />
        </span>
      </dd>
      <dt>{text.confidence}</dt>
      <dd>{text.confidenceWords[confidenceWord(claim.confidence)]}</dd>
      <dt>{text.saidBy}</dt>
      <dd>
        <VoiceLine voice={author} />
      </dd>
      <dt>{text.saidAt}</dt>
      <dd>{format.dateTime(claim.asserted_at)}</dd>
      <dt>{text.freshUntil}</dt>
      <dd>{format.date(freshUntil(claim))}</dd>
      <dt>{text.signature}</dt>
      <dd>
        <span className={classes.mark}>
          <IconShieldCheck size={18} aria-hidden />
          {text.signatureGood}
        </span>
      </dd>
    </dl>
  )
}

/** What is said, by whom and how well founded, and what a person can do about it. */
export function ClaimStatement({ record }: { readonly record: ClaimRecord }) {
  return (
    <Section title={visibleText(record.claim.predicate)}>
      <Text fz="lg" className={record.retracted ? `${classes.whole} ${classes.struck}` : classes.whole}>
        <BidiText>{record.claim.object}</BidiText>
      </Text>
      <Facts record={record} />
      <ClaimActions record={record} />
    </Section>
  )
}
