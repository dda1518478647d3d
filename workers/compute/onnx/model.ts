import { bytes, float, int32, int64, type Kind, many, message, one, string } from '../../kernel/protobuf.ts'

/**
 * The part of ONNX's public format (onnx.proto, IR version 13) that a cutter looks into; the rest is carried as it came.
 * Field numbers and names are ONNX's.
 */

type TypeOf<K> = K extends Kind<infer T> ? T : never

const ENTRY = message({ key: one(1, string), value: one(2, string) })

const OPERATOR_SET = message({ domain: one(1, string), version: one(2, int64) })

const DIMENSION = message({ dimValue: one(1, int64), dimParam: one(2, string), denotation: one(3, string) })
const SHAPE = message({ dim: many(1, DIMENSION) })
const TENSOR_TYPE = message({ elemType: one(1, int32), shape: one(2, SHAPE) })
const TYPE = message({
  tensorType: one(1, TENSOR_TYPE),
  sequenceType: one(4, bytes),
  mapType: one(5, bytes),
  denotation: one(6, string),
})
export const VALUE_INFO = message({
  name: one(1, string),
  type: one(2, TYPE),
  docString: one(3, string),
  metadata: many(4, bytes),
})
export type ValueInfo = TypeOf<typeof VALUE_INFO>

/** The typed lists (`floatData` and so on) are carried packed, as they came. */
export const TENSOR = message({
  dims: many(1, int64),
  dataType: one(2, int32),
  segment: one(3, bytes),
  floatData: one(4, bytes),
  int32Data: one(5, bytes),
  stringData: many(6, bytes),
  int64Data: one(7, bytes),
  name: one(8, string),
  rawData: one(9, bytes),
  doubleData: one(10, bytes),
  uint64Data: one(11, bytes),
  docString: one(12, string),
  externalData: many(13, ENTRY),
  dataLocation: one(14, int32),
  metadata: many(16, bytes),
})
export type Tensor = TypeOf<typeof TENSOR>

/** Graphs inside attributes (If, Loop, Scan) are carried unread: no graph that has one is cut. */
export const ATTRIBUTE = message({
  name: one(1, string),
  f: one(2, float),
  i: one(3, int64),
  s: one(4, bytes),
  t: one(5, TENSOR),
  g: one(6, bytes),
  floats: many(7, float),
  ints: many(8, int64),
  strings: many(9, bytes),
  tensors: many(10, TENSOR),
  graphs: many(11, bytes),
  docString: one(13, string),
  tp: one(14, bytes),
  typeProtos: many(15, bytes),
  type: one(20, int32),
  refAttrName: one(21, string),
})
export type Attribute = TypeOf<typeof ATTRIBUTE>

export const NODE = message({
  input: many(1, string),
  output: many(2, string),
  name: one(3, string),
  opType: one(4, string),
  attribute: many(5, ATTRIBUTE),
  docString: one(6, string),
  domain: one(7, string),
  overload: one(8, string),
  metadata: many(9, bytes),
})
export type Node = TypeOf<typeof NODE>

export const GRAPH = message({
  node: many(1, NODE),
  name: one(2, string),
  initializer: many(5, TENSOR),
  docString: one(10, string),
  input: many(11, VALUE_INFO),
  output: many(12, VALUE_INFO),
  valueInfo: many(13, VALUE_INFO),
  quantization: many(14, bytes),
  sparseInitializer: many(15, bytes),
  metadata: many(16, bytes),
})
export type Graph = TypeOf<typeof GRAPH>

export const MODEL = message({
  irVersion: one(1, int64),
  producerName: one(2, string),
  producerVersion: one(3, string),
  domain: one(4, string),
  modelVersion: one(5, int64),
  docString: one(6, string),
  graph: one(7, GRAPH),
  opsetImport: many(8, OPERATOR_SET),
  metadata: many(14, bytes),
  training: many(20, bytes),
  functions: many(25, bytes),
})
export type Model = TypeOf<typeof MODEL>

/** Element types by ONNX's numbers. */
export const ELEMENT = {
  float32: 1,
  uint8: 2,
  int8: 3,
  int32: 6,
  int64: 7,
  bool: 9,
  float16: 10,
  float64: 11,
  bfloat16: 16,
} as const

/** `TensorProto.DataLocation.EXTERNAL`. */
export const EXTERNAL = 1

/** Operators that ONNX Runtime adds to the standard's. */
export const MICROSOFT = 'com.microsoft'

const ATTRIBUTE_TYPE = { float: 1, int: 2, string: 3, tensor: 4, ints: 7 } as const
export const attributeOf = {
  float: (name: string, f: number): Attribute => ATTRIBUTE.of({ name, f, type: ATTRIBUTE_TYPE.float }),
  int: (name: string, i: number): Attribute => ATTRIBUTE.of({ name, i: BigInt(i), type: ATTRIBUTE_TYPE.int }),
  ints: (name: string, ints: readonly number[]): Attribute =>
    ATTRIBUTE.of({ name, ints: ints.map(BigInt), type: ATTRIBUTE_TYPE.ints }),
  tensor: (name: string, t: Tensor): Attribute => ATTRIBUTE.of({ name, t, type: ATTRIBUTE_TYPE.tensor }),
}

interface NodeInit {
  readonly opType: string
  readonly input: readonly string[]
  readonly output: readonly string[]
  readonly domain?: string
  readonly attribute?: readonly Attribute[]
}
/** A node named after its first output, which is unique in a graph. */
export const nodeOf = (init: NodeInit): Node => NODE.of({ ...init, name: init.output[0], attribute: init.attribute ?? [] })

/** @param dims a number, or the name of a size that is known only when it runs */
export const valueInfoOf = (name: string, elemType: number, dims: readonly (number | string)[]): ValueInfo =>
  VALUE_INFO.of({
    name,
    type: TYPE.of({
      tensorType: TENSOR_TYPE.of({
        elemType,
        shape: SHAPE.of({
          dim: dims.map((dim) =>
            typeof dim === 'number' ? DIMENSION.of({ dimValue: BigInt(dim) }) : DIMENSION.of({ dimParam: dim }),
          ),
        }),
      }),
    }),
  })

export const tensorOf = (name: string, dataType: number, dims: readonly number[], data: ArrayBufferView): Tensor =>
  TENSOR.of({
    name,
    dataType,
    dims: dims.map(BigInt),
    rawData: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
  })

export const intOf = (node: Node, name: string): number | undefined => {
  const value = node.attribute.find((attribute) => attribute.name === name)?.i
  return value === undefined ? undefined : Number(value)
}
export const floatOf = (node: Node, name: string): number | undefined =>
  node.attribute.find((attribute) => attribute.name === name)?.f

/** Sizes of a declared value; null where one is known only when it runs. */
export const sizesOf = (value: ValueInfo): readonly (number | null)[] =>
  (value.type?.tensorType?.shape?.dim ?? []).map(({ dimValue }) => (dimValue === undefined ? null : Number(dimValue)))

export const elementOf = (value: ValueInfo | undefined): number | undefined => value?.type?.tensorType?.elemType

/** What a kind of node is called in a message to a person. */
export const isOp = (node: Node, opType: string, domain: '' | typeof MICROSOFT = ''): boolean =>
  node.opType === opType && (node.domain ?? '') === domain
