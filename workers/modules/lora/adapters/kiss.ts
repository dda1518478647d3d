import type { Decoder } from './decoder.ts'

/** One KISS frame: what it is about and what it says, without its escapes. */
export interface KissFrame {
  readonly command: number
  readonly payload: Uint8Array
}

const FEND = 0xc0
const FESC = 0xdb
const TFEND = 0xdc
const TFESC = 0xdd

/** Command and payload of the longest frame that RNode (508) or MeshCore (512) say. */
const MAX_FRAME_BYTES = 512

/**
 * `C0 command payload C0`, with `C0` said as `DB DC` and `DB` as `DB DD`.
 * Source: the KISS protocol, Chepponis and Karn, 1987; RNode's Framing.h and MeshCore's kiss_modem_protocol.md agree.
 */
export function encodeKiss(command: number, payload: Uint8Array | readonly number[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(2 * (payload.length + 1) + 2)
  let length = 0
  bytes[length++] = FEND
  for (const byte of [command, ...payload]) {
    if (byte === FEND || byte === FESC) {
      bytes[length++] = FESC
      bytes[length++] = byte === FEND ? TFEND : TFESC
    } else {
      bytes[length++] = byte
    }
  }
  bytes[length++] = FEND
  return bytes.slice(0, length)
}

/**
 * What stands before the first `C0` is the end of something begun before we listened, or boot text. A frame with an escape
 * that means nothing, or longer than any firmware sends, is dropped whole: half a frame is worse than none.
 */
export function createKissDecoder(): Decoder<KissFrame> {
  const frame = new Uint8Array(MAX_FRAME_BYTES)
  let length = 0
  let inFrame = false
  let escaped = false
  let skippedBytes = 0

  function drop(): void {
    skippedBytes += length + 1
    inFrame = false
    escaped = false
    length = 0
  }

  function end(frames: KissFrame[]): void {
    if (escaped) drop()
    else if (length > 0) frames.push({ command: frame[0] ?? 0, payload: frame.slice(1, length) })
    inFrame = true
    length = 0
  }

  return {
    push(chunk) {
      const frames: KissFrame[] = []
      for (const byte of chunk) {
        if (byte === FEND) {
          end(frames)
        } else if (!inFrame) {
          skippedBytes++
        } else if (escaped) {
          escaped = false
          if (byte === TFEND) frame[length++] = FEND
          else if (byte === TFESC) frame[length++] = FESC
          else drop()
        } else if (length === MAX_FRAME_BYTES) {
          drop()
        } else if (byte === FESC) {
          escaped = true
        } else {
          frame[length++] = byte
        }
      }
      return frames
    },
    quiet: () => [],
    get skippedBytes() {
      return skippedBytes
    },
    get open() {
      return length > 0
    },
  }
}
