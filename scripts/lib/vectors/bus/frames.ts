import { BUS_MAX_MESSAGE_BYTES } from '#protocol/core/bus.ts'
import { toHex, utf8 } from '#protocol/core/encoding.ts'
import { bad, good } from '../cases.ts'
import type { Vector, VectorSource } from '../format.ts'
import { bytesOf } from '../seeded.ts'

/** An unsigned varint, written by hand: seven bits a byte, the least significant first. */
function varint(length: number): string {
  const bytes: number[] = []
  let rest = BigInt(length)
  do {
    bytes.push(Number(rest & 127n) | (rest > 127n ? 128 : 0))
    rest >>= 7n
  } while (rest > 0n)
  return toHex(Uint8Array.from(bytes))
}

const LENGTHS = [0, 1, 2, 126, 127, 128, 129, 255, 256, 300, 16_383, 16_384, 65_535, 65_536, 2_097_151, 2_097_152]

const encoding = (): VectorSource => ({
  name: 'frame-length',
  operation: 'frame.length',
  rule: 'BUS-3',
  about: 'The length in front of each message: an unsigned varint, at its shortest.',
  vectors: [
    ...[...LENGTHS, BUS_MAX_MESSAGE_BYTES].map((length) =>
      good(
        `${length} bytes`,
        'Seven bits a byte, the least significant first',
        { length, limit: BUS_MAX_MESSAGE_BYTES },
        { hex: varint(length) },
      ),
    ),
    bad(
      'over the limit',
      'a message has no limit',
      { length: BUS_MAX_MESSAGE_BYTES + 1, limit: BUS_MAX_MESSAGE_BYTES },
      'bad_request',
    ),
  ],
})

const frame = (bytes: Uint8Array): string => varint(bytes.length) + toHex(bytes)

function decoding(): VectorSource {
  const limit = 1000
  const [one, two, three] = [utf8('{"a":1}'), utf8('{}'), bytesOf('frame', 300)]
  const whole = frame(one) + frame(two) + frame(three)
  const nothing = new Uint8Array(0)
  const yes = (name: string, comment: string, chunks: readonly string[], expected: readonly Uint8Array[], open = false) =>
    good(name, comment, { limit, chunks }, { frames: expected.map(toHex), open })
  const no = (name: string, catches: string, ...chunks: readonly string[]): Vector =>
    bad(name, catches, { limit, chunks }, 'bad_request')
  const cut = (text: string, size: number): string[] => text.match(new RegExp(`.{1,${size * 2}}`, 'g')) ?? []
  return {
    name: 'frame-cutting',
    operation: 'frame.decode',
    rule: 'BUS-3',
    about: 'Bytes as they arrive, in any pieces, as frames. `open`: a frame has begun and not ended.',
    vectors: [
      yes('one frame in one piece', 'The plainest case', [frame(one)], [one]),
      yes('three frames in one piece', 'A piece may hold many', [whole], [one, two, three]),
      yes('three frames, byte by byte', 'A piece may end anywhere, also in a length', cut(whole, 1), [one, two, three]),
      ...[2, 3, 7, 128, 299].map((size) =>
        yes(`three frames in pieces of ${size}`, 'A piece may end anywhere', cut(whole, size), [one, two, three]),
      ),
      yes('an empty frame', 'A length of zero is a frame of no bytes', ['00'], [nothing]),
      yes('three empty frames', 'Each of them counts', ['000000'], [nothing, nothing, nothing]),
      yes('an empty frame between two', 'It ends nothing', [`${frame(two)}00${frame(two)}`], [two, nothing, two]),
      yes('empty pieces', 'They change nothing', ['', frame(one), ''], [one]),
      yes('half a frame', 'It waits for the rest', [frame(one).slice(0, -2)], [], true),
      yes('half a length', 'It waits for the rest', ['80'], [], true),
      yes(
        'a frame and half of the next',
        'What is whole goes out at once',
        [frame(one) + frame(three).slice(0, 20)],
        [one],
        true,
      ),
      yes('a frame of exactly the limit', 'The limit is allowed', [frame(bytesOf('limit', limit))], [bytesOf('limit', limit)]),
      yes('a length with zeros behind it', 'Longer than it need be, and still that length', [`8700${toHex(one)}`], [one]),
      no('a frame one byte over the limit', 'frames have no limit', varint(limit + 1)),
      no('a length of 4 GiB', 'the buffer is made before the limit is asked', 'ffffffff0f'),
      no('a length of 2^63', 'lengths are kept in 32 bits, where this is zero', 'ffffffffffffffff7f'),
      no('a length without an end', 'lengths have no limit', '808080808080'),
      no('a length without an end, byte by byte', 'lengths have no limit', '80', '80', '80', '80', '80', '80'),
      no('a frame over the limit behind a good one', 'only the first is checked', frame(two) + varint(limit + 1)),
    ],
  }
}

export const frames = (): readonly VectorSource[] => [encoding(), decoding()]
