import { HearthError } from '#protocol/core/errors.ts'
import type { Outcome, Step } from './shard-runner.ts'
import type { Waiting } from './waiting-room.ts'

/** Kernels compute so many rows at once: a step that is cut at multiples of it says the same to the bit as in one. */
const ROWS = 8
/** How long a slice may take: a step under way cannot be stopped, and everybody is to stop within 200 ms (DLM-10). */
const SLICE_MS = 100
/** Tokens of a slice before it is known how long they take. */
const FIRST_TOKENS = 32

/**
 * Tokens of each slice of a step: as many as take no longer than a conversation may wait for another one, or for a stop.
 * @param msPerToken measured in steps of several tokens; null before the first
 */
export function sliceSizes(tokens: number, msPerToken: number | null): readonly number[] {
  const fit = msPerToken === null ? FIRST_TOKENS : Math.floor(SLICE_MS / msPerToken / ROWS) * ROWS
  const size = Math.max(ROWS, fit)
  const sizes: number[] = []
  for (let left = tokens; left > 0; ) {
    // fewer rows than kernels compute at once would be computed in another way than as the end of a longer step
    const next = left - size < ROWS ? left : size
    sizes.push(next)
    left -= next
  }
  return sizes
}

/** @param width numbers of one token's hidden state */
export const tokensOf = (step: Step, width: number): number =>
  step.kind === 'tokens' ? step.tokens.length : step.hidden.length / width

/** A step in slices, the first of which needs room for all of them. */
export function slicesOf(asked: Omit<Waiting, 'room'>, width: number, msPerToken: number | null): readonly Waiting[] {
  const { step } = asked
  const count = tokensOf(step, width)
  let at = 0
  return sliceSizes(count, msPerToken).map((tokens) => {
    const [from, to] = [at, at + tokens]
    at = to
    const slice: Step =
      step.kind === 'tokens'
        ? { kind: 'tokens', tokens: step.tokens.slice(from, to) }
        : { kind: 'hidden', hidden: step.hidden.slice(from * width, to * width) }
    return { ...asked, position: asked.position + from, step: slice, room: count - from }
  })
}

/** What came of a step, out of what came of its slices: hidden states one after the other, logits of the last. @throws what the first that failed threw */
export function joined(settled: readonly PromiseSettledResult<Outcome>[]): Outcome {
  const outcomes = settled.map((one) => {
    if (one.status === 'rejected') throw one.reason
    return one.value
  })
  const last = outcomes.at(-1)
  if (!last) throw new HearthError('internal_error', 'a step of no slices')
  if (outcomes.length === 1) return last
  const tokens = outcomes.reduce((sum, outcome) => sum + outcome.tokens, 0)
  if (last.kind === 'logits') return { ...last, tokens }
  const data = new Float32Array(outcomes.reduce((sum, outcome) => sum + outcome.data.length, 0))
  let at = 0
  for (const outcome of outcomes) {
    data.set(outcome.data, at)
    at += outcome.data.length
  }
  return { kind: 'hidden', data, tokens }
}
