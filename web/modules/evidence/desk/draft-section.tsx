import { Button, Group, Text } from '@mantine/core'
import { IconPencil, IconSignature } from '@tabler/icons-react'
import { useLocation } from 'wouter'
import type { Output } from '#protocol/core/capability.ts'
import { type Draft, draftDiscard, type draftList, draftSign } from '#protocol/evidence/desk-capabilities.ts'
import { Empty } from '../../../kit/empty.tsx'
import { ErrorNotice } from '../../../kit/error-notice.tsx'
import { useFormat, useText } from '../../../kit/i18n.tsx'
import { QueryView } from '../../../kit/query-view.tsx'
import { Section } from '../../../kit/section.tsx'
import { visibleText } from '../../../kit/visible-text.ts'
import { type QueryState, useCall } from '../../../port/hooks.ts'
import classes from '../evidence.module.css'
import { claimPath } from '../paths.ts'
import { messages } from './messages.ts'
import { StatementText } from './statement-text.tsx'

/** Who proposed it; a pattern of a later version is just a proposal. */
const origin = (pattern: string): 'person' | 'file' | 'proposed' =>
  pattern === 'person' || pattern === 'file' ? pattern : 'proposed'

function DraftItem({ draft }: { readonly draft: Draft }) {
  const text = useText(messages)
  const format = useFormat()
  const [, navigate] = useLocation()
  const sign = useCall(draftSign)
  const discard = useCall(draftDiscard)
  const { draft_id, statement } = draft
  const error = sign.error ?? discard.error
  const busy = sign.busy || discard.busy
  const about = visibleText(statement.subject)

  const publish = async () => {
    const made = await sign.run({ draft_id })
    if (made) navigate(claimPath(made.claim_id))
  }
  return (
    <li className={classes.source}>
      <StatementText statement={statement} />
      <Text size="sm" c="dimmed" mb="xs">
        {text.origins[origin(draft.pattern)]}, {format.dateTime(draft.proposed_at)}
      </Text>
      <Group gap="sm">
        <Button
          onClick={publish}
          loading={sign.busy}
          disabled={busy}
          leftSection={<IconSignature size={20} aria-hidden />}
          aria-label={`${text.sign}: ${about}`}
        >
          {text.sign}
        </Button>
        <Button
          variant="default"
          onClick={() => discard.run({ draft_id })}
          disabled={busy}
          aria-label={`${text.discard}: ${about}`}
        >
          {text.discard}
        </Button>
      </Group>
      {error ? <ErrorNotice error={error} /> : null}
    </li>
  )
}

/** Drafts: each becomes a claim only when this person signs it (EVI-9). */
export function DraftSection({ query }: { readonly query: QueryState<Output<typeof draftList>> }) {
  const text = useText(messages)
  return (
    <Section title={text.drafts} intro={text.draftsIntro}>
      <QueryView
        query={query}
        isEmpty={({ drafts }) => drafts.length === 0}
        empty={<Empty icon={IconPencil}>{text.noDrafts}</Empty>}
      >
        {({ drafts }) => (
          <ul className={classes.list} aria-label={text.drafts}>
            {drafts.map((draft) => (
              <DraftItem key={draft.draft_id} draft={draft} />
            ))}
          </ul>
        )}
      </QueryView>
    </Section>
  )
}
