import { expect, it } from 'vitest'
import { delay } from '../kernel/runtime.ts'
import { createSeededRuntime } from './seeded-runtime.ts'

it('runs timers in order of their time, also those that timers set, and none before its time', async () => {
  const runtime = createSeededRuntime(1)
  const seen: string[] = []
  runtime.after(20, () => seen.push('late'))
  void delay(runtime, 10).then(async () => {
    seen.push('early')
    await delay(runtime, 5)
    seen.push(`between at ${runtime.monotonic()}`)
  })
  runtime.after(15, () => seen.push('never'))()
  await runtime.advance(19)
  expect(seen).toEqual(['early', 'between at 15'])
  await runtime.advance(1)
  expect(seen).toEqual(['early', 'between at 15', 'late'])
})

it('repeats ids and bytes for one seed and differs for another', () => {
  const [a, b, c] = [createSeededRuntime(1), createSeededRuntime(1), createSeededRuntime(2)]
  expect(a.ulid()).toBe(b.ulid())
  expect(a.randomBytes(8)).toEqual(b.randomBytes(8))
  expect(a.ulid()).not.toBe(c.ulid())
})
