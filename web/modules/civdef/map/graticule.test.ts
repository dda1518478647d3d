import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { gridLines } from './graticule.ts'

describe('the grid of a map', () => {
  it('has few lines, at round degrees', () => {
    expect(gridLines(5.8, 9.5)).toEqual([6, 7, 8, 9])
    expect(gridLines(51.512, 51.548)).toEqual([51.52, 51.53, 51.54])
    fc.assert(
      fc.property(
        fc.double({ min: -80, max: 80, noNaN: true }),
        fc.double({ min: 0.005, max: 20, noNaN: true }),
        (from, wide) => {
          const lines = gridLines(from, from + wide)
          expect(lines.length).toBeLessThanOrEqual(7)
          for (const line of lines) {
            expect(line).toBeGreaterThanOrEqual(from - 1e-6)
            expect(line).toBeLessThanOrEqual(from + wide + 1e-6)
          }
        },
      ),
    )
  })
})
