import { Text } from '@mantine/core'
import { IconClockOff } from '@tabler/icons-react'
import { Link } from 'wouter'
import { BidiText } from '../../kit/bidi-text.tsx'
import { plural, useLanguage, useText } from '../../kit/i18n.tsx'
import type { ClaimRecord } from './claim-filter.ts'
import classes from './evidence.module.css'
import { LevelMark } from './level-mark.tsx'
import { messages } from './messages.ts'

function ClaimItem({ record }: { readonly record: ClaimRecord }) {
  const text = useText(messages)
  const { language, format } = useLanguage()
  const { claim, author } = record
  return (
    <li className={classes.item}>
      <Link href={`/claims/${record.claim_id}`} className={classes.link}>
        <Text size="sm" c="dimmed" span>
          <BidiText>{claim.subject}</BidiText>
          {' · '}
          <BidiText>{claim.predicate}</BidiText>
        </Text>
        <Text fw={600} className={classes.clamp}>
          <BidiText>{claim.object}</BidiText>
        </Text>
        <span className={classes.meta}>
          <LevelMark level={record.level} />
          <BidiText>{author.display_name}</BidiText>
          <span>{format.date(claim.asserted_at)}</span>
          {author.status === 'active' ? null : <span>{text.claim.statuses[author.status]}</span>}
          <span>{plural(language, claim.sources.length, text.list.sources)}</span>
          {record.stale ? (
            <span className={classes.mark}>
              <IconClockOff size={18} aria-hidden />
              {text.stale}
            </span>
          ) : null}
        </span>
      </Link>
    </li>
  )
}

/** Claims as one list: what is said, how well founded, and by whom. */
export function ClaimList({ claims }: { readonly claims: readonly ClaimRecord[] }) {
  const text = useText(messages).list
  return (
    <ul className={classes.list} aria-label={text.list}>
      {claims.map((record) => (
        <ClaimItem key={record.claim_id} record={record} />
      ))}
    </ul>
  )
}
