import { BinaryReader } from '@bufbuild/protobuf/wire'
import { fromHalf } from '../onnx/half.ts'
import {
  type Attribute,
  attributeOf,
  ELEMENT,
  elementOf,
  type Node,
  TENSOR,
  type Tensor,
  tensorOf,
  type ValueInfo,
} from '../onnx/model.ts'
import type { Half, Weight } from './draft.ts'
import type { Rewrite } from './rewrite.ts'

const HALVES: ReadonlyMap<number | undefined, Half> = new Map([
  [ELEMENT.float16, 'float16'],
  [ELEMENT.bfloat16, 'bfloat16'],
])

/**
 * Computes in full precision what was published in half: weights are widened while they are loaded, and nothing is narrowed on the
 * way. In half precision what a model says depends on where it is cut and on what computes it (libraries compute some steps in full
 * without being asked), by a unit in the last place, and with that, now and then, a word.
 */
export const fullPrecision: Rewrite = ({ nodes, weights, inputs, outputs }) => ({
  nodes: nodes.map((node) => ({ ...node, attribute: node.attribute.map((attribute) => widenedAttribute(node, attribute)) })),
  weights: weights.map(widenedWeight),
  inputs: inputs.map(widenedValue),
  outputs: outputs.map(widenedValue),
})

function widenedAttribute({ opType }: Node, attribute: Attribute): Attribute {
  const { name = '', t, i } = attribute
  if (t) return { ...attribute, t: widenedTensor(t) }
  return opType === 'Cast' && name === 'to' && HALVES.has(Number(i)) ? attributeOf.int(name, ELEMENT.float32) : attribute
}

function widenedWeight({ tensor, source }: Weight): Weight {
  const from = HALVES.get(tensor.dataType)
  if (!from || source.kind === 'blocks') return { tensor, source }
  if (source.kind === 'inline') return { tensor: widenedTensor(tensor), source }
  return { tensor: TENSOR.of({ name: tensor.name, dims: tensor.dims, dataType: ELEMENT.float32 }), source: { ...source, from } }
}

function widenedTensor(tensor: Tensor): Tensor {
  const from = HALVES.get(tensor.dataType)
  if (!from) return tensor
  const bits = bitsOf(tensor)
  const table = VALUES[from]()
  const values = Float32Array.from(bits, (half) => table[half] ?? 0)
  return { ...tensorOf('', ELEMENT.float32, tensor.dims.map(Number), values), name: tensor.name }
}

/** Halves lie in a tensor as bytes, or each as a whole number (TensorProto.int32_data). */
function bitsOf({ rawData, int32Data }: Tensor): Uint16Array {
  if (rawData) return halvesAt(rawData)
  const bits: number[] = []
  const reader = new BinaryReader(int32Data ?? new Uint8Array(0))
  while (reader.pos < reader.len) bits.push(reader.int32())
  return Uint16Array.from(bits)
}

function widenedValue(value: ValueInfo): ValueInfo {
  if (!HALVES.has(elementOf(value))) return value
  return { ...value, type: { ...value.type, tensorType: { ...value.type?.tensorType, elemType: ELEMENT.float32 } } }
}

/** A copy, since bytes of a file need not lie at a multiple of two. */
const halvesAt = (bytes: Uint8Array): Uint16Array => new Uint16Array(bytes.slice().buffer)

/** Numbers of half precision, little-endian, to as many of full. */
export function widen(bytes: Uint8Array, from: Half, into: Float32Array): void {
  const table = VALUES[from]()
  const halves = halvesAt(bytes)
  // a loop and a table: there are millions of them
  for (let at = 0; at < halves.length; at++) into[at] = table[halves[at] ?? 0] ?? 0
}

/** What each of the 65,536 numbers of 16 bits is worth: IEEE 754 half precision, or the upper half of single precision. */
const VALUES: Readonly<Record<Half, () => Float32Array>> = {
  float16: once(() => Float32Array.from({ length: 65_536 }, (_, bits) => fromHalf(bits))),
  bfloat16: once(() => new Float32Array(Uint32Array.from({ length: 65_536 }, (_, bits) => bits * 65_536).buffer)),
}

function once<T>(make: () => T): () => T {
  let made: T | undefined
  return () => (made ??= make())
}
