import type { Static } from '@sinclair/typebox'
import { OneOf, Strict } from '../core/schema.ts'
import * as Type from '../core/type.ts'

/** What a device does with an alert, loudest last. `refuse`: it is not believed. `hide`: true, and not for here. */
export const DELIVERIES = ['refuse', 'hide', 'list', 'notify', 'alarm'] as const
export type Delivery = (typeof DELIVERIES)[number]

/** The rules that a receiver goes through, in this order (CIV-7, CIV-12). */
export const DECISION_RULES = [
  ...(['signature', 'certificate', 'revocation', 'scope', 'cosignature', 'mirror'] as const),
  ...(['roles', 'region', 'shape', 'cancelled', 'replaced', 'expired', 'clock', 'drill', 'scheme', 'severity'] as const),
] as const
export type DecisionRule = (typeof DECISION_RULES)[number]

/** One rule's answer. The screen has the words; `detail` has what goes into them. */
export const ReasonSchema = Strict({
  rule: OneOf(DECISION_RULES),
  /** `pass`: nothing against it. `stop`: this is why not. `mark`: delivered, with this said beside it. */
  verdict: OneOf(['pass', 'stop', 'mark']),
  /** A word per rule and case, for instance `outside`, `expired_certificate`. */
  code: Type.String({ pattern: '^[a-z0-9_]+$', maxLength: 64 }),
  detail: Type.Record(Type.String(), Type.String({ maxLength: 400 })),
})
export type Reason = Static<typeof ReasonSchema>

export const MARKS = ['drill', 'foreign_role', 'mirror', 'clock'] as const
export type Mark = (typeof MARKS)[number]

/** Why a person sees an alert, or why not: the very answer that decided it (CIV-12). */
export const DecisionSchema = Strict({
  delivery: OneOf(DELIVERIES),
  marks: Type.Array(OneOf(MARKS)),
  reasons: Type.Array(ReasonSchema),
})
export type Decision = Static<typeof DecisionSchema>
