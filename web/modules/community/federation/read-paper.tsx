import { Alert, Button, Group, Stack, Text } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { useState } from 'react'
import { federationAccept, federationComplete, federationInspect } from '#protocol/community/federation-capabilities.ts'
import type { Output } from '#protocol/core/capability.ts'
import type { ErrorCode, HearthError } from '#protocol/core/errors.ts'
import { displayNodeId } from '#protocol/core/ids.ts'
import type { FederationGrant } from '#protocol/protocol/federation.ts'
import type { FederationStage } from '#protocol/protocol/federation-paper.ts'
import { CodeToTake } from '../../../kit/codes/code-to-take.tsx'
import { ErrorNotice } from '../../../kit/error-notice.tsx'
import { useFocusOn } from '../../../kit/focus.ts'
import { useFormat, useText } from '../../../kit/i18n.tsx'
import { visibleText } from '../../../kit/visible-text.ts'
import { useCall } from '../../../port/hooks.ts'
import classes from './federation.module.css'
import { GrantList } from './grant-list.tsx'
import { messages } from './messages.ts'
import { TermsForm } from './terms-form.tsx'

interface Read {
  readonly text: string
  readonly says: Output<typeof federationInspect>
}

export interface ReadPaperProps {
  /** What this device answers with, and which text of the three it is; null where nothing is left to show. */
  readonly onDone: (next: { readonly text: string; readonly stage: FederationStage } | null) => void
  readonly onCancel: () => void
}

/** What went wrong, where the general words for a code would send people after an invite. */
function Trouble({ error }: { readonly error: HearthError }) {
  const text = useText(messages).read
  const told: Readonly<Partial<Record<ErrorCode, string>>> = {
    bad_request: text.unreadable,
    // longer than any paper is
    schema_mismatch: text.unreadable,
    expired: text.over,
    invalid_signature: text.forged,
    unauthorized: text.notYours,
  }
  const words = told[error.code]
  if (words === undefined) return <ErrorNotice error={error} />
  return (
    <Alert color="bad" icon={<IconAlertTriangle aria-hidden />} role="alert">
      <Text>{words}</Text>
    </Alert>
  )
}

/** Takes the other side's code, says in words what it is, and signs it only then. */
export function ReadPaper({ onDone, onCancel }: ReadPaperProps) {
  const all = useText(messages)
  const text = all.read
  const format = useFormat()
  const inspect = useCall(federationInspect)
  const accept = useCall(federationAccept)
  const complete = useCall(federationComplete)
  const [read, setRead] = useState<Read | null>(null)
  const part = useFocusOn<HTMLDivElement>(read === null ? 'nothing' : 'something')

  const look = async (given: string) => {
    const says = await inspect.run({ text: given })
    if (says) setRead({ text: given, says })
  }
  const answer = async (grants: FederationGrant[]) => {
    const made = read && (await accept.run({ text: read.text, grants }))
    if (made) onDone({ text: made.text, stage: 'answer' })
  }
  const sign = async () => {
    const made = read && (await complete.run({ text: read.text }))
    if (made) onDone(read.says.stage === 'answer' ? { text: made.text, stage: 'agreement' } : null)
  }

  const cancel = (
    <Button variant="default" onClick={onCancel}>
      {all.cancel}
    </Button>
  )
  if (!read) {
    return (
      <Stack gap="md" ref={part} tabIndex={-1}>
        <Text>{text.intro}</Text>
        <CodeToTake onText={(given) => void look(given)} busy={inspect.busy} submit={text.submit} actions={cancel} />
        {inspect.error ? <Trouble error={inspect.error} /> : null}
      </Stack>
    )
  }

  const { stage, other, they_grant, we_grant, negotiated, expires_at } = read.says
  const name = visibleText(other.name)
  const error = accept.error ?? complete.error
  return (
    <Stack gap="md" ref={part} tabIndex={-1}>
      <div role="status">
        <Text fw={650} className={classes.words}>
          {text.from(name)}, {all.until(format.date(expires_at))}
        </Text>
        <Text>{text.stages[stage]}</Text>
      </div>
      <Text size="sm" className={classes.words}>
        {text.anchor(displayNodeId(other.anchor))}
      </Text>
      {negotiated === null ? <Text role="alert">{text.noVersion}</Text> : null}
      <GrantList title={all.theyGrant(name)} grants={they_grant} />
      {we_grant ? <GrantList title={all.weGrant(name)} grants={we_grant} /> : null}
      {stage === 'offer' ? (
        <TermsForm kind="answer" busy={accept.busy} onTerms={(grants) => void answer(grants)} onCancel={onCancel} />
      ) : (
        <Group gap="sm">
          <Button onClick={() => void sign()} loading={complete.busy}>
            {text.confirm[stage]}
          </Button>
          {cancel}
        </Group>
      )}
      {error ? <Trouble error={error} /> : null}
    </Stack>
  )
}
