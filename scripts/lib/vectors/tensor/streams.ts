import { toHex } from '#protocol/core/encoding.ts'
import { sha256 } from '#protocol/core/hash.ts'
import { loadZstd } from '../../../../workers/transport/tensor/compress.ts'
import { bad, good } from '../cases.ts'
import type { Vector, VectorSource } from '../format.ts'
import { counted, data, end, FINAL, type Head } from './make.ts'

interface Terms {
  readonly flow_window?: number
  readonly max_chunk_bytes?: number
  readonly compression?: 'zstd' | 'none'
}
const inputOf = (frames: readonly string[], terms: Terms = {}) => ({
  flow_window: 16,
  max_chunk_bytes: 1_048_576,
  compression: 'zstd',
  ...terms,
  frames,
})

type Dtype = Parameters<typeof data>[1]
interface Whole {
  readonly id: number
  readonly dtype: Dtype
  readonly shape: readonly number[]
  readonly grad?: boolean
  readonly bytes: Uint8Array
}
const whole = ({ id, dtype, shape, grad = false, bytes }: Whole) => ({ id, dtype, shape, grad, sha256: toHex(sha256(bytes)) })

const MORE: Head = { flags: 0 }
const HALF = counted(8).subarray(0, 4)
const REST = counted(8).subarray(4)
const GRAD = 4
const COMPRESSED = 1

/** Pieces and ends of sessions that are in order. */
function sound(zeros: Uint8Array): readonly Vector[] {
  const of = (name: string, comment: string, frames: readonly string[], tensors: readonly Whole[], terms: Terms = {}): Vector =>
    good(name, comment, inputOf(frames, terms), { tensors: tensors.map(whole), upto: frames.length + 1 })
  const eight = counted(8)
  const plain: Whole = { id: 1, dtype: 'fp16', shape: [4], bytes: eight }
  return [
    of('one piece', 'FINAL, then its end', [data(1, 'fp16', [4], eight, { seq: 2 }), end(1, 3)], [plain]),
    of(
      'cut in the middle of an element',
      'Pieces are cut between any two bytes',
      [data(1, 'fp16', [4], counted(3), { ...MORE, seq: 2 }), data(1, 'fp16', [4], eight.subarray(3), { seq: 3 }), end(1, 4)],
      [plain],
    ),
    of(
      'two tensors in one another',
      'An urgent one overtakes: it is whole first',
      [
        data(1, 'fp16', [4], HALF, { ...MORE, seq: 2 }),
        data(2, 'bf16', [1, 1], counted(2), { seq: 3 }),
        end(2, 4),
        data(1, 'fp16', [4], REST, { seq: 5 }),
        end(1, 6),
      ],
      [{ id: 2, dtype: 'bf16', shape: [1, 1], bytes: counted(2) }, plain],
    ),
    of(
      'nothing',
      'A dimension of 0: one piece without bytes',
      [data(1, 'fp32', [1, 0, 64], counted(0), { seq: 2 }), end(1, 3)],
      [{ id: 1, dtype: 'fp32', shape: [1, 0, 64], bytes: counted(0) }],
    ),
    of(
      'a gradient',
      'GRAD on every piece',
      [data(1, 'fp16', [4], eight, { seq: 2, flags: FINAL + GRAD }), end(1, 3)],
      [{ ...plain, grad: true }],
    ),
    of(
      'an id that is used again',
      'It is free when its tensor is whole',
      [data(1, 'fp16', [4], eight, { seq: 2 }), end(1, 3), data(1, 'fp16', [4], eight, { seq: 4 }), end(1, 5)],
      [plain, plain],
    ),
    of(
      'compressed',
      '70,000 zeros in a few bytes of zstd',
      [data(1, 'int8', [70_000], zeros, { seq: 2, flags: FINAL + COMPRESSED }), end(1, 3)],
      [{ id: 1, dtype: 'int8', shape: [70_000], bytes: new Uint8Array(70_000) }],
    ),
    of(
      'one piece compressed, one not',
      'Each piece by itself',
      [
        data(1, 'int8', [70_004], zeros, { seq: 2, flags: COMPRESSED }),
        data(1, 'int8', [70_004], new Uint8Array(4), { seq: 3 }),
        end(1, 4),
      ],
      [{ id: 1, dtype: 'int8', shape: [70_004], bytes: new Uint8Array(70_004) }],
    ),
    of('every credit spent', 'Two frames where two may come', [data(1, 'fp16', [4], eight, { seq: 2 }), end(1, 3)], [plain], {
      flow_window: 2,
    }),
  ]
}

function wrong(zeros: Uint8Array): readonly Vector[] {
  const eight = counted(8)
  const no = (
    name: string,
    rule: string,
    catches: string,
    frames: readonly string[],
    terms: Terms = {},
    error = 'bad_request',
  ) => bad(name, catches, inputOf(frames, terms), error, name, { rule })
  const first = data(1, 'fp16', [4], HALF, { ...MORE, seq: 2 })
  const packed = (seq: number, shape: readonly number[], bytes = zeros): string =>
    data(1, 'int8', shape, bytes, { seq, flags: FINAL + COMPRESSED })
  return [
    no('mixed element types', 'TEN-4', 'only the first piece’s type counts', [first, data(1, 'bf16', [4], REST, { seq: 3 })]),
    no('mixed shapes', 'TEN-4', 'only the number of bytes counts', [first, data(1, 'fp16', [2, 2], REST, { seq: 3 })]),
    no('a piece without its GRAD', 'TEN-3', 'a flag of one piece counts', [
      data(1, 'fp16', [4], HALF, { flags: GRAD, seq: 2 }),
      data(1, 'fp16', [4], REST, { seq: 3 }),
    ]),
    no('more bytes than the shape', 'TEN-4', 'bytes are written behind the tensor', [data(1, 'fp16', [3], eight, { seq: 2 })]),
    no('fewer bytes than the shape', 'TEN-4', 'the rest is zeros, or what lay there', [
      data(1, 'fp16', [5], eight, { seq: 2 }),
    ]),
    no('an end before FINAL', 'TEN-4', 'an end makes whole what is not', [first, end(1, 3)]),
    no('a piece after FINAL', 'TEN-4', 'FINAL is not looked at', [
      data(1, 'fp16', [4], eight, { seq: 2 }),
      data(1, 'fp16', [4], eight, { seq: 3 }),
    ]),
    no('an empty piece', 'TEN-4', 'nothing is sent for ever', [data(1, 'fp16', [4], counted(0), { ...MORE, seq: 2 })]),
    no('an end of nothing', 'TEN-4', 'ends are not matched with beginnings', [end(7, 2)]),
    no('a number left out', 'TEN-6', 'a lost frame is not noticed', [data(1, 'fp16', [4], eight, { seq: 2 }), end(1, 4)]),
    no('a number twice', 'TEN-6', 'a repeated frame counts twice', [data(1, 'fp16', [4], eight, { seq: 2 }), end(1, 2)]),
    no('numbers that change places', 'TEN-6', 'frames are sorted, or taken as they come', [
      end(1, 3),
      data(1, 'fp16', [4], eight, { seq: 2 }),
    ]),
    no('a frame without credit', 'TEN-7', 'who sends too much is served', [first, data(1, 'fp16', [4], REST, { seq: 3 })], {
      flow_window: 1,
    }),
    no('an end without credit', 'TEN-7', 'ends cost nothing', [data(1, 'fp16', [4], eight, { seq: 2 }), end(1, 3)], {
      flow_window: 1,
    }),
    no(
      'a piece larger than was offered to take',
      'TEN-5',
      'only the protocol’s own limit counts',
      [data(1, 'fp16', [4], eight, { seq: 2 })],
      {
        max_chunk_bytes: 7,
      },
    ),
    no(
      'compressed where nobody agreed',
      'TEN-8',
      'what can be read is read',
      [packed(2, [70_000])],
      { compression: 'none' },
      'not_implemented',
    ),
    no('compressed bytes that are none', 'TEN-8', 'a broken frame is passed on as it is', [packed(2, [8], eight)]),
    no('unpacked larger than the shape', 'TEN-8', 'memory is taken as a stranger says', [packed(2, [69_999])]),
    no('unpacked larger than a piece may be', 'TEN-8', 'the limit holds for packed bytes only', [packed(2, [70_000])], {
      max_chunk_bytes: 65_536,
    }),
    no('two zstd frames in one piece', 'TEN-8', 'what comes behind the first is dropped, or written', [
      packed(2, [140_000], Uint8Array.of(...zeros, ...zeros)),
    ]),
    no(
      'a shape over 64 MiB',
      'TEN-9',
      'room is made for what a shape claims',
      [data(1, 'fp32', [16_777_217], HALF, { ...MORE, seq: 2 })],
      {},
      'tensor_too_large',
    ),
    no(
      'a shape that runs over 64 bits',
      'TEN-9',
      'sizes are multiplied in machine words',
      [data(1, 'fp32', [2 ** 31, 2 ** 31, 4], HALF, { ...MORE, seq: 2 })],
      {},
      'tensor_too_large',
    ),
    no(
      'two unfinished of 40 MB',
      'TEN-9',
      'each tensor has a limit of its own',
      [data(1, 'int8', [40_000_000], HALF, { ...MORE, seq: 2 }), data(2, 'int8', [40_000_000], HALF, { ...MORE, seq: 3 })],
      {},
      'tensor_too_large',
    ),
  ]
}

export async function streams(): Promise<VectorSource> {
  const zeros = (await loadZstd()).compress(new Uint8Array(70_000), 3)
  return {
    name: 'receive',
    operation: 'tensor.receive',
    rule: 'TEN-4',
    about:
      'Frames after HELLO, numbered from 2, to a side that announced these terms and grants no more credits: the tensors that became whole, in order, and the highest number that is acknowledged.',
    vectors: [...sound(zeros), ...wrong(zeros)],
  }
}
