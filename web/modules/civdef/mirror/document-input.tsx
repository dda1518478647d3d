import { Button, FileButton, Group, Stack, Textarea } from '@mantine/core'
import { IconFileImport } from '@tabler/icons-react'
import { useState } from 'react'
import { CodeToScan } from '../../../kit/codes/code-to-take.tsx'
import { useText } from '../../../kit/i18n.tsx'
import { Section } from '../../../kit/section.tsx'
import classes from '../desk/desk.module.css'
import { ACCEPTED } from './document.ts'
import { messages } from './messages.ts'

/** An alert of another community from the device opposite, in one code or several (CIV-16). */
function FromCamera({ onText }: { readonly onText: (text: string) => void }) {
  const text = useText(messages)
  return (
    <details>
      <summary className={classes.summary}>{text.camera}</summary>
      <Stack gap="sm" mt="sm">
        <CodeToScan onText={onText} />
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
