import type { HearthError } from '#protocol/core/errors.ts'
import type { NodeId, Ulid } from '#protocol/core/ids.ts'
import type { Signer } from '#protocol/core/signing.ts'
import type { TensorDtype, TensorHello } from '#protocol/tensor-transport/wire.ts'
import type { Mesh } from './mesh/mesh.ts'
import type { Runtime } from './runtime.ts'

/** What the transport stands on. */
export interface TensorDeps {
  readonly runtime: Runtime
  readonly signer: Signer
  readonly mesh: Pick<Mesh, 'handle' | 'open'>
}
/** Brings the transport up: the kernel knows what it does, not how (`workers/transport/tensor`). */
export type OpenTensors = (deps: TensorDeps) => Promise<TensorTransport>

/**
 * What modules use of the tensor transport (X08). A service offers a session over the bus and gets the tensors that come:
 *
 *     const offer = await transport.offer({ peer: caller, purpose: 'shard.forward' })
 *     // answer of `shard.connect`: { session_id: offer.session_id, session_token: offer.session_token }
 *     const session = await offer.session
 *     for await (const { id, shape, bytes } of session.tensors) await session.send(next(bytes, shape), { id, urgent: true })
 *
 * and the caller opens it with what the bus answered:
 *
 *     const session = await transport.connect(shard, { session_id, session_token, purpose: 'shard.forward' })
 *     await session.send({ dtype: 'fp16', shape: [1, 1, 2048], bytes }, { urgent: true })
 *
 * Activations go `urgent`, weights and adapters do not; they are best sent over a session of their own, so that not even what
 * the stream has already taken lies in the way (TEN-11).
 */
export interface TensorTransport {
  /** Makes ready for one session that `peer` will open. @throws HearthError `capacity_exceeded` with 64 open or offered */
  offer(offer: TensorOffer): Promise<OfferedSession>
  /**
   * Opens a session that `peer` offered.
   * @throws HearthError `partition`, `timeout`, `unauthorized`, `capacity_exceeded`, `not_implemented` where X08 is not spoken
   */
  connect(peer: NodeId, grant: TensorGrant, options?: TensorSessionOptions): Promise<TensorSession>
  /** Open sessions with their counters, for people. */
  sessions(): readonly TensorSession[]
  /** Cancels everything and serves no more. */
  stop(): void
}

export interface TensorOffer {
  readonly peer: NodeId
  /** A word that both sides know from the bus, for instance `shard.forward`: `[a-z0-9._-]{1,64}`. */
  readonly purpose: string
  readonly options?: TensorSessionOptions
}

export interface OfferedSession {
  readonly session_id: Ulid
  readonly session_token: string
  /** Rejects with `timeout` when nobody opens it within a minute, with `partition` when it is withdrawn. */
  readonly session: Promise<TensorSession>
  withdraw(): void
}

export interface TensorGrant {
  readonly session_id: Ulid
  readonly session_token: string
  readonly purpose: string
}

export interface TensorSessionOptions {
  /** What this side wants to be sent: `fp16` unless both sides prefer the same other one (TEN-4). int8 is an opt-in of both. */
  readonly preferredDtype?: TensorDtype
  /** `none` for what is known not to shrink: not even a sample is tried (TEN-8). */
  readonly compression?: 'zstd' | 'none'
  /** Frames that may come unacknowledged, 1 to 1024; 16 unless said otherwise (TEN-7). */
  readonly flowWindow?: number
  /** Bytes of tensor data per frame that may come. */
  readonly maxChunkBytes?: number
  /** Bytes of tensor data per frame that goes; the other side's maximum holds as well. */
  readonly chunkBytes?: number
}

/** Elements in row-major order, little-endian (TEN-4). */
export interface Tensor {
  readonly dtype: TensorDtype
  /** 1 to 8 dimensions; a dimension may be 0. */
  readonly shape: readonly number[]
  /** As many as dtype and shape say. */
  readonly bytes: Uint8Array<ArrayBuffer>
  /** A gradient (flag GRAD); false unless said otherwise. */
  readonly grad?: boolean
}

export interface ReceivedTensor extends Tensor {
  /** What the sender called it: 0 to 65,535. */
  readonly id: number
  readonly grad: boolean
}

export interface SendOptions {
  /** Overtakes what is not urgent, with a bound (TEN-11). */
  readonly urgent?: boolean
  /** 0 to 65,535, for instance a step; counted up unless given. No two that are under way at once may share one. */
  readonly id?: number
}

/** One X08 session, both ways. */
export interface TensorSession {
  readonly peer: NodeId
  /** What the other side said of itself. */
  readonly hello: TensorHello
  /** The element type both sides agreed on: what they both prefer, or fp16. */
  readonly dtype: TensorDtype
  /**
   * Resolves when the other side has acknowledged the whole tensor. The bytes must not change until then.
   * @throws HearthError `bad_request` where bytes and shape differ, `tensor_too_large`, or how the session ended
   */
  send(tensor: Tensor, options?: SendOptions): Promise<void>
  /**
   * Whole tensors, in the order in which they became whole; to be read by one reader. Reading makes room for more. Ends when the other side closes;
   * throws how the session ended otherwise.
   */
  readonly tensors: AsyncIterable<ReceivedTensor>
  /** Ends the session at once; what is under way either way is dropped (TEN-10). */
  cancel(reason: string): void
  /** Ends the session when everything sent is acknowledged. Never rejects. */
  close(): Promise<void>
  /** How it ended: null after a `close` of either side. */
  readonly ended: Promise<HearthError | null>
  stats(): TensorStats
}

export interface TrafficCount {
  readonly frames: number
  /** On the wire, headers and all. */
  readonly bytes: number
  readonly tensors: number
  /** Of tensor data before compression. */
  readonly tensorBytes: number
  /** Of tensor data that went compressed, before and after. */
  readonly compressedFrom: number
  readonly compressedTo: number
}

export interface TensorStats {
  readonly sent: TrafficCount
  readonly received: TrafficCount
  /** Smoothed, in milliseconds; null until something was acknowledged. */
  readonly roundTripMs: number | null
  /** Milliseconds since the session opened. */
  readonly openMs: number
}
