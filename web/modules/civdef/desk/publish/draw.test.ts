import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { projectionOf } from '../../alert/area.ts'
import { boxBetween, gridLines, moved, NRW_VIEW, showing, viewOf, zoomed } from './draw.ts'

const point = fc.record({
  lat: fc.double({ min: -80, max: 80, noNaN: true }),
  lon: fc.double({ min: -170, max: 170, noNaN: true }),
})

describe('drawing a rectangle', () => {
  it('makes the same box of two corners in any order, and none without width or height', () => {
    const [a, b] = [
      { lat: 51.5, lon: 6.4 },
      { lat: 51.6, lon: 6.3 },
    ]
    const box = { west: 6.3, south: 51.5, east: 6.4, north: 51.6 }
    expect(boxBetween(a, b)).toEqual(box)
    expect(boxBetween(b, a)).toEqual(box)
    expect(boxBetween({ lat: a.lat, lon: b.lon }, { lat: b.lat, lon: a.lon })).toEqual(box)
    expect(boxBetween(a, a)).toBeNull()
    expect(boxBetween(a, { ...b, lon: a.lon })).toBeNull()
  })

  it('finds the point again that was pressed, at every scale', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 480 }),
        fc.integer({ min: 0, max: 360 }),
        fc.integer({ min: 0, max: 7 }),
        (x, y, times) => {
          let view = NRW_VIEW
          for (let n = 0; n < times; n++) view = zoomed(view, 0.5, { lat: 51.5, lon: 6.4 })
          const { at, from } = projectionOf(view, 480, 360, 0)
          const [backX, backY] = at(from(x, y))
          expect(backX).toBeCloseTo(x, 6)
          expect(backY).toBeCloseTo(y, 6)
        },
      ),
    )
  })

  it('keeps whatever the keys move to in view, and moves nothing by other keys', () => {
    fc.assert(
      fc.property(point, (to) => {
        const view = showing(NRW_VIEW, to)
        expect(to.lat).toBeGreaterThanOrEqual(view.south - 1e-9)
        expect(to.lat).toBeLessThanOrEqual(view.north + 1e-9)
        expect(to.lon).toBeGreaterThanOrEqual(view.west - 1e-9)
        expect(to.lon).toBeLessThanOrEqual(view.east + 1e-9)
        expect(view.east - view.west).toBeCloseTo(3.7, 6)
      }),
    )
    const start = { lat: 51.5, lon: 6.4 }
    expect(moved(start, 'ArrowUp', NRW_VIEW, false)?.lat).toBeGreaterThan(51.6)
    expect(moved(start, 'ArrowLeft', NRW_VIEW, true)?.lon).toBeCloseTo(6.4 - 3.7 / 200, 6)
    expect(moved(start, 'Tab', NRW_VIEW, false)).toBeNull()
  })

  it('never shows less than a street or more than a continent', () => {
    let view = viewOf({ west: 6.4, south: 51.5, east: 6.41, north: 51.51 })
    for (let n = 0; n < 40; n++) view = zoomed(view, 0.5, { lat: 51.5, lon: 6.4 })
    expect(view.north - view.south).toBeGreaterThan(0.004)
    for (let n = 0; n < 40; n++) view = zoomed(view, 2, { lat: 51.5, lon: 6.4 })
    expect(view.north - view.south).toBeLessThanOrEqual(20)
  })

  it('has few lines, at round degrees', () => {
    expect(gridLines(5.8, 9.5)).toEqual([6, 7, 8, 9])
    expect(gridLines(51.512, 51.548)).toEqual([51.52, 51.53, 51.54])
    fc.assert(
      fc.property(
        fc.double({ min: -80, max: 80, noNaN: true }),
        fc.double({ min: 0.005, max: 20, noNaN: true }),
        (from, wide) => {
          expect(gridLines(from, from + wide).length).toBeLessThanOrEqual(7)
        },
      ),
    )
  })
})
