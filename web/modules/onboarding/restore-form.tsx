import { Alert, Button, FileButton, Group, PasswordInput, Stack, Text } from '@mantine/core'
import { IconAlertTriangle, IconFileDownload } from '@tabler/icons-react'
import { type FormEvent, useState } from 'react'
import type { ErrorCode } from '#protocol/core/errors.ts'
import { identityRestore } from '#protocol/node/capabilities.ts'
import { ErrorNotice } from '../../kit/error-notice.tsx'
import { useText } from '../../kit/i18n.tsx'
import { Section } from '../../kit/section.tsx'
import { visibleText } from '../../kit/visible-text.ts'
import { useCall } from '../../port/hooks.ts'
import { messages } from './messages.ts'
import { type RecoveryRead, readRecoveryFile } from './recovery-file.ts'

/** What the node answers when the text does not open: to the person that is one thing, a password that does not fit. */
const WRONG_PASSPHRASE: ReadonlySet<ErrorCode> = new Set(['unauthorized', 'invalid_signature'])

/** Brings back the key from a recovery file (ID-5). */
export function RestoreForm({ onBack }: { readonly onBack: () => void }) {
  const all = useText(messages)
  const text = all.restore
  const [chosen, setChosen] = useState<RecoveryRead | null>(null)
  const [passphrase, setPassphrase] = useState('')
  const restore = useCall(identityRestore)
  const file = chosen?.kind === 'file' ? chosen.file : null
  const isWrong = restore.error !== null && WRONG_PASSPHRASE.has(restore.error.code)

  const choose = async (picked: File | null) => {
    if (!picked) return
    restore.reset()
    setChosen(await readRecoveryFile(picked))
  }
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    if (file) await restore.run({ file, passphrase })
  }

  return (
    <Section title={text.title} intro={text.intro}>
      <form onSubmit={submit} noValidate>
        <Stack gap="md">
          <Group gap="sm">
            <FileButton accept="application/json,.json" onChange={choose}>
              {(props) => (
                <Button {...props} variant="default" leftSection={<IconFileDownload size={20} aria-hidden />}>
                  {text.choose}
                </Button>
              )}
            </FileButton>
            <Text role="status">{file ? visibleText(text.chosen(file.display_name)) : null}</Text>
          </Group>
          {chosen && chosen.kind !== 'file' ? (
            <Alert color="bad" icon={<IconAlertTriangle aria-hidden />} role="alert">
              {text[chosen.kind]}
            </Alert>
          ) : null}
          <PasswordInput
            label={text.passphrase}
            value={passphrase}
            onChange={(event) => {
              restore.reset()
              setPassphrase(event.currentTarget.value)
            }}
            error={isWrong ? text.wrong : null}
            autoComplete="current-password"
            maxLength={256}
            disabled={!file}
            visibilityToggleButtonProps={{ 'aria-label': all.showPassword }}
          />
          {restore.error && !isWrong ? <ErrorNotice error={restore.error} /> : null}
          <Text size="sm" c="dimmed" role="status">
            {restore.busy ? text.busy : null}
          </Text>
          <Group gap="sm">
            <Button type="submit" loading={restore.busy} disabled={!file || passphrase === ''}>
              {text.submit}
            </Button>
            <Button variant="subtle" onClick={onBack}>
              {text.back}
            </Button>
          </Group>
        </Stack>
      </form>
    </Section>
  )
}
