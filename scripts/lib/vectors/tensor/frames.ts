import { toHex, utf8 } from '#protocol/core/encoding.ts'
import { bad, good } from '../cases.ts'
import type { Vector, VectorSource } from '../format.ts'
import { type People, ulidOf } from '../seeded.ts'
import { counted, DTYPES, data, end, FINAL, frame, json, piece, uint } from './make.ts'

const RANKS = [
  [6],
  [2, 3],
  [1, 2, 3],
  [1, 2, 3, 1],
  [1, 1, 2, 3, 1],
  [1, 1, 2, 3, 1, 1],
  [1, 1, 1, 2, 3, 1, 1],
  [2, 1, 1, 1, 1, 1, 1, 3],
]
const SIZES = { fp16: 2, fp32: 4, bf16: 2, int8: 1 } as const

function pieces(): readonly Vector[] {
  return (['fp16', 'fp32', 'bf16', 'int8'] as const).flatMap((dtype) =>
    RANKS.map((shape, at) => {
      const bytes = counted(6 * SIZES[dtype])
      const said = {
        type: 'tensor_data',
        seq: 9,
        tensor_id: 4660,
        dtype,
        shape,
        compressed: false,
        final: true,
        grad: at % 2 === 1,
      }
      const flags = FINAL + (said.grad ? 4 : 0)
      const hex = data(4660, dtype, shape, bytes, { seq: 9, flags })
      return good(
        `${dtype} of rank ${shape.length}`,
        'TENSOR_DATA',
        { hex },
        { ...said, data_hex: toHex(bytes) },
        { rule: 'TEN-4' },
      )
    }),
  )
}

function controls({ anna, bert }: People): readonly Vector[] {
  const hello = {
    session_id: ulidOf('tensor session'),
    session_token: 'hntoken://v1/a.b.c',
    from: anna.nodeId,
    to: bert.nodeId,
    purpose: 'shard.forward',
    negotiation: { preferred_dtype: 'fp16', compression: 'zstd', max_chunk_bytes: 1_048_576, flow_window: 16 },
  }
  const nonce = counted(8)
  const of = (type: string, hex: string, said: object, comment = type.toUpperCase()): Vector =>
    good(type, comment, { hex }, { type, seq: 1, ...said })
  const wrong = (name: string, catches: string, change: object): Vector =>
    bad(name, catches, { hex: json(5, { ...hello, ...change }) }, 'bad_request', name, { rule: 'TEN-5' })
  return [
    of('tensor_end', end(513, 1), { tensor_id: 513 }),
    of('ack', frame(3, uint(0xffff_fffe, 4)), { upto: 0xffff_fffe }),
    of('nack', frame(4, utf8('seq_gap')), { reason: 'seq_gap' }, 'A reason in UTF-8'),
    of('hello', json(5, hello), { hello }),
    of('bye', frame(6, utf8('Bis später')), { reason: 'Bis später' }, 'Any text'),
    good('a bye of nothing', 'An empty reason', { hex: frame(6, utf8('')) }, { type: 'bye', seq: 1, reason: '' }),
    of('flowctl', json(7, { window: 16, credits_added: 4 }), { window: 16, credits_added: 4 }),
    of('ping', frame(8, nonce), { nonce_hex: toHex(nonce) }),
    of('pong', frame(9, nonce), { nonce_hex: toHex(nonce) }),
    wrong('a HELLO with a field more', 'HELLO is read by the fields that are known', { extra: 1 }),
    wrong('a HELLO without a purpose', 'a missing purpose matches any', { purpose: undefined }),
    wrong('a HELLO with no window', 'a window of nothing is taken', { negotiation: { ...hello.negotiation, flow_window: 0 } }),
    wrong('a HELLO with chunks over 1 MiB', 'the other side’s wish is the limit', {
      negotiation: { ...hello.negotiation, max_chunk_bytes: 1_048_577 },
    }),
    wrong('a HELLO with an unknown compression', 'compression is not one of the words', {
      negotiation: { ...hello.negotiation, compression: 'gzip' },
    }),
  ]
}

function broken(): readonly Vector[] {
  const nonce = counted(8)
  const sound = (change: object): string => frame(1, piece(1, DTYPES.fp16, [1], counted(2)), { flags: FINAL, ...change })
  const no = (name: string, catches: string, hex: string, rule: string, error = 'bad_request'): Vector =>
    bad(name, catches, { hex }, error, name, { rule })
  return [
    no('version 0', 'the version is not looked at', frame(8, nonce, { version: 0 }), 'TEN-1'),
    no('version 2', 'a later version is guessed at', frame(8, nonce, { version: 2 }), 'TEN-1'),
    no('reserved bits', 'what is reserved is masked out', frame(8, nonce, { reserved: 1 }), 'TEN-1'),
    no('half a header', 'a header is read before it is whole', frame(8, nonce).slice(0, 22), 'TEN-1'),
    no('a payload that is cut off', 'a frame is read before it is whole', frame(8, nonce).slice(0, -2), 'TEN-1'),
    no('four gigabytes announced', 'room is made for what a header claims', sound({ length: 0xffff_ffff }), 'TEN-1'),
    no(
      'one byte over the largest piece',
      'the limit is off by the size of the head',
      sound({ length: 4 + 32 + 1_048_577 }),
      'TEN-1',
    ),
    no('type 0', 'unknown types are skipped', frame(0, nonce), 'TEN-2', 'unknown_frame_type'),
    no('type 10', 'unknown types are skipped', frame(10, nonce), 'TEN-2', 'unknown_frame_type'),
    no('type 255', 'unknown types are skipped', frame(255, nonce), 'TEN-2', 'unknown_frame_type'),
    no('a nonce of seven bytes', 'a short payload is filled up', frame(8, counted(7)), 'TEN-2'),
    no('a nonce of nine bytes', 'what follows is cut off', frame(9, counted(9)), 'TEN-2'),
    no('an ACK of eight bytes', 'numbers are read as 64 bits', frame(3, counted(8)), 'TEN-2'),
    no('an end of one byte', 'a short id is read', frame(2, counted(1)), 'TEN-2'),
    no('a NACK that is no UTF-8', 'a text is decoded without care', frame(4, Uint8Array.of(0xc3, 0x28)), 'TEN-2'),
    no('a NACK over 4 KiB', 'texts have no limit', frame(4, utf8('x'.repeat(4097))), 'TEN-2'),
    no('a FLOWCTL that is no JSON', 'what is unreadable grants nothing, silently', frame(7, utf8('{"window":16,')), 'TEN-2'),
    no('a FLOWCTL of no credits', 'a frame that says nothing is taken', json(7, { window: 16, credits_added: 0 }), 'TEN-2'),
    no(
      'a FLOWCTL with a lone surrogate',
      'JSON is not held to ENC-1',
      frame(7, utf8('{"window":16,"credits_added":"\\ud800"}')),
      'TEN-2',
    ),
    no('flag 16', 'unknown flags are ignored', sound({ flags: FINAL + 16 }), 'TEN-3'),
    no('the highest flag', 'flags are read as 16 bits', sound({ flags: FINAL + 2 ** 31 }), 'TEN-3'),
    no('ENCRYPTED', 'a reserved flag is taken for plain data', sound({ flags: FINAL + 8 }), 'TEN-3', 'not_implemented'),
    no('FINAL on a PING', 'flags of other types are ignored', frame(8, nonce, { flags: FINAL }), 'TEN-3'),
    no('no dimension', 'a scalar is taken', frame(1, piece(1, 1, [], counted(4))), 'TEN-4'),
    no('nine dimensions', 'dimensions have no limit', frame(1, piece(1, 1, [1, 1, 1, 1, 1, 1, 1, 1, 1], counted(2))), 'TEN-4'),
    no(
      'a dimension that is not there',
      'the shape is read behind the payload',
      frame(1, piece(1, 1, [1, 1], counted(0), 3)),
      'TEN-4',
    ),
    no('element type 0', 'the element type is not looked at', frame(1, piece(1, 0, [1], counted(2))), 'TEN-4'),
    no('element type 5', 'the element type is not looked at', frame(1, piece(1, 5, [1], counted(2))), 'TEN-4'),
  ]
}

export const frames = (all: People): VectorSource => ({
  name: 'frame',
  operation: 'tensor.frame',
  rule: 'TEN-2',
  about: 'One frame, whole, with all it says; every type, element type and rank. It need not fit any session.',
  vectors: [...pieces(), ...controls(all), ...broken()],
})
