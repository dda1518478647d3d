import { Alert, Button, Stack, Textarea } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { type FormEvent, useState } from 'react'
import { useLocation } from 'wouter'
import { useText } from '../../kit/i18n.tsx'
import { QrScanner } from '../../kit/qr-scanner.tsx'
import { inviteCodeIn, joinPath } from './invite-code.ts'
import { messages } from './messages.ts'

/** Takes an invite by camera or by paste and goes to look at it. */
export function EnterInvite() {
  const text = useText(messages).start
  const [, navigate] = useLocation()
  const [pasted, setPasted] = useState('')
  const [trouble, setTrouble] = useState<'notAnInvite' | 'scanned' | null>(null)

  const open = (input: string, otherwise: 'notAnInvite' | 'scanned') => {
    const code = inviteCodeIn(input)
    if (code === null) setTrouble(otherwise)
    else navigate(joinPath(code))
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    open(pasted, 'notAnInvite')
  }

  return (
    <Stack gap="lg">
      <QrScanner onText={(scanned) => open(scanned, 'scanned')} />
      {trouble === 'scanned' ? (
        <Alert color="bad" icon={<IconAlertTriangle aria-hidden />} role="alert">
          {text.scanned}
        </Alert>
      ) : null}
      <form onSubmit={submit} noValidate>
        <Stack gap="md">
          <Textarea
            label={text.paste}
            placeholder={text.pastePlaceholder}
            value={pasted}
            onChange={(event) => {
              setTrouble(null)
              setPasted(event.currentTarget.value)
            }}
            error={trouble === 'notAnInvite' ? (pasted.trim() === '' ? text.nothingPasted : text.notAnInvite) : null}
            autosize
            minRows={2}
            maxRows={5}
            autoComplete="off"
            spellCheck={false}
            required
          />
          <Button type="submit" style={{ alignSelf: 'flex-start' }}>
            {text.pasteSubmit}
          </Button>
        </Stack>
      </form>
    </Stack>
  )
}
