import { describe, expect, it } from 'vitest'
import { bearing, boundsOf, cornersOf, isWithin, middleOf, sizeKm } from './area.ts'

const BOX = { west: 6.4, south: 51.5, east: 6.5, north: 51.6 }
const at = (lat: number, lon: number) => ({ lat, lon })
const MIDDLE = middleOf(BOX)

describe('a drawn area', () => {
  it('holds everything that is drawn, and the own place', () => {
    const polygon = [at(51.5, 6.4), at(51.6, 6.4), at(51.55, 6.5), at(51.5, 6.4)]
    expect(boundsOf([{ polygon }])).toEqual(BOX)
    expect(boundsOf([{ bbox: BOX }], at(51.4, 6.7))).toEqual({ west: 6.4, south: 51.4, east: 6.7, north: 51.6 })
    expect(boundsOf([])).toBeNull()
  })

  it('as a box has four corners and ends where it began', () => {
    const corners = cornersOf({ bbox: BOX })
    expect(corners).toHaveLength(5)
    expect(corners.at(-1)).toEqual(corners[0])
    expect(cornersOf({})).toEqual([])
  })

  it('is as wide and as high as on the ground: a degree of longitude is shorter here', () => {
    const { width, height } = sizeKm(BOX)
    expect(height).toBeCloseTo(11.1, 1)
    expect(width).toBeCloseTo(6.9, 1)
  })

  it('is so far away, and in that direction', () => {
    expect(bearing(MIDDLE, at(51.55, 7)).direction).toBe('e')
    expect(bearing(MIDDLE, at(51.7, 6.45)).direction).toBe('n')
    expect(bearing(MIDDLE, at(51.4, 6.2)).direction).toBe('sw')
    expect(bearing(MIDDLE, at(51.64, 6.45)).km).toBeCloseTo(10, 0)
    // Issum and Geldern, as the crow flies
    const [there, back] = [bearing(at(51.5333, 6.4333), at(51.5191, 6.3236)), bearing(at(51.5191, 6.3236), at(51.5333, 6.4333))]
    expect(there.km).toBeCloseTo(7.8, 1)
    expect(there.km).toBeCloseTo(back.km, 9)
    expect([there.direction, back.direction]).toEqual(['w', 'e'])
  })

  it('has its edges in it, and nothing beyond', () => {
    expect(isWithin(at(51.5, 6.4), BOX)).toBe(true)
    expect(isWithin(MIDDLE, BOX)).toBe(true)
    expect(isWithin(at(51.49, 6.45), BOX)).toBe(false)
    expect(isWithin(at(51.55, 6.51), BOX)).toBe(false)
  })
})
