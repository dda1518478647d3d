import { Stack, Text } from '@mantine/core'
import { displayNodeId, type NodeId } from '#protocol/core/ids.ts'
import { useFormat, useText } from '../../kit/i18n.tsx'
import { NodeBadge } from '../../kit/node-badge.tsx'
import { StatusDot } from '../../kit/status-dot.tsx'
import { visibleText } from '../../kit/visible-text.ts'
import { MemberActions } from './member-actions.tsx'
import classes from './member-list.module.css'
import type { MeshPeer } from './mesh-layout.ts'
import { CONNECTION_DOTS } from './mesh-section.tsx'
import { messages } from './messages.ts'
import { type Community, type Member, nameOf } from './standing.ts'

function Connection({ peer }: { readonly peer: MeshPeer | null }) {
  const text = useText(messages)
  const format = useFormat()
  const connection = peer?.connection ?? 'away'
  const latency = peer && connection !== 'away' && peer.latency_ms !== null ? peer.latency_ms : null
  const clock = peer?.clock_ahead_seconds ?? null
  return (
    <>
      <StatusDot status={CONNECTION_DOTS[connection]}>
        {text.connections[connection]}
        {latency === null ? null : `, ${text.mesh.latencyLong(format.number(Math.round(latency)))}`}
      </StatusDot>
      {clock === null ? null : (
        <StatusDot status="bad">
          {clock > 0
            ? text.members.clockAhead(format.duration(clock * 1000))
            : text.members.clockBehind(format.duration(-clock * 1000))}
        </StatusDot>
      )}
    </>
  )
}

export interface MemberRowProps {
  readonly community: Community
  readonly member: Member
  readonly me: NodeId
  readonly peer: MeshPeer | null
}

/** One member: who, since when, through whom, and how connected. */
export function MemberRow({ community, member, me, peer }: MemberRowProps) {
  const text = useText(messages)
  const format = useFormat()
  const isMe = member.node_id === me
  const inviter = member.invited_by && (nameOf(community, member.invited_by) ?? displayNodeId(member.invited_by))
  return (
    <li className={classes.row}>
      <Stack gap={6} className={classes.who}>
        <NodeBadge nodeId={member.node_id} name={member.display_name} level={isMe ? 'self' : member.level} />
        <Text size="sm" className={classes.facts}>
          {isMe ? `${text.levels[member.level]} · ` : null}
          {text.members.since(format.date(member.joined_at))}
          {' · '}
          {inviter ? visibleText(text.members.invitedBy(inviter)) : text.members.founder}
        </Text>
        {member.status === 'active' ? (
          isMe ? null : (
            <Text size="sm" component="div">
              <Connection peer={peer} />
            </Text>
          )
        ) : (
          <Text size="sm" component="div">
            <StatusDot status={member.status === 'revoked' ? 'bad' : 'idle'}>{text.statuses[member.status]}</StatusDot>
          </Text>
        )}
      </Stack>
      <MemberActions community={community} member={member} me={me} />
    </li>
  )
}
