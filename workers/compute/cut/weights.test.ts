import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ByteRange } from './draft.ts'
import { merged, unpack } from './weights.ts'

const range = fc.record({ file: fc.constantFrom('a', 'b'), offset: fc.nat(5_000), length: fc.integer({ min: 1, max: 500 }) })

describe('reads of weights', () => {
  it('bring every range, never overlap, and are further apart than the gap', () => {
    fc.assert(
      fc.property(fc.array(range, { maxLength: 30 }), fc.nat(300), (ranges, gap) => {
        const reads = merged(ranges, gap)
        for (const { file, offset, length } of ranges)
          expect(
            reads.some((read) => read.file === file && read.offset <= offset && offset + length <= read.offset + read.length),
          ).toBe(true)
        for (const [index, read] of reads.entries()) {
          const next = reads[index + 1]
          if (next?.file === read.file) expect(next.offset - read.offset - read.length).toBeGreaterThan(gap)
        }
      }),
    )
  })
})

describe('blocks of a quantised matrix', () => {
  const at = (offset: number, length: number): ByteRange => ({ file: 'w', offset, length })

  it('are unpacked with the lower half of a byte first, and eight as the middle where no zero points are said', () => {
    // two columns of three rows in blocks of two: the second block of a column is half empty
    const file = new Uint8Array(4 + 16)
    file.set([0x98, 0x0a, 0x10, 0x0f])
    file.set(new Uint8Array(Float32Array.of(1, 2, 0.5, 4).buffer), 4)
    const into = new Float32Array(6)
    const bytesOf = ({ offset, length }: ByteRange): Uint8Array => file.subarray(offset, offset + length)
    const blocks = {
      codes: at(0, 4),
      scales: at(4, 16),
      scalesFrom: null,
      zeros: null,
      rows: 3,
      columns: 2,
      blockSize: 2,
      bits: 4,
    } as const
    unpack(blocks, bytesOf, into)
    expect([...into]).toEqual([0, -4, 1, -3.5, 4, 28])
  })

  it('are unpacked around the zero points that are said, a column of them beginning at a whole byte', () => {
    const file = Uint8Array.of(0x21, 0x43, 0x01, 0x02, ...new Uint8Array(Float32Array.of(1, 1).buffer))
    const into = new Float32Array(4)
    const bytesOf = ({ offset, length }: ByteRange): Uint8Array => file.subarray(offset, offset + length)
    const blocks = {
      codes: at(0, 2),
      zeros: at(2, 2),
      scales: at(4, 8),
      scalesFrom: null,
      rows: 2,
      columns: 2,
      blockSize: 2,
      bits: 4,
    } as const
    unpack(blocks, bytesOf, into)
    expect([...into]).toEqual([0, 1, 1, 2])
  })
})
