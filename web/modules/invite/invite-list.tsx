import { Group, Stack, Text } from '@mantine/core'
import { IconTicket } from '@tabler/icons-react'
import { tokenRevoke } from '#protocol/auth/capabilities.ts'
import { communityInviteList } from '#protocol/community/capabilities.ts'
import { ConfirmButton } from '../../kit/confirm-button.tsx'
import { Empty } from '../../kit/empty.tsx'
import { plural, useLanguage, useText } from '../../kit/i18n.tsx'
import { QueryView } from '../../kit/query-view.tsx'
import { Section } from '../../kit/section.tsx'
import { StatusDot } from '../../kit/status-dot.tsx'
import { useNow } from '../../kit/use-now.ts'
import { useCall, useQuery } from '../../port/hooks.ts'
import classes from './invite-list.module.css'
import { messages } from './messages.ts'
import { type InviteState, inviteState, type OpenInvite, sortInvites } from './terms.ts'

const DOTS: Record<InviteState, 'good' | 'idle' | 'bad'> = {
  open: 'good',
  used_up: 'idle',
  expired: 'idle',
  revoked: 'bad',
}
/** The end of a ULID is random: enough of it tells one invite from another. */
const shortJti = (jti: string): string => jti.slice(-4)

function InviteRow({ invite, state }: { readonly invite: OpenInvite; readonly state: InviteState }) {
  const text = useText(messages).list
  const { language, format } = useLanguage()
  const revoke = useCall(tokenRevoke)
  return (
    <li className={classes.row}>
      <Group justify="space-between" gap="sm">
        <Stack gap={2}>
          <StatusDot status={DOTS[state]}>
            <strong>{text.name(shortJti(invite.jti))}</strong>, {text[state]}
          </StatusDot>
          <Text size="sm" c="dimmed">
            {text.until(format.dateTime(invite.expires_at))}
            {' · '}
            {invite.redeemed === 0 ? text.usedNone : plural(language, invite.redeemed, text.used)}
          </Text>
        </Stack>
        {state === 'open' ? (
          <ConfirmButton
            label={text.revoke}
            title={text.revokeTitle}
            busy={revoke.busy}
            error={revoke.error}
            onConfirm={() => revoke.run({ jti: invite.jti })}
          >
            {text.revokeBody}
          </ConfirmButton>
        ) : null}
      </Group>
    </li>
  )
}

/** The invites made on this device, with those that still open a door first. */
export function InviteList() {
  const text = useText(messages).list
  const query = useQuery(communityInviteList, {})
  const now = useNow()
  return (
    <Section title={text.title}>
      <QueryView
        query={query}
        isEmpty={({ invites }) => invites.length === 0}
        empty={<Empty icon={IconTicket}>{text.empty}</Empty>}
      >
        {({ invites }) => (
          <ul className={classes.list}>
            {sortInvites(invites, now).map((invite) => (
              <InviteRow key={invite.jti} invite={invite} state={inviteState(invite, now)} />
            ))}
          </ul>
        )}
      </QueryView>
    </Section>
  )
}
