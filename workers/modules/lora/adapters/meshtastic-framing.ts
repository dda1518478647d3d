import { HearthError } from '#protocol/core/errors.ts'
import type { Decoder } from './decoder.ts'

const START = [0x94, 0xc3] as const
const HEADER_BYTES = 4
/** Longest message either side says. Source: Meshtastic's client API, "Streaming version". */
const MAX_MESSAGE_BYTES = 512

/** `94 C3`, the length in two bytes, big-endian, and the message. */
export function encodeMeshtasticFrame(message: Uint8Array): Uint8Array<ArrayBuffer> {
  if (message.length > MAX_MESSAGE_BYTES) throw new HearthError('bad_request', `message over ${MAX_MESSAGE_BYTES} bytes`)
  const frame = new Uint8Array(HEADER_BYTES + message.length)
  frame.set([...START, message.length >> 8, message.length & 0xff])
  frame.set(message, HEADER_BYTES)
  return frame
}

/**
 * The stick mixes frames with log text, and a frame has no end mark and no checksum. So a header is believed only when what
 * it announces is a message: if `parse` throws, or the rest never comes, the search goes on one byte behind that header.
 * A `94 C3` inside a message is never taken for a header, and a false header in noise costs no frame behind it.
 */
export function createMeshtasticDecoder<Message>(parse: (bytes: Uint8Array) => Message): Decoder<Message> {
  let pending: Uint8Array = new Uint8Array(0)
  let skippedBytes = 0

  /** @returns where the next header could begin. */
  function seek(bytes: Uint8Array, from: number): number {
    for (let at = bytes.indexOf(START[0], from); at !== -1; at = bytes.indexOf(START[0], at + 1)) {
      const second = bytes[at + 1]
      if (second === undefined || second === START[1]) return at
    }
    return bytes.length
  }

  function read(bytes: Uint8Array, start: number): readonly Message[] {
    const messages: Message[] = []
    let at = start
    const skipTo = (next: number): void => {
      skippedBytes += next - at
      at = next
    }
    for (;;) {
      skipTo(seek(bytes, at))
      if (bytes.length - at < HEADER_BYTES) break
      const length = ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0)
      if (length === 0 || length > MAX_MESSAGE_BYTES) {
        skipTo(at + 1)
        continue
      }
      const end = at + HEADER_BYTES + length
      if (end > bytes.length) break
      try {
        messages.push(parse(bytes.subarray(at + HEADER_BYTES, end)))
        at = end
      } catch {
        skipTo(at + 1)
      }
    }
    // a copy: what is left must not keep the chunk alive, nor change with it
    pending = bytes.slice(at)
    return messages
  }

  function joined(chunk: Uint8Array): Uint8Array {
    if (pending.length === 0) return chunk
    const bytes = new Uint8Array(pending.length + chunk.length)
    bytes.set(pending)
    bytes.set(chunk, pending.length)
    return bytes
  }

  return {
    push: (chunk) => read(joined(chunk), 0),
    quiet() {
      const messages: Message[] = []
      while (pending.length > 0) {
        skippedBytes++
        messages.push(...read(pending, 1))
      }
      return messages
    },
    get skippedBytes() {
      return skippedBytes
    },
    get open() {
      return pending.length > 0
    },
  }
}
