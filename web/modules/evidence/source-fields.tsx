import { Alert, Button, FileButton, Group, Stack, Text, Textarea, TextInput } from '@mantine/core'
import { IconEye, IconFileText, IconTrash, IconWorld } from '@tabler/icons-react'
import { useState } from 'react'
import { EVIDENCE_EXCERPT_MAX_CHARS } from '#protocol/evidence/constants.ts'
import { useFormat, useText } from '../../kit/i18n.tsx'
import { emptySource, SOURCES_MAX, type SourceDraft } from './claim-form.ts'
import classes from './evidence.module.css'
import { messages } from './messages.ts'
import { hashDocument } from './terms.ts'

interface EditProps {
  readonly source: SourceDraft
  readonly error: string | null
  readonly onChange: (source: SourceDraft) => void
}

function DocumentField({ source, error, onChange }: EditProps) {
  const text = useText(messages).form
  const [phase, setPhase] = useState<'idle' | 'hashing' | 'failed'>('idle')
  const hash = async (file: File | null) => {
    if (!file) return
    setPhase('hashing')
    try {
      onChange({ ...source, document: await hashDocument(file) })
      setPhase('idle')
    } catch {
      setPhase('failed') // a file can be gone or locked between choosing and reading
    }
  }
  return (
    <Stack gap="xs" align="flex-start">
      <FileButton onChange={hash}>
        {(props) => (
          <Button {...props} variant="default" loading={phase === 'hashing'} aria-invalid={error !== null}>
            {text.document}
          </Button>
        )}
      </FileButton>
      <Text size="sm" c="dimmed">
        {text.documentHint}
      </Text>
      <Text size="sm" role="status" className={classes.digest}>
        {phase === 'hashing' ? text.hashing : source.document ? `${source.document.name}: ${source.document.sha256}` : null}
      </Text>
      {error === null ? null : (
        <Text size="sm" c="bad">
          {error}
        </Text>
      )}
      {phase === 'failed' ? <Alert color="bad">{text.documentFailed}</Alert> : null}
    </Stack>
  )
}

function Where(props: EditProps) {
  const text = useText(messages).form
  const { source, error, onChange } = props
  if (source.kind === 'own') return <Text>{text.own}</Text>
  if (source.kind === 'document') return <DocumentField {...props} />
  return (
    <TextInput
      type="url"
      inputMode="url"
      label={text.url}
      description={text.urlHint}
      value={source.url}
      onChange={(event) => onChange({ ...source, url: event.currentTarget.value })}
      error={error}
      required
    />
  )
}

const KINDS = { url: 'url', own: 'node', document: 'doc' } as const

interface SourceFieldsProps {
  readonly sources: readonly SourceDraft[]
  /** What is wrong with `source-<at>` or `excerpt-<at>`. */
  readonly problem: (field: string) => string | null
  readonly onChange: (sources: readonly SourceDraft[]) => void
}

/** What the claim rests on: pages, documents, one's own eyes. */
export function SourceFields({ sources, problem, onChange }: SourceFieldsProps) {
  const all = useText(messages)
  const text = all.form
  const format = useFormat()
  const nextKey = Math.max(-1, ...sources.map(({ key }) => key)) + 1
  const add = (kind: SourceDraft['kind']) => onChange([...sources, emptySource(nextKey, kind)])
  const replace = (changed: SourceDraft) => onChange(sources.map((source) => (source.key === changed.key ? changed : source)))
  const isFull = sources.length >= SOURCES_MAX

  return (
    <Stack gap="md">
      <Stack gap={4}>
        <Text fw={600}>{text.sources}</Text>
        <Text size="sm" c="dimmed">
          {text.sourcesHint}
        </Text>
      </Stack>
      {sources.map((source, at) => {
        const title = text.sourceNumber(format.number(at + 1), all.claim.kinds[KINDS[source.kind]])
        return (
          <fieldset key={source.key} className={classes.fieldset}>
            <legend>{title}</legend>
            <Stack gap="md">
              <Where source={source} error={problem(`source-${at}`)} onChange={replace} />
              <Textarea
                label={text.excerpt}
                description={text.excerptHint(
                  format.number(source.excerpt.trim().length),
                  format.number(EVIDENCE_EXCERPT_MAX_CHARS),
                )}
                value={source.excerpt}
                onChange={(event) => replace({ ...source, excerpt: event.currentTarget.value })}
                error={problem(`excerpt-${at}`)}
                autosize
                maxRows={6}
              />
              <Button
                variant="subtle"
                leftSection={<IconTrash size={20} aria-hidden />}
                style={{ alignSelf: 'flex-start' }}
                aria-label={`${text.remove}: ${title}`}
                onClick={() => onChange(sources.filter(({ key }) => key !== source.key))}
              >
                {text.remove}
              </Button>
            </Stack>
          </fieldset>
        )
      })}
      <Group gap="sm">
        <Button
          variant="default"
          disabled={isFull}
          leftSection={<IconWorld size={20} aria-hidden />}
          onClick={() => add('url')}
        >
          {text.addUrl}
        </Button>
        <Button variant="default" disabled={isFull} leftSection={<IconEye size={20} aria-hidden />} onClick={() => add('own')}>
          {text.addOwn}
        </Button>
        <Button
          variant="default"
          disabled={isFull}
          leftSection={<IconFileText size={20} aria-hidden />}
          onClick={() => add('document')}
        >
          {text.addDocument}
        </Button>
      </Group>
    </Stack>
  )
}
