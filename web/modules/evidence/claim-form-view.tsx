import { Alert, Autocomplete, Button, Group, Radio, Stack, Textarea, TextInput } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { type FormEvent, useRef, useState } from 'react'
import type { Input } from '#protocol/core/capability.ts'
import type { HearthError } from '#protocol/core/errors.ts'
import type { NodeId } from '#protocol/core/ids.ts'
import type { claimAssert } from '#protocol/evidence/capabilities.ts'
import { ErrorNotice } from '../../kit/error-notice.tsx'
import { useText } from '../../kit/i18n.tsx'
import { predicateChoices } from './claim-filter.ts'
import { type ClaimDraft, CONFIDENCE_WORDS, checkDraft, fieldOfError, type Problems } from './claim-form.ts'
import classes from './evidence.module.css'
import { messages } from './messages.ts'
import { SourceFields } from './source-fields.tsx'
import { usePredicates } from './use-predicates.ts'

export interface ClaimFormViewProps {
  readonly me: NodeId
  readonly initial: ClaimDraft
  readonly busy: boolean
  readonly error: HearthError | null
  readonly onSubmit: (input: Input<typeof claimAssert>) => void
}

const NO_PROBLEMS: Problems = {}

function Confidence({ draft, onChange }: { readonly draft: ClaimDraft; readonly onChange: (draft: ClaimDraft) => void }) {
  const text = useText(messages)
  return (
    <Radio.Group
      label={text.form.confidence}
      value={draft.confidence}
      onChange={(value) =>
        onChange({ ...draft, confidence: CONFIDENCE_WORDS.find((word) => word === value) ?? draft.confidence })
      }
    >
      <Group gap="lg">
        {CONFIDENCE_WORDS.map((word) => (
          <Radio
            key={word}
            value={word}
            label={text.claim.confidenceWords[word]}
            classNames={{ body: classes.choice, label: classes.choiceLabel }}
          />
        ))}
      </Group>
    </Radio.Group>
  )
}

/** The form of a claim: three parts, how sure, and sources. Every problem stands at its field. */
export function ClaimFormView({ me, initial, busy, error, onSubmit }: ClaimFormViewProps) {
  const text = useText(messages)
  const [draft, setDraft] = useState(initial)
  const [found, setFound] = useState(NO_PROBLEMS)
  const form = useRef<HTMLFormElement>(null)
  const predicates = predicateChoices(usePredicates(), text.form.usual.split('\n'))
  const refusedField = error === null ? null : fieldOfError(error)
  const problems: Problems = refusedField === null ? found : { ...found, [refusedField]: 'refused' }
  const problem = (field: string): string | null => {
    const kind = problems[field]
    return kind === undefined ? null : text.form.problems[kind]
  }

  const submit = (event: FormEvent) => {
    event.preventDefault()
    const checked = checkDraft(draft, me, new Date().toISOString())
    setFound(checked.ok ? NO_PROBLEMS : checked.problems)
    if (checked.ok) onSubmit(checked.input)
    // the marks appear with the next paint; then the first of them takes the focus
    else requestAnimationFrame(() => form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus())
  }

  return (
    <form ref={form} onSubmit={submit} noValidate>
      <Stack gap="lg">
        <TextInput
          label={text.claim.subject}
          description={text.form.subjectHint}
          value={draft.subject}
          onChange={(event) => setDraft({ ...draft, subject: event.currentTarget.value })}
          error={problem('subject')}
          required
        />
        <Autocomplete
          label={text.claim.predicate}
          description={text.form.predicateHint}
          data={[...predicates]}
          value={draft.predicate}
          onChange={(predicate) => setDraft({ ...draft, predicate })}
          error={problem('predicate')}
          maxDropdownHeight={280}
          required
        />
        <Textarea
          label={text.claim.object}
          description={text.form.objectHint}
          value={draft.object}
          onChange={(event) => setDraft({ ...draft, object: event.currentTarget.value })}
          error={problem('object')}
          autosize
          minRows={2}
          maxRows={10}
          required
        />
        <Confidence draft={draft} onChange={setDraft} />
        <SourceFields sources={draft.sources} problem={problem} onChange={(sources) => setDraft({ ...draft, sources })} />
        {Object.keys(problems).length > 0 ? (
          <Alert color="bad" icon={<IconAlertTriangle aria-hidden />} role="alert">
            {text.form.fix}
          </Alert>
        ) : null}
        {error && refusedField === null ? <ErrorNotice error={error} /> : null}
        <Button type="submit" loading={busy} style={{ alignSelf: 'flex-start' }}>
          {text.form.submit}
        </Button>
      </Stack>
    </form>
  )
}
