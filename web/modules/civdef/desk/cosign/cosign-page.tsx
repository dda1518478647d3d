import { Stack, Text } from '@mantine/core'
import { IconMailbox } from '@tabler/icons-react'
import { type ComponentType, useState } from 'react'
import { cosignImport, cosignList } from '#protocol/civdef/desk-capabilities.ts'
import { CodeToTake } from '../../../../kit/codes/code-to-take.tsx'
import { Empty } from '../../../../kit/empty.tsx'
import { ErrorNotice } from '../../../../kit/error-notice.tsx'
import { useText } from '../../../../kit/i18n.tsx'
import { Section } from '../../../../kit/section.tsx'
import { useNow } from '../../../../kit/use-now.ts'
import { useCall, useQuery } from '../../../../port/hooks.ts'
import classes from '../desk.module.css'
import { DESK } from '../paths.ts'
import { DeskFrame } from '../shared/desk-frame.tsx'
import type { Entry } from './entry.ts'
import { messages } from './messages.ts'
import { RequestIn } from './request-in.tsx'
import { RequestOut } from './request-out.tsx'

interface EntriesProps {
  readonly label: string
  readonly entries: readonly Entry[]
  readonly item: ComponentType<{ readonly entry: Entry }>
}

function Entries({ label, entries, item: Item }: EntriesProps) {
  return (
    <ul className={classes.list} aria-label={label}>
      {entries.map((entry) => (
        <li key={entry.request.request_id} className={classes.card}>
          <Item entry={entry} />
        </li>
      ))}
    </ul>
  )
}

/** What still matters first; what has run out is folded away. */
function Box({ label, entries, item, empty }: EntriesProps & { readonly empty: string }) {
  const text = useText(messages)
  const now = useNow()
  const isOver = ({ request }: Entry): boolean => Date.parse(request.content.expires_at) <= now
  const current = entries.filter((entry) => !isOver(entry))
  const before = entries.filter(isOver)
  return (
    <Stack gap="md">
      {current.length === 0 ? (
        <Empty icon={IconMailbox}>{empty}</Empty>
      ) : (
        <Entries label={label} entries={current} item={item} />
      )}
      {before.length === 0 ? null : (
        <details>
          <summary className={classes.summary}>{text.older}</summary>
          <Entries label={text.older} entries={before} item={item} />
        </details>
      )}
    </Stack>
  )
}

function TakeCode() {
  const text = useText(messages)
  const take = useCall(cosignImport)
  const [kind, setKind] = useState<'request' | 'answer' | null>(null)
  return (
    <Section title={text.take} intro={text.takeIntro}>
      <Text role="status" fw={600}>
        {kind === null ? null : text.taken[kind]}
      </Text>
      {take.error ? <ErrorNotice error={take.error} /> : null}
      <CodeToTake big busy={take.busy} onText={async (code) => setKind((await take.run({ text: code }))?.kind ?? null)} />
    </Section>
  )
}

/** The second signature: what others ask of this person, what this person asked, and codes from devices out of reach. */
export function CosignPage() {
  const text = useText(messages)
  const query = useQuery(cosignList, {})
  return (
    <DeskFrame title={text.title} intro={text.intro} back={DESK} query={query}>
      {({ requests }) => (
        <Stack gap="lg">
          <Section title={text.inbox} intro={text.inboxIntro}>
            <Box
              label={text.inbox}
              empty={text.noInbox}
              entries={requests.filter(({ direction }) => direction === 'in')}
              item={RequestIn}
            />
          </Section>
          <Section title={text.outbox}>
            <Box
              label={text.outbox}
              empty={text.noOutbox}
              entries={requests.filter(({ direction }) => direction === 'out')}
              item={RequestOut}
            />
          </Section>
          <TakeCode />
        </Stack>
      )}
    </DeskFrame>
  )
}
