import { Text } from '@mantine/core'
import { IconBadge, IconEye, IconSchool } from '@tabler/icons-react'
import type { ComponentType } from 'react'
import type { AttestationRole } from '#protocol/evidence/events.ts'
import type { AttestationRecord } from '#protocol/evidence/records.ts'
import { BidiText } from '../../../kit/bidi-text.tsx'
import { plural, useLanguage, useText } from '../../../kit/i18n.tsx'
import classes from '../evidence.module.css'
import { VoiceLine } from '../voice-line.tsx'
import { messages } from './messages.ts'

const ROLE_ICONS: Record<AttestationRole, ComponentType<{ readonly size?: number; readonly 'aria-hidden'?: boolean }>> = {
  'first-hand witness': IconEye,
  'official record holder': IconBadge,
  expert: IconSchool,
}

function Item({ record }: { readonly record: AttestationRecord }) {
  const text = useText(messages)
  const { format } = useLanguage()
  const { role, rationale, attested_at } = record.attestation
  const Icon = ROLE_ICONS[role]
  return (
    <li className={classes.source}>
      <VoiceLine voice={record.by} />
      <span className={classes.mark} data-level={record.counts ? 'attested' : undefined}>
        <Icon size={18} aria-hidden />
        {text.roles[role]}
      </span>
      <blockquote className={classes.quote} aria-label={text.reason}>
        <BidiText>{rationale}</BidiText>
      </blockquote>
      <Text size="sm" c="dimmed">
        {format.dateTime(attested_at)}
        {record.counts ? null : `. ${role === 'expert' ? text.expertHint : text.ownHint}`}
      </Text>
    </li>
  )
}

interface AttestationListProps {
  readonly attestations: readonly AttestationRecord[]
  readonly total: number
}

/** Everyone who vouches, as what, and why. */
export function AttestationList({ attestations, total }: AttestationListProps) {
  const text = useText(messages)
  const { language } = useLanguage()
  if (attestations.length === 0) return <Text c="dimmed">{text.noAttestations}</Text>
  const more = total - attestations.length
  return (
    <>
      <ul className={classes.list}>
        {attestations.map((record) => (
          <Item key={record.content_id} record={record} />
        ))}
      </ul>
      {more > 0 ? <Text c="dimmed">{plural(language, more, text.moreAttestations)}</Text> : null}
    </>
  )
}
