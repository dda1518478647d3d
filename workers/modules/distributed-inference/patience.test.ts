import { describe, expect, it } from 'vitest'
import { HearthError } from '#protocol/core/errors.ts'
import { nodeIdOf } from '#protocol/core/ids.ts'
import { createSeededRuntime } from '../../testing/seeded-runtime.ts'
import { createPatience } from './patience.ts'

const BEN = nodeIdOf(new Uint8Array(32).fill(1))
const never = new AbortController().signal

describe('asking a busy peer', () => {
  it('is asked again no sooner than it says, one at a time, and everybody is served (BUS-6)', async () => {
    const runtime = createSeededRuntime(1)
    const patiently = createPatience(runtime)
    const asked: number[] = []
    const ask = async (): Promise<number> => {
      const now = runtime.monotonic()
      asked.push(now)
      if (asked.filter((at) => now - at < 1000).length > 10)
        throw new HearthError('rate_limited', 'too many calls', { retryAfterMs: 1000 })
      return now
    }
    const all = Promise.all(Array.from({ length: 30 }, () => patiently(BEN, ask, never)))
    for (let second = 0; second < 5; second++) await runtime.advance(1000)
    expect(await all).toHaveLength(30)
    // one refusal for each ten, whoever waits
    expect(asked.length).toBeLessThan(36)
  })

  it('does not wait for who is not wanted any more, and hands on what is no such refusal', async () => {
    const runtime = createSeededRuntime(2)
    const patiently = createPatience(runtime)
    const stop = new AbortController()
    const waiting = patiently(BEN, () => Promise.reject(new HearthError('rate_limited', 'too many calls')), stop.signal)
    const outcome = expect(waiting).rejects.toThrow('enough')
    await runtime.advance(500)
    stop.abort(new Error('enough'))
    await outcome
    const full = patiently(BEN, () => Promise.reject(new HearthError('capacity_exceeded', 'full')), never)
    await expect(full).rejects.toMatchObject({ code: 'capacity_exceeded' })
  })
})
