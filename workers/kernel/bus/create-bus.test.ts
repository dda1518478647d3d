import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { HearthError } from '#protocol/core/errors.ts'
import { createLinkPair } from '../../memory/link-pair.ts'
import { delay } from '../runtime.ts'
import { type BusWorld, counting, createBusWorld, echo, once, own, type TestNode } from './testing/bus-world.ts'

let world: BusWorld
let me: TestNode
let near: TestNode
let far: TestNode
const bugs: unknown[] = []

beforeEach(async () => {
  vi.stubGlobal('reportError', (bug: unknown) => bugs.push(bug))
  bugs.length = 0
  world = await createBusWorld()
  ;[me, near, far] = await Promise.all([world.node(1), world.node(2), world.node(3)])
  for (const server of [near, far]) server.levels.set(me.nodeId, 'member')
  world.providers.push({ nodeId: near.nodeId, latencyMs: 10, load: 0 }, { nodeId: far.nodeId, latencyMs: 100, load: 0 })
})
afterEach(() => {
  vi.unstubAllGlobals()
})

const answers = (node: TestNode, text: string): (() => void) => node.bus.handle(echo, async () => ({ text }))
const breaks = (node: TestNode): (() => void) =>
  node.bus.handle(echo, async () => {
    throw new TypeError('broken')
  })
const call = async (): Promise<string> => (await me.bus.call(echo, { text: 'hi' })).text

describe('a call at this device', () => {
  it('is served here, held to the schema, with the person as caller', async () => {
    const callers: unknown[] = []
    me.bus.handle(own, async ({ text }, { caller }) => {
      callers.push(caller)
      return { text }
    })
    expect(await me.bus.call(own, { text: 'hi' })).toEqual({ text: 'hi' })
    expect(callers).toEqual([{ nodeId: me.nodeId, level: 'self' }])
    const wrong: { text: string } = JSON.parse('{"text":1}')
    await expect(me.bus.call(own, wrong)).rejects.toMatchObject({ code: 'schema_mismatch', data: { field: '/text' } })
  })

  it('has as many places as the contract says (BUS-1)', async () => {
    me.bus.handle(once, async ({ text }, { signal }) => {
      await delay(world.runtime, 1000, signal)
      return { text }
    })
    const first = me.bus.call(once, { text: 'hi' })
    await expect(me.bus.call(once, { text: 'hi' })).rejects.toMatchObject({ code: 'capacity_exceeded' })
    await world.runtime.advance(1000)
    expect(await first).toEqual({ text: 'hi' })
  })

  it('fails with the reason of its signal, and lets a bug be loud and silent in the right places', async () => {
    me.bus.handle(once, async (_, { signal }) => {
      await delay(world.runtime, 1000, signal)
      throw new TypeError('never')
    })
    const stop = new AbortController()
    const stopped = me.bus.call(once, { text: 'hi' }, { signal: stop.signal })
    stop.abort(new HearthError('partition', 'changed my mind'))
    await expect(stopped).rejects.toMatchObject({ message: 'changed my mind' })
    expect(bugs).toEqual([])
    breaks(me)
    await expect(call()).rejects.toMatchObject({ code: 'internal_error', message: 'unexpected failure' })
    expect(bugs).toEqual([new TypeError('broken')])
  })

  it('says what is switched off and what nobody serves; what is the person’s own never leaves (BUS-2)', async () => {
    world.providers.length = 0
    await expect(call()).rejects.toMatchObject({ code: 'not_implemented' })
    me.disabled.add(echo.name)
    await expect(call()).rejects.toMatchObject({ code: 'experimental_disabled' })
    world.providers.push({ nodeId: near.nodeId, latencyMs: 10, load: 0 })
    await expect(me.bus.call(own, { text: 'hi' })).rejects.toMatchObject({ code: 'not_implemented' })
  })

  it('lets a handler be withdrawn and refuses a second one', () => {
    const withdraw = answers(me, 'first')
    expect(() => answers(me, 'second')).toThrow(TypeError)
    withdraw()
    expect(me.bus.serves(echo.name)).toBe(false)
    answers(me, 'second')
    withdraw()
    expect(me.bus.serves(echo.name)).toBe(true)
  })
})

describe('the router', () => {
  it('prefers this device, then the nearest that is not busy (BUS-5)', async () => {
    answers(near, 'near')
    answers(far, 'far')
    expect(await call()).toBe('near')
    world.providers.splice(0, 1, { nodeId: near.nodeId, latencyMs: 10, load: 20 })
    expect(await call()).toBe('far')
    answers(me, 'mine')
    expect(await call()).toBe('mine')
    expect(await me.bus.call(echo, { text: 'hi' }, { to: near.nodeId })).toEqual({ text: 'near' })
  })

  it('asks elsewhere when an idempotent call fails, and only then (BUS-5)', async () => {
    world.away.add(near.nodeId)
    answers(far, 'far')
    far.bus.handle(once, async () => ({ text: 'far' }))
    expect(await call()).toBe('far')
    await expect(me.bus.call(once, { text: 'hi' })).rejects.toMatchObject({ code: 'partition' })
  })

  it('does not ask elsewhere when the provider answered, be it with a refusal', async () => {
    near.bus.handle(echo, async () => {
      throw new HearthError('not_found', 'no such thing')
    })
    answers(far, 'far')
    await expect(call()).rejects.toMatchObject({ code: 'not_found' })
  })

  it('rests a provider that fails half its calls for 60 s, then tries it once (BUS-5)', async () => {
    let withdraw = breaks(near)
    let asked = 0
    answers(far, 'far')
    const direct = (): Promise<unknown> => me.bus.call(echo, { text: 'hi' }, { to: near.nodeId }).catch(() => asked++)
    for (let i = 0; i < 10; i++) await direct()
    expect(asked).toBe(10)
    bugs.length = 0
    expect(await call()).toBe('far')
    expect(bugs).toEqual([])
    await world.runtime.advance(60_000)
    expect(await call()).toBe('far')
    expect(bugs).toHaveLength(1)
    expect(await call()).toBe('far')
    expect(bugs).toHaveLength(1)
    withdraw()
    withdraw = answers(near, 'near')
    expect(await call()).toBe('far')
    await world.runtime.advance(60_000)
    expect(await call()).toBe('near')
    expect(await call()).toBe('near')
    withdraw()
  })

  it('keeps a session on its provider while that can (BUS-5)', async () => {
    answers(near, 'near')
    answers(far, 'far')
    world.providers.splice(0, 1, { nodeId: near.nodeId, latencyMs: 10, load: 20 })
    const inSession = (): Promise<unknown> => me.bus.call(echo, { text: 'hi' }, { session: 'chat' })
    expect(await inSession()).toEqual({ text: 'far' })
    world.providers.splice(0, 1, { nodeId: near.nodeId, latencyMs: 10, load: 0 })
    expect(await inSession()).toEqual({ text: 'far' })
    expect(await call()).toBe('near')
    world.away.add(far.nodeId)
    expect(await inSession()).toEqual({ text: 'near' })
    world.away.delete(far.nodeId)
    expect(await inSession()).toEqual({ text: 'near' })
  })
})

describe('a call at another node', () => {
  it('does not take nonsense for an answer (BUS-4)', async () => {
    const { linkFrom: _ } = near
    for (const nonsense of [
      '?',
      { request_id: 'x' },
      { request_id: world.runtime.ulid(), output: { text: 'hi' }, meta: { ms: 1 } },
    ]) {
      Object.assign(near, {
        linkFrom() {
          const [here, there] = createLinkPair()
          void there.send(nonsense)
          return here
        },
      })
      await expect(me.bus.call(echo, { text: 'hi' }, { to: near.nodeId })).rejects.toMatchObject({ code: 'schema_mismatch' })
    }
    near.bus.handle(echo, async () => JSON.parse('{"text":1}'))
    Object.assign(near, { linkFrom: _ })
    await expect(me.bus.call(echo, { text: 'hi' }, { to: near.nodeId })).rejects.toMatchObject({ code: 'schema_mismatch' })
  })

  it('ends with timeout when no answer comes in the time of the contract, and tells the server', async () => {
    const signals: AbortSignal[] = []
    near.bus.handle(once, (_, { signal }) => {
      signals.push(signal)
      return new Promise(() => undefined)
    })
    const asked = me.bus.call(once, { text: 'hi' }, { to: near.nodeId })
    const outcome = expect(asked).rejects.toMatchObject({ code: 'timeout' })
    await world.runtime.advance(10_000)
    await outcome
    expect(signals[0]?.aborted).toBe(true)
  })

  it('streams with acks far beyond one window, and stops the server when the reader leaves (BUS-4)', async () => {
    let stopped = 0
    near.bus.handleStream(counting, async function* ({ to }) {
      try {
        for (let n = 0; n < to; n++) yield { n }
        return { counted: to }
      } finally {
        stopped++
      }
    })
    expect(await me.bus.call(counting, { to: 1000 }, { to: near.nodeId })).toEqual({ counted: 1000 })
    const seen: number[] = []
    for await (const { n } of me.bus.stream(counting, { to: 1000 }, { to: near.nodeId })) {
      seen.push(n)
      if (n === 20) break
    }
    await world.runtime.settle()
    expect(seen).toHaveLength(21)
    expect(stopped).toBe(2)
    expect(near.bus.load()).toBe(0)
  })
})

describe('traces', () => {
  it('say who, what and how, newest first, on both sides, and never what was said (BUS-5)', async () => {
    near.bus.handle(echo, async () => {
      throw new HearthError('not_found', 'the secret is not here')
    })
    await me.bus.call(echo, { text: 'the secret' }, { to: near.nodeId }).catch(() => undefined)
    answers(me, 'the secret')
    await call()
    await world.runtime.settle()
    const at = world.runtime.now()
    expect(me.bus.traces(10)).toEqual([
      { at, capability: echo.name, provider: null, caller: null, ms: 0, outcome: 'ok' },
      { at, capability: echo.name, provider: near.nodeId, caller: null, ms: 0, outcome: 'not_found' },
    ])
    expect(near.bus.traces(10)).toEqual([
      { at, capability: echo.name, provider: null, caller: me.nodeId, ms: 0, outcome: 'not_found' },
    ])
    expect(JSON.stringify([me.bus.traces(10), near.bus.traces(10)])).not.toContain('secret')
  })

  it('keeps the last ten thousand (BUS-5)', async () => {
    answers(me, 'mine')
    for (let i = 0; i < 10_010; i++) await call()
    expect(me.bus.traces(20_000)).toHaveLength(10_000)
  })
})
