import { Button, Stack, Text, Textarea } from '@mantine/core'
import { IconArrowRight } from '@tabler/icons-react'
import { type FormEvent, useMemo, useState } from 'react'
import { CopyField } from '../../../../kit/copy-field.tsx'
import { useLanguage, useText } from '../../../../kit/i18n.tsx'
import { QrCode } from '../../../../kit/qr-code.tsx'
import { QrScanner } from '../../../../kit/qr-scanner.tsx'
import classes from '../desk.module.css'
import { messages } from './messages.ts'
import { type Collected, partsOf, take, taken } from './parts.ts'

/** Shows a text to the tablet opposite, in as many codes as a camera can read well; as text where there is no camera. */
export function CodeToShow({ text: value }: { readonly text: string }) {
  const text = useText(messages).code
  const { format } = useLanguage()
  const parts = useMemo(() => partsOf(value), [value])
  const [at, setAt] = useState(0)
  const part = parts[at % parts.length] ?? ''
  const many = parts.length > 1
  const of = format.number(parts.length)
  return (
    <Stack gap="md">
      {many ? <Text>{text.partsIntro(of)}</Text> : null}
      <div className={classes.code}>
        <QrCode value={part} label={many ? text.part(format.number((at % parts.length) + 1), of) : text.qr} />
        {many ? (
          <>
            <Text fw={650} role="status">
              {text.part(format.number((at % parts.length) + 1), of)}
            </Text>
            <Button
              variant="default"
              className={classes.big}
              rightSection={<IconArrowRight size={24} aria-hidden />}
              onClick={() => setAt((at + 1) % parts.length)}
            >
              {text.next}
            </Button>
          </>
        ) : null}
      </div>
      <details>
        <summary className={classes.summary}>{text.noCamera}</summary>
        <CopyField label={text.copy} value={value} oneLine />
      </details>
    </Stack>
  )
}

/** Reads what the other tablet shows: by camera, photo, or text. */
export function CodeToTake({ onText, busy = false }: { readonly onText: (text: string) => void; readonly busy?: boolean }) {
  const text = useText(messages).take
  const { format } = useLanguage()
  const [collected, setCollected] = useState<Collected | null>(null)
  const [problem, setProblem] = useState<'mixed' | 'empty' | null>(null)
  const [pasted, setPasted] = useState('')

  const scanned = (code: string) => {
    const next = take(code, collected)
    setProblem(null)
    setCollected(next.done ? null : next.collected)
    if (next.done) onText(next.text)
    else if (next.collected === null) setProblem('mixed')
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (pasted.trim() === '') return setProblem('empty')
    scanned(pasted.trim())
  }
  return (
    <Stack gap="md">
      <QrScanner onText={scanned} />
      <Text role="status" fw={600}>
        {collected ? text.collected(format.number(taken(collected)), format.number(collected.parts.length)) : null}
      </Text>
      {problem === 'mixed' ? (
        <Text c="bad" role="alert">
          {text.mixed}
        </Text>
      ) : null}
      <form onSubmit={submit} noValidate>
        <Stack gap="sm">
          <Textarea
            label={text.paste}
            value={pasted}
            onChange={(event) => {
              setProblem(null)
              setPasted(event.currentTarget.value)
            }}
            error={problem === 'empty' ? text.empty : null}
            autosize
            minRows={2}
            maxRows={4}
            autoComplete="off"
            spellCheck={false}
          />
          <Button type="submit" variant="default" className={classes.big} loading={busy}>
            {text.submit}
          </Button>
        </Stack>
      </form>
    </Stack>
  )
}
