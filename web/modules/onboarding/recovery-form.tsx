import { Button, Group, Stack, Text } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import { type FormEvent, useState } from 'react'
import { recoveryExport, recoverySettle } from '#protocol/node/capabilities.ts'
import { ErrorNotice } from '../../kit/error-notice.tsx'
import { useText } from '../../kit/i18n.tsx'
import { useCall } from '../../port/hooks.ts'
import { downloadJson } from './download.ts'
import { messages } from './messages.ts'
import { isSettled, NO_CHOICE, PassphraseFields } from './passphrase-fields.tsx'
import { type RecoveryFile, recoveryFileName } from './recovery-file.ts'
import { StoredStep } from './stored-step.tsx'

export interface RecoveryFormProps {
  readonly displayName: string
  readonly onDone: () => void
  readonly onLater: () => void
}

/** Encrypts the key into a file, hands it over, and lets go of the seed only when the person has seen the file (ID-5). */
export function RecoveryForm({ displayName, onDone, onLater }: RecoveryFormProps) {
  const text = useText(messages).recovery
  const [choice, setChoice] = useState(NO_CHOICE)
  const [made, setMade] = useState<RecoveryFile | null>(null)
  const encrypt = useCall(recoveryExport)
  const settle = useCall(recoverySettle)
  const fileName = recoveryFileName(displayName)

  const submit = async (event: FormEvent) => {
    event.preventDefault()
    setChoice({ ...choice, checked: true })
    if (!isSettled(choice)) return
    const answer = await encrypt.run({ passphrase: choice.passphrase })
    if (!answer) return
    downloadJson(fileName, answer.file)
    setMade(answer.file)
    setChoice(NO_CHOICE)
  }
  const confirm = async () => {
    if (await settle.run({ outcome: 'saved' })) onDone()
  }

  if (made) {
    const again = () => downloadJson(fileName, made)
    return <StoredStep fileName={fileName} busy={settle.busy} error={settle.error} onAgain={again} onConfirm={confirm} />
  }
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="md">
        <PassphraseFields value={choice} onChange={setChoice} />
        {encrypt.error ? <ErrorNotice error={encrypt.error} /> : null}
        <Text size="sm" c="dimmed" role="status">
          {encrypt.busy ? text.busy : null}
        </Text>
        <Group gap="sm">
          <Button type="submit" loading={encrypt.busy} leftSection={<IconDownload size={20} aria-hidden />}>
            {text.submit}
          </Button>
          <Button variant="subtle" onClick={onLater} disabled={encrypt.busy}>
            {text.later}
          </Button>
        </Group>
        <Text size="sm" c="dimmed">
          {text.laterHint}
        </Text>
      </Stack>
    </form>
  )
}
