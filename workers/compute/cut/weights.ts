import { HearthError } from '#protocol/core/errors.ts'
import type { Shard } from './cut.ts'
import type { Blocks, ByteRange, Half, Source } from './draft.ts'
import { widen } from './full-precision.ts'

/** Reads bytes of a published file. @throws whatever its place throws: a broken link, a full disk */
export type ReadRange = (range: ByteRange) => Promise<Uint8Array>

/** Ranges that lie closer than this are read as one: a request costs more than the bytes between them. */
const GAP_BYTES = 65_536

/** The fewest reads that bring all `ranges`, in order, without reading more than 64 KiB for nothing between two. */
export function merged(ranges: readonly ByteRange[], gap = GAP_BYTES): readonly ByteRange[] {
  const sorted = [...ranges].sort((a, b) => (a.file === b.file ? a.offset - b.offset : a.file < b.file ? -1 : 1))
  const reads: ByteRange[] = []
  for (const range of sorted) {
    const last = reads.at(-1)
    const end = last ? last.offset + last.length : 0
    if (!last || last.file !== range.file || range.offset - end > gap) reads.push(range)
    else reads[reads.length - 1] = { ...last, length: Math.max(end, range.offset + range.length) - last.offset }
  }
  return reads
}

/** The published bytes that `shard` is made of. */
export const rangesOf = ({ places }: Pick<Shard, 'places'>): readonly ByteRange[] =>
  places.flatMap(({ source }) => rangesOfSource(source))

function rangesOfSource(source: Source): readonly ByteRange[] {
  if (source.kind === 'inline') return []
  if (source.kind === 'file') return [source.range]
  const { codes, scales, zeros } = source.blocks
  return zeros ? [codes, scales, zeros] : [codes, scales]
}

/** Reads a shard's weights and lays them as its graph expects. @throws HearthError `weights_mismatch` for a read that is short */
export async function assemble(shard: Shard, read: ReadRange): Promise<Uint8Array<ArrayBuffer>> {
  const weights = new Uint8Array(shard.weightsBytes)
  const reads = await Promise.all(
    // no bytes between two: they may be another layer's, and not here
    merged(rangesOf(shard), 0).map(async (range) => {
      const bytes = await read(range)
      if (bytes.length !== range.length)
        throw new HearthError('weights_mismatch', `${range.file} is shorter than its graph says`)
      return { range, bytes }
    }),
  )
  const bytesOf = ({ file, offset, length }: ByteRange): Uint8Array => {
    const found = reads.find(
      ({ range }) => range.file === file && range.offset <= offset && offset + length <= range.offset + range.length,
    )
    if (!found) throw new HearthError('internal_error', `${file} was not read at ${offset}`)
    return found.bytes.subarray(offset - found.range.offset, offset - found.range.offset + length)
  }
  for (const { source, at, length } of shard.places) {
    if (source.kind === 'file' && source.from === null) weights.set(bytesOf(source.range), at)
    if (source.kind === 'file' && source.from !== null)
      widen(bytesOf(source.range), source.from, new Float32Array(weights.buffer, at, length / 4))
    if (source.kind === 'blocks') unpack(source.blocks, bytesOf, new Float32Array(weights.buffer, at, length / 4))
  }
  return weights
}

/**
 * Blocks of MatMulNBits to a matrix of `rows` by `columns`: column after column, each in blocks along its rows, the lower half
 * of a byte first (ONNX Runtime, contrib operators, MatMulNBits).
 */
export function unpack(blocks: Blocks, bytesOf: (range: ByteRange) => Uint8Array, into: Float32Array): void {
  const { rows, columns, blockSize, bits } = blocks
  const perColumn = Math.ceil(rows / blockSize)
  const codes = bytesOf(blocks.codes)
  const scales = floats(bytesOf(blocks.scales), blocks.scalesFrom)
  const zeros = blocks.zeros ? bytesOf(blocks.zeros) : null
  const perByte = 8 / bits
  const mask = 2 ** bits - 1
  const middle = 2 ** (bits - 1)
  // each column's zero points begin at a whole byte
  const zeroBytes = Math.ceil(perColumn / perByte)
  const codeAt = (from: Uint8Array, start: number, index: number): number =>
    ((from[start + Math.floor(index / perByte)] ?? 0) >> ((index % perByte) * bits)) & mask
  for (let column = 0; column < columns; column++) {
    for (let block = 0; block < perColumn; block++) {
      const scale = scales[column * perColumn + block] ?? 0
      const zero = zeros ? codeAt(zeros, column * zeroBytes, block) : middle
      const start = ((column * perColumn + block) * blockSize) / perByte
      const size = Math.min(blockSize, rows - block * blockSize)
      for (let index = 0; index < size; index++)
        into[(block * blockSize + index) * columns + column] = (codeAt(codes, start, index) - zero) * scale
    }
  }
}

/** A copy, since bytes of a file need not lie at a multiple of four. */
function floats(bytes: Uint8Array, from: Half | null): Float32Array {
  if (from === null) return new Float32Array(bytes.slice().buffer)
  const values = new Float32Array(bytes.length / 2)
  widen(bytes, from, values)
  return values
}
