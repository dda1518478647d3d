import { describe, expect, it } from 'vitest'
import { boxBetween, moved } from './draw.ts'

const VIEW = { west: 5.8, south: 50.3, east: 9.5, north: 52.6 }

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

  it('goes by the keys in steps of what is to be seen, smaller ones with Shift, and by no other key', () => {
    const start = { lat: 51.5, lon: 6.4 }
    expect(moved(start, 'ArrowUp', VIEW, false)?.lat).toBeCloseTo(51.5 + 2.3 / 20, 6)
    expect(moved(start, 'ArrowDown', VIEW, false)?.lat).toBeLessThan(51.5)
    expect(moved(start, 'ArrowRight', VIEW, false)?.lon).toBeGreaterThan(6.4)
    expect(moved(start, 'ArrowLeft', VIEW, true)?.lon).toBeCloseTo(6.4 - 3.7 / 200, 6)
    expect(moved(start, 'Tab', VIEW, false)).toBeNull()
    const pole = { west: -1, south: 80, east: 1, north: 90 }
    expect(moved({ lat: 90, lon: 0 }, 'ArrowUp', pole, false)?.lat, 'and never beyond a pole').toBe(90)
  })
})
