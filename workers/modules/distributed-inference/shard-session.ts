import { HearthError, toHearthError } from '#protocol/core/errors.ts'
import type { NodeId } from '#protocol/core/ids.ts'
import { DISTRIBUTED_LLM_CHUNK_TOKENS, DISTRIBUTED_LLM_STEP_NUMBERS } from '#protocol/distributed-inference/constants.ts'
import type { ComputeClient } from '../../compute/client.ts'
import type { SequenceOf } from '../../compute/port.ts'
import type { ReceivedTensor, TensorSession } from '../../kernel/tensors.ts'
import { unpackTensor } from '../../transport/tensor/dtype.ts'
import { isBefore, packHop, RELEASED, receiptId, receiptOf } from './hop-tensor.ts'
import type { ReadyShard } from './offered-layers.ts'

export interface ShardSessionDeps {
  readonly compute: Pick<ComputeClient, 'forward' | 'forget'>
  /** Whether a peer may still be computed for: whoever was trusted when a session began may not be any more. */
  readonly isTrusted: (peer: NodeId) => boolean
}

/** Steps of one conversation that are taken before the first of them is answered. */
const STEPS_AHEAD = 8

/** A tensor that no conversation with this shard can have. */
type Refused = 'wrong_shape' | 'wrong_dtype' | 'too_many_tokens' | 'wrong_step' | 'no_number' | 'unauthorized'

/** @returns how many tokens it has, or why it is refused */
function tokensOf({ shape, dtype, grad }: ReceivedTensor, hiddenSize: number, left: number): number | Refused {
  const [batch, tokens = 0, hidden, ...more] = shape
  if (batch !== 1 || hidden !== hiddenSize || more.length > 0 || tokens < 1) return 'wrong_shape'
  // eight bits would have to be agreed on, and gradients are no hidden states
  if (dtype === 'int8' || grad) return 'wrong_dtype'
  return tokens > DISTRIBUTED_LLM_CHUNK_TOKENS || tokens > left ? 'too_many_tokens' : tokens
}

/** One conversation of a peer with a shard of this device. */
export interface Conversation {
  /** Settles when it is over. */
  readonly over: Promise<void>
  /** Hands all results to the next shard, too (DLM-11). @throws HearthError `bad_request` once it has begun */
  handOn(next: TensorSession): void
}

/**
 * Computes one conversation of a peer: each tensor that comes is answered by one of the same shape and id. However the session
 * ends, its cache is freed then (DLM-10). Nothing of a tensor is kept or logged (DLM-5).
 * @param handing over which another shard hands steps of it, where one may (DLM-11). Whichever way a step comes first counts.
 */
export function converse(
  { compute, isTrusted }: ShardSessionDeps,
  session: TensorSession,
  shard: ReadyShard,
  conversation: SequenceOf,
  handing: Promise<TensorSession> | null = null,
): Conversation {
  const { hidden_size, max_tokens } = shard.descriptor
  const underWay = new Set<Promise<void>>()
  let [position, steps] = [0, 0]
  let over = false
  let next: TensorSession | null = null
  let handed: TensorSession | null = null

  const withdrawn = (): void => session.cancel('withdrawn')
  if (shard.life.aborted) withdrawn()
  shard.life.addEventListener('abort', withdrawn)
  void session.ended.then(() => {
    over = true
    shard.life.removeEventListener('abort', withdrawn)
    compute.forget(conversation)
    handed?.cancel('over')
    next?.cancel('over')
  })
  // how it failed to come is known to who was to hand something over
  handing?.then(takeHanded, () => undefined)

  async function answer(tensor: ReceivedTensor, hidden: Float32Array<ArrayBuffer>, at: number, from: TensorSession) {
    const { id } = tensor
    const tokens = hidden.length / hidden_size
    // before the result: who asks believes none without knowing what it was made of
    if (from !== session) session.send(receiptOf(tensor), { id: receiptId(id), urgent: true }).catch(() => undefined)
    const gave = packHop(await compute.forward({ ...conversation, position: at, hidden }), hidden_size, session.dtype)
    shard.served(tokens)
    // who cannot be handed anything is given it by who asks
    next?.send(gave, { id, urgent: true }).catch(() => undefined)
    await session.send(gave, { id, urgent: true })
  }

  /** @returns why it is no step of this conversation; null where it is, or was one already */
  function take(tensor: ReceivedTensor, from: TensorSession): Refused | null {
    if (!isTrusted(from.peer)) return 'unauthorized'
    if (handing && isBefore(tensor.id, steps)) return null
    if (handing && tensor.id !== steps % DISTRIBUTED_LLM_STEP_NUMBERS) return 'wrong_step'
    const tokens = tokensOf(tensor, hidden_size, max_tokens - position)
    if (typeof tokens !== 'number') return tokens
    const { values } = unpackTensor(tensor)
    // who asks looks at what it is given itself (DLM-6)
    if (from !== session && !values.every(Number.isFinite)) return 'no_number'
    const step: Promise<void> = answer(tensor, values, position, from)
      .catch((error: unknown) => session.cancel(toHearthError(error).code))
      .finally(() => underWay.delete(step))
    underWay.add(step)
    position += tokens
    steps += 1
    return null
  }

  async function takeAll(from: TensorSession): Promise<void> {
    for await (const tensor of from.tensors) {
      // what still waits to be read when a session ends would begin a conversation that nobody ends
      if (over) return
      const refused = take(tensor, from)
      if (refused) return from.cancel(refused)
      while (underWay.size >= STEPS_AHEAD) await Promise.race(underWay)
    }
  }

  async function takeHanded(from: TensorSession): Promise<void> {
    handed = from
    if (over) return from.cancel('over')
    // however it ends, the conversation goes on with who asks
    await takeAll(from).catch(() => undefined)
    if (!over)
      session.send(RELEASED, { id: receiptId(steps % DISTRIBUTED_LLM_STEP_NUMBERS), urgent: true }).catch(() => undefined)
  }

  return {
    over: takeAll(session),
    handOn(to) {
      if (steps > 0 || next || over) {
        to.cancel('late')
        throw new HearthError('bad_request', 'this conversation has begun')
      }
      next = to
    },
  }
}

/** Ends a session's service however it went. */
export const quietly = (serving: Promise<void>): Promise<void> =>
  serving.catch((error: unknown) => {
    // how a session ended is its other side's to know; what is no such end is a bug
    const { code }: HearthError = toHearthError(error)
    if (code === 'internal_error') reportError(error)
  })
