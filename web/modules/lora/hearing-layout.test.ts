import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DOT_PX, type Heard, layoutHearing } from './hearing-layout.ts'

const SIZE = 300
const crowd = (count: number): readonly Heard[] =>
  Array.from({ length: count }, (_, at) => ({ id: `${at}`, signal: { rssi: -45 - ((at * 31) % 90), snr: 8 } }))
const fromMiddle = ({ x, y }: { x: number; y: number }) => Math.hypot(x - SIZE / 2, y - SIZE / 2)

describe('the picture of who is heard', () => {
  it('puts who is heard better nearer to the middle, and who was never measured at the rim', () => {
    const [near, far, unmeasured] = layoutHearing(
      [
        { id: 'near', signal: { rssi: -60, snr: 9 } },
        { id: 'far', signal: { rssi: -120, snr: -9 } },
        { id: 'unmeasured', signal: null },
      ],
      SIZE,
    ).map(fromMiddle)
    expect(near).toBeLessThan(far ?? 0)
    expect(far).toBeLessThan(unmeasured ?? 0)
  })

  it('keeps thirty dots apart and inside', () => {
    const places = layoutHearing(crowd(30), SIZE)
    for (const [at, a] of places.entries()) {
      for (const b of places.slice(at + 1)) expect(Math.hypot(a.x - b.x, a.y - b.y)).toBeGreaterThan(2 * DOT_PX)
      expect(fromMiddle(a) + DOT_PX).toBeLessThanOrEqual(SIZE / 2)
    }
  })

  it('has a place for everybody, whatever their signals', () => {
    const heard = fc.array(
      fc.record({
        id: fc.string(),
        signal: fc.option(fc.record({ rssi: fc.integer({ min: -160, max: 0 }), snr: fc.integer({ min: -30, max: 20 }) })),
      }),
      { maxLength: 60 },
    )
    fc.assert(
      fc.property(heard, (list) => {
        const places = layoutHearing(list, SIZE)
        expect(places.map(({ id }) => id)).toEqual(list.map(({ id }) => id))
        expect(places.every(({ x, y }) => x > 0 && y > 0 && x < SIZE && y < SIZE)).toBe(true)
      }),
    )
  })
})
