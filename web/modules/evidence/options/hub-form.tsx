import { Button, PasswordInput, Stack, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { HUB_ENDPOINT_PATTERN } from '#protocol/core/config.ts'
import { ebkhConnect } from '#protocol/evidence/desk-capabilities.ts'
import { ErrorNotice } from '../../../kit/error-notice.tsx'
import { useText } from '../../../kit/i18n.tsx'
import { useCall } from '../../../port/hooks.ts'
import { useFirstProblem } from '../use-first-problem.ts'
import { messages } from './messages.ts'

/** A hub may stand in the same house, under a name without dots; without https only on this very device. */
const hubAddress = (text: string): string | null => {
  const typed = text.trim()
  return URL.canParse(typed) && new RegExp(HUB_ENDPOINT_PATTERN).test(typed) ? typed : null
}

/** Where the hub answers, and the token it issued to this device. */
export function HubForm() {
  const text = useText(messages).hub
  const [endpoint, setEndpoint] = useState('')
  const [token, setToken] = useState('')
  const [wrong, setWrong] = useState({ endpoint: false, token: false })
  const [form, showProblem] = useFirstProblem()
  const connect = useCall(ebkhConnect)

  const submit = (event: FormEvent) => {
    event.preventDefault()
    const address = hubAddress(endpoint)
    const found = { endpoint: address === null, token: token.trim() === '' }
    setWrong(found)
    if (address === null || found.token) return showProblem()
    void connect.run({ endpoint: address, token: token.trim() })
  }
  return (
    <form ref={form} onSubmit={submit} noValidate>
      <Stack gap="md">
        <TextInput
          type="url"
          inputMode="url"
          label={text.endpoint}
          description={text.endpointHint}
          value={endpoint}
          onChange={(event) => setEndpoint(event.currentTarget.value)}
          error={wrong.endpoint ? text.noAddress : null}
          required
        />
        <PasswordInput
          label={text.token}
          description={text.tokenHint}
          value={token}
          onChange={(event) => setToken(event.currentTarget.value)}
          error={wrong.token ? text.noToken : null}
          autoComplete="off"
          maxLength={800}
          visibilityToggleButtonProps={{ 'aria-label': text.showToken }}
          required
        />
        {connect.error ? <ErrorNotice error={connect.error} /> : null}
        <Button type="submit" loading={connect.busy} style={{ alignSelf: 'flex-start' }}>
          {text.connect}
        </Button>
      </Stack>
    </form>
  )
}
