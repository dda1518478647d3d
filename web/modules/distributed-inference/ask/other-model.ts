import type { ErrorCode } from '#protocol/core/errors.ts'
import type { ModelState } from '#protocol/distributed-inference/model-capabilities.ts'
import { isDemonstration } from '../shared/model-name.tsx'
import type { Turn } from './conversation.ts'

/** Failures that say that a model cannot be computed now: nobody has its layers, nobody answers, it does not come, it is too large. */
const NOT_NOW: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'shard_unavailable',
  'shard_unreachable',
  'pipeline_failed',
  'weights_mismatch',
  'partition',
  'timeout',
  'not_found',
  'capacity_exceeded',
])

/** Whole on this device, or with the app, from where it comes at once. */
const isHere = ({ refused, state, source }: ModelState): boolean =>
  refused === null && (state === 'ready' || (source === 'app' && state !== 'partial'))

/** What comes first: what answers at once, what answers more than a demonstration does, what is larger. */
const byWorth = (a: ModelState, b: ModelState): number =>
  Number(b.state === 'ready') - Number(a.state === 'ready') ||
  Number(isDemonstration(a.model)) - Number(isDemonstration(b.model)) ||
  b.bytes - a.bytes

/** The best model that this device can compute alone, apart from those that were tried; null where there is none. */
export const otherHere = (models: readonly ModelState[], tried: readonly (string | null)[]): string | null =>
  models.filter((one) => isHere(one) && !tried.includes(one.model)).toSorted(byWorth)[0]?.model ?? null

/** Which model could answer a question in place of the one that could not be computed (DLM-4); null where none could. */
export function inPlaceOf({ error, model, insteadOf }: Turn, models: readonly ModelState[]): string | null {
  return error !== null && NOT_NOW.has(error.code) ? otherHere(models, [model, insteadOf]) : null
}
