import { Text } from '@mantine/core'
import { Link } from 'wouter'
import type { ClaimRecord } from '#protocol/evidence/records.ts'
import { BidiText } from '../../kit/bidi-text.tsx'
import { useFormat, useText } from '../../kit/i18n.tsx'
import classes from './evidence.module.css'
import { LevelMark } from './level-mark.tsx'
import { messages } from './messages.ts'
import { claimPath } from './paths.ts'
import { RecordCounts, RecordMarks } from './record-marks.tsx'
import { trustOf100 } from './voice-line.tsx'

interface ItemProps {
  readonly record: ClaimRecord
  /** Whether subject and predicate are said above the list. */
  readonly within: boolean
}

function ClaimItem({ record, within }: ItemProps) {
  const text = useText(messages)
  const format = useFormat()
  const { claim, author } = record
  return (
    <li className={classes.item}>
      <Link href={claimPath(record.claim_id)} className={classes.link}>
        {within ? null : (
          <Text size="sm" c="dimmed" span>
            <BidiText>{claim.subject}</BidiText>
            {' · '}
            <BidiText>{claim.predicate}</BidiText>
          </Text>
        )}
        <Text fw={600} className={record.retracted ? `${classes.clamp} ${classes.struck}` : classes.clamp}>
          <BidiText>{claim.object}</BidiText>
        </Text>
        <span className={classes.meta}>
          <LevelMark level={record.level} />
          <RecordMarks record={record} />
          <span>
            <BidiText>{author.display_name || text.voice.nameless}</BidiText>
            {` · ${text.voice.trust(format.number(trustOf100(author.trust)))}`}
          </span>
          <span>{format.date(claim.asserted_at)}</span>
          {author.status === 'active' ? null : <span>{text.voice.statuses[author.status]}</span>}
          <RecordCounts record={record} />
        </span>
      </Link>
    </li>
  )
}

interface ClaimListProps {
  readonly claims: readonly ClaimRecord[]
  readonly label: string
  readonly within?: boolean
}

/** Claims as one list: what is said, how well founded, and by whom. */
export function ClaimList({ claims, label, within = false }: ClaimListProps) {
  return (
    <ul className={classes.list} aria-label={label}>
      {claims.map((record) => (
        <ClaimItem key={record.claim_id} record={record} within={within} />
      ))}
    </ul>
  )
}
