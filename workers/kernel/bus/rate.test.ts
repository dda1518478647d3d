import { beforeEach, describe, expect, it } from 'vitest'
import { ask, type BusWorld, createBusWorld, echo, hello, requestFor, type TestNode } from './testing/bus-world.ts'

let world: BusWorld
let server: TestNode
let member: TestNode

beforeEach(async () => {
  world = await createBusWorld()
  ;[server, member] = await Promise.all([world.node(1), world.node(2)])
  server.levels.set(member.nodeId, 'member')
  server.bus.handle(echo, async ({ text }) => ({ text }))
  server.bus.handle(hello, async ({ text }) => ({ text }))
})

const call = (capability = echo) => ask(server, member.nodeId, requestFor(world, capability, member, server))

describe('rate limits', () => {
  it('answers the eleventh call in a second with the time to wait, and serves who waits (BUS-6)', async () => {
    for (let i = 0; i < 10; i++) expect(await call()).toEqual([expect.objectContaining({ output: { text: 'hi' } })])
    await world.runtime.advance(400)
    expect(await call()).toEqual([
      expect.objectContaining({ error: expect.objectContaining({ code: 'rate_limited', retry_after_ms: 600 }) }),
    ])
    expect(await call(hello)).toEqual([expect.objectContaining({ output: { text: 'hi' } })])
    await world.runtime.advance(600)
    expect(await call()).toEqual([expect.objectContaining({ output: { text: 'hi' } })])
  })

  it('survives ten thousand calls in a second: drops the link, reports once, serves others and later the same (BUS-6)', async () => {
    const other = await world.node(3)
    server.levels.set(other.nodeId, 'member')
    const outcomes = { ok: 0, limited: 0, dropped: 0 }
    for (let i = 0; i < 10_000; i++) {
      try {
        const [answer] = await call()
        if (JSON.stringify(answer).includes('rate_limited')) outcomes.limited++
        else outcomes.ok++
      } catch {
        outcomes.dropped++
      }
    }
    expect(outcomes).toEqual({ ok: 10, limited: 90, dropped: 9_900 })
    expect(server.abusers).toEqual([member.nodeId])
    expect(server.bus.load()).toBe(0)
    expect(await ask(server, other.nodeId, requestFor(world, echo, other, server))).toEqual([
      expect.objectContaining({ output: { text: 'hi' } }),
    ])
    await world.runtime.advance(1000)
    expect(await call()).toEqual([expect.objectContaining({ output: { text: 'hi' } })])
  })

  it('has no limit for the person at this device', async () => {
    for (let i = 0; i < 1000; i++) await server.bus.call(echo, { text: 'mine' })
    expect(server.bus.traces(1)).toMatchObject([{ outcome: 'ok' }])
  })
})
