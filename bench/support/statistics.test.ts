import { describe, expect, it } from 'vitest'
import { median, p95, quantile } from './statistics.ts'

describe('Quantiles', () => {
  it('are values that were measured, by nearest rank', () => {
    const values = Array.from({ length: 100 }, (_, index) => 100 - index)
    expect(median(values)).toBe(50)
    expect(p95(values)).toBe(95)
    expect(quantile([7], 0.95)).toBe(7)
  })

  it('are refused for nothing', () => {
    expect(() => median([])).toThrow(RangeError)
  })
})
