import { describe, expect, it } from 'vitest'
import { ratioOf } from './report.ts'

describe('The ratio of a measurement', () => {
  it('is above one where ours is better, whichever way better goes', () => {
    expect(ratioOf({ name: 'rate', unit: '1/s', better: 'higher', ours: 300, theirs: 100 })).toBe(3)
    expect(ratioOf({ name: 'latency', unit: 'ms', better: 'lower', ours: 50, theirs: 100 })).toBe(2)
    expect(ratioOf({ name: 'size', unit: 'KiB', better: 'lower', ours: 100, theirs: 50 })).toBe(0.5)
  })
})
