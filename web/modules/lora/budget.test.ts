import { describe, expect, it } from 'vitest'
import { beaconsLeft, usedShare, waitsUntil } from './budget.ts'

const budget = { sub_band: 'M', used_ms: 35_000, limit_ms: 36_000, window_seconds: 3600, beacon_ms: 247, next_at: null }

describe('the airtime that is left (LOR-1, LOR-2)', () => {
  it('is a share of what the sub-band permits, never more than all of it', () => {
    expect(usedShare(budget)).toBeCloseTo(0.972, 3)
    expect(usedShare({ ...budget, used_ms: 40_000 })).toBe(1)
    expect(usedShare({ ...budget, limit_ms: 0 })).toBe(1)
  })

  it('counts whole beacons, and none where a call for help went over it', () => {
    expect(beaconsLeft(budget)).toBe(4)
    expect(beaconsLeft({ ...budget, used_ms: 40_000 })).toBe(0)
  })

  it('says until when a beacon has to wait, and nothing once that time has come', () => {
    const now = Date.parse('2026-05-26T08:00:00.000Z')
    const waiting = { ...budget, next_at: '2026-05-26T08:02:00.000Z' }
    expect(waitsUntil(waiting, now)).toBe(now + 120_000)
    expect(waitsUntil(waiting, now + 120_000)).toBeNull()
    expect(waitsUntil(budget, now)).toBeNull()
  })
})
