import { HearthError, toHearthError } from '#protocol/core/errors.ts'
import type { NodeId } from '#protocol/core/ids.ts'
import { DISTRIBUTED_LLM_SHARD_PURPOSE, DISTRIBUTED_LLM_STEP_NUMBERS } from '#protocol/distributed-inference/constants.ts'
import type { ShardDescriptor } from '#protocol/distributed-inference/schemas.ts'
import { shardConnect, shardHandOn } from '#protocol/distributed-inference/shard-capabilities.ts'
import type { Bus } from '../../kernel/bus/bus.ts'
import type { ReceivedTensor, TensorSession, TensorTransport } from '../../kernel/tensors.ts'
import { unpackTensor } from '../../transport/tensor/dtype.ts'
import { packHop, readNotice } from './hop-tensor.ts'
import type { HandedResult, HandedSteps, Next } from './runner.ts'

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
  /** Where its steps may come from another shard (DLM-11); `forward` is not to be used then. */
  readonly handed: HandedSteps | undefined
  /** Has the shard hand its results to the next one, too. @throws HearthError of `shard.hand_on` */
  handOn(next: Next): Promise<void>
}

interface Step {
  readonly tokens: number
  resolve(hidden: Float32Array<ArrayBuffer>): void
  reject(reason: HearthError): void
}

/** Receipts that wait for their results, at most: more than a shard takes steps ahead. */
const MOST_RECEIPTS = 64

/**
 * Negotiates a conversation with a shard and opens its session (TEN-5).
 * @throws HearthError of `shard.connect`, or `partition`, `timeout`, `not_implemented` where it cannot be reached; `pipeline_cancelled`
 * where the signal said so meanwhile
 */
export async function openShardLink(
  { bus, tensors }: LinkDeps,
  peer: NodeId,
  shard: ShardDescriptor,
  { signal, handedBy }: { readonly signal: AbortSignal; readonly handedBy?: NodeId | undefined },
): Promise<ShardLink> {
  const { shard_id, weights_sha256 } = shard
  const input = { shard_id, weights_sha256, ...(handedBy && { handed_by: handedBy }) }
  const granted = await bus.call(shardConnect, input, { to: peer, signal })
  const { session_id, session_token, max_tokens } = granted
  const grant = { session_id, session_token, purpose: DISTRIBUTED_LLM_SHARD_PURPOSE }
  // hidden states are noise to a compressor
  const session = await tensors.connect(peer, grant, { compression: 'none', preferredDtype: granted.dtype })
  const link = linkOver(session, shard, max_tokens, handedBy ? granted.handed : undefined, async ({ nodeId, ...next }) => {
    await bus.call(shardHandOn, { session_id, next: { node_id: nodeId, ...next } }, { to: peer, signal })
  })
  if (signal.aborted) {
    link.close()
    throw new HearthError('pipeline_cancelled', 'nobody wants this conversation any more')
  }
  signal.addEventListener('abort', link.close, { once: true })
  void link.ended.then(() => signal.removeEventListener('abort', link.close))
  return link
}

function linkOver(
  session: TensorSession,
  shard: ShardDescriptor,
  maxTokens: number,
  grant: HandedSteps['grant'] | undefined,
  handOn: ShardLink['handOn'],
): ShardLink {
  const width = shard.hidden_size
  const steps = new Map<number, Step>()
  const receipts = new Map<number, Uint8Array>()
  let onHanded: (result: HandedResult) => void = () => undefined
  let onReleased = (): void => undefined
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

  function heard(tensor: ReceivedTensor): void {
    if (grant) heardOfHanded(tensor)
    else answered(tensor)
  }

  /** @throws HearthError `pipeline_failed` where these are no hidden states of so many tokens */
  function rowsOf({ shape, dtype, bytes }: ReceivedTensor, expected?: number): Float32Array<ArrayBuffer> {
    const [batch, tokens, hidden, ...more] = shape
    if (batch !== 1 || !tokens || tokens !== (expected ?? tokens) || hidden !== width || more.length > 0 || dtype === 'int8')
      throw new HearthError('pipeline_failed', 'a shard gave a tensor of another shape')
    return unpackTensor({ dtype, shape, bytes }).values
  }

  function answered(tensor: ReceivedTensor): void {
    const step = steps.get(tensor.id)
    if (!step) throw new HearthError('pipeline_failed', 'a shard answered what nobody asked')
    const rows = rowsOf(tensor, step.tokens)
    steps.delete(tensor.id)
    step.resolve(rows)
  }

  function heardOfHanded(tensor: ReceivedTensor): void {
    const notice = readNotice(tensor)
    if (notice === 'released') onReleased()
    else if (notice) {
      receipts.set(notice.step, notice.digest)
      if (receipts.size > MOST_RECEIPTS) throw new HearthError('pipeline_failed', 'a shard takes what it does not compute')
    } else {
      const result = { step: tensor.id, rows: rowsOf(tensor), receipt: receipts.get(tensor.id) ?? null }
      receipts.delete(tensor.id)
      onHanded(result)
    }
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
      nextId = (nextId + 1) % DISTRIBUTED_LLM_STEP_NUMBERS
      const packed = packHop(hidden, width, session.dtype)
      return new Promise((resolve, reject) => {
        steps.set(id, { tokens, resolve, reject })
        // how the session ended is what those who wait are told
        session.send(packed, { id, urgent: true }).catch(() => undefined)
      })
    },
    ended,
    close,
    stats: () => session.stats(),
    handOn,
    handed: grant && {
      grant,
      listen(heard, released) {
        onHanded = heard
        onReleased = released
      },
      send(step, hidden) {
        const id = step % DISTRIBUTED_LLM_STEP_NUMBERS
        session.send(packHop(hidden, width, session.dtype), { id, urgent: true }).catch(() => undefined)
      },
    },
  }
}
