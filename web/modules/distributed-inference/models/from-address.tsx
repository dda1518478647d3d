import { Button, Stack, Text, TextInput } from '@mantine/core'
import { type FormEvent, useRef, useState } from 'react'
import { modelImport } from '#protocol/distributed-inference/model-capabilities.ts'
import { useText } from '../../../kit/i18n.tsx'
import { useCall } from '../../../port/hooks.ts'
import { messages } from './messages.ts'
import { isModelName, nameFrom } from './model-name.ts'
import { ProblemWords } from './problem-words.tsx'

/** Loads a model from an address that the person gives. */
export function FromAddress() {
  const text = useText(messages).more
  const load = useCall(modelImport)
  const [url, setUrl] = useState('')
  const [name, setName] = useState<string | null>(null)
  const [checked, setChecked] = useState(false)
  const urlField = useRef<HTMLInputElement>(null)
  const nameField = useRef<HTMLInputElement>(null)
  const model = name ?? nameFrom(url.replace(/^https?:\/\/[^/]*/, ''))
  const urlBad = !/^https?:\/\/[^\s/]+/.test(url.trim())
  const nameBad = !isModelName(model)
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault()
    setChecked(true)
    if (urlBad || nameBad) {
      const wrong = urlBad ? urlField : nameField
      wrong.current?.focus()
      return
    }
    if ((await load.run({ model, from: 'url', url: url.trim() })) === undefined) return
    setUrl('')
    setName(null)
    setChecked(false)
  }
  return (
    <form onSubmit={submit} aria-label={text.url} noValidate>
      <Stack gap="sm">
        <Text size="sm" c="dimmed">
          {text.urlIntro}
        </Text>
        <TextInput
          ref={urlField}
          label={text.urlField}
          type="url"
          inputMode="url"
          autoComplete="off"
          maxLength={2048}
          value={url}
          error={checked && urlBad ? text.urlBad : null}
          onChange={(event) => setUrl(event.currentTarget.value)}
        />
        <TextInput
          ref={nameField}
          label={text.name}
          description={text.nameHint}
          autoComplete="off"
          maxLength={96}
          value={model}
          error={checked && nameBad ? text.nameBad : null}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <div>
          <Button type="submit" variant="default" loading={load.busy}>
            {text.load}
          </Button>
        </div>
        {load.error ? (
          <Text size="sm" c="bad" role="alert">
            <ProblemWords code={load.error.code} />
          </Text>
        ) : null}
      </Stack>
    </form>
  )
}
