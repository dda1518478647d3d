import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { HearthError } from '#protocol/core/errors.ts'
import type { TensorDtype } from '#protocol/tensor-transport/wire.ts'
import { checkTensor, packTensor, tensorBytes, unpackTensor } from './dtype.ts'

const hexOf = (bytes: Uint8Array): string => [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')
/** The 16 bits that one value becomes, as people write them: most significant digit first. */
function narrow(value: number, dtype: TensorDtype): string {
  const { bytes } = packTensor(Float32Array.of(value), [1], dtype)
  return hexOf(bytes.toReversed())
}
const widen = (halves: readonly number[], dtype: 'fp16' | 'bf16'): number[] => {
  const bytes = new Uint8Array(Uint16Array.from(halves).buffer)
  return [...unpackTensor({ dtype, shape: [halves.length], bytes }).values]
}
const singles = fc.float({ noNaN: true, noDefaultInfinity: true })

describe('fp16 (TEN-4)', () => {
  it.each([
    [0, '0000'],
    [-0, '8000'],
    [1, '3c00'],
    [-2, 'c000'],
    [65_504, '7bff'],
    [65_519.99609375, '7bff'],
    [65_520, '7c00'],
    [-1e30, 'fc00'],
    [Number.POSITIVE_INFINITY, '7c00'],
    [Number.NEGATIVE_INFINITY, 'fc00'],
    [2 ** -14, '0400'],
    [2 ** -24, '0001'],
    [-(2 ** -24), '8001'],
    [2 ** -25, '0000'],
    [2 ** -25 * 1.0000001192092896, '0001'],
    [3 * 2 ** -25, '0002'],
    [1023 * 2 ** -24, '03ff'],
    [1023.5 * 2 ** -24, '0400'],
    [2 ** -40, '0000'],
    [1 + 2 ** -11, '3c00'],
    [1 + 3 * 2 ** -11, '3c02'],
    [1 + 2 ** -11 + 2 ** -20, '3c01'],
    [0.1, '2e66'],
  ])('writes %d as %s, to nearest, ties to even', (value, bits) => {
    expect(narrow(value, 'fp16')).toBe(bits)
  })

  it('keeps a NaN a NaN, and its sign', () => {
    const bits = Uint32Array.of(0x7fc0_0000, 0xffc0_0001, 0x7f80_0001)
    const { bytes } = packTensor(new Float32Array(bits.buffer), [3], 'fp16')
    for (const half of new Uint16Array(bytes.buffer)) expect(half & 0x7c00).toBe(0x7c00)
    for (const half of new Uint16Array(bytes.buffer)) expect(half & 0x03ff).not.toBe(0)
    expect(unpackTensor({ dtype: 'fp16', shape: [3], bytes }).values.every(Number.isNaN)).toBe(true)
  })

  it('comes back as it was for each of its 65,536 values', () => {
    const all = Uint16Array.from({ length: 65_536 }, (_, at) => at)
    const wide = unpackTensor({ dtype: 'fp16', shape: [65_536], bytes: new Uint8Array(all.buffer) })
    const back = new Uint16Array(packTensor(wide.values, wide.shape, 'fp16').bytes.buffer)
    const wrong = [...all].filter((half, at) => {
      const isNan = (half & 0x7c00) === 0x7c00 && (half & 0x03ff) !== 0
      return isNan ? !Number.isNaN(wide.values[at]) : back[at] !== half
    })
    expect(wrong).toEqual([])
  })

  it('takes the nearest value, for every number', () => {
    const near = (value: number): number => {
      const bits = Number.parseInt(narrow(value, 'fp16'), 16)
      const around = [bits - 1, bits, bits + 1].filter((half) => half >= 0 && half < 0xfc00)
      const [below, at, above] = widen(around, 'fp16')
      const distance = Math.abs((at ?? 0) - value)
      return Math.min(Math.abs((below ?? 0) - value), Math.abs((above ?? 0) - value)) >= distance ? 1 : 0
    }
    fc.assert(fc.property(fc.float({ noNaN: true, min: Math.fround(1e-7), max: 65_000 }), (value) => near(value) === 1))
  })
})

describe('bf16 (TEN-4)', () => {
  it.each([
    [1, '3f80'],
    [-1, 'bf80'],
    [3.389_531_389_251_535_5e38, '7f7f'],
    [3.402_823_466_385_288_6e38, '7f80'],
    [Number.POSITIVE_INFINITY, '7f80'],
    [1.003_906_25, '3f80'],
    [1.011_718_75, '3f82'],
    [1.003_906_369_209_289_6, '3f81'],
    [1.401_298_464_324_817e-45, '0000'],
    [9.183_549_615_799_121e-41, '0001'],
    [0.1, '3dcd'],
  ])('writes %d as %s, to nearest, ties to even', (value, bits) => {
    expect(narrow(value, 'bf16')).toBe(bits)
  })

  it('keeps a NaN whose upper bits are empty a NaN', () => {
    const { bytes } = packTensor(new Float32Array(Uint32Array.of(0x7f80_0001).buffer), [1], 'bf16')
    expect(hexOf(bytes.toReversed())).toBe('7fc0')
  })

  it('comes back as it was for each of its values', () => {
    const all = Uint16Array.from({ length: 65_536 }, (_, at) => at).filter((half) => (half & 0x7f80) !== 0x7f80)
    const wide = unpackTensor({ dtype: 'bf16', shape: [all.length], bytes: new Uint8Array(all.buffer) })
    expect(new Uint16Array(packTensor(wide.values, wide.shape, 'bf16').bytes.buffer)).toEqual(all)
  })
})

describe('int8 (TEN-4)', () => {
  it('writes each row as its elements and its scale, ties to even', () => {
    const { bytes, shape } = packTensor(Float32Array.of(127, 0.5, 1.5, -127, 0, 0, 0, 0), [2, 4], 'int8')
    expect(shape).toEqual([2, 8])
    expect(hexOf(bytes)).toBe('7f0002810000803f0000000000000000')
  })

  it('is off by half a step at most, for every finite row', () => {
    fc.assert(
      fc.property(fc.array(singles, { minLength: 1, maxLength: 40 }), (row) => {
        const values = Float32Array.from(row)
        const back = unpackTensor(packTensor(values, [values.length], 'int8')).values
        const step = Math.max(...values.map(Math.abs)) / 127
        // below that the scale itself is too coarse; above, 127 times a scale that was rounded up is over the largest of fp32
        fc.pre(step === 0 || (step > 2 ** -120 && step < 2 ** 120))
        expect([...values].every((value, at) => Math.abs(value - (back[at] ?? 0)) <= step * 0.500_01)).toBe(true)
      }),
    )
  })

  it('gives NaN for a whole row with a NaN or an infinity, and spares the other rows', () => {
    const values = Float32Array.of(1, Number.NaN, 2, 4, Number.POSITIVE_INFINITY, 3)
    const { values: back, shape } = unpackTensor(packTensor(values, [3, 2], 'int8'))
    expect(shape).toEqual([3, 2])
    expect([...back].map(Number.isNaN)).toEqual([true, true, false, false, true, true])
  })

  it('is refused without room for its scales', () => {
    expect(() => unpackTensor({ dtype: 'int8', shape: [1, 3], bytes: new Uint8Array(3) })).toThrow(HearthError)
  })
})

describe('shapes (TEN-4)', () => {
  it('say how many bytes there are, also where there are none', () => {
    expect(tensorBytes('fp16', [2, 3])).toBe(12)
    expect(tensorBytes('fp32', [7])).toBe(28)
    expect(tensorBytes('int8', [4_294_967_295, 0, 4_294_967_295])).toBe(0)
    expect(
      tensorBytes(
        'fp32',
        Array.from({ length: 8 }, () => 4_294_967_295),
      ),
    ).toBe(Number.POSITIVE_INFINITY)
  })

  it.each([
    ['no dimension', []],
    ['nine dimensions', [1, 1, 1, 1, 1, 1, 1, 1, 1]],
    ['half an element', [0.5]],
    ['less than none', [-1]],
    ['more than 32 bits', [4_294_967_296]],
    ['another number of bytes', [3]],
  ])('are refused with %s', (_, shape) => {
    expect(() => checkTensor('fp16', shape, new Uint8Array(2))).toThrow(HearthError)
  })

  it('are those of values that lie unaligned, too', () => {
    const bytes = new Uint8Array(9).fill(0x3c).subarray(1)
    expect(unpackTensor({ dtype: 'fp16', shape: [4], bytes }).values).toHaveLength(4)
    expect(unpackTensor({ dtype: 'fp32', shape: [2], bytes }).values).toHaveLength(2)
  })
})
