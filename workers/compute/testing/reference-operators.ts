import { ELEMENT, floatOf, intOf, type Node } from '../onnx/model.ts'

/** A tensor in plain numbers; whole numbers of 64 bits too, which no test takes beyond 53. */
export interface Plain {
  readonly element: number
  readonly dims: readonly number[]
  readonly data: Float64Array
}
/** Inputs that are not said are null. */
type Operator = (inputs: readonly (Plain | null)[], node: Node) => readonly Plain[]

export const plain = (element: number, dims: readonly number[], data: ArrayLike<number>): Plain => ({
  element,
  dims,
  data: Float64Array.from(data),
})
const sizeOf = (dims: readonly number[]): number => dims.reduce((size, dim) => size * dim, 1)
const given = (inputs: readonly (Plain | null)[], at: number): Plain => {
  const input = inputs[at]
  if (!input) throw new Error(`input ${at} is missing`)
  return input
}
/** What fp32 would keep of it. */
const single = (x: Plain): Plain => (x.element === ELEMENT.float32 ? { ...x, data: x.data.map(Math.fround) } : x)

const along =
  (combine: (a: number, b: number) => number): Operator =>
  (inputs) => {
    const [a, b] = [given(inputs, 0), given(inputs, 1)]
    const long = a.data.length >= b.data.length ? a : b
    // only suffixes are stretched in the graphs at hand: a bias, a gain, a scalar
    const at = (x: Plain, index: number): number => x.data[index % x.data.length] ?? 0
    const data = long.data.map((_, index) => combine(at(a, index), at(b, index)))
    return [single({ element: a.element, dims: long.dims, data })]
  }

function normalised(x: Plain, gain: Plain, epsilon: number): Plain {
  const width = gain.data.length
  const data = new Float64Array(x.data.length)
  for (let row = 0; row < x.data.length; row += width) {
    const values = x.data.subarray(row, row + width)
    const mean = values.reduce((sum, value) => sum + value * value, 0) / width
    for (const [index, value] of values.entries())
      data[row + index] = (value / Math.sqrt(mean + epsilon)) * (gain.data[index] ?? 0)
  }
  return single({ ...x, data })
}

/** @param weight the factor in row `k` and column `n` */
function product(x: Plain, rows: number, columns: number, weight: (k: number, n: number) => number): Plain {
  const table = Float64Array.from({ length: rows * columns }, (_, at) => weight(Math.floor(at / columns), at % columns))
  const data = new Float64Array((x.data.length / rows) * columns)
  for (let row = 0; row < x.data.length / rows; row++)
    for (let k = 0; k < rows; k++) {
      const value = x.data[row * rows + k] ?? 0
      for (let n = 0; n < columns; n++)
        data[row * columns + n] = (data[row * columns + n] ?? 0) + value * (table[k * columns + n] ?? 0)
    }
  return single({ element: x.element, dims: [...x.dims.slice(0, -1), columns], data })
}

/** To the nearest whole number, halves to the even one. */
function evenly(value: number): number {
  const below = Math.floor(value)
  const rest = value - below
  return rest > 0.5 || (rest === 0.5 && below % 2 !== 0) ? below + 1 : below
}

/** 4-bit code `index` of those that begin at byte `start`. */
const nibble = (codes: Plain, start: number, index: number): number =>
  ((codes.data[start + (index >> 1)] ?? 0) >> ((index & 1) * 4)) & 15

/** What each operator gives, by its name. Enough for graphs as ONNX Runtime's model builder makes them; not a whole ONNX. */
export const OPERATORS: Readonly<Record<string, Operator>> = {
  Add: along((a, b) => a + b),
  Sub: along((a, b) => a - b),
  Mul: along((a, b) => a * b),
  Identity: (inputs) => [given(inputs, 0)],
  Sigmoid: (inputs) => {
    const x = given(inputs, 0)
    return [single({ ...x, data: x.data.map((value) => 1 / (1 + Math.exp(-value))) })]
  },
  Cast: (inputs, node) => [single({ ...given(inputs, 0), element: intOf(node, 'to') ?? ELEMENT.float32 })],
  Shape: (inputs) => {
    const { dims } = given(inputs, 0)
    return [plain(ELEMENT.int64, [dims.length], dims)]
  },
  Reshape: (inputs) => {
    const [x, shape] = [given(inputs, 0), given(inputs, 1)]
    // a zero is as long as before, and one that is not said is what is left
    const said = [...shape.data].map((dim, axis) => (dim === 0 ? (x.dims[axis] ?? 0) : dim))
    const rest = x.data.length / sizeOf(said.filter((dim) => dim !== -1))
    return [{ ...x, dims: said.map((dim) => (dim === -1 ? rest : dim)) }]
  },
  /** Of a table only. */
  Transpose: (inputs) => {
    const { element, dims, data } = given(inputs, 0)
    const [rows = 0, columns = 0] = dims
    return [
      plain(
        element,
        [columns, rows],
        data.map((_, at) => data[(at % rows) * columns + Math.floor(at / rows)] ?? 0),
      ),
    ]
  },
  /** GELU in its tanh form (Hendrycks and Gimpel 2016). */
  FastGelu: (inputs) => {
    const x = given(inputs, 0)
    const gate = (value: number): number => Math.tanh(Math.sqrt(2 / Math.PI) * (value + 0.044715 * value ** 3))
    return [single({ ...x, data: x.data.map((value) => 0.5 * value * (1 + gate(value))) })]
  },
  ReduceSum: (inputs) => {
    const { element, dims, data } = given(inputs, 0)
    const width = dims.at(-1) ?? 1
    const rows = Array.from({ length: data.length / width }, (_, row) =>
      data.subarray(row * width, (row + 1) * width).reduce((sum, value) => sum + value, 0),
    )
    return [plain(element, dims.slice(0, -1), rows)]
  },
  Gather: (inputs, node) => {
    const [table, picks] = [given(inputs, 0), given(inputs, 1)]
    const axis = intOf(node, 'axis') ?? 0
    const [before, after] = [table.dims.slice(0, axis), table.dims.slice(axis + 1)]
    const [count, width] = [table.dims[axis] ?? 0, sizeOf(after)]
    const rows: number[] = []
    for (let outer = 0; outer < sizeOf(before); outer++)
      for (const pick of picks.data) {
        const at = (outer * count + ((pick + count) % count)) * width
        rows.push(...table.data.subarray(at, at + width))
      }
    return [plain(table.element, [...before, ...picks.dims, ...after], rows)]
  },
  GatherBlockQuantized: (inputs, node) => {
    const [codes, picks, scales] = [given(inputs, 0), given(inputs, 1), given(inputs, 2)]
    const [bytes, block] = [codes.dims.at(-1) ?? 0, intOf(node, 'block_size') ?? 32]
    const rows = [...picks.data].flatMap((pick) =>
      Array.from({ length: bytes * 2 }, (_, index) => {
        const scale = scales.data[(pick * bytes * 2) / block + Math.floor(index / block)] ?? 0
        return Math.fround((nibble(codes, pick * bytes, index) - 8) * scale)
      }),
    )
    return [plain(ELEMENT.float32, [...picks.dims, bytes * 2], rows)]
  },
  MatMul: (inputs) => {
    const [x, weights] = [given(inputs, 0), given(inputs, 1)]
    const [rows = 0, columns = 0] = weights.dims
    return [product(x, rows, columns, (k, n) => weights.data[k * columns + n] ?? 0)]
  },
  MatMulNBits: (inputs, node) => {
    const [x, codes, scales] = [given(inputs, 0), given(inputs, 1), given(inputs, 2)]
    const [rows, columns, block] = [intOf(node, 'K') ?? 0, intOf(node, 'N') ?? 0, intOf(node, 'block_size') ?? 32]
    const blocks = Math.ceil(rows / block)
    const weight = (k: number, n: number): number => {
      const at = n * blocks + Math.floor(k / block)
      return Math.fround((nibble(codes, (at * block) / 2, k % block) - 8) * (scales.data[at] ?? 0))
    }
    return [product(x, rows, columns, weight)]
  },
  DynamicQuantizeLinear: (inputs) => {
    const { dims, data } = given(inputs, 0)
    const [low, high] = [Math.min(0, ...data), Math.max(0, ...data)]
    const scale = Math.fround(Math.fround(high - low) / 255)
    const zero = evenly(Math.fround(-low / scale))
    const codes = data.map((value) => Math.min(255, Math.max(0, evenly(Math.fround(value / scale)) + zero)))
    return [plain(ELEMENT.uint8, dims, codes), plain(ELEMENT.float32, [], [scale]), plain(ELEMENT.uint8, [], [zero])]
  },
  MatMulInteger: (inputs) => {
    const [x, weights, xZero, zero] = [given(inputs, 0), given(inputs, 1), given(inputs, 2), given(inputs, 3)]
    const [rows = 0, columns = 0] = weights.dims
    const even = { ...x, data: x.data.map((code) => code - (xZero.data[0] ?? 0)) }
    const whole = product(even, rows, columns, (k, n) => (weights.data[k * columns + n] ?? 0) - (zero.data[0] ?? 0))
    return [{ ...whole, element: ELEMENT.int32 }]
  },
  SimplifiedLayerNormalization: (inputs, node) => [
    normalised(given(inputs, 0), given(inputs, 1), floatOf(node, 'epsilon') ?? 0),
  ],
  SkipSimplifiedLayerNormalization: (inputs, node) => {
    const [sum] = along((a, b) => a + b)(inputs, node)
    if (!sum) throw new Error('no sum')
    const unused = plain(ELEMENT.float32, [0], [])
    return [normalised(sum, given(inputs, 2), floatOf(node, 'epsilon') ?? 0), unused, unused, sum]
  },
  GroupQueryAttention: attention,
}

/** Causal attention of grouped heads over a cache, with rotated queries and keys (contrib operator GroupQueryAttention). */
function attention(inputs: readonly (Plain | null)[], node: Node): readonly Plain[] {
  const [heads, kvHeads] = [intOf(node, 'num_heads') ?? 1, intOf(node, 'kv_num_heads') ?? 1]
  const [pastKeys, pastValues, cos, sin] = [given(inputs, 3), given(inputs, 4), given(inputs, 7), given(inputs, 8)]
  const [, , past = 0, size = 1] = pastKeys.dims
  const tokens = given(inputs, 0).dims[1] ?? 0
  const total = past + tokens
  const scale = floatOf(node, 'scale') || 1 / Math.sqrt(size)
  const window = intOf(node, 'local_window_size') ?? -1
  const packed = inputs[1] === null

  /** Head `head` of token `token`: of a packed input, after the heads of what comes before it. */
  const read = (input: number, before: number, head: number, token: number): Float64Array => {
    const x = given(inputs, packed ? 0 : input)
    const at = token * (x.dims[2] ?? 0) + ((packed ? before : 0) + head) * size
    return x.data.slice(at, at + size)
  }
  const turned = (values: Float64Array, position: number): Float64Array => {
    const half = size / 2
    return values.map((value, index) => {
      const at = position * half + (index % half)
      const other = values[(index + half) % size] ?? 0
      return Math.fround(value * (cos.data[at] ?? 0) + (index < half ? -other : other) * (sin.data[at] ?? 0))
    })
  }
  const grown = (cache: Plain, fresh: (head: number, token: number) => Float64Array): Plain => {
    const data = new Float64Array(kvHeads * total * size)
    for (let head = 0; head < kvHeads; head++) {
      data.set(cache.data.subarray(head * past * size, (head + 1) * past * size), head * total * size)
      for (let token = 0; token < tokens; token++) data.set(fresh(head, token), (head * total + past + token) * size)
    }
    return { element: cache.element, dims: [1, kvHeads, total, size], data }
  }
  const keys = grown(pastKeys, (head, token) => turned(read(1, heads, head, token), past + token))
  const values = grown(pastValues, (head, token) => read(2, heads + kvHeads, head, token))
  const row = (cache: Plain, head: number, at: number): Float64Array =>
    cache.data.subarray((head * total + at) * size, (head * total + at + 1) * size)

  const out = new Float64Array(tokens * heads * size)
  for (let token = 0; token < tokens; token++)
    for (let head = 0; head < heads; head++) {
      const shared = Math.floor(head / (heads / kvHeads))
      const query = turned(read(0, 0, head, token), past + token)
      const end = past + token + 1
      const first = window < 0 ? 0 : Math.max(0, end - window)
      const scores = Array.from({ length: end - first }, (_, at) =>
        row(keys, shared, first + at).reduce((sum, value, index) => sum + value * (query[index] ?? 0) * scale, 0),
      )
      const top = Math.max(...scores)
      const shares = scores.map((score) => Math.exp(score - top))
      const sum = shares.reduce((a, b) => a + b, 0)
      for (const [at, share] of shares.entries())
        for (const [index, value] of row(values, shared, first + at).entries()) {
          const place = (token * heads + head) * size + index
          out[place] = (out[place] ?? 0) + (share / sum) * value
        }
    }
  return [single({ element: ELEMENT.float32, dims: [1, tokens, heads * size], data: out }), keys, values]
}
