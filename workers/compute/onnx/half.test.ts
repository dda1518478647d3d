import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fromHalf, toHalf } from './half.ts'

describe('half precision', () => {
  it('keeps every number it can say', () => {
    for (let bits = 0; bits < 65_536; bits++) {
      const value = fromHalf(bits)
      expect(
        Number.isNaN(value)
          ? Number.isNaN(fromHalf(toHalf(value)))
          : toHalf(value) === bits || (value === 0 && bits === 0x8000),
      ).toBe(true)
    }
  })

  it('rounds to the nearest, ties to even', () => {
    expect(toHalf(1 + 2 ** -11)).toBe(0x3c00)
    expect(toHalf(1 + 3 * 2 ** -11)).toBe(0x3c02)
    expect(toHalf(65_519)).toBe(0x7bff)
    expect(toHalf(65_520)).toBe(0x7c00)
    expect(toHalf(2 ** -25)).toBe(0)
    expect(toHalf(2 ** -24 * 1.5)).toBe(2)
    expect(toHalf(Number.NEGATIVE_INFINITY)).toBe(0xfc00)
  })

  it('is never further off than half a step', () => {
    fc.assert(
      fc.property(fc.float({ min: -65_000, max: 65_000, noNaN: true }), (value) => {
        const step = 2 ** (Math.max(Math.floor(Math.log2(Math.abs(value) || 1e-30)), -14) - 10)
        expect(Math.abs(fromHalf(toHalf(value)) - value)).toBeLessThanOrEqual(step / 2)
      }),
    )
  })
})
