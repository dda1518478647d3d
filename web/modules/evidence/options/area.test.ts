import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { matches } from '#protocol/core/schema.ts'
import { ebkhPull } from '#protocol/evidence/desk-capabilities.ts'
import { boxAround, degrees } from './area.ts'

describe('an area to ask the hub about', () => {
  it('takes degrees with comma or point, and nothing that is no place on earth', () => {
    expect(degrees(' 51,5421 ', 90)).toBe(51.5421)
    expect(degrees('-6.4', 180)).toBe(-6.4)
    for (const text of ['', 'hier', '91', '51°32′', '1e2', '51,5,4']) expect(degrees(text, 90), text).toBeNull()
    expect(degrees('179.9', 180)).toBe(179.9)
  })

  it('is a box around the place that the contract takes, anywhere on earth', () => {
    const latitude = fc.double({ min: -90, max: 90, noNaN: true })
    const longitude = fc.double({ min: -180, max: 180, noNaN: true })
    fc.assert(
      fc.property(latitude, longitude, fc.constantFrom(1, 5, 20), (north, east, km) => {
        const bbox = boxAround(north, east, km)
        expect(matches(ebkhPull.input, { of: { bbox, predicate: 'liegt bei' } })).toBe(true)
        expect(bbox.south).toBeLessThanOrEqual(bbox.north)
        expect(bbox.west).toBeLessThanOrEqual(bbox.east)
      }),
    )
  })

  it('reaches as far east as north, in kilometres', () => {
    const { west, south, east, north } = boxAround(51.54, 6.43, 5)
    expect((north - south) * 111.32).toBeCloseTo(10, 2)
    expect((east - west) * 111.32 * Math.cos((51.54 * Math.PI) / 180)).toBeCloseTo(10, 2)
  })
})
