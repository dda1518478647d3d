import { HearthError } from '#protocol/core/errors.ts'

/** Why a graph cannot be cut. Said in `data.reason`, so that a screen can put it into a person's words. */
export type Reason =
  | 'no_graph'
  | 'subgraph'
  | 'no_embedding'
  | 'no_logits'
  | 'no_cache'
  | 'no_single_path'
  | 'several_values'
  | 'unknown_input'
  | 'needs_tokens'
  | 'needs_foreign_cache'
  | 'weights_inside'

/** A graph that is well-formed and that this cutter does not cut; it is never cut on a guess. */
export const refusal = (reason: Reason, message: string): HearthError =>
  new HearthError('not_implemented', message, { data: { reason } })
