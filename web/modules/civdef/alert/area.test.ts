import { describe, expect, it } from 'vitest'
import { bearingOf, boundsOf, outline, projectionOf, scaleKm, sizeKm } from './area.ts'

const BOX = { west: 6.4, south: 51.5, east: 6.5, north: 51.6 }
const at = (lat: number, lon: number) => ({ lat, lon })

describe('the map of a drawn area', () => {
  it('holds everything that is drawn, and the own place', () => {
    const polygon = [at(51.5, 6.4), at(51.6, 6.4), at(51.55, 6.5), at(51.5, 6.4)]
    expect(boundsOf([{ polygon }])).toEqual(BOX)
    expect(boundsOf([{ bbox: BOX }], at(51.4, 6.7))).toEqual({ west: 6.4, south: 51.4, east: 6.7, north: 51.6 })
    expect(boundsOf([])).toBeNull()
  })

  it('has north up and east to the right, and keeps a square on the ground square', () => {
    const { at: project, pxPerKm } = projectionOf(BOX, 480, 320, 36)
    const [x0, y0] = project(at(51.5, 6.4))
    const [x1, y1] = project(at(51.6, 6.5))
    expect(x1).toBeGreaterThan(x0)
    expect(y1).toBeLessThan(y0)
    const { width, height } = sizeKm(BOX)
    expect((x1 - x0) / width).toBeCloseTo((y0 - y1) / height, 5)
    expect((y0 - y1) / height).toBeCloseTo(pxPerKm, 5)
  })

  it('stays within the picture, whatever its shape', () => {
    const wide = { west: 5, south: 51.5, east: 9, north: 51.5 }
    for (const bounds of [BOX, wide, { west: 6, south: 51, east: 6, north: 51 }]) {
      const { at: project } = projectionOf(bounds, 480, 320, 36)
      for (const corner of [at(bounds.south, bounds.west), at(bounds.north, bounds.east)]) {
        const [x, y] = project(corner)
        expect(x).toBeGreaterThanOrEqual(36 - 1e-6)
        expect(x).toBeLessThanOrEqual(444 + 1e-6)
        expect(y).toBeGreaterThanOrEqual(36 - 1e-6)
        expect(y).toBeLessThanOrEqual(284 + 1e-6)
      }
    }
  })

  it('draws a box as its corners, closed', () => {
    expect(outline({ bbox: BOX }, projectionOf(BOX, 100, 100, 10)).split(' ')).toHaveLength(5)
  })

  it('says in words how far and where a point lies from its middle', () => {
    expect(bearingOf(BOX, at(51.55, 7)).direction).toBe('e')
    expect(bearingOf(BOX, at(51.7, 6.45))).toMatchObject({ direction: 'n' })
    expect(bearingOf(BOX, at(51.4, 6.2)).direction).toBe('sw')
    expect(bearingOf(BOX, at(51.64, 6.45)).km).toBeCloseTo(10, 0)
  })

  it('has a scale bar of a round length that is no longer than it may be', () => {
    expect([0.3, 1, 3, 7, 60, 1234].map(scaleKm)).toEqual([0.2, 1, 2, 5, 50, 1000])
  })
})
