import { Alert, Autocomplete, Button, Group, NativeSelect, Stack, Textarea, TextInput } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { type FormEvent, type MouseEvent, useState } from 'react'
import type { Input } from '#protocol/core/capability.ts'
import type { HearthError } from '#protocol/core/errors.ts'
import type { NodeId } from '#protocol/core/ids.ts'
import type { claimAssert } from '#protocol/evidence/capabilities.ts'
import { ErrorNotice } from '../../kit/error-notice.tsx'
import { useText } from '../../kit/i18n.tsx'
import { predicateChoices } from './claim-filter.ts'
import { type ClaimDraft, checkDraft, fieldOfError, LASTING_WORDS, type Problems } from './claim-form.ts'
import { ConfidenceField } from './confidence-field.tsx'
import { messages } from './messages.ts'
import { ParentFields } from './parent-fields.tsx'
import { SourceFields } from './source-fields.tsx'
import { useFirstProblem } from './use-first-problem.ts'
import { usePredicates } from './use-predicates.ts'

export interface ClaimFormViewProps {
  readonly me: NodeId
  readonly initial: ClaimDraft
  readonly busy: boolean
  readonly error: HearthError | null
  readonly onSubmit: (input: Input<typeof claimAssert>) => void
  /** Puts it aside unsigned. */
  readonly onKeep: (input: Input<typeof claimAssert>) => void
}

const NO_PROBLEMS: Problems = {}

/** The form of a claim: three parts, how sure, and sources. Every problem stands at its field. */
export function ClaimFormView({ me, initial, busy, error, onSubmit, onKeep }: ClaimFormViewProps) {
  const text = useText(messages)
  const [draft, setDraft] = useState(initial)
  const [found, setFound] = useState(NO_PROBLEMS)
  const [form, showProblem] = useFirstProblem()
  const predicates = predicateChoices(usePredicates(), text.form.usual.split('\n'))
  const refusedField = error === null ? null : fieldOfError(error)
  const problems: Problems = refusedField === null ? found : { ...found, [refusedField]: 'refused' }
  const problem = (field: string): string | null => {
    const kind = problems[field]
    return kind === undefined ? null : text.form.problems[kind]
  }

  const take = (then: (input: Input<typeof claimAssert>) => void) => (event: FormEvent | MouseEvent) => {
    event.preventDefault()
    const checked = checkDraft(draft, me, new Date().toISOString())
    setFound(checked.ok ? NO_PROBLEMS : checked.problems)
    if (checked.ok) then(checked.input)
    else showProblem()
  }

  return (
    <form ref={form} onSubmit={take(onSubmit)} noValidate>
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
        <ConfidenceField value={draft.confidence} onChange={(confidence) => setDraft({ ...draft, confidence })} />
        <NativeSelect
          label={text.form.lasting}
          description={text.form.lastingHint}
          value={draft.lasting}
          onChange={(event) => {
            const chosen = LASTING_WORDS.find((word) => word === event.currentTarget.value)
            if (chosen) setDraft({ ...draft, lasting: chosen })
          }}
          data={LASTING_WORDS.map((word) => ({ value: word, label: text.form.lastingWords[word] }))}
        />
        <SourceFields sources={draft.sources} problem={problem} onChange={(sources) => setDraft({ ...draft, sources })} />
        <ParentFields
          parents={draft.parents}
          problem={problem('derived_from')}
          onChange={(parents) => setDraft({ ...draft, parents })}
        />
        {Object.keys(problems).length > 0 ? (
          <Alert color="bad" icon={<IconAlertTriangle aria-hidden />} role="alert">
            {text.form.fix}
          </Alert>
        ) : null}
        {error && refusedField === null ? <ErrorNotice error={error} /> : null}
        <Group gap="sm">
          <Button type="submit" loading={busy}>
            {text.form.submit}
          </Button>
          <Button variant="default" disabled={busy} onClick={take(onKeep)}>
            {text.form.keep}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
