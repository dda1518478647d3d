import { NativeSelect, Stack } from '@mantine/core'
import { communityGet } from '#protocol/community/capabilities.ts'
import { displayNodeId, type NodeId } from '#protocol/core/ids.ts'
import { listsGet, listsSet } from '#protocol/evidence/desk-capabilities.ts'
import { ErrorNotice } from '../../../kit/error-notice.tsx'
import { useText } from '../../../kit/i18n.tsx'
import { QueryView } from '../../../kit/query-view.tsx'
import { Section } from '../../../kit/section.tsx'
import { visibleText } from '../../../kit/visible-text.ts'
import { useCall, useQuery } from '../../../port/hooks.ts'
import { useMe } from '../use-me.ts'
import { type Lists, RANKS, ranked, rankOf } from './lists.ts'
import { messages } from './messages.ts'

interface PeopleProps {
  readonly lists: Lists
  readonly busy: boolean
  readonly onChange: (lists: Lists) => void
}

function People({ lists, busy, onChange }: PeopleProps) {
  const text = useText(messages).lists
  const me = useMe()
  const query = useQuery(communityGet, {})
  const rankFrom = (value: string) => RANKS.find((rank) => rank === value) ?? 'neutral'
  return (
    <QueryView query={query}>
      {({ community }) => {
        const others = (community?.members ?? []).filter(({ node_id }) => node_id !== me)
        const label = (id: NodeId, name: string) => `${visibleText(name)} (${displayNodeId(id).slice(0, 9)})`
        return (
          <Stack gap="md">
            {others.length === 0 ? text.alone : null}
            {others.map(({ node_id, display_name }) => (
              <NativeSelect
                key={node_id}
                label={label(node_id, display_name)}
                value={rankOf(lists, node_id)}
                disabled={busy}
                onChange={(event) => onChange(ranked(lists, node_id, rankFrom(event.currentTarget.value)))}
                styles={{ label: { overflowWrap: 'anywhere' } }}
                data={RANKS.map((value) => ({ value, label: text.ranks[value] }))}
              />
            ))}
          </Stack>
        )
      }}
    </QueryView>
  )
}

/** Whom this person wants further up or down; it hides nobody and changes no level (EVI-4). */
export function ListsSection() {
  const text = useText(messages).lists
  const lists = useQuery(listsGet, {})
  const set = useCall(listsSet)
  return (
    <Section title={text.title} intro={text.intro}>
      <QueryView query={lists}>
        {(known) => <People lists={known} busy={set.busy} onChange={(next) => void set.run(next)} />}
      </QueryView>
      {set.error ? <ErrorNotice error={set.error} /> : null}
    </Section>
  )
}
