import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { toHex } from '../core/encoding.ts'
import { HearthError } from '../core/errors.ts'
import { nodeIdOf } from '../core/ids.ts'
import { beaconIdOf, decodeFrame, encodeFrame, type Frame, senderHashOf } from './frame.ts'

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length }).map((array) => new Uint8Array(array))
const head = {
  senderHash: bytes(4).map(toHex),
  sequence: fc.integer({ min: 0, max: 0xffff }),
  unixSeconds: fc.integer({ min: 0, max: 0xffff_ffff }),
  flags: fc.record({ panic: fc.boolean(), ok: fc.boolean(), gateway: fc.boolean(), low_battery: fc.boolean() }),
}
const frames: fc.Arbitrary<Frame> = fc.oneof(
  fc.record({ version: fc.constant(1 as const), ...head }),
  fc.record({ version: fc.constant(2 as const), ...head, mac: bytes(8), key: bytes(11) }),
)

const codeOf = (of: Uint8Array): string | null => {
  try {
    decodeFrame(of)
    return null
  } catch (error) {
    return error instanceof HearthError ? error.code : String(error)
  }
}

describe('frames (M29)', () => {
  it('are 32 bytes and come back as they were, for every frame', () => {
    fc.assert(
      fc.property(frames, (frame) => {
        const encoded = encodeFrame(frame)
        expect(encoded).toHaveLength(32)
        expect(decodeFrame(encoded)).toEqual(frame)
      }),
    )
  })

  it('are refused or mean exactly one frame, for any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (any) => {
        const code = codeOf(any)
        if (code !== null) expect(code).toBe('lora_frame_malformed')
        else expect(encodeFrame(decodeFrame(any))).toEqual(new Uint8Array(any))
      }),
    )
  })

  it('are refused for a foreign version, a reserved bit, or anything behind the head of a v1 frame', () => {
    fc.assert(
      fc.property(frames, fc.integer({ min: 0, max: 31 }), fc.integer({ min: 0, max: 7 }), (frame, at, bit) => {
        const bent = encodeFrame(frame)
        bent[at] = (bent[at] ?? 0) ^ (1 << bit)
        const isReserved = at === 8 || (at === 7 && bit > 3)
        const isBehind = frame.version === 1 && at > 12
        // 1 and 2 differ in two bits, so no single one makes the other version
        expect(codeOf(bent)).toBe(at === 0 || isReserved || isBehind ? 'lora_frame_malformed' : null)
      }),
    )
  })

  it('name their sender by four bytes of a hash, and a beacon by sender, time and count', () => {
    const hash = senderHashOf(nodeIdOf(new Uint8Array(32).fill(7)))
    expect(hash).toMatch(/^[0-9a-f]{8}$/)
    const flags = { panic: false, ok: true, gateway: false, low_battery: false }
    expect(beaconIdOf({ version: 1, senderHash: hash, sequence: 65_535, unixSeconds: 4, flags })).toBe(`${hash}:4:65535`)
  })
})
