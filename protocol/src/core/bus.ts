import type { Static } from '@sinclair/typebox'
import { HearthError, isErrorCode, type WireError } from './errors.ts'
import type { JsonValue } from './json.ts'
import { CountSchema, NodeIdSchema, SignatureSchema, Strict, TimeSchema, UlidSchema } from './schema.ts'
import * as Type from './type.ts'

export const BUS_PROTOCOL = '/hearthnet/bus/3.0.0'
/** Largest message on a bus stream (BUS-3). */
export const BUS_MAX_MESSAGE_BYTES = 4 * 1024 * 1024
/** Frames a streaming server keeps unacknowledged at most (BUS-4). */
export const BUS_STREAM_WINDOW = 16
/** How quickly a cancelled stream must stop (BUS-4). */
export const BUS_CANCEL_MS = 200
/** Calls per second per (peer, capability) and per peer: soft answers `rate_limited`, hard closes (BUS-6). */
export const BUS_RATE_PER_CAPABILITY = { soft: 10, hard: 100 } as const
export const BUS_RATE_PER_PEER = { soft: 100, hard: 1000 } as const
/** Traces kept (BUS-5). */
export const BUS_TRACE_RING = 10_000
/** Success rate over the last `calls` below which a provider rests for `seconds`, then gets one probe (BUS-5). */
export const BUS_QUARANTINE = { calls: 100, below: 0.5, seconds: 60 } as const
/** Clock difference accepted on the HTTP binding (BUS-3). */
export const BUS_HTTP_CLOCK_SECONDS = 120

const AnyJson = Type.Unsafe<JsonValue>(Type.Unknown())

/** One call (BUS-3). `signature` covers everything else and is needed only where the connection does not prove `from`. */
export const RequestSchema = Strict({
  capability: Type.String({ minLength: 1, maxLength: 128 }),
  /** `X.Y`: at least this minor of this major. */
  version: Type.String({ pattern: '^\\d{1,4}\\.\\d{1,4}$' }),
  request_id: UlidSchema,
  from: NodeIdSchema,
  community: Type.Union([NodeIdSchema, Type.Null()]),
  timestamp: TimeSchema,
  body: Strict({ params: Strict({}), input: AnyJson }),
  token: Type.Optional(Type.String({ maxLength: 800 })),
  signature: Type.Optional(SignatureSchema),
})
export type Request = Static<typeof RequestSchema>

const WireErrorSchema = Type.Object({
  code: Type.String(),
  message: Type.String({ maxLength: 1024 }),
  retry_after_ms: Type.Optional(CountSchema),
  data: Type.Optional(AnyJson),
})

/** The answer to a call (BUS-4). */
export const AnswerSchema = Type.Union([
  Type.Object({ request_id: UlidSchema, output: AnyJson, meta: Type.Object({ ms: Type.Number({ minimum: 0 }) }) }),
  Type.Object({ request_id: UlidSchema, error: WireErrorSchema }),
])
export type Answer = Static<typeof AnswerSchema>

/** One frame of a streaming answer (BUS-4): `data` of kind `data`, then exactly one `done` or `error`. */
export const StreamFrameSchema = Type.Object({
  event: Type.Union([Type.Literal('data'), Type.Literal('done'), Type.Literal('error')]),
  data: AnyJson,
  seq: CountSchema,
})
export type StreamFrame = Static<typeof StreamFrameSchema>

/** What a caller may send while a stream runs (BUS-4). */
export const StreamControlSchema = Type.Union([
  Strict({ type: Type.Literal('ack'), upto: CountSchema }),
  Strict({ type: Type.Literal('cancel') }),
])
export type StreamControl = Static<typeof StreamControlSchema>

/** An error from the wire as ours: a code this version does not know arrives as `internal_error`, its name in the message. */
export function errorFromWire(wire: Static<typeof WireErrorSchema>): HearthError {
  if (!isErrorCode(wire.code)) return new HearthError('internal_error', `${wire.code}: ${wire.message}`)
  const known: WireError = { ...wire, code: wire.code }
  return HearthError.fromWire(known)
}
