import { beforeAll, describe, expect, it } from 'vitest'
import { HearthError } from '#protocol/core/errors.ts'
import type { TensorHello } from '#protocol/tensor-transport/wire.ts'
import type { TensorSessionOptions } from '../../kernel/tensors.ts'
import { createSeededRuntime } from '../../testing/seeded-runtime.ts'
import { loadZstd } from './compress.ts'
import { encodeFrame, type FrameBody } from './frame.ts'
import { acceptTensorSession, openTensorSession } from './session.ts'
import { createPuppet, GRANT, helloOf, instantEnds, streamEnds } from './testing/pair.ts'
import { accepted, codeOf, during, END, endOf, nack, piece, says, take } from './testing/sessions.ts'

// what has to be fetched first takes time that no clock here counts
beforeAll(() => loadZstd())

describe('who opens a session (TEN-5)', () => {
  const refusedOpening = async (change: Partial<TensorHello>, admit = async (): Promise<TensorSessionOptions> => ({})) => {
    const runtime = createSeededRuntime(5)
    const { ids, streams } = await streamEnds(runtime)
    const puppet = createPuppet(streams[0])
    const opening = acceptTensorSession({ runtime, self: ids[1] }, streams[1], admit)
    void puppet.say({ type: 'hello', hello: helloOf(ids[0], ids[1], change) })
    const code = await during(runtime, codeOf(opening))
    await runtime.advance(5)
    return [code, nack(puppet), says(puppet, 'hello').length]
  }

  it('says HELLO in its own name and to us, or is refused before any data', async () => {
    const { ids } = await streamEnds(createSeededRuntime(5))
    expect(await refusedOpening({ from: ids[1] })).toEqual(['unauthorized', 'unauthorized', 0])
    expect(await refusedOpening({ to: ids[0] })).toEqual(['unauthorized', 'unauthorized', 0])
    const denied = async () => {
      throw new HearthError('expired', 'the token has expired')
    }
    expect(await refusedOpening({}, denied)).toEqual(['expired', 'unauthorized', 0])
  })

  it('says HELLO first, and once', async () => {
    const runtime = createSeededRuntime(6)
    const { ids, streams } = await streamEnds(runtime)
    const puppet = createPuppet(streams[0])
    const opening = codeOf(acceptTensorSession({ runtime, self: ids[1] }, streams[1], async () => ({})))
    void puppet.say(piece())
    expect(await during(runtime, opening)).toBe('bad_request')
    await runtime.advance(5)
    expect(nack(puppet)).toBe('hello_expected')
    const later = createSeededRuntime(7)
    const { puppet: twice, session } = await accepted(later)
    void twice.say({ type: 'hello', hello: helloOf(ids[0], ids[1]) })
    await later.advance(5)
    expect([nack(twice), session.peer]).toEqual(['bad_payload', ids[0]])
  })

  it('is given up on after ten seconds of silence', async () => {
    const runtime = createSeededRuntime(8)
    const { ids, streams } = await streamEnds(runtime)
    const accepting = codeOf(acceptTensorSession({ runtime, self: ids[1] }, streams[1], async () => ({})))
    await runtime.advance(10_000)
    expect(await accepting).toBe('timeout')
  })

  it('hears the same session and purpose back, or closes', async () => {
    for (const [change, reason] of [
      [{ session_token: 'hntoken://v1/another' }, 'unauthorized'],
      [{ session_id: '01K5V0000000000000000000BB' as TensorHello['session_id'] }, 'unauthorized'],
      [{ purpose: 'adapter.fetch' }, 'wrong_purpose'],
    ] as const) {
      const runtime = createSeededRuntime(9)
      const { ids, streams } = await streamEnds(runtime)
      const puppet = createPuppet(streams[1])
      const opening = codeOf(openTensorSession({ runtime, self: ids[0] }, streams[0], GRANT))
      void puppet.say({ type: 'hello', hello: helloOf(ids[1], ids[0], change) })
      expect(await during(runtime, opening)).toBe('unauthorized')
      await runtime.advance(5)
      expect(nack(puppet)).toBe(reason)
    }
  })

  it('learns why it was refused', async () => {
    const runtime = createSeededRuntime(10)
    const { ids, streams } = await streamEnds(runtime)
    const puppet = createPuppet(streams[1])
    const opening = codeOf(openTensorSession({ runtime, self: ids[0] }, streams[0], GRANT))
    void puppet.say({ type: 'nack', reason: 'capacity_exceeded' })
    expect(await during(runtime, opening)).toBe('capacity_exceeded')
  })
})

describe('what closes a session', () => {
  const cases: readonly (readonly [string, string, readonly FrameBody[]])[] = [
    [
      'a piece of another dtype (TEN-4)',
      'chunk_mismatch',
      [piece({ final: false, data: new Uint8Array(4) }), piece({ dtype: 'bf16' })],
    ],
    [
      'a piece of another shape (TEN-4)',
      'chunk_mismatch',
      [piece({ final: false, data: new Uint8Array(4) }), piece({ shape: [2, 2] })],
    ],
    [
      'a piece that lost its GRAD (TEN-3)',
      'chunk_mismatch',
      [piece({ final: false, grad: true, data: new Uint8Array(4) }), piece()],
    ],
    ['a piece after the last (TEN-4)', 'chunk_mismatch', [piece(), piece()]],
    ['more bytes than the shape (TEN-4)', 'size_mismatch', [piece({ data: new Uint8Array(10) })]],
    ['fewer bytes than the shape (TEN-4)', 'size_mismatch', [piece({ data: new Uint8Array(6) })]],
    ['an end before the last piece (TEN-4)', 'size_mismatch', [piece({ final: false, data: new Uint8Array(4) }), END]],
    ['an empty piece (TEN-4)', 'bad_payload', [piece({ final: false, data: new Uint8Array(0) })]],
    ['an end of nothing (TEN-4)', 'unknown_tensor', [END]],
    ['an end twice (TEN-4)', 'unknown_tensor', [piece(), END, END]],
    ['a tensor over the limit (TEN-9)', 'tensor_too_large', [piece({ shape: [65_536, 513], final: false })]],
    [
      'a shape of 2^256 elements (TEN-9)',
      'tensor_too_large',
      [piece({ shape: Array.from({ length: 8 }, () => 0xffff_ffff), final: false })],
    ],
    [
      'two unfinished tensors over the limit together (TEN-9)',
      'tensor_too_large',
      [piece({ shape: [20_000_000], final: false }), piece({ tensorId: 2, shape: [20_000_000], final: false })],
    ],
    [
      '65 unfinished tensors (TEN-9)',
      'capacity_exceeded',
      Array.from({ length: 65 }, (_, tensorId) => piece({ tensorId, final: false, data: new Uint8Array(2) })),
    ],
    ['an ACK of what was never sent (TEN-6)', 'bad_payload', [{ type: 'ack', upto: 99 }]],
    ['compressed data that is none (TEN-8)', 'bad_payload', [piece({ compressed: true })]],
    [
      'more pings than are listened to (TEN-9)',
      'capacity_exceeded',
      Array.from({ length: 200 }, () => ({ type: 'ping', nonce: new Uint8Array(8) }) as const),
    ],
  ]
  it.each(cases)('%s: %s', async (_, reason, bodies) => {
    const runtime = createSeededRuntime(11)
    const { puppet, session } = await accepted(runtime, { flowWindow: 128 })
    const bytes = bodies.map((body) => [...encodeFrame(puppet.seq++, body)])
    void puppet.write(new Uint8Array(bytes.flat())).catch(() => {})
    const read = codeOf(take(session, 99))
    await runtime.advance(5)
    expect(nack(puppet)).toBe(reason)
    expect(await read).not.toBe('nothing')
    expect((await session.ended)?.data).toEqual({ reason })
  })

  it.each([
    ['a frame that is left out', [1, 3]],
    ['a frame that comes twice', [1, 2, 2]],
    ['two frames that change places', [1, 3, 2]],
  ])('%s: seq_gap (TEN-6)', async (_, order) => {
    const runtime = createSeededRuntime(12)
    const { puppet, session } = await accepted(runtime)
    const frames = [piece(), END, piece({ tensorId: 2 })].map((body, at) => encodeFrame(at + 2, body))
    for (const at of order) void puppet.write(frames[at - 1] ?? new Uint8Array(0)).catch(() => {})
    await runtime.advance(5)
    expect(nack(puppet)).toBe('seq_gap')
    expect(await endOf(session)).toContain('was due')
  })

  it('a frame without credit: credit_overrun (TEN-7)', async () => {
    const runtime = createSeededRuntime(13)
    const { puppet } = await accepted(runtime, { flowWindow: 4, maxChunkBytes: 8 })
    const bodies = Array.from({ length: 5 }, (_, tensorId) => piece({ tensorId }))
    void puppet.write(new Uint8Array(bodies.flatMap((body) => [...encodeFrame(puppet.seq++, body)])))
    await runtime.advance(5)
    // four were granted, and as many as were spent are granted again at once: the fifth is in order
    expect(nack(puppet)).toBeNull()
    const flood = Array.from({ length: 60 }, (_, at) => piece({ tensorId: at + 10 }))
    for (const body of flood) void puppet.write(encodeFrame(puppet.seq++, body)).catch(() => {})
    await runtime.advance(5)
    expect(nack(puppet)).toBe('capacity_exceeded')
  })

  it('a stream that ends in the middle of a frame: partition', async () => {
    const runtime = createSeededRuntime(14)
    const { ids, streams, sever } = await streamEnds(runtime)
    const opening = acceptTensorSession({ runtime, self: ids[1] }, streams[1], async () => ({}))
    const puppet = createPuppet(streams[0])
    void puppet.say({ type: 'hello', hello: helloOf(ids[0], ids[1]) })
    const session = await during(runtime, opening)
    void puppet.write(encodeFrame(2, piece()).slice(0, 20))
    await runtime.advance(1)
    sever()
    await runtime.settle()
    expect((await session.ended)?.code).toBe('partition')
    expect(await codeOf(take(session, 1))).toBe('partition')
  })
})

/** 20,000 with HEARTHNET_FULL=1; the decoder alone takes more, in frame.test.ts. */
const MUTATIONS = process.env.HEARTHNET_FULL ? 20_000 : 1000

describe('mutated streams', () => {
  it(`end a session or go on, ${MUTATIONS} frames of them, and leave nothing behind`, { timeout: 600_000 }, async () => {
    const clock = createSeededRuntime(27)
    const timers = new Set<() => void>()
    const runtime = {
      ...clock,
      after(ms: number, task: () => void) {
        const cancel = clock.after(ms, task)
        timers.add(cancel)
        return () => {
          timers.delete(cancel)
          cancel()
        }
      },
    }
    const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
    const random = (below: number): number => new DataView(runtime.randomBytes(4).buffer).getUint32(0) % below
    const bodies: readonly FrameBody[] = [
      piece(),
      END,
      piece({ tensorId: 2, final: false, data: new Uint8Array(4) }),
      piece({ tensorId: 2, data: new Uint8Array(4) }),
      { type: 'tensor_end', tensorId: 2 },
      piece({ tensorId: 3, compressed: true, data: new Uint8Array(40) }),
      { type: 'ack', upto: 1 },
      { type: 'flowctl', flowctl: { window: 16, credits_added: 4 } },
      { type: 'ping', nonce: new Uint8Array(8) },
      { type: 'pong', nonce: new Uint8Array(8) },
      { type: 'bye', reason: 'done' },
    ]
    const ends = new Map<string, number>()
    for (let mutated = 0; mutated < MUTATIONS; ) {
      const { ids, streams } = await instantEnds()
      const puppet = createPuppet(streams[0])
      void puppet.say({ type: 'hello', hello: helloOf(ids[0], ids[1]) })
      const session = await acceptTensorSession({ runtime, self: ids[1] }, streams[1], async () => ({ maxChunkBytes: 64 }))
      let ended: string | null = null
      void session.ended.then((error) => {
        ended = error ? error.code : 'closed'
      })
      for (let sent = 0; sent < 40 && ended === null; sent++) {
        const body = bodies[random(bodies.length)] ?? END
        const frame = encodeFrame(puppet.seq++, body)
        if (random(3) === 0) {
          mutated++
          const at = random(frame.length)
          frame[at] = (frame[at] ?? 0) ^ (1 << random(8))
        }
        void puppet.write(random(20) === 0 ? frame.slice(0, random(frame.length)) : frame).catch(() => {})
        if (sent % 8 === 7) await settled()
      }
      await settled()
      session.cancel('enough')
      await session.ended
      await settled()
      const how = ended ?? 'alive'
      ends.set(how, (ends.get(how) ?? 0) + 1)
      expect([
        'alive',
        'closed',
        'bad_request',
        'unknown_frame_type',
        'tensor_too_large',
        'capacity_exceeded',
        'not_implemented',
        'partition',
      ]).toContain(how)
    }
    expect(ends.get('bad_request')).toBeGreaterThan(5)
    // nothing of a session that ended is waited for any more
    expect(timers.size).toBe(0)
  })
})
