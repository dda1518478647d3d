import { Button, Group, Stack, Text, Textarea } from '@mantine/core'
import { type FormEvent, type ReactNode, useState } from 'react'
import { useLanguage, useText } from '../i18n.tsx'
import { QrScanner } from '../qr-scanner.tsx'
import classes from './codes.module.css'
import { messages } from './messages.ts'
import { type Collected, take, taken } from './parts.ts'

interface Collecting {
  readonly collected: Collected | null
  readonly mixed: boolean
  readonly scanned: (code: string) => void
}

/** Puts codes together, one after the other. @param onText told the whole text, once it is there */
function useCollecting(onText: (text: string) => void): Collecting {
  const [collected, setCollected] = useState<Collected | null>(null)
  const [mixed, setMixed] = useState(false)
  const scanned = (code: string): void => {
    const next = take(code, collected)
    setCollected(next.done ? null : next.collected)
    setMixed(!next.done && next.collected === null)
    if (next.done) onText(next.text)
  }
  return { collected, mixed, scanned }
}

function Scanning({ collected, mixed, scanned }: Collecting) {
  const text = useText(messages).take
  const { format } = useLanguage()
  return (
    <>
      <QrScanner onText={scanned} />
      <Text role="status" fw={600}>
        {collected ? text.collected(format.number(taken(collected)), format.number(collected.parts.length)) : null}
      </Text>
      {mixed ? (
        <Text c="bad" role="alert">
          {text.mixed}
        </Text>
      ) : null}
    </>
  )
}

/** Reads a text that was shown in one code or several, by camera or photo. */
export function CodeToScan({ onText }: { readonly onText: (text: string) => void }) {
  return <Scanning {...useCollecting(onText)} />
}

export interface CodeToTakeProps {
  readonly onText: (text: string) => void
  readonly busy?: boolean
  /** A button for gloves. */
  readonly big?: boolean
  /** What the button under the pasted text says where it does not just take it. */
  readonly submit?: string
  /** Buttons beside that one. */
  readonly actions?: ReactNode
}

/** Reads what the other device shows: by camera, photo, or text. */
export function CodeToTake({ onText, busy = false, big = false, submit: label, actions = null }: CodeToTakeProps) {
  const text = useText(messages).take
  const collecting = useCollecting(onText)
  const [empty, setEmpty] = useState(false)
  const [pasted, setPasted] = useState('')
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    setEmpty(pasted.trim() === '')
    if (pasted.trim() !== '') collecting.scanned(pasted.trim())
  }
  return (
    <Stack gap="md">
      <Scanning {...collecting} />
      <form onSubmit={submit} noValidate>
        <Stack gap="sm">
          <Textarea
            label={text.paste}
            value={pasted}
            onChange={(event) => {
              setEmpty(false)
              setPasted(event.currentTarget.value)
            }}
            error={empty ? text.empty : null}
            autosize
            minRows={2}
            maxRows={4}
            autoComplete="off"
            spellCheck={false}
          />
          <Group gap="sm" {...(big ? { grow: true } : {})}>
            <Button type="submit" variant="default" {...(big ? { className: classes.big } : {})} loading={busy}>
              {label ?? text.submit}
            </Button>
            {actions}
          </Group>
        </Stack>
      </form>
    </Stack>
  )
}
