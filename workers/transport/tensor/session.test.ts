import { afterEach, describe, expect, it, vi } from 'vitest'
import { sha256 } from '#protocol/core/hash.ts'
import { createRealRuntime, createSeededRuntime } from '../../testing/seeded-runtime.ts'
import { createRoad } from './road.ts'
import { acceptTensorSession, openTensorSession } from './session.ts'
import { createPuppet, GRANT, helloOf, sessionPair, streamEnds } from './testing/pair.ts'
import { accepted, codeOf, during, endOf, noise, says, take, tensor } from './testing/sessions.ts'

afterEach(() => vi.restoreAllMocks())

describe('a session in memory', () => {
  it('carries every dtype in every rank both ways, with its id and its GRAD (TEN-3, TEN-4)', async () => {
    const { sessions } = await sessionPair(createRealRuntime(1))
    const tensors = (['fp16', 'fp32', 'bf16', 'int8'] as const).flatMap((dtype) =>
      [
        [0],
        [5],
        [2, 3],
        [2, 0, 4],
        [1, 2, 3, 4],
        [1, 1, 1, 2, 3],
        [2, 1, 2, 1, 2, 1],
        [1, 2, 1, 2, 1, 2, 1],
        [2, 1, 1, 1, 1, 1, 1, 3],
      ].map((shape, at) => ({ ...tensor(dtype, shape), grad: at % 2 === 1 })),
    )
    for (const [near, far] of [sessions, sessions.toReversed()] as const) {
      const sent = Promise.all(tensors.map((one, id) => near?.send(one, { id: id + 100 })))
      const received = far ? await take(far, tensors.length) : []
      expect(received).toEqual(tensors.map((one, id) => ({ ...one, id: id + 100 })))
      await sent
    }
    await sessions[0].close()
    expect([await sessions[0].ended, await sessions[1].ended]).toEqual([null, null])
  })

  it('carries a tensor of the largest size and what is small beside it, byte for byte, in 64 MiB (TEN-9)', async () => {
    const { sessions } = await sessionPair(createRealRuntime(2))
    const [near, far] = sessions
    const { bytes } = noise(67_108_864, 2)
    const sent = near.send({ dtype: 'fp16', shape: [bytes.length / 2], bytes })
    const small = near.send(tensor('fp16', [10]), { urgent: true })
    const [first, second] = await take(far, 2)
    expect([first?.bytes.length, second?.bytes.length]).toEqual([20, bytes.length])
    expect(second && sha256(second.bytes)).toEqual(sha256(bytes))
    await Promise.all([sent, small])
    const { sent: out, roundTripMs } = near.stats()
    expect(far.stats().received).toEqual(out)
    expect(out).toMatchObject({ tensors: 2, tensorBytes: bytes.length + 20, compressedFrom: 0 })
    expect(roundTripMs).toBeGreaterThan(0)
    expect(await codeOf(near.send({ dtype: 'int8', shape: [67_108_865], bytes: new Uint8Array(67_108_865) }))).toBe(
      'tensor_too_large',
    )
    near.cancel('enough')
  })

  it('sends in order what is sent in order, whether it is worth compressing or not (TEN-8)', async () => {
    const { sessions } = await sessionPair(createRealRuntime(4))
    const tensors = [
      noise(300_000, 1),
      { ...noise(900_000, 2), bytes: new Uint8Array(900_000) },
      noise(70_000, 3),
      tensor('fp16', [3]),
    ]
    const sent = Promise.all(tensors.map((one) => sessions[0].send(one)))
    expect((await take(sessions[1], 4)).map(({ bytes }) => bytes.length)).toEqual([300_000, 900_000, 70_000, 6])
    await sent
    const { compressedFrom, compressedTo, tensorBytes: all } = sessions[0].stats().sent
    // pieces of 256 KiB, the last of which is larger than 64 KiB, too
    expect([compressedFrom, all]).toEqual([900_000, 1_270_006])
    expect(compressedTo).toBeLessThan(1000)
    sessions[0].cancel('enough')
  })

  it('compresses nothing for a side that does not want it (TEN-5, TEN-8)', async () => {
    const { sessions } = await sessionPair(createRealRuntime(5), [{}, { compression: 'none', preferredDtype: 'fp32' }])
    const sent = sessions[0].send({ dtype: 'int8', shape: [500_000], bytes: new Uint8Array(500_000) })
    await take(sessions[1], 1)
    await sent
    expect(sessions[0].stats().sent.compressedFrom).toBe(0)
    sessions[0].cancel('enough')
  })

  it('agrees on an element type only where both prefer it (TEN-4, TEN-5)', async () => {
    const both = await sessionPair(createRealRuntime(6), [{ preferredDtype: 'int8' }, { preferredDtype: 'int8' }])
    const one = await sessionPair(createRealRuntime(7), [{ preferredDtype: 'int8' }, {}])
    expect([both.sessions[0].dtype, both.sessions[1].dtype, one.sessions[0].dtype]).toEqual(['int8', 'int8', 'fp16'])
    expect(one.sessions[1].hello.negotiation.preferred_dtype).toBe('int8')
    for (const { sessions } of [both, one]) sessions[0].cancel('enough')
  })

  it('refuses tensors that are none before anything goes, and ids that are taken', async () => {
    const { sessions } = await sessionPair(createRealRuntime(8))
    const [near] = sessions
    expect(await codeOf(near.send({ dtype: 'fp16', shape: [3], bytes: new Uint8Array(5) }))).toBe('bad_request')
    expect(await codeOf(near.send(tensor('fp16', [3]), { id: 65_536 }))).toBe('bad_request')
    const first = near.send(tensor('fp16', [3]), { id: 7 })
    expect(await codeOf(near.send(tensor('fp16', [3]), { id: 7 }))).toBe('bad_request')
    await first
    await near.send(tensor('fp16', [3]), { id: 7 })
    near.cancel('enough')
    expect(await codeOf(near.send(tensor('fp16', [3])))).toBe('partition')
  })
})

describe('a sender without credit (TEN-7)', () => {
  it('waits without a timer, and goes on when it is granted', async () => {
    const runtime = createSeededRuntime(15)
    const { ids, streams } = await streamEnds(runtime)
    const puppet = createPuppet(streams[1])
    const opening = openTensorSession({ runtime, self: ids[0] }, streams[0], GRANT, { chunkBytes: 2 })
    const hello = helloOf(ids[1], ids[0])
    void puppet.say({ type: 'hello', hello: { ...hello, negotiation: { ...hello.negotiation, flow_window: 3 } } })
    const session = await during(runtime, opening)
    const sent = session.send(tensor('fp16', [5]))
    await runtime.advance(5)
    expect(says(puppet, 'tensor_data')).toHaveLength(3)
    const timers = vi.spyOn(runtime, 'after')
    await runtime.advance(20_000)
    expect(says(puppet, 'tensor_data')).toHaveLength(3)
    void puppet.say({ type: 'ack', upto: 4 })
    await runtime.advance(5)
    expect(says(puppet, 'tensor_data')).toHaveLength(3)
    expect(timers.mock.calls.filter(([ms]) => ms > 0)).toEqual([])
    void puppet.say({ type: 'flowctl', flowctl: { window: 3, credits_added: 3 } })
    await runtime.advance(5)
    expect([says(puppet, 'tensor_data').length, says(puppet, 'tensor_end').length]).toEqual([5, 1])
    void puppet.say({ type: 'ack', upto: 7 })
    await during(runtime, sent)
  })

  it('is not granted more while what came lies unread, and then is (TEN-9)', async () => {
    const { sessions } = await sessionPair(createRealRuntime(16), [{}, { maxChunkBytes: 1_048_576 }])
    const [near, far] = sessions
    let done = 0
    const sends = Array.from({ length: 12 }, (_, at) =>
      near.send(noise(10_000_000, at)).then(() => {
        done++
      }),
    )
    await vi.waitFor(() => expect(done).toBeGreaterThanOrEqual(5), { timeout: 20_000 })
    const held = far.stats().received.tensorBytes
    expect(held).toBeLessThanOrEqual(67_108_864 + 1_048_576)
    expect(done).toBeLessThan(7)
    expect((await take(far, 12)).map(({ bytes }) => bytes.length)).toEqual(Array.from({ length: 12 }, () => 10_000_000))
    await Promise.all(sends)
    near.cancel('enough')
  })
})

describe('quiet and age (TEN-9)', () => {
  it('of 30 s brings a PING, a PONG another 30 s, and silence the end after 60', async () => {
    const runtime = createSeededRuntime(17)
    const { puppet, session } = await accepted(runtime)
    await runtime.advance(29_000)
    expect(says(puppet, 'ping')).toHaveLength(0)
    await runtime.advance(1500)
    const [ping] = says(puppet, 'ping')
    if (ping?.type !== 'ping') throw new Error('no PING')
    void puppet.say({ type: 'pong', nonce: ping.nonce })
    await runtime.advance(31_000)
    expect(says(puppet, 'ping')).toHaveLength(2)
    void puppet.say({ type: 'pong', nonce: new Uint8Array(8) })
    await runtime.advance(58_000)
    const before = await Promise.race([session.ended, Promise.resolve('open')])
    expect(before).toBe('open')
    await runtime.advance(3000)
    expect((await session.ended)?.code).toBe('timeout')
  })

  it('is answered: a PING with its nonce', async () => {
    const runtime = createSeededRuntime(18)
    const { puppet } = await accepted(runtime)
    const nonce = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8)
    void puppet.say({ type: 'ping', nonce })
    await runtime.advance(2)
    expect(says(puppet, 'pong')).toEqual([{ type: 'pong', nonce }])
  })

  it('of an hour is the most, however lively a session is', async () => {
    const runtime = createSeededRuntime(19)
    const { sessions } = await sessionPair(runtime, [{}, {}], (task) => during(runtime, task))
    for (let minute = 0; minute < 59; minute++) {
      const sent = sessions[0].send(tensor('fp16', [2]), { urgent: true })
      await runtime.advance(60_000)
      await sent
    }
    await runtime.advance(60_000)
    expect((await sessions[0].ended)?.code).toBe('expired')
    expect(await sessions[1].ended).not.toBeNull()
  })
})

describe('the end', () => {
  it('by cancel is at once, drops what is under way on both sides, and says why (TEN-10)', async () => {
    const runtime = createSeededRuntime(20)
    const { sessions } = await sessionPair(runtime, [{}, {}], (task) => during(runtime, task), 10)
    const [near, far] = sessions
    const sends = [codeOf(near.send(noise(3_000_000, 1))), codeOf(near.send(tensor('fp16', [3])))]
    const reading = codeOf(take(far, 2))
    await runtime.advance(35)
    near.cancel('a person pressed stop')
    expect((await near.ended)?.code).toBe('partition')
    expect(await Promise.all(sends)).toEqual(['partition', 'partition'])
    await runtime.advance(20)
    expect(await endOf(far)).toContain('a person pressed stop')
    expect(await reading).toBe('partition')
    expect(far.stats().received.tensorBytes).toBeLessThan(3_000_000)
  })

  it('by close waits for what was sent, and leaves the other side what it has not read', async () => {
    const { sessions } = await sessionPair(createRealRuntime(21))
    const [near, far] = sessions
    const sent = [near.send(noise(400_000, 1)), near.send(tensor('fp32', [3]), { urgent: true })]
    await near.close()
    await Promise.all(sent)
    expect(await far.ended).toBeNull()
    expect(await take(far, 2)).toHaveLength(2)
    expect(await far.tensors[Symbol.asyncIterator]().next()).toMatchObject({ done: true })
  })
})

describe('urgent tensors (TEN-11)', () => {
  it('pass bulk that waits, and bulk gets its turn', async () => {
    const { sessions } = await sessionPair(createRealRuntime(22))
    const [near, far] = sessions
    const bulk = near.send(noise(20_000_000, 1))
    const urgent: Promise<void>[] = []
    for (let n = 0; n < 50; n++) urgent.push(near.send(tensor('fp16', [2000], n), { urgent: true }))
    const order = (await take(far, 51)).map(({ bytes }) => bytes.length)
    expect(order.indexOf(20_000_000)).toBe(50)
    await Promise.all([bulk, ...urgent])
    const during = near.send(noise(2_000_000, 2))
    let ongoing = true
    const storm = (async () => {
      while (ongoing) await near.send(tensor('fp16', [5000]), { urgent: true })
    })()
    const reader = (async () => {
      for await (const { bytes } of far.tensors) if (bytes.length === 2_000_000) return
    })()
    await Promise.all([during, reader])
    ongoing = false
    const rest = (async () => {
      for await (const { bytes } of far.tensors) void bytes
    })()
    await storm
    await near.close()
    await rest
  })

  it('of one session do not hold up the bulk of another for ever, nor does a session that ended', async () => {
    const runtime = createRealRuntime(23)
    const road = createRoad(runtime.monotonic)
    const open = async () => {
      const { ids, streams } = await streamEnds(runtime)
      return Promise.all([
        openTensorSession({ runtime, self: ids[0], road }, streams[0], GRANT),
        acceptTensorSession({ runtime, self: ids[1] }, streams[1], async () => ({})),
      ])
    }
    const [[urgent, urgentFar], [first, firstFar], [second, secondFar]] = [await open(), await open(), await open()]
    const drained = [urgentFar, firstFar, secondFar].map((session) => take(session, 1000).catch(() => 'over'))
    const bulk = [first, second].map((session) =>
      session.send(noise(3_000_000, 1)).then(
        () => 'sent',
        () => 'dropped',
      ),
    )
    let ongoing = true
    const storm = (async () => {
      while (ongoing) await urgent.send(tensor('fp16', [500]), { urgent: true })
    })()
    await vi.waitFor(() => expect(firstFar.stats().received.tensorBytes).toBeGreaterThan(200_000), { timeout: 20_000 })
    first.cancel('enough')
    expect(await Promise.all(bulk)).toEqual(['dropped', 'sent'])
    ongoing = false
    await storm
    for (const session of [urgent, second]) session.cancel('enough')
    await Promise.all(drained)
  })
})
