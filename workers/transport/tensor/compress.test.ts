import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { HearthError } from '#protocol/core/errors.ts'
import { createSeededRuntime } from '../../testing/seeded-runtime.ts'
import { compressed, contentSizeOf, decompressed, isWorthCompressing, loadZstd, type Zstd } from './compress.ts'
import { packTensor } from './dtype.ts'
import { reasonOf } from './refusal.ts'

let zstd: Zstd
beforeAll(async () => {
  zstd = await loadZstd()
})

const runtime = createSeededRuntime(8)
/** Gaussian activations in fp16, as between two layers. */
function activations(count: number): Uint8Array {
  const uniform = new Uint16Array(runtime.randomBytes(count * 4).buffer)
  const values = Float32Array.from({ length: count }, (_, at) => {
    const [u, v] = [((uniform[2 * at] ?? 0) + 1) / 65_537, (uniform[2 * at + 1] ?? 0) / 65_536]
    return Math.sqrt(-2 * Math.log(u)) * Math.cos(2 * Math.PI * v)
  })
  return packTensor(values, [count], 'fp16').bytes
}
const refusedWith = (task: () => unknown): string => {
  try {
    task()
    return 'nothing'
  } catch (error) {
    return error instanceof HearthError ? reasonOf(error) : String(error)
  }
}

describe('compression (TEN-8)', () => {
  it('is not worth it for gaussian activations, and is for a mask, a ramp, or rows of padding', () => {
    expect(isWorthCompressing(zstd, activations(200_000))).toBe(false)
    expect(isWorthCompressing(zstd, new Uint8Array(200_000))).toBe(true)
    expect(isWorthCompressing(zstd, new Uint8Array(Uint32Array.from({ length: 50_000 }, (_, at) => at >> 3).buffer))).toBe(true)
    const padded = new Uint8Array(400_000)
    padded.set(activations(40_000), 0)
    expect(isWorthCompressing(zstd, padded)).toBe(true)
  })

  it('is never tried at 64 KiB or below, and given up for a frame that would not be smaller', () => {
    expect(isWorthCompressing(zstd, new Uint8Array(65_536))).toBe(false)
    expect(compressed(zstd, new Uint8Array(65_536))).toBeNull()
    expect(compressed(zstd, new Uint8Array(65_537))?.length).toBeLessThan(100)
    expect(compressed(zstd, runtime.randomBytes(70_000))).toBeNull()
  })

  it('comes back as it was, whatever the level', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 3000 }), fc.constantFrom(1, 3, 19), (data, level) => {
        const frame = zstd.compress(data, level)
        expect(contentSizeOf(frame)).toBe(data.length)
        expect([...decompressed(zstd, frame, data.length)]).toEqual([...data])
      }),
      { numRuns: 40 },
    )
  })
})

describe('compressed data that is refused', () => {
  const frame = (): Uint8Array => zstd.compress(new Uint8Array(100_000).fill(7), 3)

  it('claims more than the piece may have: nothing is unpacked', () => {
    expect(refusedWith(() => decompressed(zstd, frame(), 99_999))).toBe('bad_payload')
    expect(decompressed(zstd, frame(), 100_000)).toHaveLength(100_000)
  })

  it('claims little and holds much', () => {
    const lying = frame()
    // 4 bytes of content size behind magic and descriptor, where the frame is a single segment
    const at = ((lying[4] ?? 0) & 0x20) === 0 ? 6 : 5
    new DataView(lying.buffer, lying.byteOffset).setUint32(at, 10, true)
    expect(refusedWith(() => decompressed(zstd, lying, 100_000))).toBe('bad_payload')
  })

  it('is two frames in a row, cut off, empty, another format, or of a later version', () => {
    const twice = new Uint8Array([...frame(), ...frame()])
    expect(refusedWith(() => decompressed(zstd, twice, 1_000_000))).toBe('bad_payload')
    expect(refusedWith(() => decompressed(zstd, frame().slice(0, -4), 1_000_000))).toBe('bad_payload')
    expect(refusedWith(() => decompressed(zstd, new Uint8Array(0), 1_000_000))).toBe('bad_payload')
    expect(refusedWith(() => decompressed(zstd, Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0), 1_000_000))).toBe('bad_payload')
    const reserved = frame()
    reserved[4] = (reserved[4] ?? 0) | 0x08
    expect(refusedWith(() => decompressed(zstd, reserved, 1_000_000))).toBe('bad_payload')
  })

  it('is anything at all: refused, or the size that was allowed', () => {
    const good = frame()
    fc.assert(
      fc.property(fc.integer({ min: 4, max: good.length - 1 }), fc.integer({ min: 0, max: 255 }), (at, value) => {
        const bad = good.slice()
        bad[at] = value
        const outcome = refusedWith(() => expect(decompressed(zstd, bad, 100_000).length).toBeLessThanOrEqual(100_000))
        expect(['nothing', 'bad_payload']).toContain(outcome)
      }),
      { numRuns: 300 },
    )
  })
})
