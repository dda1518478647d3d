import { concatBytes, fromHex, toHex, utf8 } from '../core/encoding.ts'
import { HearthError } from '../core/errors.ts'
import { sha256 } from '../core/hash.ts'
import type { NodeId } from '../core/ids.ts'
import { LORA_BEACON_MAX_PAYLOAD_BYTES } from './constants.ts'
import type { Flags } from './records.ts'

/** Bytes 0..12, the same in both versions. */
export const HEAD_BYTES = 13
/** Of a v2 frame: HMAC-SHA-256 under this interval's key, cut off. */
export const MAC_BYTES = 8
/** Of a v2 frame: the key of an earlier interval, or a panic token. */
export const KEY_BYTES = 11

const FLAG_BITS = { panic: 1, ok: 2, gateway: 4, low_battery: 8 } as const
const RESERVED_FLAGS = 0xf0

/** What every frame says (M29 frame v1). */
export interface Head {
  readonly version: 1 | 2
  /** Eight hex digits: `senderHashOf`. */
  readonly senderHash: string
  /** u16, counts up and wraps. */
  readonly sequence: number
  readonly flags: Flags
  /** By the sender's clock, u32. */
  readonly unixSeconds: number
}

/** What a v2 frame adds in the 19 bytes that v1 leaves empty. */
export interface Tail {
  /** 8 bytes. */
  readonly mac: Uint8Array<ArrayBuffer>
  /** 11 bytes: the key of the interval before last; in a frame with PANIC the panic token. */
  readonly key: Uint8Array<ArrayBuffer>
}

export type Frame = (Head & { readonly version: 1 }) | (Head & Tail & { readonly version: 2 })

/** The first four bytes of SHA-256 over the NodeID's text, in hex. */
export const senderHashOf = (nodeId: NodeId): string => toHex(sha256(utf8(nodeId)).subarray(0, 4))

/** LoraBeaconID: who, their clock, their count. */
export const beaconIdOf = ({ senderHash, unixSeconds, sequence }: Head): string => `${senderHash}:${unixSeconds}:${sequence}`

function flagsByte(flags: Flags): number {
  let byte = 0
  if (flags.panic) byte |= FLAG_BITS.panic
  if (flags.ok) byte |= FLAG_BITS.ok
  if (flags.gateway) byte |= FLAG_BITS.gateway
  if (flags.low_battery) byte |= FLAG_BITS.low_battery
  return byte
}

/** @returns 13 bytes, big-endian */
export function encodeHead(head: Head): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(HEAD_BYTES)
  const view = new DataView(bytes.buffer)
  view.setUint8(0, head.version)
  bytes.set(fromHex(head.senderHash), 1)
  view.setUint16(5, head.sequence)
  view.setUint8(7, flagsByte(head.flags))
  view.setUint32(9, head.unixSeconds)
  return bytes
}

/** @returns 32 bytes */
export function encodeFrame(frame: Frame): Uint8Array<ArrayBuffer> {
  const rest =
    frame.version === 2 ? concatBytes(frame.mac, frame.key) : new Uint8Array(LORA_BEACON_MAX_PAYLOAD_BYTES - HEAD_BYTES)
  return concatBytes(encodeHead(frame), rest)
}

const malformed = (what: string): HearthError => new HearthError('lora_frame_malformed', what)

/** @throws HearthError `lora_frame_malformed`: wrong length, version, reserved bits, or a v1 frame that is not empty behind its head */
export function decodeFrame(bytes: Uint8Array): Frame {
  if (bytes.length !== LORA_BEACON_MAX_PAYLOAD_BYTES) throw malformed('not 32 bytes')
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const version = view.getUint8(0)
  const flags = view.getUint8(7)
  if (version !== 1 && version !== 2) throw malformed('no such version')
  if ((flags & RESERVED_FLAGS) !== 0 || view.getUint8(8) !== 0) throw malformed('reserved bits are set')
  const head = {
    senderHash: toHex(bytes.subarray(1, 5)),
    sequence: view.getUint16(5),
    flags: {
      panic: (flags & FLAG_BITS.panic) !== 0,
      ok: (flags & FLAG_BITS.ok) !== 0,
      gateway: (flags & FLAG_BITS.gateway) !== 0,
      low_battery: (flags & FLAG_BITS.low_battery) !== 0,
    },
    unixSeconds: view.getUint32(9),
  }
  if (version === 1) {
    if (bytes.subarray(HEAD_BYTES).some((byte) => byte !== 0)) throw malformed('a v1 frame is empty behind its head')
    return { version, ...head }
  }
  return {
    version,
    ...head,
    mac: bytes.slice(HEAD_BYTES, HEAD_BYTES + MAC_BYTES),
    key: bytes.slice(HEAD_BYTES + MAC_BYTES),
  }
}
