import { Button, Group, Text } from '@mantine/core'
import { Link } from 'wouter'
import { draftDiscard, draftList, type KeptDraft } from '#protocol/civdef/desk-capabilities.ts'
import { BidiText } from '../../../kit/bidi-text.tsx'
import { ErrorNotice } from '../../../kit/error-notice.tsx'
import { useFormat, useText } from '../../../kit/i18n.tsx'
import { Section } from '../../../kit/section.tsx'
import { useNow } from '../../../kit/use-now.ts'
import { useCall, useQuery } from '../../../port/hooks.ts'
import classes from './desk.module.css'
import { messages } from './messages.ts'
import { draftPath } from './paths.ts'
import { SeverityMark } from './shared/severity-mark.tsx'

function Item({ kept }: { readonly kept: KeptDraft }) {
  const text = useText(messages)
  const format = useFormat()
  const now = useNow()
  const discard = useCall(draftDiscard)
  const { draft, draft_id, saved_at } = kept
  return (
    <li>
      <Group gap="sm" wrap="nowrap" align="stretch">
        <Link href={draftPath(draft_id)} className={classes.linkCard} style={{ flex: 1, minWidth: 0 }}>
          <SeverityMark severity={draft.severity} />
          <Text fw={700}>
            <BidiText>{draft.title || text.untitled}</BidiText>
          </Text>
          <Text size="sm" c="dimmed">
            {text.draftAt(format.relative(saved_at, now))}
          </Text>
        </Link>
        <Button
          variant="default"
          className={classes.big}
          aria-label={`${text.discard}: ${draft.title}`}
          loading={discard.busy}
          onClick={() => discard.run({ draft_id })}
        >
          {text.discard}
        </Button>
      </Group>
      {discard.error ? <ErrorNotice error={discard.error} /> : null}
    </li>
  )
}

/** What was begun and not sent. */
export function DraftList() {
  const text = useText(messages)
  const query = useQuery(draftList, {})
  if (query.status !== 'ready' || query.data.drafts.length === 0) return null
  return (
    <Section title={text.drafts}>
      <ul className={classes.list} aria-label={text.drafts}>
        {query.data.drafts.map((kept) => (
          <Item key={kept.draft_id} kept={kept} />
        ))}
      </ul>
    </Section>
  )
}
