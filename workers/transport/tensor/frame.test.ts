import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { HearthError } from '#protocol/core/errors.ts'
import { TENSOR_DTYPES, type TensorDtype } from '#protocol/tensor-transport/wire.ts'
import { createSeededRuntime } from '../../testing/seeded-runtime.ts'
import { createTensorFrameDecoder, encodeFrame, type Frame, type FrameBody } from './frame.ts'
import { reasonOf } from './refusal.ts'
import { GRANT, helloOf } from './testing/pair.ts'

const PEERS = [
  'ed25519:gTl3Dqh9F19Wo1Rmw0x-zMuNipG07jeiXfYPW4_Js5Q',
  'ed25519:iojj3XQJ8ZX9UtstPLpdcspnCb8dlBIb83SIAbQPb1w',
] as Parameters<typeof helloOf>[0][] // made of public keys of the specification's examples
const HELLO = helloOf(PEERS[0] as (typeof PEERS)[0], PEERS[1] as (typeof PEERS)[0]) // there are two

const u16 = fc.integer({ min: 0, max: 0xffff })
const u32 = fc.integer({ min: 0, max: 0xffff_ffff })
const bytes = (length: fc.IntArrayConstraints) => fc.uint8Array(length).map((array) => new Uint8Array(array))
const nonce = bytes({ minLength: 8, maxLength: 8 })
const text = fc.string({ unit: 'grapheme', maxLength: 100 })
const bodies: fc.Arbitrary<FrameBody> = fc.oneof(
  fc.record({
    type: fc.constant('tensor_data' as const),
    tensorId: u16,
    dtype: fc.constantFrom(...(Object.keys(TENSOR_DTYPES) as TensorDtype[])), // `keys` forgets which
    shape: fc.array(u32, { minLength: 1, maxLength: 8 }),
    compressed: fc.boolean(),
    final: fc.boolean(),
    grad: fc.boolean(),
    data: bytes({ maxLength: 200 }),
  }),
  fc.record({ type: fc.constant('tensor_end' as const), tensorId: u16 }),
  fc.record({ type: fc.constant('ack' as const), upto: u32 }),
  fc.record({ type: fc.constant('nack' as const), reason: text }),
  fc.record({ type: fc.constant('bye' as const), reason: text }),
  fc.record({ type: fc.constant('hello' as const), hello: fc.constant(HELLO) }),
  fc.record({
    type: fc.constant('flowctl' as const),
    flowctl: fc.record({ window: fc.integer({ min: 1, max: 1024 }), credits_added: fc.integer({ min: 1, max: 1024 }) }),
  }),
  fc.record({ type: fc.constant('ping' as const), nonce }),
  fc.record({ type: fc.constant('pong' as const), nonce }),
)
const numbered = fc.record({ seq: u32, body: bodies })

function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return new Uint8Array(parts.flatMap((part) => [...part]))
}

/** What a decoder hands out, and what it refused with. */
function decoded(pieces: readonly Uint8Array[], maxChunkBytes?: number): { frames: Frame[]; refused: string | null } {
  const decoder = createTensorFrameDecoder(maxChunkBytes)
  const frames: Frame[] = []
  try {
    for (const piece of pieces) for (const frame of decoder.push(piece)) frames.push(frame)
    return { frames, refused: decoder.midFrame ? 'unfinished' : null }
  } catch (error) {
    if (!(error instanceof HearthError)) throw error
    return { frames, refused: reasonOf(error) }
  }
}

describe('frames (TEN-1, TEN-2)', () => {
  it('come back as they were, wherever the stream is cut', () => {
    fc.assert(
      fc.property(fc.array(numbered, { minLength: 1, maxLength: 6 }), fc.array(fc.nat(), { maxLength: 12 }), (sent, cuts) => {
        const whole = joined(sent.map(({ seq, body }) => encodeFrame(seq, body)))
        const places = [0, ...cuts.map((cut) => cut % whole.length).sort((a, b) => a - b), whole.length]
        const pieces = places.slice(1).map((end, at) => whole.slice(places[at], end))
        const { frames, refused } = decoded(pieces)
        expect(refused).toBeNull()
        expect(frames.map(({ seq, body }) => ({ seq, body }))).toEqual(sent)
        expect(frames.reduce((sum, { wireBytes }) => sum + wireBytes, 0)).toBe(whole.length)
      }),
    )
  })

  it('are the bytes of the table: an urgent fp16 tensor of two tokens', () => {
    const body = {
      type: 'tensor_data',
      tensorId: 258,
      dtype: 'fp16',
      shape: [2, 1],
      compressed: false,
      final: true,
      grad: false,
      data: Uint8Array.of(0, 0x3c, 0, 0x40),
    } as const
    const hex = [...encodeFrame(7, body)].map((byte) => byte.toString(16).padStart(2, '0')).join('')
    expect(hex).toBe('01010000' + '00000007' + '00000010' + '00000002' + '01020102' + '00000002' + '00000001' + '003c0040')
  })

  it('keep a text that is too long to what a frame may hold, on a whole character', () => {
    const { frames, refused } = decoded([encodeFrame(1, { type: 'nack', reason: 'ü'.repeat(4000) })])
    expect(refused).toBeNull()
    const [frame] = frames
    expect(frame?.body.type === 'nack' && frame.body.reason.replaceAll('ü', '')).toBe('')
  })
})

/** A sound frame with some bytes set. */
function bent(body: FrameBody, changes: Readonly<Record<number, number>>): Uint8Array<ArrayBuffer> {
  const frame = encodeFrame(1, body)
  for (const [at, value] of Object.entries(changes)) frame[Number(at)] = value
  return frame
}
const DATA = {
  type: 'tensor_data',
  tensorId: 1,
  dtype: 'fp16',
  shape: [4],
  compressed: false,
  final: true,
  grad: false,
  data: new Uint8Array(8),
} as const
const PING = { type: 'ping', nonce: new Uint8Array(8) } as const

describe('frames that are refused (TEN-1 to TEN-4)', () => {
  it.each([
    ['another version', bent(PING, { 0: 2 }), 'bad_header'],
    ['reserved bits', bent(PING, { 3: 1 }), 'bad_header'],
    ['type 0', bent(PING, { 1: 0 }), 'unknown_frame_type'],
    ['type 10', bent(PING, { 1: 10 }), 'unknown_frame_type'],
    ['an unknown flag', bent(DATA, { 15: 16 }), 'unknown_flags'],
    ['the highest flag', bent(DATA, { 12: 0x80 }), 'unknown_flags'],
    ['ENCRYPTED', bent(DATA, { 15: 8 }), 'encryption_unsupported'],
    ['a flag where there is none', bent(PING, { 15: 2 }), 'unknown_flags'],
    ['a nonce of nine bytes', bent(PING, { 11: 9 }), 'bad_header'],
    ['four gigabytes announced', bent(DATA, { 8: 0xff, 9: 0xff, 10: 0xff, 11: 0xff }), 'bad_header'],
    ['no dimension', bent(DATA, { 19: 0 }), 'bad_payload'],
    ['nine dimensions', bent(DATA, { 19: 9 }), 'bad_payload'],
    ['dimensions that are not there', bent(DATA, { 19: 8 }), 'bad_payload'],
    ['element type 0', bent(DATA, { 18: 0 }), 'unknown_dtype'],
    ['element type 5', bent(DATA, { 18: 5 }), 'unknown_dtype'],
    ['a reason that is no UTF-8', bent({ type: 'nack', reason: 'xx' }, { 16: 0xff }), 'bad_payload'],
    ['a HELLO that is no JSON', bent({ type: 'hello', hello: HELLO }, { 16: 0x5b }), 'bad_payload'],
    ['a HELLO with a purpose of spaces', encodeFrame(1, { type: 'hello', hello: { ...HELLO, purpose: 'a b' } }), 'bad_payload'],
    ['no credits', encodeFrame(1, { type: 'flowctl', flowctl: { window: 16, credits_added: 0 } }), 'bad_payload'],
  ])('%s', (_, frame, reason) => {
    expect(decoded([frame])).toEqual({ frames: [], refused: reason })
    expect(decoded([...frame].map((byte) => Uint8Array.of(byte)))).toEqual({ frames: [], refused: reason })
  })

  it('are refused at the header, before there is room for what it announces', () => {
    const head = bent(DATA, { 8: 0, 9: 0x20, 10: 0, 11: 0 }).slice(0, 16)
    expect(decoded([head]).refused).toBe('bad_header')
  })

  it('leave what came before them', () => {
    const { frames, refused } = decoded([joined([encodeFrame(1, PING), bent(PING, { 1: 77 })])])
    expect(frames).toHaveLength(1)
    expect(refused).toBe('unknown_frame_type')
  })

  it('have no more data than was offered to take', () => {
    expect(decoded([encodeFrame(1, DATA)], 8).refused).toBeNull()
    expect(decoded([encodeFrame(1, DATA)], 7).refused).toBe('bad_payload')
  })
})

const MUTATIONS = 100_000

describe('mutated frames', () => {
  it(`never do more than be refused, ${MUTATIONS} of them`, () => {
    const runtime = createSeededRuntime(26)
    // drawn by the thousand: one by one they took most of the time
    let [drawn, next] = [new Uint32Array(0), 0]
    const random = (below: number): number => {
      if (next === drawn.length) [drawn, next] = [new Uint32Array(runtime.randomBytes(65_536).buffer), 0]
      return (drawn[next++] ?? 0) % below
    }
    const corpus = [
      ...fc.sample(bodies, { seed: 8, numRuns: 200 }).map((body, at) => encodeFrame(at + 1, body)),
      encodeFrame(1, { type: 'hello', hello: { ...HELLO, ...GRANT } }),
    ]
    const pick = (): Uint8Array<ArrayBuffer> => corpus[random(corpus.length)] ?? new Uint8Array(0)
    const kinds: readonly ((frame: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer>)[] = [
      (frame) => frame.with(random(frame.length), random(256)),
      (frame) => {
        const at = random(frame.length)
        return frame.with(at, (frame[at] ?? 0) ^ (1 << random(8)))
      },
      (frame) => frame.map((byte) => (random(8) === 0 ? random(256) : byte)),
      (frame) => frame.slice(0, random(frame.length + 1)),
      (frame) => joined([frame.slice(0, random(frame.length)), pick()]),
      (frame) => joined([frame, frame]),
      (frame) => joined([pick(), frame.slice(random(frame.length)), pick()]),
      () => runtime.randomBytes(random(64)),
      (frame) => frame.toReversed(),
    ]
    let most = 0
    const seen = new Map<string, number>()
    for (let run = 0; run < MUTATIONS; run++) {
      const mutate = kinds[random(kinds.length)]
      const bad = mutate?.(pick()) ?? new Uint8Array(0)
      const cut = random(bad.length + 1)
      const { frames, refused } = decoded([bad.subarray(0, cut), bad.subarray(cut)])
      most = Math.max(most, ...frames.map(({ wireBytes }) => wireBytes))
      expect(frames.reduce((sum, { wireBytes }) => sum + wireBytes, 0)).toBeLessThanOrEqual(bad.length)
      seen.set(refused ?? 'whole', (seen.get(refused ?? 'whole') ?? 0) + 1)
    }
    expect(most).toBeLessThan(4096 + 16)
    // every kind of refusal was met, and not everything was refused
    for (const outcome of ['whole', 'unfinished', 'bad_header', 'bad_payload', 'unknown_frame_type', 'unknown_flags'])
      expect(seen.get(outcome) ?? 0, outcome).toBeGreaterThan(10)
  })
})
