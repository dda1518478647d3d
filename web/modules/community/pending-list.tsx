import { Stack, Text } from '@mantine/core'
import { communityDemote, communityRevoke } from '#protocol/community/capabilities.ts'
import { displayNodeId, type NodeId } from '#protocol/core/ids.ts'
import { ConfirmButton } from '../../kit/confirm-button.tsx'
import { useFormat, useText } from '../../kit/i18n.tsx'
import { Section } from '../../kit/section.tsx'
import { visibleText } from '../../kit/visible-text.ts'
import { useCall } from '../../port/hooks.ts'
import classes from './member-list.module.css'
import { messages } from './messages.ts'
import { type Community, canSign, nameOf, type Pending } from './standing.ts'

interface ProposalProps {
  readonly community: Community
  readonly me: NodeId
  readonly pending: Pending
}

function Proposal({ community, me, pending }: ProposalProps) {
  const all = useText(messages)
  const text = all.pending
  const format = useFormat()
  const revoke = useCall(communityRevoke)
  const demote = useCall(communityDemote)
  const name = (id: NodeId): string => nameOf(community, id) ?? displayNodeId(id)
  const { subject, reason, id } = pending
  const isRevocation = pending.kind === 'revocation'
  const headline = isRevocation ? text.revocation(name(subject)) : text.demotion(name(subject))
  const error = revoke.error ?? demote.error
  const sign = () =>
    isRevocation ? revoke.run({ subject, reason, revocation_id: id }) : demote.run({ subject, demotion_id: id })

  return (
    <li className={classes.row}>
      <Stack gap={4} className={classes.who}>
        <Text fw={600} className={classes.facts}>
          {visibleText(headline)}
        </Text>
        {isRevocation ? (
          <Text className={classes.facts}>{visibleText(reason === '' ? text.noReason : text.reason(reason))}</Text>
        ) : null}
        <Text size="sm">
          {all.signatures.progress(format.number(pending.signed_by.length), format.number(pending.needed))}
          {'. '}
          {visibleText(all.signatures.by(pending.signed_by.map(name).join(', ')))}
        </Text>
        {pending.signed_by.includes(me) ? <Text size="sm">{text.signed}</Text> : null}
      </Stack>
      {canSign(community, me, pending) ? (
        <ConfirmButton
          label={text.sign}
          title={headline}
          busy={revoke.busy || demote.busy}
          error={error}
          tone="neutral"
          onConfirm={sign}
        >
          {text.confirm}
        </ConfirmButton>
      ) : null}
    </li>
  )
}

/** What others proposed and still lacks signatures; nothing when there is nothing to decide. */
export function PendingList({ community, me }: Omit<ProposalProps, 'pending'>) {
  const text = useText(messages).pending
  if (community.pending.length === 0) return null
  return (
    <Section title={text.title}>
      <ul className={classes.list}>
        {community.pending.map((pending) => (
          <Proposal key={pending.id} community={community} me={me} pending={pending} />
        ))}
      </ul>
    </Section>
  )
}
