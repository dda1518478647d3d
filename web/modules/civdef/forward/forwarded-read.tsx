import { Button, Group, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { Link } from 'wouter'
import { forwardImport } from '#protocol/civdef/exchange-capabilities.ts'
import type { Output } from '#protocol/core/capability.ts'
import { ErrorNotice } from '../../../kit/error-notice.tsx'
import { useText } from '../../../kit/i18n.tsx'
import { Section } from '../../../kit/section.tsx'
import { useCall } from '../../../port/hooks.ts'
import { AlertView } from '../desk/shared/alert-view.tsx'
import { RoleName } from '../desk/shared/certificate-card.tsx'
import { alertPath } from '../paths.ts'
import { MainReasons } from '../reasons/reasons-section.tsx'
import { messages } from './messages.ts'

export interface Forwarded {
  /** As it was read. */
  readonly text: string
  readonly read: Output<typeof forwardImport>
}

/** An alert that somebody carried here: what it says, what this device makes of it, and whether to bring it in. */
export function ForwardedRead({ forwarded: { text: paper, read } }: { readonly forwarded: Forwarded }) {
  const text = useText(messages).read
  const keep = useCall(forwardImport)
  const [kept, setKept] = useState<boolean | null>(null)
  const { alert, path, decision } = read
  const isRefused = decision.delivery === 'refuse'
  return (
    <Section title={text.title} intro={text.intro}>
      <Stack gap="md">
        <AlertView alert={alert} by={<RoleName role={alert.publisher_role} />} />
        <Text>{text.path(path.length)}</Text>
        <Text fw={600} role={isRefused ? 'alert' : undefined}>
          {text.deliveries[decision.delivery]}
        </Text>
        <MainReasons decision={decision} />
        {isRefused || kept !== null ? null : (
          <Group>
            <Button
              loading={keep.busy}
              onClick={async () => setKept((await keep.run({ text: paper, keep: true }))?.kept ?? null)}
            >
              {text.keep}
            </Button>
          </Group>
        )}
        <Text role="status" fw={600}>
          {kept === null ? null : kept ? text.kept : text.known}
        </Text>
        {kept === null ? null : (
          <Group>
            <Button component={Link} href={alertPath(alert.alert_id)} variant="default">
              {text.toAlert}
            </Button>
          </Group>
        )}
        {keep.error ? <ErrorNotice error={keep.error} /> : null}
      </Stack>
    </Section>
  )
}
