import { Alert, Button, List, Stack, Text } from '@mantine/core'
import { IconUserPlus } from '@tabler/icons-react'
import { type communityInviteInspect, communityRedeem } from '#protocol/community/capabilities.ts'
import type { Output } from '#protocol/core/capability.ts'
import { FocusHeld } from '../../kit/focus-held.tsx'
import { useFormat, useText } from '../../kit/i18n.tsx'
import { NodeBadge } from '../../kit/node-badge.tsx'
import { Section } from '../../kit/section.tsx'
import { visibleText } from '../../kit/visible-text.ts'
import { JoinProgress } from './join-progress.tsx'
import { JoinTrouble } from './join-trouble.tsx'
import { messages } from './messages.ts'
import { NameFirst } from './name-first.tsx'
import { useCancellable } from './use-cancellable.ts'

type Offer = Output<typeof communityInviteInspect>

function OfferView({ offer }: { readonly offer: Offer }) {
  const all = useText(messages)
  const text = all.join
  const format = useFormat()
  return (
    <Stack gap="md">
      <Text fz="lg" fw={600}>
        {visibleText(text.headline(offer.inviter_name, offer.community_name))}
      </Text>
      <Stack gap={4}>
        <Text size="sm" c="dimmed">
          {text.from}
        </Text>
        <NodeBadge nodeId={offer.inviter} name={offer.inviter_name} />
      </Stack>
      <Text>
        {text.level}: <strong>{all.levels[offer.level]}</strong>
        <br />
        {text.until}: {format.dateTime(offer.expires_at)} ({format.relative(offer.expires_at)})
      </Text>
    </Stack>
  )
}

export interface JoinFormProps {
  readonly code: string
  readonly offer: Offer
  readonly hasIdentity: boolean
}

/** The invite, what accepting it means, and the button. */
export function JoinForm({ code, offer, hasIdentity }: JoinFormProps) {
  const text = useText(messages).join
  const redeem = useCancellable(communityRedeem)

  const join = () => redeem.run({ invite: code })
  const whole = (
    <Stack gap="lg">
      {redeem.cancelled ? <Alert role="status">{text.cancelled}</Alert> : null}
      {redeem.error ? <JoinTrouble error={redeem.error} onRetry={join} /> : null}
      <Section title={offer.community_name}>
        <OfferView offer={offer} />
      </Section>
      <Section title={text.meansTitle}>
        <List spacing="xs">
          {text.means.split('\n').map((line) => (
            <List.Item key={line}>{line}</List.Item>
          ))}
        </List>
        {hasIdentity ? (
          <Button onClick={join} leftSection={<IconUserPlus size={20} aria-hidden />} style={{ alignSelf: 'flex-start' }}>
            {text.submit}
          </Button>
        ) : (
          <NameFirst code={code} />
        )}
      </Section>
    </Stack>
  )
  return (
    <FocusHeld shows={redeem.busy ? 'joining' : 'offer'}>
      {redeem.busy ? <JoinProgress onCancel={redeem.cancel} /> : whole}
    </FocusHeld>
  )
}
