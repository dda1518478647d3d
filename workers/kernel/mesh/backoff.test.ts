import { expect, it } from 'vitest'
import { createSeededRuntime } from '../../testing/seeded-runtime.ts'
import { createBackoff } from './backoff.ts'

it('waits about 1 s, 2 s, 4 s, up to a minute, never twice the same, and begins again after a success (BUS-7)', () => {
  const backoff = createBackoff(createSeededRuntime(1))
  const waits = Array.from({ length: 10 }, () => backoff.next())
  waits.forEach((wait, attempt) => {
    const base = Math.min(1_000 * 2 ** attempt, 60_000)
    expect(wait).toBeGreaterThanOrEqual(0.75 * base)
    expect(wait).toBeLessThanOrEqual(1.25 * base)
  })
  expect(new Set(waits).size).toBe(10)
  backoff.reset()
  expect(backoff.next()).toBeLessThanOrEqual(1_250)
})
