import { Stack, Text, TextInput, Title } from '@mantine/core'
import { IconSearch } from '@tabler/icons-react'
import { useState } from 'react'
import type { NodeId } from '#protocol/core/ids.ts'
import { plural, useLanguage, useText } from '../../kit/i18n.tsx'
import { Section } from '../../kit/section.tsx'
import classes from './member-list.module.css'
import { MemberRow } from './member-row.tsx'
import type { MeshPeer } from './mesh-layout.ts'
import { messages } from './messages.ts'
import { type Community, sortMembers } from './standing.ts'

/** From how many members on a search field helps more than it is in the way. */
const SEARCH_FROM = 12

export interface MemberListProps {
  readonly community: Community
  readonly me: NodeId
  readonly peers: readonly MeshPeer[]
}

/** Everybody in the community with all the picture says, in words. */
export function MemberList({ community, me, peers }: MemberListProps) {
  const text = useText(messages).members
  const { language } = useLanguage()
  const [search, setSearch] = useState('')
  const wanted = search.trim().toLocaleLowerCase(language)
  const found = sortMembers(community.members, me, language).filter(({ display_name }) =>
    display_name.toLocaleLowerCase(language).includes(wanted),
  )
  const active = found.filter(({ status }) => status === 'active')
  const former = found.filter(({ status }) => status !== 'active')
  const total = community.members.filter(({ status }) => status === 'active').length
  const row = (member: Community['members'][number]) => (
    <MemberRow
      key={member.node_id}
      community={community}
      member={member}
      me={me}
      peer={peers.find(({ node_id }) => node_id === member.node_id) ?? null}
    />
  )

  return (
    <Section title={text.title} intro={plural(language, total, text.count)}>
      <Stack gap="md">
        {community.members.length < SEARCH_FROM ? null : (
          <TextInput
            type="search"
            label={text.search}
            value={search}
            onChange={(event) => setSearch(event.currentTarget.value)}
            leftSection={<IconSearch size={20} aria-hidden />}
          />
        )}
        {found.length === 0 ? <Text role="status">{text.nobody}</Text> : <ul className={classes.list}>{active.map(row)}</ul>}
        {former.length === 0 ? null : (
          <>
            <Title order={3} size="h4">
              {text.former}
            </Title>
            <ul className={classes.list}>{former.map(row)}</ul>
          </>
        )}
      </Stack>
    </Section>
  )
}
