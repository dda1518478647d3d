import { type HearthError, toHearthError } from '#protocol/core/errors.ts'
import type { NodeId } from '#protocol/core/ids.ts'
import { DISTRIBUTED_LLM_CHUNK_TOKENS } from '#protocol/distributed-inference/constants.ts'
import type { ComputeClient } from '../../compute/client.ts'
import type { SequenceOf } from '../../compute/port.ts'
import type { ReceivedTensor, TensorSession } from '../../kernel/tensors.ts'
import { packTensor, unpackTensor } from '../../transport/tensor/dtype.ts'
import type { ReadyShard } from './offered-layers.ts'

export interface ShardSessionDeps {
  readonly compute: Pick<ComputeClient, 'forward' | 'forget'>
  /** Whether a peer may still be computed for: whoever was trusted when a session began may not be any more. */
  readonly isTrusted: (peer: NodeId) => boolean
}

/** Steps of one conversation that are taken before the first of them is answered. */
const STEPS_AHEAD = 8

/** A tensor that no conversation with this shard can have. */
type Refused = 'wrong_shape' | 'wrong_dtype' | 'too_many_tokens'

/** @returns how many tokens it has, or why it is refused */
function tokensOf({ shape, dtype, grad }: ReceivedTensor, hiddenSize: number, left: number): number | Refused {
  const [batch, tokens = 0, hidden, ...more] = shape
  if (batch !== 1 || hidden !== hiddenSize || more.length > 0 || tokens < 1) return 'wrong_shape'
  // eight bits would have to be agreed on, and gradients are no hidden states
  if (dtype === 'int8' || grad) return 'wrong_dtype'
  return tokens > DISTRIBUTED_LLM_CHUNK_TOKENS || tokens > left ? 'too_many_tokens' : tokens
}

/**
 * Computes one conversation of a peer: each tensor that comes is answered by one of the same shape and id. However the session
 * ends, its cache is freed then (DLM-10). Nothing of a tensor is kept or logged (DLM-5).
 */
export async function serveShardSession(
  { compute, isTrusted }: ShardSessionDeps,
  session: TensorSession,
  shard: ReadyShard,
  conversation: SequenceOf,
): Promise<void> {
  const { hidden_size, max_tokens } = shard.descriptor
  const underWay = new Set<Promise<void>>()
  let position = 0
  let over = false

  const withdrawn = (): void => session.cancel('withdrawn')
  if (shard.life.aborted) withdrawn()
  shard.life.addEventListener('abort', withdrawn)
  void session.ended.then(() => {
    over = true
    shard.life.removeEventListener('abort', withdrawn)
    compute.forget(conversation)
  })

  async function answer(tensor: ReceivedTensor, at: number, tokens: number): Promise<void> {
    const hidden = await compute.forward({ ...conversation, position: at, hidden: unpackTensor(tensor).values })
    shard.served(tokens)
    await session.send(packTensor(hidden, tensor.shape, session.dtype), { id: tensor.id, urgent: true })
  }

  for await (const tensor of session.tensors) {
    // what still waits to be read when a session ends would begin a conversation that nobody ends
    if (over) return
    if (!isTrusted(session.peer)) return session.cancel('unauthorized')
    const tokens = tokensOf(tensor, hidden_size, max_tokens - position)
    if (typeof tokens !== 'number') return session.cancel(tokens)
    const step: Promise<void> = answer(tensor, position, tokens)
      .catch((error: unknown) => session.cancel(toHearthError(error).code))
      .finally(() => underWay.delete(step))
    underWay.add(step)
    position += tokens
    while (underWay.size >= STEPS_AHEAD) await Promise.race(underWay)
  }
}

/** Ends a session's service however it went. */
export const quietly = (serving: Promise<void>): Promise<void> =>
  serving.catch((error: unknown) => {
    // how a session ended is its other side's to know; what is no such end is a bug
    const { code }: HearthError = toHearthError(error)
    if (code === 'internal_error') reportError(error)
  })
