import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { farness, signalDbm, strengthOf } from './signal.ts'

const signals = fc.record({ rssi: fc.integer({ min: -200, max: 20 }), snr: fc.integer({ min: -40, max: 40 }) })

describe('how well somebody is heard', () => {
  it('counts what lies under the noise as weaker than the noise', () => {
    expect(signalDbm({ rssi: -118, snr: 6 })).toBe(-118)
    expect(signalDbm({ rssi: -118, snr: -12 })).toBe(-130)
  })

  it('has a word for every signal', () => {
    expect([-60, -100, -115, -118].map((rssi) => strengthOf({ rssi, snr: rssi === -118 ? -10 : 8 }))).toEqual([
      'strong',
      'good',
      'weak',
      'faint',
    ])
  })

  it('is never farther for who is heard better, and stays within the picture', () => {
    fc.assert(
      fc.property(signals, signals, (a, b) => {
        const [near, far] = signalDbm(a) >= signalDbm(b) ? [a, b] : [b, a]
        expect(farness(near)).toBeLessThanOrEqual(farness(far))
        expect(farness(near)).toBeGreaterThanOrEqual(0)
        expect(farness(far)).toBeLessThanOrEqual(1)
      }),
    )
  })
})
