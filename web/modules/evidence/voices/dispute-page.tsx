import { Button, Radio, Stack, Textarea } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { useLocation } from 'wouter'
import type { NodeId } from '#protocol/core/ids.ts'
import { claimDispute } from '#protocol/evidence/capabilities.ts'
import type { ClaimRecord } from '#protocol/evidence/records.ts'
import { ErrorNotice } from '../../../kit/error-notice.tsx'
import { useText } from '../../../kit/i18n.tsx'
import { Loading } from '../../../kit/loading.tsx'
import { useCall } from '../../../port/hooks.ts'
import type { Problems } from '../claim-form.ts'
import { ConfidenceField } from '../confidence-field.tsx'
import classes from '../evidence.module.css'
import { messages as shared } from '../messages.ts'
import { claimPath } from '../paths.ts'
import { SourceFields } from '../source-fields.tsx'
import { useFirstProblem } from '../use-first-problem.ts'
import { useMe } from '../use-me.ts'
import { ClaimFrame } from './claim-frame.tsx'
import { checkDispute, type DisputeDraft, EMPTY_DISPUTE } from './dispute-draft.ts'
import { messages } from './messages.ts'
import { RationaleField } from './rationale-field.tsx'

interface CounterFieldsProps {
  readonly counter: DisputeDraft['counter']
  readonly problem: (field: string) => string | null
  readonly onChange: (counter: DisputeDraft['counter']) => void
}

function CounterFields({ counter, problem, onChange }: CounterFieldsProps) {
  const text = useText(messages)
  return (
    <>
      <Textarea
        label={text.insteadLabel}
        description={text.insteadHint}
        value={counter.object}
        onChange={(event) => onChange({ ...counter, object: event.currentTarget.value })}
        error={problem('object')}
        autosize
        minRows={2}
        maxRows={10}
        required
      />
      <ConfidenceField value={counter.confidence} onChange={(confidence) => onChange({ ...counter, confidence })} />
      <SourceFields sources={counter.sources} problem={problem} onChange={(sources) => onChange({ ...counter, sources })} />
    </>
  )
}

const KINDS = ['instead', 'only'] as const
const NO_PROBLEMS: Problems = {}

function DisputeForm({ record, me }: { readonly record: ClaimRecord; readonly me: NodeId }) {
  const text = useText(messages)
  const fieldTexts = useText(shared).form.problems
  const [, navigate] = useLocation()
  const [draft, setDraft] = useState(EMPTY_DISPUTE)
  const [problems, setProblems] = useState(NO_PROBLEMS)
  const [form, showProblem] = useFirstProblem()
  const dispute = useCall(claimDispute)
  const problem = (field: string): string | null => {
    const kind = problems[field]
    return kind === undefined ? null : fieldTexts[kind]
  }

  const submit = async (event: FormEvent) => {
    event.preventDefault()
    const checked = checkDispute(draft, record.claim, me, new Date().toISOString())
    setProblems(checked.ok ? NO_PROBLEMS : checked.problems)
    if (!checked.ok) return showProblem()
    const done = await dispute.run({ claim_id: record.claim_id, ...checked.input })
    if (done) navigate(claimPath(record.claim_id), { replace: true })
  }
  return (
    <form ref={form} onSubmit={submit} noValidate>
      <Stack gap="lg">
        <RationaleField
          value={draft.rationale}
          hint={text.disputeHint}
          problem={problems.rationale === 'required' || problems.rationale === 'too_long' ? problems.rationale : null}
          onChange={(rationale) => setDraft({ ...draft, rationale })}
        />
        <Radio.Group
          label={text.kind}
          value={draft.kind}
          onChange={(value) => setDraft({ ...draft, kind: KINDS.find((known) => known === value) ?? draft.kind })}
        >
          <Stack gap="xs" mt="xs">
            {KINDS.map((kind) => (
              <Radio
                key={kind}
                value={kind}
                label={text.kinds[kind]}
                classNames={{ body: classes.choice, label: classes.choiceLabel }}
              />
            ))}
          </Stack>
        </Radio.Group>
        {draft.kind === 'instead' ? (
          <CounterFields counter={draft.counter} problem={problem} onChange={(counter) => setDraft({ ...draft, counter })} />
        ) : null}
        {dispute.error ? <ErrorNotice error={dispute.error} /> : null}
        <Button type="submit" loading={dispute.busy} style={{ alignSelf: 'flex-start' }}>
          {text.dispute}
        </Button>
      </Stack>
    </form>
  )
}

/** Objects to somebody else's claim: why, and what is so instead (EVI-3). */
export function DisputePage() {
  const text = useText(messages)
  const me = useMe()
  return (
    <ClaimFrame title={text.disputeTitle} intro={text.disputeIntro}>
      {(record) => (me === null ? <Loading rows={6} /> : <DisputeForm record={record} me={me} />)}
    </ClaimFrame>
  )
}
