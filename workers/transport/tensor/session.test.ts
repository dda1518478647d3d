import { describe, expect, it } from 'vitest'
import { createRealRuntime } from '../../testing/seeded-runtime.ts'
import { sessionPair } from './testing/pair.ts'

describe('a session', () => {
  it('carries tensors both ways', async () => {
    const runtime = createRealRuntime(1)
    const { sessions: [a, b] } = await sessionPair(runtime)
    const bytes = new Uint8Array(4_000_000).map((_, at) => (at * 2654435761) >>> 13)
    const sent = a.send({ dtype: 'fp16', shape: [2, 1_000_000], bytes })
    for await (const tensor of b.tensors) { expect(tensor.bytes).toEqual(bytes); await b.send(tensor); break }
    await sent
    const t0 = Date.now()
    const big = new Uint8Array(64_000_000)
    crypto.getRandomValues(big.subarray(0, 65536))
    for (let i = 1; i < 900; i++) big.copyWithin(i * 65536, 0, 65536)
    const s2 = a.send({ dtype: 'fp32', shape: [16_000_000], bytes: big })
    const got = await b.tensors[Symbol.asyncIterator]().next()
    await s2
    console.log('64MB ms', Date.now() - t0, b.stats(), a.stats())
    expect(got.value?.bytes.length).toBe(64_000_000)
    await a.close()
    expect(await b.ended).toBe(null)
  })
})
