import { Button, FileButton, Group, Stack, Text, Textarea } from '@mantine/core'
import { IconFileImport } from '@tabler/icons-react'
import { useState } from 'react'
import { useLanguage, useText } from '../../../kit/i18n.tsx'
import { QrScanner } from '../../../kit/qr-scanner.tsx'
import { Section } from '../../../kit/section.tsx'
import classes from '../desk/desk.module.css'
import { messages as shared } from '../desk/shared/messages.ts'
import { type Collected, take, taken } from '../desk/shared/parts.ts'
import { ACCEPTED } from './document.ts'
import { messages } from './messages.ts'

/** An alert of another community from the device opposite, in one code or several (CIV-16). */
function FromCamera({ onText }: { readonly onText: (text: string) => void }) {
  const text = useText(messages)
  const words = useText(shared).take
  const { format } = useLanguage()
  const [collected, setCollected] = useState<Collected | null>(null)
  const [isMixed, setMixed] = useState(false)
  const scanned = (code: string) => {
    const next = take(code, collected)
    setCollected(next.done ? null : next.collected)
    setMixed(!next.done && next.collected === null)
    if (next.done) onText(next.text)
  }
  return (
    <details>
      <summary className={classes.summary}>{text.camera}</summary>
      <Stack gap="sm" mt="sm">
        <QrScanner onText={scanned} />
        <Text role="status" fw={600}>
          {collected ? words.collected(format.number(taken(collected)), format.number(collected.parts.length)) : null}
        </Text>
        {isMixed ? (
          <Text c="bad" role="alert">
            {words.mixed}
          </Text>
        ) : null}
      </Stack>
    </details>
  )
}

interface DocumentInputProps {
  /** What another app shared, where one did. */
  readonly shared: string
  readonly busy: boolean
  readonly onText: (text: string) => void
  readonly onUnreadable: () => void
}

/** A warning as a file, by camera, or as text. */
export function DocumentInput({ shared: given, busy, onText, onUnreadable }: DocumentInputProps) {
  const text = useText(messages)
  const [entry, setEntry] = useState(given)
  const read = async (file: File | null) => {
    if (!file) return
    try {
      onText(await file.text())
    } catch {
      onUnreadable() // a file can be gone or locked between choosing and reading
    }
  }
  return (
    <Section title={text.input} intro={text.inputIntro}>
      <Stack gap="md" align="stretch">
        <Group>
          <FileButton onChange={read} accept={ACCEPTED}>
            {(props) => (
              <Button {...props} loading={busy} leftSection={<IconFileImport size={20} aria-hidden />}>
                {text.file}
              </Button>
            )}
          </FileButton>
        </Group>
        <FromCamera onText={onText} />
        <Textarea
          label={text.paste}
          value={entry}
          onChange={(event) => setEntry(event.currentTarget.value)}
          rows={5}
          spellCheck={false}
        />
        <Group>
          <Button variant="default" onClick={() => onText(entry)} loading={busy}>
            {text.look}
          </Button>
        </Group>
      </Stack>
    </Section>
  )
}
