import { Alert, List, Stack, Text } from '@mantine/core'
import { IconGitFork } from '@tabler/icons-react'
import type { Output } from '#protocol/core/capability.ts'
import { displayNodeId } from '#protocol/core/ids.ts'
import { eventsStats } from '#protocol/events/capabilities.ts'
import { plural, useLanguage, useText } from '../../kit/i18n.tsx'
import { QueryView } from '../../kit/query-view.tsx'
import { Section } from '../../kit/section.tsx'
import { StatusDot } from '../../kit/status-dot.tsx'
import { visibleText } from '../../kit/visible-text.ts'
import { useQuery } from '../../port/hooks.ts'
import { messages } from './messages.ts'
import { refusals } from './refusals.ts'
import { type Community, nameOf } from './standing.ts'

type Stats = Output<typeof eventsStats>

function Refused({ refused }: { readonly refused: Stats['refused'] }) {
  const text = useText(messages).log
  const { format } = useLanguage()
  const lines = refusals(refused, text.why)
  if (lines.length === 0) return <StatusDot status="good">{text.good}</StatusDot>
  return (
    <Stack gap={4}>
      <Text>{text.refused}</Text>
      <List>
        {lines.map(({ why, count }) => (
          <List.Item key={why}>{text.refusedLine(format.number(count), why)}</List.Item>
        ))}
      </List>
    </Stack>
  )
}

/** What the log holds, waits for and refused, in plain words (EVT-4, EVT-7). */
export function HistoryState({ community }: { readonly community: Community }) {
  const text = useText(messages).log
  const { language } = useLanguage()
  const stats = useQuery(eventsStats, {})
  return (
    <Section title={text.title}>
      <QueryView query={stats}>
        {({ stored, waiting, excluded, refused, equivocations }) => (
          <Stack gap="sm">
            {equivocations.map(({ author }) => (
              <Alert
                key={author}
                color="warn"
                icon={<IconGitFork aria-hidden />}
                title={visibleText(text.twoStories(nameOf(community, author) ?? displayNodeId(author)))}
              >
                {text.twoStoriesBody}
              </Alert>
            ))}
            <Text>{plural(language, stored, text.stored)}</Text>
            {waiting > 0 ? <Text>{plural(language, waiting, text.waiting)}</Text> : null}
            {excluded > 0 ? <Text>{plural(language, excluded, text.excluded)}</Text> : null}
            <Refused refused={refused} />
          </Stack>
        )}
      </QueryView>
    </Section>
  )
}
