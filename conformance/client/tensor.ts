import type { Stream } from '../harness/target.ts'
import { type Bytes, concat, type Json, toBase64Url, utf8 } from './encoding.ts'
import { ANSWER_MS, type Peer } from './peer.ts'

export const TENSOR = '/hearthnet/tensor/3.0.0'

export const HEADER_BYTES = 16
/** Numbers of frame types (TEN-2). */
export const TYPE = { data: 1, end: 2, ack: 3, nack: 4, hello: 5, bye: 6, flowctl: 7, ping: 8, pong: 9 } as const

/** Fields of a header as TEN-1 has them; `length` is the payload's own unless a case lies about it. */
export interface Head {
  readonly type: number
  readonly seq?: number
  readonly flags?: number
  readonly version?: number
  readonly reserved?: number
  readonly length?: number
}

export interface TensorFrame {
  readonly version: number
  readonly type: number
  readonly reserved: number
  readonly seq: number
  readonly flags: number
  readonly payload: Bytes
}

/** One frame (TEN-1). */
export function tensorFrame(head: Head, payload: Uint8Array = new Uint8Array(0)): Bytes {
  const header = new Uint8Array(HEADER_BYTES)
  const view = new DataView(header.buffer)
  view.setUint8(0, head.version ?? 1)
  view.setUint8(1, head.type)
  view.setUint16(2, head.reserved ?? 0)
  view.setUint32(4, head.seq ?? 1)
  view.setUint32(8, head.length ?? payload.length)
  view.setUint32(12, head.flags ?? 0)
  return concat(header, payload)
}

/** A TENSOR_DATA payload: id, fp16, one dimension, and its elements (TEN-4). */
export function tensorPiece(id: number, data: Uint8Array): Bytes {
  const head = new Uint8Array(8)
  const view = new DataView(head.buffer)
  view.setUint16(0, id)
  view.setUint8(2, 1)
  view.setUint8(3, 1)
  view.setUint32(4, data.length / 2)
  return concat(head, data)
}

/** The first of the frames in `bytes`, or null while it is not whole. */
export function firstFrame(bytes: Bytes): TensorFrame | null {
  if (bytes.length < HEADER_BYTES) return null
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const length = view.getUint32(8)
  if (bytes.length < HEADER_BYTES + length) return null
  return {
    version: view.getUint8(0),
    type: view.getUint8(1),
    reserved: view.getUint16(2),
    seq: view.getUint32(4),
    flags: view.getUint32(12),
    payload: bytes.slice(HEADER_BYTES, HEADER_BYTES + length),
  }
}

/** What came on a stream of the tensor protocol until it ended or fell silent. */
export interface TensorReply {
  readonly frames: readonly TensorFrame[]
  readonly ended: 'end' | 'reset' | 'silence'
}

/** Hears until the other side is done. */
export async function tensorReply(stream: Stream, waitMs = ANSWER_MS): Promise<TensorReply> {
  const frames: TensorFrame[] = []
  const until = Date.now() + waitMs
  let rest: Bytes = new Uint8Array(0)
  for (;;) {
    const heard = await stream.next(Math.max(0, until - Date.now()))
    if (heard.kind !== 'frame') return { frames, ended: heard.kind }
    rest = concat(rest, heard.bytes)
    for (let frame = firstFrame(rest); frame; frame = firstFrame(rest)) {
      frames.push(frame)
      rest = rest.slice(HEADER_BYTES + frame.payload.length)
    }
  }
}

/** A HELLO of the peer's to the system under test (TEN-5). Members of `overrides` take the places of its fields. */
export function tensorHello(peer: Peer, overrides: { readonly [field: string]: Json } = {}): Bytes {
  return utf8(
    JSON.stringify({
      session_id: peer.ulid(),
      session_token: `hntoken://v1/e30.e30.${toBase64Url(peer.random.bytes(64))}`,
      from: peer.nodeId,
      to: peer.target.nodeId,
      purpose: 'shard.forward',
      negotiation: { preferred_dtype: 'fp16', compression: 'none', max_chunk_bytes: 65_536, flow_window: 16 },
      ...overrides,
    }),
  )
}
