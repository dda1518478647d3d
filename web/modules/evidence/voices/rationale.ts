import { EVIDENCE_RATIONALE_MAX_CHARS } from '#protocol/evidence/constants.ts'

export type RationaleProblem = 'required' | 'too_long'

/** What is wrong with a reason as the node would take it, or null. */
export function rationaleProblem(text: string): RationaleProblem | null {
  const { length } = text.trim()
  if (length === 0) return 'required'
  return length > EVIDENCE_RATIONALE_MAX_CHARS ? 'too_long' : null
}
