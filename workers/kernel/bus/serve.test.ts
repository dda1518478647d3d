import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { BUS_STREAM_WINDOW } from '#protocol/core/bus.ts'
import { HearthError } from '#protocol/core/errors.ts'
import type { JsonValue } from '#protocol/core/json.ts'
import { delay } from '../runtime.ts'
import type { MessageLink } from './bus.ts'
import { ask, type BusWorld, counting, createBusWorld, echo, once, requestFor, type TestNode } from './testing/bus-world.ts'

let world: BusWorld
let server: TestNode
let member: TestNode
const bugs: unknown[] = []

beforeEach(async () => {
  vi.stubGlobal('reportError', (bug: unknown) => bugs.push(bug))
  bugs.length = 0
  world = await createBusWorld()
  ;[server, member] = await Promise.all([world.node(1), world.node(2)])
  server.levels.set(member.nodeId, 'member')
})
afterEach(() => {
  vi.unstubAllGlobals()
})

describe('a plain call', () => {
  it('answers a bug with internal_error, without its text, and is loud about it here (BUS-4)', async () => {
    server.bus.handle(echo, () => {
      throw new TypeError('secret detail')
    })
    const answers = await ask(server, member.nodeId, requestFor(world, echo, member, server))
    expect(answers).toEqual([expect.objectContaining({ error: { code: 'internal_error', message: 'unexpected failure' } })])
    expect(bugs).toEqual([new TypeError('secret detail')])
  })

  it('ends with timeout when the contract says so, and keeps the place until the handler is done', async () => {
    let finish = (): void => undefined
    const signals: AbortSignal[] = []
    server.bus.handle(once, (_, { signal }) => {
      signals.push(signal)
      return new Promise((resolve) => {
        finish = () => resolve({ text: 'late' })
      })
    })
    const first = ask(server, member.nodeId, requestFor(world, once, member, server))
    await world.runtime.advance(10_000)
    expect(await first).toEqual([expect.objectContaining({ error: expect.objectContaining({ code: 'timeout' }) })])
    expect(signals[0]?.aborted).toBe(true)
    const again = (): Promise<JsonValue[]> => ask(server, member.nodeId, requestFor(world, once, member, server))
    expect(await again()).toEqual([expect.objectContaining({ error: expect.objectContaining({ code: 'capacity_exceeded' }) })])
    expect(server.bus.load()).toBe(1)
    finish()
    await world.runtime.settle()
    expect(server.bus.load()).toBe(0)
    const third = again()
    await world.runtime.settle()
    finish()
    expect(await third).toEqual([expect.objectContaining({ output: { text: 'late' } })])
  })

  it('aborts when the caller is cut off, but not when the caller only closes its side', async () => {
    const signals: AbortSignal[] = []
    server.bus.handle(echo, async ({ text }, { signal }) => {
      signals.push(signal)
      await delay(world.runtime, 1000, signal)
      return { text }
    })
    const [cut, closed] = [server.linkFrom(member.nodeId), server.linkFrom(member.nodeId)]
    await cut.send({ ...requestFor(world, echo, member, server) })
    await closed.send({ ...requestFor(world, echo, member, server) })
    await world.runtime.settle()
    cut.abort()
    await closed.close()
    await world.runtime.advance(1000)
    expect(signals.map((signal) => signal.aborted)).toEqual([true, false])
    const answer = await closed.messages[Symbol.asyncIterator]().next()
    expect(answer.value).toMatchObject({ output: { text: 'hi' } })
    expect(bugs).toEqual([])
  })

  it('drops a peer that opens a link and asks nothing', async () => {
    const link = server.linkFrom(member.nodeId)
    await world.runtime.advance(10_000)
    expect((await link.messages[Symbol.asyncIterator]().next()).value).toMatchObject({ error: { code: 'timeout' } })
  })
})

describe('a streaming call', () => {
  let stopped: boolean
  beforeEach(() => {
    stopped = false
    server.bus.handleStream(counting, async function* ({ to }, { signal }) {
      try {
        for (let n = 0; n < to; n++) {
          if (n === 40) await delay(world.runtime, 60_000, signal)
          if (n === 50) throw new HearthError('not_found', 'no more numbers')
          yield { n }
        }
        return { counted: to }
      } finally {
        stopped = true
      }
    })
  })

  async function openStream(to: number): Promise<{ link: MessageLink; seen: JsonValue[]; ended: Promise<void> }> {
    const link = server.linkFrom(member.nodeId)
    await link.send({ ...requestFor(world, counting, member, server, { to }) })
    const seen: JsonValue[] = []
    const read = async (): Promise<void> => {
      for await (const message of link.messages) seen.push(message)
    }
    const ended = read()
    await world.runtime.settle()
    return { link, seen, ended }
  }

  it('numbers its frames from 0 and ends with one done that carries the output (BUS-4)', async () => {
    const { seen, ended } = await openStream(2)
    await ended
    expect(seen).toEqual([
      { event: 'data', data: { n: 0 }, seq: 0 },
      { event: 'data', data: { n: 1 }, seq: 1 },
      { event: 'done', data: { counted: 2 }, seq: 2 },
    ])
  })

  it('keeps at most 16 frames unacknowledged, and goes on as far as they are (BUS-4)', async () => {
    const { link, seen } = await openStream(30)
    expect(seen).toHaveLength(BUS_STREAM_WINDOW)
    await link.send({ type: 'ack', upto: 3 })
    await world.runtime.settle()
    expect(seen).toHaveLength(BUS_STREAM_WINDOW + 4)
    await link.send({ type: 'ack', upto: 19 })
    await world.runtime.settle()
    expect(seen.at(-1)).toEqual({ event: 'done', data: { counted: 30 }, seq: 30 })
  })

  it('takes an ack for a frame that was never sent, and any other nonsense, as the end', async () => {
    for (const nonsense of [{ type: 'ack', upto: 99 }, { type: 'ack' }, 'more']) {
      const { link, seen, ended } = await openStream(30)
      await link.send(nonsense)
      await ended
      expect(seen.slice(BUS_STREAM_WINDOW)).toEqual([
        { event: 'error', data: expect.objectContaining({ code: 'bad_request' }), seq: 16 },
      ])
    }
  })

  it('stops within 200 ms of a cancel, and ends exactly once (BUS-4)', async () => {
    const { link, seen, ended } = await openStream(100)
    await link.send({ type: 'ack', upto: 15 })
    await link.send({ type: 'cancel' })
    await ended
    expect(world.runtime.monotonic()).toBe(0)
    expect(stopped).toBe(true)
    const ends = seen.filter(
      (frame) => JSON.stringify(frame).includes('"data":{"code"') || JSON.stringify(frame).includes('done'),
    )
    expect(ends).toHaveLength(1)
    expect(seen.at(-1)).toMatchObject({ event: 'error' })
  })

  it('stops when the caller closes its side or is cut off (BUS-4)', async () => {
    for (const leave of ['close', 'abort'] as const) {
      stopped = false
      const { link, ended } = await openStream(100)
      await link[leave]()
      if (leave === 'abort') await expect(ended).rejects.toMatchObject({ code: 'partition' })
      await world.runtime.settle()
      expect(stopped).toBe(true)
      expect(server.bus.load()).toBe(0)
    }
    expect(bugs).toEqual([])
  })

  it('ends with the failure of its handler, once', async () => {
    const { link, seen, ended } = await openStream(100)
    for (const upto of [15, 31]) {
      await link.send({ type: 'ack', upto })
      await world.runtime.settle()
    }
    await world.runtime.advance(9_000)
    expect(seen).toHaveLength(40)
    await world.runtime.advance(1_000)
    await ended
    expect(seen.at(-1)).toMatchObject({ event: 'error', data: { code: 'timeout' }, seq: 40 })
    expect(seen).toHaveLength(41)
  })

  it('refuses before it begins as a plain call does (BUS-3)', async () => {
    expect(await ask(server, member.nodeId, requestFor(world, counting, member, server, { to: 'x' }))).toEqual([
      expect.objectContaining({ error: expect.objectContaining({ code: 'schema_mismatch' }) }),
    ])
  })
})
