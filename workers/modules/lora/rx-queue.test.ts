import { describe, expect, it } from 'vitest'
import { createSeededRuntime } from '../../testing/seeded-runtime.ts'
import { createRxLimit, createRxQueue } from './rx-queue.ts'

describe('what is received (LOR-5)', () => {
  it('waits in a queue of 256, the oldest gives way, the rest comes in order', async () => {
    const runtime = createSeededRuntime(1)
    const taken: number[] = []
    const dropped: number[] = []
    const queue = createRxQueue<number>({ runtime, take: (item) => taken.push(item), dropped: (item) => dropped.push(item) })
    for (let at = 0; at < 300; at++) queue.push(at)
    expect(queue.length).toBe(256)
    expect(dropped).toEqual(Array.from({ length: 44 }, (_, at) => at))
    await runtime.advance(10)
    expect(queue.length).toBe(0)
    expect(taken).toEqual(Array.from({ length: 256 }, (_, at) => at + 44))
    queue.push(1)
    queue.stop()
    await runtime.advance(10)
    expect(taken).toHaveLength(256)
  })

  it('surfaces at most 20 a minute for each hash, in any minute', async () => {
    const runtime = createSeededRuntime(1)
    const limit = createRxLimit(runtime)
    const pass = (count: number) => Array.from({ length: count }, () => limit.pass('a')).filter(Boolean).length
    expect(pass(15)).toBe(15)
    await runtime.advance(30_000)
    expect(pass(15)).toBe(5)
    expect(limit.pass('b')).toBe(true)
    await runtime.advance(30_000)
    expect(pass(30)).toBe(15)
  })
})
