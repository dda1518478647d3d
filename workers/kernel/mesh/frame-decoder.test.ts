import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { concatBytes } from '#protocol/core/encoding.ts'
import { createFrameDecoder, encodeLength } from './frame-decoder.ts'

const framed = (frames: readonly Uint8Array[]): Uint8Array =>
  concatBytes(...frames.flatMap((frame) => [encodeLength(frame.length), frame]))

function* cut(bytes: Uint8Array, sizes: readonly number[]): Generator<Uint8Array> {
  let at = 0
  for (let i = 0; at < bytes.length; i++) {
    const size = sizes[i % sizes.length] ?? 1
    yield bytes.subarray(at, at + size)
    at += size
  }
}

describe('frame decoder', () => {
  it('finds the same frames however the bytes are cut (BUS-3)', () => {
    const frames = fc.array(fc.uint8Array({ maxLength: 400 }), { maxLength: 20 })
    const sizes = fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 10 })
    fc.assert(
      fc.property(frames, sizes, (sent, at) => {
        const decoder = createFrameDecoder(400)
        const got = [...cut(framed(sent), at)].flatMap((chunk) => decoder.push(chunk))
        expect(got).toEqual(sent)
        expect(decoder.midFrame).toBe(false)
      }),
    )
  })

  it('knows that a frame is cut off, in its length as in its body', () => {
    for (const bytes of [Uint8Array.of(0x80), Uint8Array.of(2, 7)]) {
      const decoder = createFrameDecoder(1_000)
      expect(decoder.push(bytes)).toEqual([])
      expect(decoder.midFrame).toBe(true)
    }
  })

  it.each([
    ['a length over the limit', encodeLength(101)],
    ['a length that goes on for ever', new Uint8Array(6).fill(0x80)],
    ['a length beyond 53 bits', new Uint8Array(12).fill(0xff)],
  ])('refuses %s before it buffers anything', (_, bytes) => {
    expect(() => createFrameDecoder(100).push(bytes)).toThrow('frame over 100 bytes')
  })
})
