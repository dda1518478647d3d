import { Stack, Text, Textarea } from '@mantine/core'
import { useState } from 'react'
import { communityRevoke } from '#protocol/community/capabilities.ts'
import { ConfirmButton } from '../../kit/confirm-button.tsx'
import { useText } from '../../kit/i18n.tsx'
import { visibleText } from '../../kit/visible-text.ts'
import { useCall } from '../../port/hooks.ts'
import { messages } from './messages.ts'
import { SignaturesNeeded } from './signatures-needed.tsx'
import type { Community, Member } from './standing.ts'

const REASON_MAX = communityRevoke.input.properties.reason.maxLength ?? 0

/** Proposes to shut somebody out, with a reason all can read (COM-4). */
export function RevokeButton({ community, member }: { readonly community: Community; readonly member: Member }) {
  const text = useText(messages).revoke
  const [reason, setReason] = useState('')
  const revoke = useCall(communityRevoke)
  const sign = async () => {
    const signed = await revoke.run({ subject: member.node_id, reason: reason.trim() })
    if (signed) setReason('')
    return signed
  }
  return (
    <ConfirmButton
      label={text.button}
      title={text.title(member.display_name)}
      busy={revoke.busy}
      error={revoke.error}
      onConfirm={sign}
    >
      <Stack gap="md">
        <Text>{visibleText(text.body(member.display_name))}</Text>
        <SignaturesNeeded community={community} kind="revocation" subject={member.node_id} />
        <Textarea
          label={text.reason}
          description={text.reasonHint}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
          maxLength={REASON_MAX}
          autosize
          minRows={2}
        />
      </Stack>
    </ConfirmButton>
  )
}
