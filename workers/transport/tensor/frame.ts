import { utf8 } from '#protocol/core/encoding.ts'
import { parseJson } from '#protocol/core/json.ts'
import { matches } from '#protocol/core/schema.ts'
import { TENSOR_CHUNK_BYTES, TENSOR_MAX_DIMS, TENSOR_MAX_TEXT_BYTES } from '#protocol/tensor-transport/constants.ts'
import {
  TENSOR_DTYPES,
  TENSOR_FLAGS,
  TENSOR_FRAME_TYPES,
  TENSOR_HEADER_BYTES,
  TENSOR_NONCE_BYTES,
  TENSOR_VERSION,
  type TensorDtype,
  type TensorFlowctl,
  TensorFlowctlSchema,
  type TensorFrameType,
  type TensorHello,
  TensorHelloSchema,
} from '#protocol/tensor-transport/wire.ts'
import { refusal } from './refusal.ts'

/** A piece of a tensor; `data` as it goes over the wire. */
export interface DataFrame {
  readonly type: 'tensor_data'
  readonly tensorId: number
  readonly dtype: TensorDtype
  readonly shape: readonly number[]
  readonly compressed: boolean
  readonly final: boolean
  readonly grad: boolean
  readonly data: Uint8Array
}

/** What a frame says (TEN-2); its number in the session is beside it. */
export type FrameBody =
  | DataFrame
  | { readonly type: 'tensor_end'; readonly tensorId: number }
  | { readonly type: 'ack'; readonly upto: number }
  | { readonly type: 'nack'; readonly reason: string }
  | { readonly type: 'hello'; readonly hello: TensorHello }
  | { readonly type: 'bye'; readonly reason: string }
  | { readonly type: 'flowctl'; readonly flowctl: TensorFlowctl }
  | { readonly type: 'ping'; readonly nonce: Uint8Array }
  | { readonly type: 'pong'; readonly nonce: Uint8Array }

export interface Frame {
  /** Counts every frame of its sender from 1 (TEN-6). */
  readonly seq: number
  /** Bytes on the wire, header and all. */
  readonly wireBytes: number
  readonly body: FrameBody
}

/** Bytes before the data of a TENSOR_DATA payload: id, dtype, dimensions, shape (TEN-4). */
export const dataHeadBytes = (dims: number): number => 4 + 4 * dims
const MAX_DATA_HEAD = dataHeadBytes(TENSOR_MAX_DIMS)

const FLAG_MASK = TENSOR_FLAGS.compressed | TENSOR_FLAGS.final | TENSOR_FLAGS.grad | TENSOR_FLAGS.encrypted

const TYPE_NAMES: ReadonlyMap<number, TensorFrameType> = new Map(
  // `entries` forgets which names there are
  Object.entries(TENSOR_FRAME_TYPES).map(([name, number]) => [number, name as TensorFrameType]),
)
const DTYPE_NAMES: ReadonlyMap<number, TensorDtype> = new Map(
  Object.entries(TENSOR_DTYPES).map(([name, number]) => [number, name as TensorDtype]), // as above
)

/** Bytes of a payload by type: exactly, or at most. */
const SIZES: Readonly<Record<Exclude<TensorFrameType, 'tensor_data'>, readonly [least: number, most: number]>> = {
  tensor_end: [2, 2],
  ack: [4, 4],
  nack: [0, TENSOR_MAX_TEXT_BYTES],
  hello: [2, TENSOR_MAX_TEXT_BYTES],
  bye: [0, TENSOR_MAX_TEXT_BYTES],
  flowctl: [2, TENSOR_MAX_TEXT_BYTES],
  ping: [TENSOR_NONCE_BYTES, TENSOR_NONCE_BYTES],
  pong: [TENSOR_NONCE_BYTES, TENSOR_NONCE_BYTES],
}

function flagsOf(body: FrameBody): number {
  if (body.type !== 'tensor_data') return 0
  const { compressed, final, grad } = body
  return (compressed ? TENSOR_FLAGS.compressed : 0) | (final ? TENSOR_FLAGS.final : 0) | (grad ? TENSOR_FLAGS.grad : 0)
}

/** A text cut to what a frame may hold, on a whole character. */
function shortText(text: string): Uint8Array<ArrayBuffer> {
  const bytes = utf8(text)
  if (bytes.length <= TENSOR_MAX_TEXT_BYTES) return bytes
  return utf8(new TextDecoder().decode(bytes.subarray(0, TENSOR_MAX_TEXT_BYTES - 3)).replace(/\ufffd$/, ''))
}

function payloadOf(body: Exclude<FrameBody, DataFrame>): Uint8Array {
  switch (body.type) {
    case 'tensor_end':
      return Uint8Array.of(body.tensorId >> 8, body.tensorId & 0xff)
    case 'ack': {
      const bytes = new Uint8Array(4)
      new DataView(bytes.buffer).setUint32(0, body.upto)
      return bytes
    }
    case 'nack':
    case 'bye':
      return shortText(body.reason)
    case 'hello':
      return utf8(JSON.stringify(body.hello))
    case 'flowctl':
      return utf8(JSON.stringify(body.flowctl))
    case 'ping':
    case 'pong':
      return body.nonce
  }
}

/** @returns header and payload in one piece (TEN-1) */
export function encodeFrame(seq: number, body: FrameBody): Uint8Array<ArrayBuffer> {
  const payload = body.type === 'tensor_data' ? body.data : payloadOf(body)
  const head = body.type === 'tensor_data' ? dataHeadBytes(body.shape.length) : 0
  const bytes = new Uint8Array(TENSOR_HEADER_BYTES + head + payload.length)
  const view = new DataView(bytes.buffer)
  view.setUint8(0, TENSOR_VERSION)
  view.setUint8(1, TENSOR_FRAME_TYPES[body.type])
  view.setUint32(4, seq)
  view.setUint32(8, head + payload.length)
  view.setUint32(12, flagsOf(body))
  if (body.type === 'tensor_data') {
    view.setUint16(16, body.tensorId)
    view.setUint8(18, TENSOR_DTYPES[body.dtype])
    view.setUint8(19, body.shape.length)
    for (const [at, size] of body.shape.entries()) view.setUint32(20 + 4 * at, size)
  }
  bytes.set(payload, TENSOR_HEADER_BYTES + head)
  return bytes
}

interface Header {
  readonly type: TensorFrameType
  readonly seq: number
  readonly length: number
  readonly flags: number
}

/** @throws HearthError before any room is made for the payload */
function parseHeader(bytes: Uint8Array, maxChunkBytes: number): Header {
  const view = new DataView(bytes.buffer, bytes.byteOffset, TENSOR_HEADER_BYTES)
  if (view.getUint8(0) !== TENSOR_VERSION || view.getUint16(2) !== 0) throw refusal('bad_header', 'another version')
  const type = TYPE_NAMES.get(view.getUint8(1))
  if (!type) throw refusal('unknown_frame_type', `no frame type ${view.getUint8(1)}`)
  const flags = view.getUint32(12)
  if ((flags & ~FLAG_MASK) !== 0) throw refusal('unknown_flags', 'flags of a later version')
  if ((flags & TENSOR_FLAGS.encrypted) !== 0) throw refusal('encryption_unsupported', 'ENCRYPTED is reserved')
  if (flags !== 0 && type !== 'tensor_data') throw refusal('unknown_flags', `${type} has no flags`)
  const length = view.getUint32(8)
  const [least, most] = type === 'tensor_data' ? [dataHeadBytes(1), MAX_DATA_HEAD + maxChunkBytes] : SIZES[type]
  if (length < least || length > most) throw refusal('bad_header', `${type} of ${length} bytes`)
  return { type, seq: view.getUint32(4), length, flags }
}

function parseData(flags: number, payload: Uint8Array, maxChunkBytes: number): DataFrame {
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength)
  const dims = view.getUint8(3)
  const head = dataHeadBytes(dims)
  if (dims < 1 || dims > TENSOR_MAX_DIMS || payload.length < head) throw refusal('bad_payload', `${dims} dimensions`)
  if (payload.length - head > maxChunkBytes) throw refusal('bad_payload', 'more data than was offered to take')
  const dtype = DTYPE_NAMES.get(view.getUint8(2))
  if (!dtype) throw refusal('unknown_dtype', `no element type ${view.getUint8(2)}`)
  return {
    type: 'tensor_data',
    tensorId: view.getUint16(0),
    dtype,
    shape: Array.from({ length: dims }, (_, at) => view.getUint32(4 + 4 * at)),
    compressed: (flags & TENSOR_FLAGS.compressed) !== 0,
    final: (flags & TENSOR_FLAGS.final) !== 0,
    grad: (flags & TENSOR_FLAGS.grad) !== 0,
    data: payload.subarray(head),
  }
}

/** @throws HearthError `bad_request` with the reason `bad_payload` */
function jsonOf(payload: Uint8Array): unknown {
  try {
    return parseJson(new Uint8Array(payload))
  } catch (cause) {
    throw refusal('bad_payload', cause instanceof Error ? cause.message : 'no JSON')
  }
}

function textOf(payload: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(payload)
  } catch {
    throw refusal('bad_payload', 'no UTF-8')
  }
}

function parseBody({ type, flags }: Header, payload: Uint8Array, maxChunkBytes: number): FrameBody {
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength)
  switch (type) {
    case 'tensor_data':
      return parseData(flags, payload, maxChunkBytes)
    case 'tensor_end':
      return { type, tensorId: view.getUint16(0) }
    case 'ack':
      return { type, upto: view.getUint32(0) }
    case 'nack':
    case 'bye':
      return { type, reason: textOf(payload) }
    case 'hello': {
      const hello = jsonOf(payload)
      if (!matches(TensorHelloSchema, hello)) throw refusal('bad_payload', 'no HELLO')
      return { type, hello }
    }
    case 'flowctl': {
      const flowctl = jsonOf(payload)
      if (!matches(TensorFlowctlSchema, flowctl)) throw refusal('bad_payload', 'no FLOWCTL')
      return { type, flowctl }
    }
    case 'ping':
    case 'pong':
      return { type, nonce: payload.slice() }
  }
}

export interface TensorFrameDecoder {
  /**
   * Frames that `chunk` completes, in order, wherever the stream was cut. Data of a frame may share memory with `chunk`.
   * @throws HearthError with the reason of a NACK; what came before the refused frame was handed out
   */
  push(chunk: Uint8Array): Generator<Frame, void, void>
  /** Whether a frame has begun and not ended. */
  readonly midFrame: boolean
}

/** Cuts a byte stream into X08 frames. Holds one frame at most, and makes room for it only when its header is right. */
export function createTensorFrameDecoder(maxChunkBytes = TENSOR_CHUNK_BYTES): TensorFrameDecoder {
  const head = new Uint8Array(TENSOR_HEADER_BYTES)
  let headFilled = 0
  let header: Header | null = null
  let payload: Uint8Array | null = null
  let filled = 0

  /** The payload where it lies, or null while bytes of it are to come. @returns also how many bytes of the chunk were used */
  function take(
    { length }: Header,
    chunk: Uint8Array,
    at: number,
  ): { readonly whole: Uint8Array | null; readonly used: number } {
    if (payload === null && chunk.length - at >= length) return { whole: chunk.subarray(at, at + length), used: length }
    payload ??= new Uint8Array(length)
    const part = chunk.subarray(at, at + length - filled)
    payload.set(part, filled)
    filled += part.length
    return { whole: filled === length ? payload : null, used: part.length }
  }

  return {
    *push(chunk) {
      let at = 0
      for (;;) {
        if (header === null) {
          const part = chunk.subarray(at, at + TENSOR_HEADER_BYTES - headFilled)
          head.set(part, headFilled)
          headFilled += part.length
          at += part.length
          if (headFilled < TENSOR_HEADER_BYTES) return
          header = parseHeader(head, maxChunkBytes)
        }
        const { whole, used } = take(header, chunk, at)
        at += used
        if (whole === null) return
        const done = header
        header = payload = null
        headFilled = filled = 0
        const body = parseBody(done, whole, maxChunkBytes)
        yield { seq: done.seq, wireBytes: TENSOR_HEADER_BYTES + done.length, body }
      }
    },
    get midFrame() {
      return headFilled > 0
    },
  }
}
