import { Button, Group, Stack, Text } from '@mantine/core'
import { Link } from 'wouter'
import type { Output } from '#protocol/core/capability.ts'
import { ebkhSync } from '#protocol/evidence/capabilities.ts'
import type { ebkhGet } from '#protocol/evidence/desk-capabilities.ts'
import { SYNC_DIRECTIONS } from '#protocol/evidence/events.ts'
import { BidiText } from '../../../kit/bidi-text.tsx'
import { ErrorNotice } from '../../../kit/error-notice.tsx'
import { useFormat, useText } from '../../../kit/i18n.tsx'
import { StatusDot } from '../../../kit/status-dot.tsx'
import { useCall } from '../../../port/hooks.ts'
import classes from '../evidence.module.css'
import { INBOX } from '../paths.ts'
import { messages } from './messages.ts'

/** Exchanges with the hub, and how the last time went: half-done is said, not hidden. */
export function HubSync({ last }: { readonly last: Output<typeof ebkhGet>['last'] }) {
  const text = useText(messages).hub
  const format = useFormat()
  const sync = useCall(ebkhSync)
  return (
    <Stack gap="sm" align="flex-start">
      <Group gap="sm">
        {SYNC_DIRECTIONS.map((direction) => (
          <Button key={direction} variant="default" disabled={sync.busy} onClick={() => sync.run({ direction })}>
            {text.directions[direction]}
          </Button>
        ))}
      </Group>
      <div role="status">
        {sync.busy ? text.syncing : null}
        {last === null || sync.busy ? null : (
          <>
            <StatusDot status={last.partial ? 'busy' : 'good'}>
              {(last.partial ? text.partial : text.whole)(format.dateTime(last.at))}
            </StatusDot>
            <Text size="sm">
              {text.report(format.number(last.pulled), format.number(last.pushed), format.number(last.refused))}
            </Text>
            {last.reason === null ? null : (
              <Text size="sm" c="dimmed">
                {text.reason} <BidiText>{last.reason}</BidiText>
              </Text>
            )}
          </>
        )}
      </div>
      {last === null ? null : (
        <Link href={INBOX} className={classes.external}>
          {text.toInbox}
        </Link>
      )}
      {sync.error ? <ErrorNotice error={sync.error} /> : null}
    </Stack>
  )
}
