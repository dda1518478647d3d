import { Alert, Button, FileButton, Group, Stack, Text, Textarea } from '@mantine/core'
import { IconFileImport } from '@tabler/icons-react'
import { useState } from 'react'
import { Link, useSearch } from 'wouter'
import { capImport } from '#protocol/civdef/desk-capabilities.ts'
import type { Mirror } from '#protocol/civdef/mirror.ts'
import { ErrorNotice } from '../../../kit/error-notice.tsx'
import { useText } from '../../../kit/i18n.tsx'
import { Page } from '../../../kit/page.tsx'
import { Section } from '../../../kit/section.tsx'
import { useCall } from '../../../port/hooks.ts'
import { ALERTS } from '../paths.ts'
import { ACCEPTED, formatOf, type Problem, problemOf } from './document.ts'
import { messages } from './messages.ts'
import { MirrorPreview } from './mirror-preview.tsx'

interface Read {
  readonly text: string
  readonly mirrors: readonly Mirror[]
}

interface InputProps {
  readonly busy: boolean
  readonly onText: (text: string) => void
  readonly onUnreadable: () => void
}

function Input({ busy, onText, onUnreadable }: InputProps) {
  const text = useText(messages)
  const shared = new URLSearchParams(useSearch()).get('text') ?? ''
  const [entry, setEntry] = useState(shared)
  const take = async (file: File | null) => {
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
          <FileButton onChange={take} accept={ACCEPTED}>
            {(props) => (
              <Button {...props} loading={busy} leftSection={<IconFileImport size={20} aria-hidden />}>
                {text.file}
              </Button>
            )}
          </FileButton>
        </Group>
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

/** Brings an official warning to people without internet, as a copy that says what it is and who brought it. */
export function MirrorPage() {
  const text = useText(messages)
  const look = useCall(capImport)
  const keep = useCall(capImport)
  const [problem, setProblem] = useState<Problem | null>(null)
  const [read, setRead] = useState<Read | null>(null)
  const [kept, setKept] = useState<number | null>(null)

  const show = async (document: string) => {
    setRead(null)
    setKept(null)
    keep.reset()
    const found = problemOf(document)
    setProblem(found)
    const format = formatOf(document)
    if (found !== null || format === null) return look.reset()
    const answer = await look.run({ format, text: document, keep: false })
    if (answer) setRead({ text: document, mirrors: answer.mirrors })
  }
  const take = async ({ text: document }: Read) => {
    const format = formatOf(document)
    if (format === null) return
    const answer = await keep.run({ format, text: document, keep: true })
    if (answer) setKept(answer.kept)
  }
  return (
    <Page title={text.title} intro={text.intro} back={ALERTS}>
      <Stack gap="lg">
        <Input busy={look.busy} onText={show} onUnreadable={() => setProblem('unreadable')} />
        {problem === null ? null : (
          <Alert color="bad" role="alert">
            {text.problems[problem]}
          </Alert>
        )}
        {look.error ? <ErrorNotice error={look.error} /> : null}
        {read === null ? null : (
          <Section title={text.preview} intro={read.mirrors.length === 0 ? null : text.previewIntro(read.mirrors.length)}>
            <Stack gap="md">
              {read.mirrors.length === 0 ? <Text>{text.nothing}</Text> : <Text fw={600}>{text.check}</Text>}
              {read.mirrors.map((mirror) => (
                <MirrorPreview key={mirror.correlation_id} mirror={mirror} />
              ))}
              {read.mirrors.length > 0 && kept === null ? (
                <Group>
                  <Button onClick={() => void take(read)} loading={keep.busy}>
                    {text.keep}
                  </Button>
                </Group>
              ) : null}
              <Text role="status" fw={600}>
                {kept === null ? null : kept === 0 ? text.keptNone : text.kept(kept)}
              </Text>
              {kept === null ? null : (
                <Group>
                  <Button component={Link} href={ALERTS} variant="default">
                    {text.toList}
                  </Button>
                </Group>
              )}
              {keep.error ? <ErrorNotice error={keep.error} /> : null}
            </Stack>
          </Section>
        )}
      </Stack>
    </Page>
  )
}
