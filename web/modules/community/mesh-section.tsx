import { Alert, List, Stack, Text } from '@mantine/core'
import { useElementSize } from '@mantine/hooks'
import type { Output } from '#protocol/core/capability.ts'
import { displayNodeId } from '#protocol/core/ids.ts'
import type { nodePeers } from '#protocol/node/capabilities.ts'
import { useFormat, useText } from '../../kit/i18n.tsx'
import { type Status, StatusDot } from '../../kit/status-dot.tsx'
import { boxName, type MeshBox, type MeshPeer } from './mesh-layout.ts'
import { MeshLegend } from './mesh-legend.tsx'
import { MeshPicture } from './mesh-picture.tsx'
import { messages } from './messages.ts'

export const CONNECTION_DOTS: Record<MeshPeer['connection'], Status> = {
  direct: 'good',
  relayed: 'good',
  connecting: 'busy',
  away: 'idle',
}
const BOX_DOTS: Record<MeshBox['state'], Status> = { connected: 'good', connecting: 'busy', unreachable: 'bad' }

function Boxes({ boxes }: { readonly boxes: readonly MeshBox[] }) {
  const text = useText(messages).mesh
  const format = useFormat()
  if (boxes.length === 0) return <Text c="dimmed">{text.noBoxes}</Text>
  return (
    <Stack gap={4}>
      <Text fw={600}>{text.boxes}</Text>
      <List listStyleType="none" spacing={4} withPadding={false}>
        {boxes.map((box) => (
          <List.Item key={box.multiaddr}>
            <StatusDot status={BOX_DOTS[box.state]}>
              <span style={{ overflowWrap: 'anywhere' }}>
                {boxName(box.multiaddr)}: {text.boxStates[box.state]}, {text.since(format.time(box.since))}
              </span>
            </StatusDot>
          </List.Item>
        ))}
      </List>
    </Stack>
  )
}

function Strangers({ peers }: { readonly peers: readonly MeshPeer[] }) {
  const text = useText(messages)
  const strangers = peers.filter((peer) => peer.display_name === null)
  if (strangers.length === 0) return null
  return (
    <Stack gap={4}>
      <Text fw={600}>{text.mesh.strangers}</Text>
      <List listStyleType="none" spacing={4} withPadding={false}>
        {strangers.map((peer) => (
          <List.Item key={peer.node_id}>
            <StatusDot status={CONNECTION_DOTS[peer.connection]}>
              {displayNodeId(peer.node_id)}: {text.connections[peer.connection]}
            </StatusDot>
          </List.Item>
        ))}
      </List>
    </Stack>
  )
}

export interface MeshSectionProps {
  readonly mesh: Output<typeof nodePeers>
  readonly myName: string
}

/** The mesh as a picture, and in words what the member list below does not say: boxes, and devices of nobody yet. */
export function MeshSection({ mesh, myName }: MeshSectionProps) {
  const text = useText(messages).mesh
  const { ref, width } = useElementSize()
  return (
    <Stack gap="md">
      <div ref={ref}>{width > 0 ? <MeshPicture mesh={mesh} myName={myName} width={Math.max(width, 260)} /> : null}</div>
      {mesh.peers.length === 0 ? <Alert>{text.alone}</Alert> : <MeshLegend />}
      <Strangers peers={mesh.peers} />
      <Boxes boxes={mesh.boxes} />
    </Stack>
  )
}
