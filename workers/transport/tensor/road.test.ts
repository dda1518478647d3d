import { describe, expect, it } from 'vitest'
import { createRoad } from './road.ts'

const FRAME = 65_000

/** A road on which everything takes as long as is said. */
function timed() {
  const clock = { now: 10_000 }
  const road = createRoad(() => clock.now)
  return { clock, road }
}

describe('the road (TEN-11)', () => {
  it('is all bulk’s while nothing urgent went for a while', () => {
    const { road } = timed()
    for (let n = 0; n < 20; n++) {
      expect(road.mayBulk(() => {})).toBe(true)
      road.depart(FRAME, false)
    }
  })

  it('has one frame of bulk on it while an urgent one is, and wakes who waits, in turn, when that arrived', () => {
    const { road } = timed()
    const woken: string[] = []
    const urgent = road.depart(10_000, true)
    expect(road.mayBulk(() => {})).toBe(true)
    const bulk = road.depart(FRAME, false)
    expect(road.mayBulk(() => woken.push('first'))).toBe(false)
    expect(road.mayBulk(() => woken.push('second'))).toBe(false)
    road.arrive(bulk)
    // both: the first may have ended meanwhile, and nobody else would wake the second
    expect(woken).toEqual(['first', 'second'])
    expect(road.mayBulk(() => woken.push('third'))).toBe(true)
    road.arrive(urgent)
    expect(woken).toHaveLength(2)
  })

  it('makes room when what was on its way is lost', () => {
    const { road } = timed()
    const urgent = road.depart(10, true)
    const bulk = road.depart(FRAME, false)
    expect(road.mayBulk(() => {})).toBe(false)
    road.lose(bulk)
    expect(road.mayBulk(() => {})).toBe(true)
    road.lose(urgent)
  })

  it('keeps bulk to what fills the way after something urgent, and to less when a queue builds up', () => {
    const { clock, road } = timed()
    road.arrive(road.depart(10, true))
    /** Sends what may go, delivers it at `perMs` bytes a millisecond after `delay` ms. @returns frames that were under way at once */
    function rounds(count: number, delay: number, perMs: number): number {
      let most = 0
      for (let n = 0; n < count; n++) {
        const trips = []
        while (road.mayBulk(() => {}) && trips.length < 60) trips.push(road.depart(FRAME, false))
        most = trips.length
        clock.now += delay
        for (const trip of trips) {
          clock.now += FRAME / perMs
          road.arrive(trip)
        }
        road.arrive(road.depart(10, true))
      }
      return most
    }
    const farAway = rounds(200, 100, 65_000)
    expect(farAway).toBeGreaterThan(8)
    const crowded = rounds(200, 100, 1000)
    expect(crowded).toBeLessThan(farAway / 2)
    expect(crowded).toBeGreaterThanOrEqual(1)
  })
})
