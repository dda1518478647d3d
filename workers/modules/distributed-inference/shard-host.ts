import type { Input, Output } from '#protocol/core/capability.ts'
import { reaches } from '#protocol/core/capability.ts'
import { fromBase64Url, toBase64Url } from '#protocol/core/encoding.ts'
import { HearthError } from '#protocol/core/errors.ts'
import type { NodeId } from '#protocol/core/ids.ts'
import {
  DISTRIBUTED_LLM_CHUNK_TOKENS,
  DISTRIBUTED_LLM_SHARD_HEARTBEAT_SECONDS,
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
import type { Bus } from '../../kernel/bus/bus.ts'
import type { Members } from '../../kernel/community/members.ts'
import { every, type Runtime } from '../../kernel/runtime.ts'
import type { TensorTransport } from '../../kernel/tensors.ts'
import { packTensor, unpackTensor } from '../../transport/tensor/dtype.ts'
import { createGranting } from './granting.ts'
import type { ReadyShard } from './offered-layers.ts'
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

  const sequenceOf = ({ model, layers }: ShardDescriptor, sequence: string): SequenceOf => ({
    model,
    first: layers.from,
    end: layers.to + 1,
    sequence,
  })

  const granting = createGranting({ compute, isTrusted, tensors, requireShard, enter, sequenceOf })

  async function forwardOnce(input: Input<typeof shardForward>, signal: AbortSignal) {
    const shard = requireShard(input)
    const { hidden_size, max_tokens } = shard.descriptor
    const bytes = fromBase64Url(input.hidden)
    if (bytes.length !== input.tokens * hidden_size * HALF_BYTES || input.tokens > max_tokens)
      throw new HearthError('bad_request', `not the hidden states of ${input.tokens} tokens of these layers`)
    const leave = enter(shard)
    const conversation = sequenceOf(shard.descriptor, runtime.ulid())
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
    bus.handle(shardConnect, (input, { caller }) => granting.connect(input, caller)),
    bus.handle(shardHandOn, (input, { caller }) => granting.handOn(input, caller)),
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
