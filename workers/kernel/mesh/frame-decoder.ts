import { HearthError } from '#protocol/core/errors.ts'

/** A length below 2^35 takes five bytes at most; more is no length we accept. */
const MAX_LENGTH_BYTES = 5

/** Unsigned varint, least significant seven bits first. */
export function encodeLength(length: number): Uint8Array<ArrayBuffer> {
  const bytes: number[] = []
  let rest = length
  while (rest >= 0x80) {
    bytes.push((rest % 0x80) | 0x80)
    rest = Math.floor(rest / 0x80)
  }
  bytes.push(rest)
  return Uint8Array.from(bytes)
}

export interface FrameDecoder {
  /** @returns the frames that `chunk` completes. @throws HearthError `bad_request` for a frame over the limit, before it is buffered */
  push(chunk: Uint8Array): Uint8Array<ArrayBuffer>[]
  /** Whether a frame has begun and not ended. */
  readonly midFrame: boolean
}

/** Cuts a byte stream into frames: an unsigned-varint length, then that many bytes. */
export function createFrameDecoder(maxFrameBytes: number): FrameDecoder {
  let length = 0
  let lengthBytes = 0
  let frame: Uint8Array<ArrayBuffer> | null = null
  let filled = 0

  function readLengthByte(byte: number): void {
    length += (byte & 0x7f) * 2 ** (7 * lengthBytes)
    lengthBytes++
    if (length > maxFrameBytes || lengthBytes > MAX_LENGTH_BYTES) {
      throw new HearthError('bad_request', `frame over ${maxFrameBytes} bytes`)
    }
    if ((byte & 0x80) === 0) frame = new Uint8Array(length)
  }

  return {
    push(chunk) {
      const done: Uint8Array<ArrayBuffer>[] = []
      let at = 0
      while (at < chunk.length || frame?.length === filled) {
        if (frame === null) {
          readLengthByte(chunk[at++] ?? 0)
          continue
        }
        const part = chunk.subarray(at, at + frame.length - filled)
        frame.set(part, filled)
        filled += part.length
        at += part.length
        if (filled < frame.length) break
        done.push(frame)
        length = lengthBytes = filled = 0
        frame = null
      }
      return done
    },
    get midFrame() {
      return frame !== null || lengthBytes > 0
    },
  }
}
