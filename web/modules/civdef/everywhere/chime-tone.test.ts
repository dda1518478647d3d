import { describe, expect, it } from 'vitest'
import { ALERT_SEVERITIES } from '#protocol/civdef/terms.ts'
import { chimeSamples } from './chime-tone.ts'

const RATE = 16_000

describe('the chime of a severity', () => {
  it.each(ALERT_SEVERITIES)('of %s is silent at both ends and never at full scale', (severity) => {
    const samples = chimeSamples(severity, RATE)
    expect(samples[0]).toBeCloseTo(0)
    expect(samples.at(-1)).toBeCloseTo(0)
    expect(Math.max(...samples)).toBeLessThan(0.601)
    expect(Math.max(...samples)).toBeGreaterThan(0.5)
  })

  it('is longer the worse it is', () => {
    const lengths = ALERT_SEVERITIES.map((severity) => chimeSamples(severity, RATE).length)
    expect(lengths).toEqual([...lengths].sort((a, b) => a - b))
    expect(new Set(lengths).size).toBe(lengths.length)
  })
})
