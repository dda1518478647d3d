import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { heldCount, merged, missing, shownLayers } from './layers.ts'

const COUNT = 24
const run = fc.tuple(fc.nat(COUNT - 1), fc.nat(COUNT - 1)).map(([a, b]) => ({ from: Math.min(a, b), to: Math.max(a, b) }))
const has = (runs: readonly { from: number; to: number }[], layer: number): boolean =>
  runs.some(({ from, to }) => from <= layer && layer <= to)

describe('layers on the screen', () => {
  it('are counted from one, as people count', () => {
    expect(shownLayers({ from: 0, to: 2 })).toEqual([1, 3])
  })

  it('are joined where they touch, and what is between them is missing', () => {
    const runs = [
      { from: 4, to: 5 },
      { from: 0, to: 1 },
      { from: 2, to: 2 },
    ]
    expect(merged(runs)).toEqual([
      { from: 0, to: 2 },
      { from: 4, to: 5 },
    ])
    expect(missing(runs, 8)).toEqual([
      { from: 3, to: 3 },
      { from: 6, to: 7 },
    ])
    expect(missing([], 2)).toEqual([{ from: 0, to: 1 }])
  })

  it('are either held or missing, each one, whatever is held', () => {
    fc.assert(
      fc.property(fc.array(run), (runs) => {
        const gaps = missing(runs, COUNT)
        for (let layer = 0; layer < COUNT; layer++) {
          expect(has(runs, layer)).toBe(has(merged(runs), layer))
          expect(has(gaps, layer)).toBe(!has(runs, layer))
        }
        expect(heldCount(runs) + heldCount(gaps)).toBe(COUNT)
      }),
    )
  })
})
