import { analyse } from '../cut/analyse.ts'
import {
  type Attribute,
  attributeOf,
  ELEMENT,
  GRAPH,
  MICROSOFT,
  MODEL,
  type Model,
  type Node,
  nodeOf,
  type Tensor,
  tensorOf,
  type ValueInfo,
  valueInfoOf,
} from '../onnx/model.ts'
import { reading, type TestModel } from './fixtures.ts'

/** A decoder with random weights, as exporters lay one out; fused kernels as ONNX Runtime's model builder uses them. */
export interface Synthetic {
  readonly layers: number
  readonly hidden: number
  readonly heads: number
  readonly kvHeads: number
  readonly inner: number
  readonly vocabulary: number
  readonly positions: number
  readonly weights: 'fp32' | 'int4' | 'int8'
  /** `decomposed`: norms, attention and masks in standard operators, as other exporters write them. */
  readonly attention: 'fused' | 'decomposed'
  readonly tied?: boolean
  readonly seed?: number
}

export const SMALL: Synthetic = {
  layers: 4,
  hidden: 64,
  heads: 4,
  kvHeads: 2,
  inner: 96,
  vocabulary: 200,
  positions: 128,
  weights: 'fp32',
  attention: 'fused',
}

/** The model, all of whose weights lie inside its graph. */
export function synthesise(shape: Synthetic): TestModel {
  const file = MODEL.encode(modelOf(shape))
  const config = { hiddenSize: shape.hidden, headSize: shape.hidden / shape.heads }
  return { decoder: analyse(file), read: reading(new Map([['model.onnx', file]])), config }
}

const EPSILON = 1e-6
const BLOCK = 32

/** Mulberry32, as in the seeded runtime. @returns numbers in [0, 1) */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Collects a graph's nodes and weights. */
function createSheet(seed: number) {
  const random = randomFrom(seed)
  const nodes: Node[] = []
  const weights: Tensor[] = []
  const op = (opType: string, input: readonly string[], output: string, ...attribute: Attribute[]): string => {
    nodes.push(nodeOf({ opType, input, output: [output], attribute }))
    return output
  }
  const fused = (opType: string, input: readonly string[], output: readonly string[], ...attribute: Attribute[]): void => {
    nodes.push(nodeOf({ opType, input, output, attribute, domain: MICROSOFT }))
  }
  const weight = (name: string, dims: readonly number[], data: ArrayBufferView, element: number = ELEMENT.float32): string => {
    if (!weights.some((tensor) => tensor.name === name)) weights.push(tensorOf(name, element, dims, data))
    return name
  }
  const ints = (name: string, values: readonly number[], dims: readonly number[] = [values.length]): string =>
    weight(name, dims, BigInt64Array.from(values.map(BigInt)), ELEMENT.int64)
  const floats = (name: string, values: readonly number[], dims: readonly number[] = []): string =>
    weight(name, dims, Float32Array.from(values))
  /** Nearly normal: the sum of four even ones. */
  const noise = (length: number, spread: number): Float32Array => {
    // a loop: models of the measurements have fifty million of them
    const values = new Float32Array(length)
    for (let at = 0; at < length; at++) values[at] = (random() + random() + random() + random() - 2) * 1.732 * spread
    return values
  }
  return { nodes, weights, op, fused, weight, ints, floats, noise, random }
}
type Sheet = ReturnType<typeof createSheet>

/** What the file of `synthesise` says, before it is written. */
export function modelOf(shape: Synthetic): Model {
  const sheet = createSheet(shape.seed ?? 1)
  const { hidden, vocabulary, layers, heads, kvHeads } = shape
  const headSize = hidden / heads
  // with large ones a tied head would only say the last token again
  const table = sheet.weight('embedding', [vocabulary, hidden], sheet.noise(vocabulary * hidden, shape.tied ? 0.05 : 1))
  const embedded = sheet.op('Gather', [table, 'input_ids'], 'embedded')
  const cos = sheet.weight('cos', [shape.positions, headSize / 2], rotary(shape, Math.cos))
  const sin = sheet.weight('sin', [shape.positions, headSize / 2], rotary(shape, Math.sin))
  if (shape.attention === 'fused') fusedLayers(sheet, shape, embedded, cos, sin)
  else decomposedLayers(sheet, shape, embedded, cos, sin)

  const batch = ['batch_size', 'sequence_length']
  const cacheOf = (kind: string, length: string): ValueInfo[] =>
    Array.from({ length: layers }, (_, layer) => layer).flatMap((layer) =>
      ['key', 'value'].map((half) =>
        valueInfoOf(`${kind}.${layer}.${half}`, ELEMENT.float32, ['batch_size', kvHeads, length, headSize]),
      ),
    )
  return MODEL.of({
    irVersion: 10n,
    opsetImport: [
      { domain: '', version: 21n, unknown: [] },
      { domain: MICROSOFT, version: 1n, unknown: [] },
    ],
    graph: GRAPH.of({
      name: 'synthetic',
      node: sheet.nodes,
      initializer: sheet.weights,
      input: [
        valueInfoOf('input_ids', ELEMENT.int64, batch),
        valueInfoOf('attention_mask', ELEMENT.int64, ['batch_size', 'total_length']),
        ...(shape.attention === 'decomposed' ? [valueInfoOf('position_ids', ELEMENT.int64, batch)] : []),
        ...cacheOf('past_key_values', 'past_length'),
      ],
      output: [valueInfoOf('logits', ELEMENT.float32, [...batch, vocabulary]), ...cacheOf('present', 'total_length')],
      valueInfo: [valueInfoOf('embedded', ELEMENT.float32, [...batch, hidden])],
    }),
  })
}

function rotary({ positions, hidden, heads }: Synthetic, wave: (angle: number) => number): Float32Array {
  const half = hidden / heads / 2
  return Float32Array.from({ length: positions * half }, (_, index) =>
    wave(Math.floor(index / half) / 10_000 ** ((index % half) / half)),
  )
}

/** A product with a weight of its own, in the precision of the model. */
function product(
  sheet: Sheet,
  { weights }: Synthetic,
  x: string,
  name: string,
  rows: number,
  columns: number,
  output = `${name}.out`,
): string {
  if (weights === 'int4') {
    const perColumn = rows / BLOCK
    const codes = Uint8Array.from({ length: (columns * rows) / 2 }, () => sheet.random() * 256)
    const scales = Float32Array.from(
      { length: columns * perColumn },
      () => (0.8 + 0.4 * sheet.random()) / (4.6 * Math.sqrt(rows)),
    )
    sheet.weight(`${name}.codes`, [columns, perColumn, BLOCK / 2], codes, ELEMENT.uint8)
    sheet.weight(`${name}.scales`, [columns * perColumn], scales)
    const sizes = { K: rows, N: columns, bits: 4, block_size: BLOCK, accuracy_level: 4 }
    const attributes = Object.entries(sizes).map(([key, value]) => attributeOf.int(key, value))
    sheet.fused('MatMulNBits', [x, `${name}.codes`, `${name}.scales`], [output], ...attributes)
    return output
  }
  if (weights === 'int8') {
    const codes = new Int8Array(rows * columns)
    for (let at = 0; at < codes.length; at++) codes[at] = (sheet.random() - 0.5) * 254
    sheet.weight(`${name}.codes`, [rows, columns], codes, ELEMENT.int8)
    sheet.weight(`${name}.zero`, [1], new Int8Array(1), ELEMENT.int8)
    const scale = sheet.floats(`${name}.scale`, [1 / (73 * Math.sqrt(rows))], [1])
    const [y, yScale, yZero] = [`${name}.x`, `${name}.x_scale`, `${name}.x_zero`]
    sheet.nodes.push(nodeOf({ opType: 'DynamicQuantizeLinear', input: [x], output: [y, yScale, yZero] }))
    const whole = sheet.op('MatMulInteger', [y, `${name}.codes`, yZero, `${name}.zero`], `${name}.whole`)
    const real = sheet.op('Cast', [whole], `${name}.real`, attributeOf.int('to', ELEMENT.float32))
    const scales = sheet.op('Mul', [yScale, scale], `${name}.scales`)
    return sheet.op('Mul', [real, scales], output)
  }
  sheet.weight(name, [rows, columns], sheet.noise(rows * columns, 1 / Math.sqrt(rows)))
  return sheet.op('MatMul', [x, name], output)
}

function feedForward(sheet: Sheet, shape: Synthetic, x: string, at: string): string {
  const gate = product(sheet, shape, x, `${at}.gate`, shape.hidden, shape.inner)
  const up = product(sheet, shape, x, `${at}.up`, shape.hidden, shape.inner)
  const open = sheet.op('Mul', [gate, sheet.op('Sigmoid', [gate], `${at}.sigmoid`)], `${at}.silu`)
  return product(sheet, shape, sheet.op('Mul', [open, up], `${at}.gated`), `${at}.down`, shape.inner, shape.hidden)
}

const gain = (sheet: Sheet, name: string, { hidden }: Synthetic): string =>
  sheet.weight(
    name,
    [hidden],
    sheet.noise(hidden, 0.1).map((value) => value + 1),
  )

function head(sheet: Sheet, shape: Synthetic, x: string): void {
  if (!shape.tied) product(sheet, shape, x, 'head', shape.hidden, shape.vocabulary, 'logits')
  else sheet.op('MatMul', [x, sheet.op('Transpose', ['embedding'], 'head.table', attributeOf.ints('perm', [1, 0]))], 'logits')
}

function fusedLayers(sheet: Sheet, shape: Synthetic, embedded: string, cos: string, sin: string): void {
  const { hidden, heads, kvHeads, layers } = shape
  const wide = (kvHeads * hidden) / heads
  const one = sheet.ints('one', [1])
  const seen = sheet.op('ReduceSum', ['attention_mask', one], 'mask.sum', attributeOf.int('keepdims', 0))
  const last = sheet.op(
    'Cast',
    [sheet.op('Sub', [seen, one], 'mask.last')],
    'mask.last32',
    attributeOf.int('to', ELEMENT.int32),
  )
  const length = sheet.op(
    'Gather',
    [sheet.op('Shape', ['attention_mask'], 'mask.shape'), sheet.ints('index', [1], [])],
    'mask.length',
  )
  const total = sheet.op('Cast', [length], 'mask.length32', attributeOf.int('to', ELEMENT.int32))
  let [stream, branch] = [embedded, '']
  const norm = (at: string, final = false): string => {
    const weight = gain(sheet, `${at}.weight`, shape)
    const epsilon = attributeOf.float('epsilon', EPSILON)
    if (branch === '')
      return sheet.op('SimplifiedLayerNormalization', [stream, weight], at, epsilon, attributeOf.int('axis', -1))
    const outputs = final ? [at] : [at, '', '', `${at}.sum`]
    sheet.fused('SkipSimplifiedLayerNormalization', [stream, branch, weight], outputs, epsilon)
    stream = `${at}.sum`
    return at
  }
  for (let layer = 0; layer < layers; layer++) {
    const at = `layer${layer}`
    const x = norm(`${at}.norm1`)
    const [q, k, v] = [
      product(sheet, shape, x, `${at}.q`, hidden, hidden),
      product(sheet, shape, x, `${at}.k`, hidden, wide),
      product(sheet, shape, x, `${at}.v`, hidden, wide),
    ]
    const past = [`past_key_values.${layer}.key`, `past_key_values.${layer}.value`]
    const present = [`present.${layer}.key`, `present.${layer}.value`]
    const attributes = Object.entries({ num_heads: heads, kv_num_heads: kvHeads, do_rotary: 1, rotary_interleaved: 0 })
    sheet.fused(
      'GroupQueryAttention',
      [q, k, v, ...past, last, total, cos, sin],
      [`${at}.attention`, ...present],
      ...attributes.map(([key, value]) => attributeOf.int(key, value)),
      attributeOf.float('scale', 1 / Math.sqrt(hidden / heads)),
    )
    branch = product(sheet, shape, `${at}.attention`, `${at}.o`, hidden, hidden)
    branch = feedForward(sheet, shape, norm(`${at}.norm2`), at)
  }
  head(sheet, shape, norm('final', true))
}

function decomposedLayers(sheet: Sheet, shape: Synthetic, embedded: string, cos: string, sin: string): void {
  const { op, ints, floats } = sheet
  const { hidden, heads, kvHeads, layers } = shape
  const size = hidden / heads
  const angles = (table: string): string =>
    op('Unsqueeze', [op('Gather', [table, 'position_ids'], `${table}.rows`), ints('axis1', [1])], `${table}.rows4`)
  const [cosines, sines] = [angles(cos), angles(sin)]
  const mask = causalMask(sheet)
  const norm = (x: string, at: string): string => {
    const squares = op(
      'ReduceMean',
      [op('Pow', [x, floats('two', [2])], `${at}.squares`), ints('axis_last', [-1])],
      `${at}.mean`,
    )
    const root = op('Sqrt', [op('Add', [squares, floats('epsilon', [EPSILON])], `${at}.safe`)], `${at}.root`)
    return op('Mul', [op('Div', [x, root], `${at}.even`), gain(sheet, `${at}.weight`, shape)], `${at}.out`)
  }
  const split = (x: string, count: number, at: string): string => {
    const target = op(
      'Concat',
      [lengthsOf(sheet, x, at), ints(`split${count}`, [count, size])],
      `${at}.shape`,
      attributeOf.int('axis', 0),
    )
    return op('Transpose', [op('Reshape', [x, target], `${at}.split`)], `${at}.heads`, attributeOf.ints('perm', [0, 2, 1, 3]))
  }
  const turn = (x: string, at: string): string => {
    const slice = (from: number, to: number, name: string): string =>
      op('Slice', [x, ints(`from${from}`, [from]), ints(`to${to}`, [to]), ints('axis3', [3])], name)
    const [low, high] = [slice(0, size / 2, `${at}.low`), slice(size / 2, size, `${at}.high`)]
    const mul = (a: string, b: string, name: string): string => op('Mul', [a, b], `${at}.${name}`)
    const left = op('Sub', [mul(low, cosines, 'lc'), mul(high, sines, 'hs')], `${at}.left`)
    const right = op('Add', [mul(high, cosines, 'hc'), mul(low, sines, 'ls')], `${at}.right`)
    return op('Concat', [left, right], `${at}.turned`, attributeOf.int('axis', 3))
  }
  const repeated = (x: string, at: string): string => {
    const times = heads / kvHeads
    const copies = Array.from({ length: kvHeads }, (_, index) => index).flatMap((index) => Array(times).fill(index))
    return op('Gather', [x, ints('repeat', copies)], `${at}.repeated`, attributeOf.int('axis', 1))
  }
  let stream = embedded
  for (let layer = 0; layer < layers; layer++) {
    const at = `layer${layer}`
    const x = norm(stream, `${at}.norm1`)
    const project = (name: string, columns: number): string => product(sheet, shape, x, `${at}.${name}`, hidden, columns)
    const q = turn(split(project('q', hidden), heads, `${at}.q`), `${at}.q`)
    const k = turn(split(project('k', kvHeads * size), kvHeads, `${at}.k`), `${at}.k`)
    const v = split(project('v', kvHeads * size), kvHeads, `${at}.v`)
    const join = (half: string, fresh: string): string =>
      op('Concat', [`past_key_values.${layer}.${half}`, fresh], `present.${layer}.${half}`, attributeOf.int('axis', 2))
    const keys = op('Transpose', [repeated(join('key', k), `${at}.k`)], `${at}.kt`, attributeOf.ints('perm', [0, 1, 3, 2]))
    const raw = op('Mul', [op('MatMul', [q, keys], `${at}.qk`), floats('scale', [1 / Math.sqrt(size)])], `${at}.scaled`)
    const shares = op('Softmax', [op('Add', [raw, mask], `${at}.masked`)], `${at}.shares`, attributeOf.int('axis', -1))
    const mixed = op('MatMul', [shares, repeated(join('value', v), `${at}.v`)], `${at}.mixed`)
    const rows = op('Transpose', [mixed], `${at}.rows`, attributeOf.ints('perm', [0, 2, 1, 3]))
    // as exporters do, the length is asked of a value far below
    const flat = op(
      'Concat',
      [lengthsOf(sheet, embedded, `${at}.low`), ints('flat', [hidden])],
      `${at}.flat_shape`,
      attributeOf.int('axis', 0),
    )
    const attended = product(sheet, shape, op('Reshape', [rows, flat], `${at}.flat`), `${at}.o`, hidden, hidden)
    stream = op('Add', [stream, attended], `${at}.middle`)
    stream = op('Add', [stream, feedForward(sheet, shape, norm(stream, `${at}.norm2`), at)], `${at}.end`)
  }
  head(sheet, shape, norm(stream, 'final'))
}

/** [batch, tokens] of a value. */
const lengthsOf = ({ op, ints }: Sheet, x: string, at: string): string =>
  op('Slice', [op('Shape', [x], `${at}.size`), ints('from0', [0]), ints('to2', [2]), ints('axis0', [0])], `${at}.lengths`)

/** [1, 1, tokens, all tokens]: 0 where a token may look, very little where it may not. */
function causalMask({ op, ints, floats }: Sheet): string {
  const at = (value: string, index: number, name: string): string =>
    op('Gather', [op('Shape', [value], `${name}.shape`), ints(`pick${index}`, [index], [])], name, attributeOf.int('axis', 0))
  const past = at('past_key_values.0.key', 2, 'mask.past')
  const all = op('Add', [past, at('input_ids', 1, 'mask.fresh')], 'mask.all')
  const columns = op('Range', [ints('zero', [0], []), all, ints('step', [1], [])], 'mask.columns')
  const rows = op('Unsqueeze', [op('Range', [past, all, 'step'], 'mask.row'), ints('axis_last', [-1])], 'mask.rows')
  const hidden = op(
    'Cast',
    [op('Greater', [columns, rows], 'mask.later')],
    'mask.later32',
    attributeOf.int('to', ELEMENT.float32),
  )
  const mask = op('Mul', [hidden, floats('little', [-1e9])], 'mask.plain')
  return op('Unsqueeze', [mask, ints('axes01', [0, 1])], 'mask')
}
