import { EXTERNAL, type Node, TENSOR, type Tensor, type ValueInfo } from '../onnx/model.ts'
import { refusal } from './refusal.ts'

/** Bytes of a published file. */
export interface ByteRange {
  readonly file: string
  readonly offset: number
  readonly length: number
}

/** Numbers of half precision, of either kind, that are widened to fp32 while they are loaded. */
export type Half = 'float16' | 'bfloat16'

/** Blocks of 4 or 8 bits with a scale each, as MatMulNBits keeps a matrix of `rows` by `columns`. */
export interface Blocks {
  readonly codes: ByteRange
  readonly scales: ByteRange
  readonly scalesFrom: Half | null
  /** Null where the middle of the range is zero. */
  readonly zeros: ByteRange | null
  readonly rows: number
  readonly columns: number
  readonly blockSize: number
  readonly bits: 4 | 8
}

/** Where a weight's bytes come from: the graph itself, a published file (as it is, or widened), or blocks that are unpacked to fp32. */
export type Source =
  | { readonly kind: 'inline' }
  | { readonly kind: 'file'; readonly range: ByteRange; readonly from: Half | null }
  | { readonly kind: 'blocks'; readonly blocks: Blocks }

const FULL_BYTES = 4

/** Bytes that a weight takes once it is loaded. */
export function lengthOf(source: Source): number {
  if (source.kind === 'inline') return 0
  if (source.kind === 'blocks') return source.blocks.rows * source.blocks.columns * FULL_BYTES
  return source.range.length * (source.from === null ? 1 : 2)
}

/** A weight: `tensor` gives name, type and shape. */
export interface Weight {
  readonly tensor: Tensor
  readonly source: Source
}

/** A graph on its way from the published one to a shard's. */
export interface Draft {
  readonly nodes: readonly Node[]
  readonly weights: readonly Weight[]
  readonly inputs: readonly ValueInfo[]
  readonly outputs: readonly ValueInfo[]
}

/** Where the published graph's own bytes lie, for weights that are inside it. */
export interface Origin {
  readonly name: string
  /** `byteOffset` of the file in the buffer that its weights are views of. */
  readonly start: number
}

/** Smaller ones stay in the graph: they are scalars and shapes, and some kernels want them there. */
const INLINE_BELOW_BYTES = 1024

/** @throws HearthError `not_implemented` for a place that is no plain file beside the graph */
export function weightOf(tensor: Tensor, origin: Origin): Weight {
  const { rawData } = tensor
  if (tensor.dataLocation === EXTERNAL) return { tensor, source: { kind: 'file', range: rangeOf(tensor), from: null } }
  if (!rawData || rawData.length < INLINE_BELOW_BYTES) return { tensor, source: { kind: 'inline' } }
  const range = { file: origin.name, offset: rawData.byteOffset - origin.start, length: rawData.length }
  return { tensor, source: { kind: 'file', range, from: null } }
}

function rangeOf({ name, externalData }: Tensor): ByteRange {
  const said = new Map(externalData.map(({ key, value }) => [key, value]))
  const file = said.get('location') ?? ''
  const offset = Number(said.get('offset') ?? 0)
  const length = Number(said.get('length') ?? Number.NaN)
  const plain = file !== '' && !/[\\/]|^\.\.?$/.test(file)
  if (!plain || !Number.isSafeInteger(offset) || offset < 0 || !Number.isSafeInteger(length) || length < 0)
    throw refusal('weights_inside', `where the bytes of ${name} lie is not said plainly`)
  return { file, offset, length }
}

/** The tensor without its bytes, which lie at `offset` of `file` from now on. */
export const withBytesAt = (tensor: Tensor, file: string, offset: number, length: number): Tensor =>
  TENSOR.of({
    name: tensor.name,
    dataType: tensor.dataType,
    dims: tensor.dims,
    dataLocation: EXTERNAL,
    externalData: [
      { key: 'location', value: file, unknown: [] },
      { key: 'offset', value: String(offset), unknown: [] },
      { key: 'length', value: String(length), unknown: [] },
    ],
  })
