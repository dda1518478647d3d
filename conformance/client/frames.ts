import { type Bytes, concat } from './encoding.ts'

/** An unsigned varint (LEB128), least significant group first (BUS-3). */
export function varint(value: number): Bytes {
  const groups: number[] = []
  let rest = value
  do {
    const group = rest % 128
    rest = Math.floor(rest / 128)
    groups.push(rest > 0 ? group + 128 : group)
  } while (rest > 0)
  return Uint8Array.from(groups)
}

export const frame = (body: Uint8Array): Bytes => concat(varint(body.length), body)

/** Cuts a byte stream into frames. */
export class FrameReader {
  #rest: Bytes = new Uint8Array(0)

  push(bytes: Uint8Array): Bytes[] {
    this.#rest = concat(this.#rest, bytes)
    const frames: Bytes[] = []
    for (let head = this.#head(); head && this.#rest.length >= head.bytes + head.length; head = this.#head()) {
      frames.push(this.#rest.slice(head.bytes, head.bytes + head.length))
      this.#rest = this.#rest.slice(head.bytes + head.length)
    }
    return frames
  }

  #head(): { readonly length: number; readonly bytes: number } | null {
    let length = 0
    for (let at = 0; at < Math.min(this.#rest.length, 8); at++) {
      const byte = this.#rest[at] ?? 0
      length += (byte & 127) * 128 ** at
      if (byte < 128) return { length, bytes: at + 1 }
    }
    return null
  }
}
