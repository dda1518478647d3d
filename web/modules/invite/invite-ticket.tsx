import { Button, Group, Stack, Text } from '@mantine/core'
import { IconShare } from '@tabler/icons-react'
import type { communityInvite } from '#protocol/community/capabilities.ts'
import type { Output } from '#protocol/core/capability.ts'
import { CopyField } from '../../kit/copy-field.tsx'
import { useFormat, useText } from '../../kit/i18n.tsx'
import { QrCode } from '../../kit/qr-code.tsx'
import { Section } from '../../kit/section.tsx'
import { useNow } from '../../kit/use-now.ts'
import { inviteLink } from './invite-code.ts'
import { messages } from './messages.ts'

export interface InviteTicketProps {
  readonly invite: Output<typeof communityInvite>
  readonly communityName: string
  readonly onAnother: () => void
}

/** An invite to hand over: a code for the phone opposite, a link for everybody else. */
export function InviteTicket({ invite, communityName, onAnother }: InviteTicketProps) {
  const all = useText(messages)
  const text = all.made
  const format = useFormat()
  const now = useNow()
  const link = inviteLink(invite.invite, location.href)
  const shared = { title: text.shareTitle, text: text.shareText(communityName), url: link }
  const canShare = typeof navigator.canShare === 'function' && navigator.canShare(shared)
  const at = format.dateTime(invite.expires_at)
  const isOpen = Date.parse(invite.expires_at) > now

  return (
    <Section title={text.title} intro={text.scan}>
      <Stack gap="md">
        <Group justify="center">
          <QrCode value={link} label={text.qr} />
        </Group>
        <Text fw={600} role="status">
          {isOpen ? text.expires(format.relative(invite.expires_at, now), at) : text.expired(at)}
        </Text>
        <CopyField label={text.link} value={link} oneLine />
        <Group gap="sm">
          {canShare ? (
            // closing the share sheet is a choice, not a failure
            <Button
              leftSection={<IconShare size={20} aria-hidden />}
              onClick={() => navigator.share(shared).catch(() => undefined)}
            >
              {text.share}
            </Button>
          ) : null}
          <Button variant="default" onClick={onAnother}>
            {all.make.another}
          </Button>
        </Group>
      </Stack>
    </Section>
  )
}
