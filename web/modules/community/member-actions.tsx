import { Button, Group, Stack, Text } from '@mantine/core'
import { IconChevronDown, IconChevronUp } from '@tabler/icons-react'
import { useId, useState } from 'react'
import { communityDemote, communityPromote } from '#protocol/community/capabilities.ts'
import type { NodeId } from '#protocol/core/ids.ts'
import { ConfirmButton } from '../../kit/confirm-button.tsx'
import { ErrorNotice } from '../../kit/error-notice.tsx'
import { useText } from '../../kit/i18n.tsx'
import { visibleText } from '../../kit/visible-text.ts'
import { useCall } from '../../port/hooks.ts'
import { messages } from './messages.ts'
import { RevokeButton } from './revoke-button.tsx'
import { SignaturesNeeded } from './signatures-needed.tsx'
import { type Community, type Member, type Standing, standingOver } from './standing.ts'

function Promote({ member, levels }: { readonly member: Member; readonly levels: Standing['promote'] }) {
  const text = useText(messages).promote
  const promote = useCall(communityPromote)
  return (
    <>
      {levels.map((level) => (
        <Stack key={level} gap={4} align="flex-start">
          <Button variant="default" loading={promote.busy} onClick={() => promote.run({ subject: member.node_id, level })}>
            {text[level]}
          </Button>
          <Text size="sm" c="dimmed">
            {text.body[level]}
          </Text>
        </Stack>
      ))}
      {promote.error ? <ErrorNotice error={promote.error} /> : null}
    </>
  )
}

function Demote({ community, member }: { readonly community: Community; readonly member: Member }) {
  const text = useText(messages).demote
  const demote = useCall(communityDemote)
  // a second proposal would split the signatures: mine goes to the one there is
  const open = community.pending.find(({ kind, subject }) => kind === 'demotion' && subject === member.node_id)
  const sign = () => demote.run({ subject: member.node_id, ...(open ? { demotion_id: open.id } : {}) })
  return (
    <ConfirmButton
      label={text.button}
      title={text.title(member.display_name)}
      busy={demote.busy}
      error={demote.error}
      onConfirm={sign}
    >
      <Text>{visibleText(text.body(member.display_name))}</Text>
      <SignaturesNeeded community={community} kind="demotion" subject={member.node_id} />
    </ConfirmButton>
  )
}

export interface MemberActionsProps {
  readonly community: Community
  readonly member: Member
  readonly me: NodeId
}

/** What I can do about one member, folded away until I want it. */
export function MemberActions({ community, member, me }: MemberActionsProps) {
  const text = useText(messages).members
  const [isOpen, setOpen] = useState(false)
  const id = useId()
  const standing = standingOver(community, me, member)
  if (standing.promote.length === 0 && !standing.demote && !standing.revoke) return null
  return (
    <>
      <Button
        variant="subtle"
        aria-expanded={isOpen}
        aria-controls={id}
        aria-label={`${text.open}: ${member.display_name}`}
        rightSection={isOpen ? <IconChevronUp size={18} aria-hidden /> : <IconChevronDown size={18} aria-hidden />}
        onClick={() => setOpen(!isOpen)}
      >
        {text.open}
      </Button>
      {isOpen ? (
        <Stack id={id} gap="md" w="100%" role="group" aria-label={text.actions(member.display_name)}>
          <Promote member={member} levels={standing.promote} />
          <Group gap="sm">
            {standing.demote ? <Demote community={community} member={member} /> : null}
            {standing.revoke ? <RevokeButton community={community} member={member} /> : null}
          </Group>
        </Stack>
      ) : null}
    </>
  )
}
