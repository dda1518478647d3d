import { Stack, Text } from '@mantine/core'
import type { RefObject } from 'react'
import { federationEnd, type federationList } from '#protocol/community/federation-capabilities.ts'
import type { Output } from '#protocol/core/capability.ts'
import { ConfirmButton } from '../../../kit/confirm-button.tsx'
import { useFocusKept } from '../../../kit/focus.ts'
import { plural, useFormat, useLanguage, useText } from '../../../kit/i18n.tsx'
import { StatusDot } from '../../../kit/status-dot.tsx'
import { visibleText } from '../../../kit/visible-text.ts'
import { useCall } from '../../../port/hooks.ts'
import rows from '../member-list.module.css'
import classes from './federation.module.css'
import { GrantList } from './grant-list.tsx'
import { messages } from './messages.ts'

export type Partner = Output<typeof federationList>['partners'][number]

export interface PartnerRowProps {
  readonly partner: Partner
  readonly mayEnd: boolean
  readonly onEnded: () => void
  /** What has the focus when this row is gone. */
  readonly list: RefObject<HTMLElement | null>
}

/** One agreement: with whom, how it stands, what each lets the other do, and its end. */
export function PartnerRow({ partner, mayEnd, onEnded, list }: PartnerRowProps) {
  const text = useText(messages)
  const format = useFormat()
  const { language } = useLanguage()
  const end = useCall(federationEnd)
  const kept = useFocusKept(list)
  const name = visibleText(partner.other.name)
  const holds = partner.state === 'in_force'
  return (
    <li className={rows.row} {...kept}>
      <Stack gap={8} className={rows.who}>
        <Text fw={650} className={classes.words}>
          {name}
        </Text>
        <Text size="sm" component="div">
          <StatusDot status={holds ? 'good' : partner.state === 'not_begun' ? 'idle' : 'bad'}>
            {text.states[partner.state](format.date(partner.expires_at))}
          </StatusDot>
        </Text>
        {holds ? (
          <Text size="sm" component="div">
            <StatusDot status={partner.connected > 0 ? 'good' : 'idle'}>
              {partner.connected > 0 ? plural(language, partner.connected, text.connected) : text.notConnected}
            </StatusDot>
          </Text>
        ) : null}
        <GrantList title={text.weGrant(name)} grants={partner.we_grant} />
        <GrantList title={text.theyGrant(name)} grants={partner.they_grant} />
      </Stack>
      {mayEnd ? (
        <ConfirmButton
          label={text.end.button}
          about={name}
          title={text.end.title(name)}
          busy={end.busy}
          error={end.error}
          onConfirm={async () => {
            const ended = await end.run({ manifest_id: partner.manifest_id })
            if (ended) onEnded()
            return ended
          }}
        >
          {text.end.body}
        </ConfirmButton>
      ) : null}
    </li>
  )
}
