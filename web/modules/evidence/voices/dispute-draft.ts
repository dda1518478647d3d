import type { Input } from '#protocol/core/capability.ts'
import type { NodeId } from '#protocol/core/ids.ts'
import type { claimDispute } from '#protocol/evidence/capabilities.ts'
import type { Claim } from '#protocol/evidence/events.ts'
import { type ClaimDraft, checkDraft, EMPTY_DRAFT, type Problems } from '../claim-form.ts'
import { rationaleProblem } from './rationale.ts'

export interface DisputeDraft {
  readonly rationale: string
  /** Whether the disputer says something else instead, or objects and no more. */
  readonly kind: 'instead' | 'only'
  readonly counter: Pick<ClaimDraft, 'object' | 'confidence' | 'sources'>
}

export const EMPTY_DISPUTE: DisputeDraft = {
  rationale: '',
  kind: 'instead',
  counter: { object: EMPTY_DRAFT.object, confidence: EMPTY_DRAFT.confidence, sources: EMPTY_DRAFT.sources },
}

export type CheckedDispute =
  | { readonly ok: true; readonly input: Omit<Input<typeof claimDispute>, 'claim_id'> }
  | { readonly ok: false; readonly problems: Problems }

/** A dispute as the node takes it, or which fields are wrong and how. @param now RFC 3339, when the sources were read. */
export function checkDispute(draft: DisputeDraft, disputed: Claim, me: NodeId, now: string): CheckedDispute {
  const reason = rationaleProblem(draft.rationale)
  const mine: Problems = reason === null ? {} : { rationale: reason }
  const rationale = draft.rationale.trim()
  if (draft.kind === 'only') return reason === null ? { ok: true, input: { rationale } } : { ok: false, problems: mine }
  const { subject, predicate } = disputed
  const checked = checkDraft({ ...EMPTY_DRAFT, ...draft.counter, subject, predicate }, me, now)
  if (!checked.ok) return { ok: false, problems: { ...mine, ...checked.problems } }
  if (checked.input.object === disputed.object) return { ok: false, problems: { ...mine, object: 'same' } }
  if (reason !== null) return { ok: false, problems: mine }
  const { object, sources, confidence } = checked.input
  return { ok: true, input: { rationale, counterclaim: { object, sources, confidence } } }
}
