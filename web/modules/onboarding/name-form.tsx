import { Button, Group, Stack, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { identityCreate } from '#protocol/node/capabilities.ts'
import { ErrorNotice } from '../../kit/error-notice.tsx'
import { useText } from '../../kit/i18n.tsx'
import { Section } from '../../kit/section.tsx'
import { useCall } from '../../port/hooks.ts'
import { messages } from './messages.ts'

/** Makes this device's key and gives it the name the others will see (ID-1). */
export function NameForm({ onRestore }: { readonly onRestore: () => void }) {
  const all = useText(messages)
  const text = all.name
  const [name, setName] = useState('')
  const [missing, setMissing] = useState(false)
  const create = useCall(identityCreate)

  const submit = async (event: FormEvent) => {
    event.preventDefault()
    const trimmed = name.trim()
    setMissing(trimmed === '')
    if (trimmed !== '') await create.run({ display_name: trimmed })
  }

  return (
    <Section title={text.title}>
      <form onSubmit={submit} noValidate>
        <Stack gap="md">
          <TextInput
            label={text.label}
            description={text.description}
            placeholder={text.placeholder}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            error={missing && name.trim() === '' ? text.required : null}
            maxLength={64}
            autoComplete="nickname"
            required
          />
          {create.error ? <ErrorNotice error={create.error} /> : null}
          <Group gap="sm">
            <Button type="submit" loading={create.busy}>
              {text.submit}
            </Button>
            <Button variant="subtle" onClick={onRestore}>
              {all.restore.open}
            </Button>
          </Group>
        </Stack>
      </form>
    </Section>
  )
}
