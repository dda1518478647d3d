import type { Static } from '@sinclair/typebox'
import { NodeIdSchema, OneOf, Strict, UlidSchema } from '../core/schema.ts'
import * as Type from '../core/type.ts'
import { TENSOR_CHUNK_BYTES } from './constants.ts'

/** The libp2p protocol. Its frames follow each other on the stream without the length of TRA-5: they carry their own. */
export const TENSOR_PROTOCOL = '/hearthnet/tensor/3.0.0'
/** First byte of every frame (TEN-1). */
export const TENSOR_VERSION = 1
/** Bytes before a frame's payload (TEN-1). */
export const TENSOR_HEADER_BYTES = 16
/** Bytes of a nonce of PING and PONG (TEN-2). */
export const TENSOR_NONCE_BYTES = 8

/** Second byte of a frame (TEN-2). */
export const TENSOR_FRAME_TYPES = {
  tensor_data: 1,
  tensor_end: 2,
  ack: 3,
  nack: 4,
  hello: 5,
  bye: 6,
  flowctl: 7,
  ping: 8,
  pong: 9,
} as const
export type TensorFrameType = keyof typeof TENSOR_FRAME_TYPES

/** Bits of the last header field (TEN-3). */
export const TENSOR_FLAGS = { compressed: 1, final: 2, grad: 4, encrypted: 8 } as const

/** Element types by their number on the wire (TEN-4). */
export const TENSOR_DTYPES = { fp16: 1, fp32: 2, bf16: 3, int8: 4 } as const
export type TensorDtype = keyof typeof TENSOR_DTYPES
/** Bytes of one element (TEN-4). */
export const TENSOR_ELEMENT_BYTES = { fp16: 2, fp32: 4, bf16: 2, int8: 1 } as const satisfies Record<TensorDtype, number>

/** What a session is for: a word that both sides agreed on over the bus, for instance `shard.forward`. */
export const TensorPurposeSchema = Type.String({ pattern: '^[a-z0-9._-]{1,64}$' })

/** What each side can do and wants (TEN-5). Each speaks for what it receives. */
export const TensorNegotiationSchema = Strict({
  preferred_dtype: OneOf(['fp16', 'fp32', 'bf16', 'int8']),
  compression: OneOf(['none', 'zstd']),
  max_chunk_bytes: Type.Integer({ minimum: 1, maximum: TENSOR_CHUNK_BYTES }),
  flow_window: Type.Integer({ minimum: 1, maximum: 1024 }),
})
export type TensorNegotiation = Static<typeof TensorNegotiationSchema>

/** First frame of either side (TEN-5). */
export const TensorHelloSchema = Strict({
  session_id: UlidSchema,
  session_token: Type.String({ minLength: 1, maxLength: 800 }),
  from: NodeIdSchema,
  to: NodeIdSchema,
  purpose: TensorPurposeSchema,
  negotiation: TensorNegotiationSchema,
})
export type TensorHello = Static<typeof TensorHelloSchema>

/** Room for more frames (TEN-7). */
export const TensorFlowctlSchema = Strict({
  window: Type.Integer({ minimum: 1, maximum: 1024 }),
  credits_added: Type.Integer({ minimum: 1, maximum: 1024 }),
})
export type TensorFlowctl = Static<typeof TensorFlowctlSchema>

/** Why a frame or a session was refused: the text of a NACK (TEN-2). */
export const TENSOR_REFUSALS = [
  'bad_header',
  'bad_payload',
  'unknown_frame_type',
  'unknown_flags',
  'encryption_unsupported',
  'compression_unsupported',
  'unknown_dtype',
  'seq_gap',
  'hello_expected',
  'unauthorized',
  'wrong_purpose',
  'credit_overrun',
  'chunk_mismatch',
  'size_mismatch',
  'unknown_tensor',
  'tensor_too_large',
  'capacity_exceeded',
] as const
export type TensorRefusal = (typeof TENSOR_REFUSALS)[number]
