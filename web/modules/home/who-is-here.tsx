import { Box, Group, List, Stack, Text } from '@mantine/core'
import { IconUsers } from '@tabler/icons-react'
import { nodePeers } from '#protocol/node/capabilities.ts'
import { Empty } from '../../kit/empty.tsx'
import { useFormat, useText } from '../../kit/i18n.tsx'
import { NodeBadge } from '../../kit/node-badge.tsx'
import { QueryView } from '../../kit/query-view.tsx'
import { Section } from '../../kit/section.tsx'
import { type Status, StatusDot } from '../../kit/status-dot.tsx'
import { useQuery } from '../../port/hooks.ts'
import type { Mesh } from '../../shell/network-state.ts'
import { messages } from './messages.ts'

type Peer = Mesh['peers'][number]

const STATUS: Readonly<Record<Peer['connection'], Status>> = {
  direct: 'good',
  relayed: 'good',
  connecting: 'busy',
  away: 'idle',
}

function PeerRow({ peer }: { readonly peer: Peer }) {
  const text = useText(messages).here
  const format = useFormat()
  const words = peer.connection === 'away' ? text.gone : text[peer.connection]
  return (
    <Group justify="space-between" gap="xs">
      <Box flex="1 1 16rem" miw={0}>
        <NodeBadge nodeId={peer.node_id} name={peer.display_name} {...(peer.level === 'member' ? {} : { level: peer.level })} />
      </Box>
      <Text size="sm" component="div">
        <StatusDot status={STATUS[peer.connection]}>
          {words}
          {peer.latency_ms === null ? '' : ` · ${text.latency(format.number(Math.round(peer.latency_ms)))}`}
        </StatusDot>
      </Text>
    </Group>
  )
}

export function WhoIsHere() {
  const text = useText(messages).here
  const query = useQuery(nodePeers, {})
  return (
    <Section title={text.title}>
      <QueryView query={query}>
        {({ peers }) => {
          const here = peers.filter((peer) => peer.connection !== 'away')
          const away = peers.length - here.length
          if (here.length === 0) return <Empty icon={IconUsers}>{text.nobody}</Empty>
          return (
            <Stack gap="md">
              <List listStyleType="none" spacing="md" styles={{ itemWrapper: { width: '100%' }, itemLabel: { width: '100%' } }}>
                {here.map((peer) => (
                  <List.Item key={peer.node_id}>
                    <PeerRow peer={peer} />
                  </List.Item>
                ))}
              </List>
              {away > 0 ? (
                <Text size="sm" c="dimmed">
                  {text.away(away)}
                </Text>
              ) : null}
            </Stack>
          )
        }}
      </QueryView>
    </Section>
  )
}
