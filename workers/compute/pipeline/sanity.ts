import { HearthError } from '#protocol/core/errors.ts'
import type { Outcome } from '../engine/shard-runner.ts'

/** No decoder's residual stream comes near this, though some leave half precision far behind; a wrongly read one does. */
const LARGEST = 1e6

/**
 * Checks what a shard gave (DLM-6): as many numbers as asked for, all of them numbers, none beyond bounds.
 * @throws HearthError `pipeline_failed`; nothing of the tensor is in the message (DLM-5)
 */
export function checkHop(outcome: Outcome, tokens: number, hiddenSize: number): void {
  if (outcome.kind === 'hidden' && outcome.data.length !== tokens * hiddenSize)
    throw new HearthError('pipeline_failed', 'a shard gave a tensor of another shape')
  if (outcome.data.length === 0 || !outcome.data.every((value) => Math.abs(value) < LARGEST))
    throw new HearthError('pipeline_failed', 'a shard gave what is no number, or far too large')
}

/** How much layers may lengthen or shorten a row. Attention sinks lengthen some ten thousandfold; nothing comes back to almost nothing. */
const LONGER = 1e6
const SHORTER = 1e-4

/**
 * Whether layers can have made `gave` of `given` (DLM-6): rows of the same width, none of them far too large or of a
 * length that no layers give a row.
 */
export function isPlausible(given: Float32Array, gave: Float32Array, width: number): boolean {
  if (gave.length !== given.length || gave.length === 0) return false
  for (let start = 0; start < gave.length; start += width) {
    let [before, after] = [0, 0]
    for (let at = start; at < start + width; at++) {
      const [from, to] = [given[at] ?? 0, gave[at] ?? Number.NaN]
      // written so that what is no number fails
      if (!(Math.abs(to) < LARGEST)) return false
      before += from * from
      after += to * to
    }
    if (before > 0 && !(after >= before * SHORTER ** 2 && after <= before * LONGER ** 2)) return false
  }
  return true
}
