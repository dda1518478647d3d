import { Button, Group, Stack, Text } from '@mantine/core'
import { IconCircleCheck, IconScale } from '@tabler/icons-react'
import { Link } from 'wouter'
import { claimRetract } from '#protocol/evidence/capabilities.ts'
import type { ClaimRecord } from '#protocol/evidence/records.ts'
import { ConfirmButton } from '../../kit/confirm-button.tsx'
import { ErrorNotice } from '../../kit/error-notice.tsx'
import { useText } from '../../kit/i18n.tsx'
import { useCall } from '../../port/hooks.ts'
import { messages } from './messages.ts'
import { attestPath, disputePath, newClaimPath } from './paths.ts'
import { useMe } from './use-me.ts'

/** Takes an own claim back (EVI-2). */
function Retract({ record }: { readonly record: ClaimRecord }) {
  const text = useText(messages).retract
  const retract = useCall(claimRetract)
  return (
    <>
      <ConfirmButton
        label={text.claim}
        title={text.title}
        busy={retract.busy}
        onConfirm={() => retract.run({ claim_id: record.claim_id })}
      >
        {text.body}
      </ConfirmButton>
      {retract.error ? <ErrorNotice error={retract.error} /> : null}
    </>
  )
}

/** Others vouch or object; whoever said it takes it back; everybody can build on it. */
export function ClaimActions({ record }: { readonly record: ClaimRecord }) {
  const text = useText(messages).claim
  const me = useMe()
  const { claim_id, claim } = record
  if (me === null) return null
  if (record.origin === 'sample') return <Text c="dimmed">{text.sampleHint}</Text>
  const isMine = claim.asserted_by === me
  return (
    <Stack gap="sm" align="flex-start">
      <Group gap="sm">
        {isMine ? null : (
          <>
            <Button component={Link} href={attestPath(claim_id)} leftSection={<IconCircleCheck size={20} aria-hidden />}>
              {text.attest}
            </Button>
            <Button
              component={Link}
              href={disputePath(claim_id)}
              variant="default"
              leftSection={<IconScale size={20} aria-hidden />}
            >
              {text.dispute}
            </Button>
          </>
        )}
        <Button component={Link} href={newClaimPath({ subject: claim.subject })} variant="default">
          {text.another}
        </Button>
        <Button component={Link} href={newClaimPath({ subject: claim.subject, parent: claim_id })} variant="default">
          {text.derive}
        </Button>
      </Group>
      {isMine && !record.retracted ? <Retract record={record} /> : null}
    </Stack>
  )
}
