import { Button, Group, Stack, Text } from '@mantine/core'
import { peerDecide } from '#protocol/lora/capabilities.ts'
import type { PeerRecord } from '#protocol/lora/records.ts'
import { ConfirmButton } from '../../../kit/confirm-button.tsx'
import { ErrorNotice } from '../../../kit/error-notice.tsx'
import { useText } from '../../../kit/i18n.tsx'
import { Section } from '../../../kit/section.tsx'
import { useCall } from '../../../port/hooks.ts'
import type { Certainty } from '../certainty.ts'
import { CertaintyMark, useName } from '../who.tsx'
import { messages } from './messages.ts'

interface DecideProps {
  readonly peer: PeerRecord
  readonly certainty: Certainty
}

/** What this person has made of a sender, and what else they can make of it (LOR-3). */
export function DecidePeer({ peer, certainty }: DecideProps) {
  const text = useText(messages)
  const decide = useCall(peerDecide)
  const { sender_hash, state, settled } = peer
  const name = useName()(peer) ?? ''
  const words = text.state[state]
  const decided = state === 'confirmed' || state === 'blocked' || settled
  return (
    <Section title={text.state.title}>
      <Stack gap="sm">
        <CertaintyMark certainty={certainty} />
        <Text>{typeof words === 'function' ? words(name) : words}</Text>
        {settled && state !== 'confirmed' && state !== 'blocked' ? <Text>{text.state.settled}</Text> : null}
        <Group gap="sm">
          {decided ? (
            <ConfirmButton
              label={text.forget}
              title={text.forget}
              tone="neutral"
              onConfirm={() => decide.run({ sender_hash, decision: 'forget' })}
              error={decide.error}
              busy={decide.busy}
            >
              {text.forgetText}
            </ConfirmButton>
          ) : (
            <Button variant="default" loading={decide.busy} onClick={() => decide.run({ sender_hash, decision: 'keep' })}>
              {text.keep}
            </Button>
          )}
          {state === 'blocked' ? null : (
            <ConfirmButton
              label={text.block}
              title={text.block}
              onConfirm={() => decide.run({ sender_hash, decision: 'block' })}
              error={decide.error}
              busy={decide.busy}
            >
              {text.blockText}
            </ConfirmButton>
          )}
        </Group>
        {decide.error ? <ErrorNotice error={decide.error} /> : null}
      </Stack>
    </Section>
  )
}
