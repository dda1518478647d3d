import { Textarea } from '@mantine/core'
import { EVIDENCE_RATIONALE_MAX_CHARS } from '#protocol/evidence/constants.ts'
import { useFormat, useText } from '../../../kit/i18n.tsx'
import { messages } from './messages.ts'
import type { RationaleProblem } from './rationale.ts'

interface RationaleFieldProps {
  readonly value: string
  readonly hint: string
  readonly problem: RationaleProblem | null
  readonly onChange: (value: string) => void
}

/** Why: others decide by it whether to believe this. */
export function RationaleField({ value, hint, problem, onChange }: RationaleFieldProps) {
  const text = useText(messages)
  const format = useFormat()
  const used = text.used(format.number(value.trim().length), format.number(EVIDENCE_RATIONALE_MAX_CHARS))
  return (
    <Textarea
      label={text.reason}
      description={`${hint} ${used}`}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      error={problem === null ? null : text.problems[problem]}
      autosize
      minRows={3}
      maxRows={12}
      required
    />
  )
}
