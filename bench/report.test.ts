import { describe, expect, it } from 'vitest'
import { isMet, type Measurement, ratioOf, rowOf } from './report.ts'

const rate: Measurement = {
  name: 'rate',
  unit: '1/s',
  better: 'higher',
  ours: 300,
  theirs: { name: 'other', value: 100 },
  aim: 4,
}
const latency: Measurement = {
  name: 'latency',
  unit: 'ms',
  better: 'lower',
  ours: 50,
  theirs: { name: 'other', value: 100 },
  aim: 2,
}
const size: Measurement = { name: 'size', unit: 'KiB', better: 'lower', ours: 300, aim: 350 }

describe('The ratio of a measurement', () => {
  it('is above one where ours is better, whichever way better goes', () => {
    expect(ratioOf(rate)).toBe(3)
    expect(ratioOf(latency)).toBe(2)
    expect(ratioOf({ ...latency, ours: 200 })).toBe(0.5)
  })

  it('is none where nothing is compared', () => {
    expect(ratioOf(size)).toBeNull()
  })
})

describe('The aim of a measurement', () => {
  it('is a ratio where something is compared, else a value', () => {
    expect([rate, latency, size, { ...size, ours: 351 }].map(isMet)).toEqual([false, true, true, false])
    expect(isMet({ name: 'x', unit: '', better: 'lower', ours: 1 })).toBeNull()
  })

  it('stands in the table with whether it was met', () => {
    expect(rowOf(rate).at(-1)).toBe('4× missed')
    expect(rowOf(size).at(-1)).toBe('350 met')
  })
})
