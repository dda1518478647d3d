import { describe, expect, it } from 'vitest'
import { ALARM_ROUND_SECONDS, alarmSamples } from './alarm-tone.ts'

const RATE = 48_000

/** Zero crossings upwards within a part of the round, per second. */
function pitchOf(samples: Float32Array, from: number, to: number): number {
  const part = samples.subarray(from * RATE, to * RATE)
  const rises = part.filter((sample, at) => sample >= 0 && (part[at - 1] ?? 0) < 0).length
  return rises / (to - from)
}

describe('the alarm', () => {
  const samples = alarmSamples(RATE)

  it('is a round that can be looped: silent at both ends, no jump within, never at full scale', () => {
    expect(samples).toHaveLength(Math.round(ALARM_ROUND_SECONDS * RATE))
    expect(samples[0]).toBeCloseTo(0)
    expect(samples.at(-1)).toBe(0)
    const jumps = samples.map((sample, at) => Math.abs(sample - (samples[at - 1] ?? 0)))
    expect(Math.max(...jumps)).toBeLessThan(0.15)
    expect(Math.max(...samples)).toBeLessThanOrEqual(0.7)
  })

  it('changes between two pitches and leaves a pause', () => {
    expect(pitchOf(samples, 0.05, 0.25)).toBeCloseTo(960, -1)
    expect(pitchOf(samples, 0.33, 0.53)).toBeCloseTo(720, -1)
    expect(samples.subarray(1.2 * RATE).every((sample) => sample === 0)).toBe(true)
  })
})
