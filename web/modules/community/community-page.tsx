import { Button, Stack } from '@mantine/core'
import { IconUserPlus, IconUsersGroup } from '@tabler/icons-react'
import { Link } from 'wouter'
import { communityGet } from '#protocol/community/capabilities.ts'
import type { NodeId } from '#protocol/core/ids.ts'
import { nodePeers, nodeStatus } from '#protocol/node/capabilities.ts'
import { Empty } from '../../kit/empty.tsx'
import { useFormat, useText } from '../../kit/i18n.tsx'
import { Loading } from '../../kit/loading.tsx'
import { Page } from '../../kit/page.tsx'
import { QueryView } from '../../kit/query-view.tsx'
import { Section } from '../../kit/section.tsx'
import { useQuery } from '../../port/hooks.ts'
import { FederationSection } from './federation/federation-section.tsx'
import { HistoryState } from './history-state.tsx'
import { LeaveSection } from './leave-section.tsx'
import { MemberList } from './member-list.tsx'
import { MeshSection } from './mesh-section.tsx'
import { messages } from './messages.ts'
import { PendingList } from './pending-list.tsx'
import { RenameForm } from './rename-form.tsx'
import type { Community } from './standing.ts'

function Body({ community, me }: { readonly community: Community; readonly me: NodeId }) {
  const text = useText(messages)
  const mesh = useQuery(nodePeers, {})
  const myName = community.members.find((member) => member.node_id === me)?.display_name ?? ''
  return (
    <Stack gap="lg">
      <PendingList community={community} me={me} />
      <Section title={text.mesh.title} intro={text.mesh.intro}>
        <QueryView query={mesh} rows={8}>
          {(now) => <MeshSection mesh={now} myName={myName} />}
        </QueryView>
      </Section>
      <MemberList community={community} me={me} peers={mesh.status === 'ready' ? mesh.data.peers : []} />
      <RenameForm name={myName} />
      <FederationSection community={community} />
      <HistoryState community={community} />
      <LeaveSection community={community} isRoot={community.community_id === me} />
    </Stack>
  )
}

/** Who belongs to the community, who is here now, and what its members can decide. */
export function CommunityPage() {
  const text = useText(messages)
  const format = useFormat()
  const query = useQuery(communityGet, {})
  const status = useQuery(nodeStatus, {})
  const me = status.status === 'ready' ? (status.data.identity?.node_id ?? null) : null
  const community = query.status === 'ready' ? query.data.community : null
  const invite = (
    <Button component={Link} href="/invite" leftSection={<IconUserPlus size={20} aria-hidden />}>
      {text.invite}
    </Button>
  )
  const nobody = (
    <Empty
      icon={IconUsersGroup}
      action={
        <Button component={Link} href="/start">
          {text.toStart}
        </Button>
      }
    >
      {text.none}
    </Empty>
  )
  return (
    <Page
      title={community?.name ?? text.title}
      intro={
        community
          ? `${text.founded(format.date(community.founded_at))}. ${text.myLevel(text.levels[community.my_level])}.`
          : null
      }
      actions={community ? invite : null}
    >
      <QueryView query={query} rows={8} isEmpty={({ community: mine }) => mine === null} empty={nobody}>
        {({ community: mine }) => (mine && me ? <Body community={mine} me={me} /> : <Loading rows={8} />)}
      </QueryView>
    </Page>
  )
}
