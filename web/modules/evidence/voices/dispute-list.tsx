import { Text } from '@mantine/core'
import { IconArrowBackUp, IconScale } from '@tabler/icons-react'
import { Link } from 'wouter'
import type { DisputeRecord } from '#protocol/evidence/records.ts'
import { BidiText } from '../../../kit/bidi-text.tsx'
import { useFormat, useText } from '../../../kit/i18n.tsx'
import classes from '../evidence.module.css'
import { claimPath } from '../paths.ts'
import { useMe } from '../use-me.ts'
import { VoiceLine } from '../voice-line.tsx'
import { messages } from './messages.ts'
import { RetractDispute } from './retract-dispute.tsx'

/** What the disputer says instead. */
function Counterclaim({ record }: { readonly record: DisputeRecord }) {
  const text = useText(messages)
  const id = record.dispute?.counterclaim ?? null
  if (id === null) return null
  return (
    <Text component="div">
      {text.instead}{' '}
      <Link href={claimPath(id)} className={classes.external}>
        {record.counterclaim === null ? text.counterclaim : <BidiText>{record.counterclaim.object}</BidiText>}
      </Link>
    </Text>
  )
}

interface ItemProps {
  readonly record: DisputeRecord
  readonly linked: boolean
  readonly mine: boolean
}

function Item({ record, linked, mine }: ItemProps) {
  const text = useText(messages)
  const format = useFormat()
  const { kind, dispute, counterclaim, retracted, counts } = record
  const Icon = retracted ? IconArrowBackUp : IconScale
  const at = dispute?.disputed_at ?? counterclaim?.asserted_at
  return (
    <li className={classes.source}>
      <VoiceLine voice={record.by} />
      <span className={classes.mark} data-level={counts ? 'disputed' : undefined}>
        <Icon size={18} aria-hidden />
        {retracted ? text.states.retracted : text.states[kind]}
      </span>
      {dispute === null ? null : (
        <blockquote className={classes.quote} aria-label={text.reason}>
          <BidiText>{dispute.rationale}</BidiText>
        </blockquote>
      )}
      <Counterclaim record={record} />
      {linked ? (
        <div>
          <Link href={claimPath(record.claim_id)} className={classes.external}>
            {text.toDisputed}
          </Link>
        </div>
      ) : null}
      <Text size="sm" c="dimmed">
        {at === undefined ? null : format.dateTime(at)}
        {counts || retracted ? null : `. ${text.tooLittleTrust}`}
      </Text>
      {mine && !retracted ? <RetractDispute record={record} /> : null}
    </li>
  )
}

interface DisputeListProps {
  readonly disputes: readonly DisputeRecord[]
  /** Whether each names the claim it is about: the page does not. */
  readonly linked?: boolean
}

/** Everyone who objects, why, and what they say instead; taken back ones stay readable. */
export function DisputeList({ disputes, linked = false }: DisputeListProps) {
  const text = useText(messages)
  const me = useMe()
  if (disputes.length === 0) return <Text c="dimmed">{text.noDisputes}</Text>
  return (
    <ul className={classes.list}>
      {disputes.map((record) => (
        <Item key={record.content_id} record={record} linked={linked} mine={record.by.node_id === me} />
      ))}
    </ul>
  )
}
