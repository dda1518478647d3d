import type { Input, Output } from '#protocol/core/capability.ts'
import { reaches } from '#protocol/core/capability.ts'
import { fromBase64Url, toBase64Url } from '#protocol/core/encoding.ts'
import { HearthError, toHearthError } from '#protocol/core/errors.ts'
import { type NodeId, parseNodeId, parseUlid, type Ulid } from '#protocol/core/ids.ts'
import {
  DISTRIBUTED_LLM_CHUNK_TOKENS,
  DISTRIBUTED_LLM_HANDED_PURPOSE,
  DISTRIBUTED_LLM_SHARD_HEARTBEAT_SECONDS,
  DISTRIBUTED_LLM_SHARD_PURPOSE,
} from '#protocol/distributed-inference/constants.ts'
import type { ShardDescriptor } from '#protocol/distributed-inference/schemas.ts'
import {
  shardConnect,
  shardForward,
  shardHandOn,
  shardList,
  shardOffer,
  shardWatch,
  shardWithdraw,
  sharingGet,
  sharingSet,
} from '#protocol/distributed-inference/shard-capabilities.ts'
import type { ComputeClient } from '../../compute/client.ts'
import type { SequenceOf } from '../../compute/port.ts'
import type { Bus, Caller } from '../../kernel/bus/bus.ts'
import type { Members } from '../../kernel/community/members.ts'
import { every, type Runtime } from '../../kernel/runtime.ts'
import type { OfferedSession, TensorTransport } from '../../kernel/tensors.ts'
import { packTensor, unpackTensor } from '../../transport/tensor/dtype.ts'
import type { ReadyShard } from './offered-layers.ts'
import { type Conversation, converse, quietly } from './shard-session.ts'
import type { Sharing } from './sharing.ts'

interface HostDeps {
  readonly bus: Bus
  readonly runtime: Runtime
  readonly compute: ComputeClient
  readonly sharing: Sharing
  /** Missing while this node is on no mesh. */
  readonly tensors?: TensorTransport
  readonly members?: Members
  /** Others with shards that this node is directly connected with, and the round trip. */
  readonly reach: () => readonly Reach[]
}

type Offered = Output<typeof shardList>
type Reach = NonNullable<Offered['reach']>[number]

const HEARTBEAT_MS = DISTRIBUTED_LLM_SHARD_HEARTBEAT_SECONDS * 1000
/** Changes that follow each other closely go out as one frame. */
const TOGETHER_MS = 250
/** How long those who listen are given to hear that the shards go. */
const GOODBYE_MS = 500
/** Trying again makes sense when a conversation may have ended. */
const FULL_RETRY_MS = 1000
const HALF_BYTES = 2

/** `shard.*` and `sharing.*`: what this device computes for others. @returns what withdraws it, the shards first (DLM-9) */
export function serveShards({ bus, runtime, compute, sharing, tensors, members, reach }: HostDeps): () => Promise<void> {
  const stopping = new AbortController()
  const listeners = new Set<Promise<void>>()
  const conversations = new Map<Ulid, { readonly peer: NodeId; readonly shard: ShardDescriptor; readonly told: Conversation }>()
  const isTrusted = (peer: NodeId): boolean => {
    const level = members?.levelOf(peer) ?? 'unknown'
    return level !== 'revoked' && reaches(level, 'trusted')
  }

  /** @throws HearthError `shard_unavailable`, `weights_mismatch` */
  function requireShard({
    shard_id,
    weights_sha256,
  }: {
    readonly shard_id: string
    readonly weights_sha256: string
  }): ReadyShard {
    const shard = sharing.find(shard_id)
    if (!shard) throw new HearthError('shard_unavailable', 'this device does not offer these layers now')
    if (shard.descriptor.weights_sha256 !== weights_sha256)
      throw new HearthError('weights_mismatch', 'these layers are of other weights')
    return shard
  }

  /** @throws HearthError `capacity_exceeded` */
  function enter(shard: ReadyShard): () => void {
    const leave = shard.enter()
    if (!leave)
      throw new HearthError('capacity_exceeded', 'as many conversations as these layers take are under way', {
        retryAfterMs: FULL_RETRY_MS,
      })
    return leave
  }

  const conversationOf = ({ model, layers }: ShardDescriptor, sequence: string): SequenceOf => ({
    model,
    first: layers.from,
    end: layers.to + 1,
    sequence,
  })

  async function connect(input: Input<typeof shardConnect>, { nodeId, level }: Caller) {
    if (nodeId === null || level === 'self')
      throw new HearthError('bad_request', 'a device needs no session to compute its own layers')
    if (!tensors) throw new HearthError('shard_unavailable', 'this device streams no tensors now')
    const shard = requireShard(input)
    const { descriptor } = shard
    const leave = enter(shard)
    const offers: OfferedSession[] = []
    const gone = (): void => {
      for (const offer of offers) offer.withdraw()
    }
    const transport = tensors
    /** Makes ready for a session with a peer of this conversation. */
    const ready = async (peer: NodeId, purpose: string): Promise<OfferedSession> => {
      // hidden states are noise to a compressor
      const options = { compression: 'none', preferredDtype: descriptor.dtype } as const
      const offer = await transport.offer({ peer, purpose, options })
      offers.push(offer)
      return offer
    }
    try {
      const { session_id, session_token, session } = await ready(nodeId, DISTRIBUTED_LLM_SHARD_PURPOSE)
      const from = input.handed_by ? parseNodeId(input.handed_by) : null
      const handing = from && from !== nodeId && isTrusted(from) ? await ready(from, DISTRIBUTED_LLM_HANDED_PURPOSE) : null
      handing?.session.catch(() => undefined)
      shard.life.addEventListener('abort', gone, { once: true })
      const open = session.finally(() => shard.life.removeEventListener('abort', gone))
      void open.then(
        (session) => {
          const told = converse(
            { compute, isTrusted },
            session,
            shard,
            conversationOf(descriptor, session_id),
            handing?.session,
          )
          conversations.set(session_id, { peer: nodeId, shard: descriptor, told })
          void session.ended.then(() => {
            conversations.delete(session_id)
            handing?.withdraw()
            leave()
          })
          return quietly(told.over)
        },
        () => {
          gone()
          leave()
        },
      )
      return {
        session_id,
        session_token,
        ...(handing && { handed: { session_id: handing.session_id, session_token: handing.session_token } }),
        dtype: descriptor.dtype,
        max_tokens: descriptor.max_tokens,
      }
    } catch (error) {
      gone()
      leave()
      throw error
    }
  }

  /** Opens the way to the next shard of somebody's conversation (DLM-11). */
  async function handOn({ session_id, next }: Input<typeof shardHandOn>, { nodeId }: Caller) {
    const known = conversations.get(parseUlid(session_id))
    if (!tensors || known?.peer !== nodeId) throw new HearthError('not_found', 'the caller has no such conversation here')
    const peer = parseNodeId(next.node_id)
    if (!isTrusted(peer)) throw new HearthError('unauthorized', 'nothing is handed to who is not trusted here')
    const grant = {
      session_id: parseUlid(next.session_id),
      session_token: next.session_token,
      purpose: DISTRIBUTED_LLM_HANDED_PURPOSE,
    }
    const options = { compression: 'none', preferredDtype: known.shard.dtype } as const
    known.told.handOn(
      await tensors.connect(peer, grant, options).catch((error: unknown) => {
        throw new HearthError('shard_unreachable', `the next shard: ${toHearthError(error).code}`)
      }),
    )
    return {}
  }

  async function forwardOnce(input: Input<typeof shardForward>, signal: AbortSignal) {
    const shard = requireShard(input)
    const { hidden_size, max_tokens } = shard.descriptor
    const bytes = fromBase64Url(input.hidden)
    if (bytes.length !== input.tokens * hidden_size * HALF_BYTES || input.tokens > max_tokens)
      throw new HearthError('bad_request', `not the hidden states of ${input.tokens} tokens of these layers`)
    const leave = enter(shard)
    const conversation = conversationOf(shard.descriptor, runtime.ulid())
    const forget = (): void => compute.forget(conversation)
    signal.addEventListener('abort', forget)
    try {
      const { values } = unpackTensor({ dtype: 'fp16', shape: [1, input.tokens, hidden_size], bytes })
      const out = new Float32Array(values.length)
      const started = runtime.monotonic()
      for (let at = 0; at < input.tokens; at += DISTRIBUTED_LLM_CHUNK_TOKENS) {
        signal.throwIfAborted()
        const hidden = values.slice(at * hidden_size, (at + DISTRIBUTED_LLM_CHUNK_TOKENS) * hidden_size)
        out.set(await compute.forward({ ...conversation, position: at, hidden }), at * hidden_size)
      }
      shard.served(input.tokens)
      const packed = packTensor(out, [1, input.tokens, hidden_size], 'fp16')
      return { hidden: toBase64Url(packed.bytes), compute_ms: runtime.monotonic() - started }
    } finally {
      signal.removeEventListener('abort', forget)
      forget()
      leave()
    }
  }

  /** Resolves with the next heartbeat, or a moment after something changed, or at once when this ends. */
  function nextBeat(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const undo: (() => void)[] = []
      const beat = (): void => {
        for (const stop of undo) stop()
        resolve()
      }
      const ends = AbortSignal.any([signal, stopping.signal])
      if (ends.aborted) return resolve()
      ends.addEventListener('abort', beat)
      undo.push(
        runtime.after(HEARTBEAT_MS, beat),
        sharing.changed.on(() => undo.push(runtime.after(TOGETHER_MS, beat))),
        () => ends.removeEventListener('abort', beat),
      )
    })
  }

  const offered = (): Offered => ({ shards: [...sharing.ready()], reach: [...reach()] })

  async function* watch(signal: AbortSignal): AsyncGenerator<Offered, Record<string, never>> {
    let done = (): void => undefined
    const listening = new Promise<void>((resolve) => (done = resolve))
    listeners.add(listening)
    try {
      while (!signal.aborted) {
        yield offered()
        if (stopping.signal.aborted) break
        await nextBeat(signal)
      }
      return {}
    } finally {
      listeners.delete(listening)
      done()
    }
  }

  const withdraw = [
    bus.handle(shardList, async () => offered()),
    bus.handleStream(shardWatch, (_, { signal }) => watch(signal)),
    bus.handle(shardConnect, (input, { caller }) => connect(input, caller)),
    bus.handle(shardHandOn, (input, { caller }) => handOn(input, caller)),
    bus.handle(shardForward, (input, { signal }) => forwardOnce(input, signal)),
    bus.handle(shardOffer, async ({ model, layers }) => ({ shard_id: await sharing.offer(model, layers) })),
    bus.handle(shardWithdraw, async ({ shard_id }) => {
      await sharing.withdraw(shard_id)
      return {}
    }),
    bus.handle(sharingGet, async () => {
      const { backend, shards } = await compute.shards()
      return {
        share: sharing.share,
        memory_bytes: sharing.memoryBytes,
        memory_limits: { least_bytes: sharing.limits.leastBytes, most_bytes: sharing.limits.mostBytes },
        used_bytes: shards.reduce((sum, { bytes, cacheBytes }) => sum + bytes + cacheBytes, 0),
        backend,
        offers: sharing.offers().map(({ id, model, layers, state, code, memoryBytes, streams, servedTokens }) => ({
          shard_id: id,
          model,
          layers,
          state,
          code,
          memory_bytes: memoryBytes,
          streams,
          served_tokens: servedTokens,
        })),
      }
    }),
    bus.handle(sharingSet, async ({ share, memory_bytes }) => {
      await sharing.set({
        ...(share !== undefined && { share }),
        ...(memory_bytes !== undefined && { memoryBytes: memory_bytes }),
      })
      return {}
    }),
  ]
  const stopBeating = every(runtime, HEARTBEAT_MS, () => void sharing.beat().catch(reportError))

  return async () => {
    stopBeating()
    sharing.close()
    stopping.abort()
    // whoever listens hears that the shards are gone before the line is; who does not take it is not waited for
    if (listeners.size > 0)
      await new Promise<void>((resolve) => {
        const calledOff = runtime.after(GOODBYE_MS, resolve)
        void Promise.all(listeners).then(() => {
          calledOff()
          resolve()
        })
      })
    sharing.stop()
    for (const stop of withdraw) stop()
  }
}
