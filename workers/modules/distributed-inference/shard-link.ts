import { HearthError, toHearthError } from '#protocol/core/errors.ts'
import type { NodeId } from '#protocol/core/ids.ts'
import { DISTRIBUTED_LLM_SHARD_PURPOSE } from '#protocol/distributed-inference/constants.ts'
import type { ShardDescriptor } from '#protocol/distributed-inference/schemas.ts'
import { shardConnect } from '#protocol/distributed-inference/shard-capabilities.ts'
import type { Bus } from '../../kernel/bus/bus.ts'
import type { ReceivedTensor, TensorSession, TensorTransport } from '../../kernel/tensors.ts'
import { packTensor, unpackTensor } from '../../transport/tensor/dtype.ts'

interface LinkDeps {
  readonly bus: Pick<Bus, 'call'>
  readonly tensors: Pick<TensorTransport, 'connect'>
}

/** One conversation with one shard of another node. */
export interface ShardLink {
  readonly peer: NodeId
  readonly shard: ShardDescriptor
  /** Most tokens of this conversation, as was agreed. */
  readonly maxTokens: number
  /**
   * Takes the hidden states of the next tokens through the shard, in the order of the calls; several may be under way.
   * @throws HearthError how the link ended; `pipeline_failed` for an answer that belongs to nothing or has another shape
   */
  forward(hidden: Float32Array<ArrayBuffer>): Promise<Float32Array<ArrayBuffer>>
  /** Null where this side closed it. Never rejects. */
  readonly ended: Promise<HearthError | null>
  /** Ends the conversation and frees its cache there, at once (DLM-10). */
  close(): void
  readonly stats: TensorSession['stats']
}

interface Step {
  readonly tokens: number
  resolve(hidden: Float32Array<ArrayBuffer>): void
  reject(reason: HearthError): void
}

const IDS = 0x1_0000

/**
 * Negotiates a conversation with a shard and opens its session (TEN-5).
 * @throws HearthError of `shard.connect`, or `partition`, `timeout`, `not_implemented` where it cannot be reached; `pipeline_cancelled`
 * where the signal said so meanwhile
 */
export async function openShardLink(
  { bus, tensors }: LinkDeps,
  peer: NodeId,
  shard: ShardDescriptor,
  { signal }: { readonly signal: AbortSignal },
): Promise<ShardLink> {
  const { shard_id, weights_sha256 } = shard
  const granted = await bus.call(shardConnect, { shard_id, weights_sha256 }, { to: peer, signal })
  const { session_id, session_token, max_tokens } = granted
  const grant = { session_id, session_token, purpose: DISTRIBUTED_LLM_SHARD_PURPOSE }
  // hidden states are noise to a compressor
  const session = await tensors.connect(peer, grant, { compression: 'none', preferredDtype: granted.dtype })
  const link = linkOver(session, shard, max_tokens)
  if (signal.aborted) {
    link.close()
    throw new HearthError('pipeline_cancelled', 'nobody wants this conversation any more')
  }
  signal.addEventListener('abort', link.close, { once: true })
  void link.ended.then(() => signal.removeEventListener('abort', link.close))
  return link
}

function linkOver(session: TensorSession, shard: ShardDescriptor, maxTokens: number): ShardLink {
  const width = shard.hidden_size
  const steps = new Map<number, Step>()
  let nextId = 0
  let closed = false
  let failure: HearthError | null = null

  const over = (): HearthError => failure ?? new HearthError('partition', 'the conversation is over')

  function close(): void {
    if (closed) return
    closed = true
    session.cancel('closed')
    settle()
  }

  function settle(): void {
    for (const { reject } of steps.values()) reject(over())
    steps.clear()
  }

  /** Nothing more is believed of who sent this. */
  function fail(error: HearthError): void {
    failure ??= error
    session.cancel('refused')
  }

  function heard({ id, shape, dtype, bytes }: ReceivedTensor): void {
    const step = steps.get(id)
    if (!step) throw new HearthError('pipeline_failed', 'a shard answered what nobody asked')
    const [batch, tokens, hidden, ...more] = shape
    if (batch !== 1 || tokens !== step.tokens || hidden !== width || more.length > 0 || dtype === 'int8')
      throw new HearthError('pipeline_failed', 'a shard gave a tensor of another shape')
    steps.delete(id)
    step.resolve(unpackTensor({ dtype, shape, bytes }).values)
  }

  async function listen(): Promise<void> {
    for await (const tensor of session.tensors) heard(tensor)
  }
  listen().catch((error: unknown) => fail(toHearthError(error)))

  const ended = session.ended.then((error) => {
    if (!closed) failure ??= error ?? new HearthError('shard_unavailable', 'the shard ended the conversation')
    settle()
    return closed ? null : over()
  })

  return {
    peer: session.peer,
    shard,
    maxTokens,
    async forward(hidden) {
      if (closed || failure) throw over()
      const tokens = hidden.length / width
      const id = nextId
      nextId = (nextId + 1) % IDS
      const packed = packTensor(hidden, [1, tokens, width], session.dtype)
      return new Promise((resolve, reject) => {
        steps.set(id, { tokens, resolve, reject })
        // how the session ended is what those who wait are told
        session.send(packed, { id, urgent: true }).catch(() => undefined)
      })
    },
    ended,
    close,
    stats: () => session.stats(),
  }
}
