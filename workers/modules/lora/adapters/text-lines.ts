import type { Decoder } from './decoder.ts'

const LF = 0x0a
const CR = 0x0d
/** An answer with 255 bytes in hexadecimal and its head, with room. */
const MAX_LINE_BYTES = 700
const PRINTABLE = /^[\x20-\x7e]+$/

/** AT commands end with CR LF. */
export const encodeLine = (text: string): Uint8Array<ArrayBuffer> =>
  // what TextEncoder makes lies in a buffer of its own
  new TextEncoder().encode(`${text}\r\n`) as Uint8Array<ArrayBuffer>

/** Lines of printable ASCII, without their ends. Noise, empty lines and lines that never end are skipped. */
export function createLineDecoder(): Decoder<string> {
  const line = new Uint8Array(MAX_LINE_BYTES)
  const text = new TextDecoder()
  let length = 0
  let tooLong = false
  let skippedBytes = 0

  function end(lines: string[]): void {
    const said = text.decode(line.subarray(0, length))
    if (!tooLong && PRINTABLE.test(said)) lines.push(said.trim())
    else skippedBytes += length
    length = 0
    tooLong = false
  }

  return {
    push(chunk) {
      const lines: string[] = []
      for (const byte of chunk) {
        if (byte === LF || byte === CR) {
          if (length > 0) end(lines)
        } else if (length === MAX_LINE_BYTES) {
          tooLong = true
          skippedBytes++
        } else {
          line[length++] = byte
        }
      }
      return lines
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
