import { HearthError } from '#protocol/core/errors.ts'
import type { Outcome } from '../engine/shard-runner.ts'

/** No decoder's residual stream comes near this; a scaled or wrongly read one does. */
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
