import { Stack, Switch, Text } from '@mantine/core'
import type { Output } from '#protocol/core/capability.ts'
import { displayNodeId } from '#protocol/core/ids.ts'
import { ebkhAdmission, ebkhConnect, ebkhGet } from '#protocol/evidence/desk-capabilities.ts'
import { BidiText } from '../../../kit/bidi-text.tsx'
import { ConfirmButton } from '../../../kit/confirm-button.tsx'
import { ErrorNotice } from '../../../kit/error-notice.tsx'
import { useFormat, useText } from '../../../kit/i18n.tsx'
import { QueryView } from '../../../kit/query-view.tsx'
import { Section } from '../../../kit/section.tsx'
import { useCall, useQuery } from '../../../port/hooks.ts'
import classes from '../evidence.module.css'
import { HubArea } from './hub-area.tsx'
import { HubForm } from './hub-form.tsx'
import { HubSync } from './hub-sync.tsx'
import { messages } from './messages.ts'

function Connected({ hub }: { readonly hub: Output<typeof ebkhGet> }) {
  const text = useText(messages).hub
  const format = useFormat()
  const disconnect = useCall(ebkhConnect)
  const admission = useCall(ebkhAdmission)
  return (
    <Stack gap="md">
      <dl className={classes.facts}>
        <dt>{text.endpoint}</dt>
        <dd>
          <BidiText>{hub.endpoint}</BidiText>
        </dd>
        <dt>{text.identity}</dt>
        <dd className={classes.digest}>{hub.hub === null ? text.noToken : displayNodeId(hub.hub)}</dd>
        {hub.token_expires_at === null ? null : (
          <>
            <dt>{text.tokenUntil}</dt>
            <dd>{format.dateTime(hub.token_expires_at)}</dd>
          </>
        )}
      </dl>
      <Switch
        label={text.admitAll}
        description={text.admitHint}
        checked={hub.admit === 'all'}
        disabled={admission.busy}
        onChange={(event) => admission.run({ admit: event.currentTarget.checked ? 'all' : 'ask' })}
      />
      {admission.error ? <ErrorNotice error={admission.error} /> : null}
      <HubSync last={hub.last} />
      <HubArea />
      <div>
        <ConfirmButton
          label={text.disconnect}
          title={text.disconnectTitle}
          busy={disconnect.busy}
          onConfirm={() => disconnect.run({ endpoint: '', token: '' })}
        >
          {text.disconnectBody}
        </ConfirmButton>
      </div>
      {disconnect.error ? <ErrorNotice error={disconnect.error} /> : null}
    </Stack>
  )
}

/** The hub this device exchanges with: none, unless a person enters one (M30, EBKH bridge). */
export function HubSection() {
  const text = useText(messages).hub
  const query = useQuery(ebkhGet, {})
  return (
    <Section title={text.title} intro={text.intro}>
      <Text size="sm" c="dimmed">
        {text.ebkh}
      </Text>
      <QueryView query={query}>{(hub) => (hub.endpoint === '' ? <HubForm /> : <Connected hub={hub} />)}</QueryView>
    </Section>
  )
}
