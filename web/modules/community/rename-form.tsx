import { Button, Group, Text, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { communityRename } from '#protocol/community/capabilities.ts'
import { ErrorNotice } from '../../kit/error-notice.tsx'
import { useText } from '../../kit/i18n.tsx'
import { Section } from '../../kit/section.tsx'
import { useCall } from '../../port/hooks.ts'
import { messages } from './messages.ts'

/** My own name, as the others see it. */
export function RenameForm({ name }: { readonly name: string }) {
  const text = useText(messages).rename
  const [entry, setEntry] = useState(name)
  const [outcome, setOutcome] = useState<'none' | 'missing' | 'done'>('none')
  const rename = useCall(communityRename)
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    const trimmed = entry.trim()
    if (trimmed === '') return setOutcome('missing')
    if (await rename.run({ display_name: trimmed })) setOutcome('done')
  }
  return (
    <Section title={text.label}>
      <form onSubmit={submit} noValidate>
        <Group gap="sm" align="flex-start">
          <TextInput
            aria-label={text.label}
            value={entry}
            onChange={(event) => {
              setEntry(event.currentTarget.value)
              setOutcome('none')
            }}
            error={outcome === 'missing' ? text.required : null}
            maxLength={64}
            autoComplete="nickname"
            style={{ flex: '1 1 14rem' }}
          />
          <Button type="submit" variant="default" loading={rename.busy} disabled={entry.trim() === name}>
            {text.submit}
          </Button>
        </Group>
      </form>
      <Text size="sm" role="status">
        {outcome === 'done' ? text.done : null}
      </Text>
      {rename.error ? <ErrorNotice error={rename.error} /> : null}
    </Section>
  )
}
