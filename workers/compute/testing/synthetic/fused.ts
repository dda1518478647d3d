import { attributeOf, ELEMENT } from '../../onnx/model.ts'
import { type Tables, tablesFor } from './angles.ts'
import { gain, head, product, projection } from './product.ts'
import { headSizeOf, isLocal, type Synthetic } from './shape.ts'
import type { Sheet } from './sheet.ts'

const EPSILON = 1e-6
const epsilon = attributeOf.float('epsilon', EPSILON)

/** Layers as ONNX Runtime's model builder writes them. @param embedded what the tokens' rows of the table are */
export function fusedLayers(sheet: Sheet, shape: Synthetic, embedded: string): void {
  const tables = tablesFor(sheet, shape)
  const lengths = lengthsOf(sheet)
  const wide = shape.normsAfter === true && sheet.half
  const element = wide ? ELEMENT.float32 : sheet.element
  let stream = wide ? sheet.cast(embedded, element, 'embedded.wide') : embedded
  let branch = ''

  const simple = (x: string, weight: string, output: string): string =>
    sheet.op('SimplifiedLayerNormalization', [x, weight], output, epsilon, attributeOf.int('axis', -1))
  const narrowed = (at: string, make: (output: string) => void): string => {
    if (!wide) make(at)
    else {
      make(`${at}.full`)
      sheet.cast(`${at}.full`, sheet.element, at)
    }
    return at
  }
  /** Adds what came last to the stream and gives its norm. */
  const norm = (at: string, final = false): string => {
    const weight = gain(sheet, `${at}.weight`, shape.hidden, element)
    if (branch === '') return narrowed(at, (output) => void simple(stream, weight, output))
    return narrowed(at, (output) => {
      const outputs = final ? [output] : [output, '', '', `${at}.sum`]
      sheet.fused('SkipSimplifiedLayerNormalization', [stream, branch, weight], outputs, epsilon)
      stream = `${at}.sum`
    })
  }
  const normAfter = (x: string, at: string): string => {
    if (!shape.normsAfter) return x
    const weight = gain(sheet, `${at}.weight`, shape.hidden, element)
    return simple(wide ? sheet.cast(x, element, `${at}.full`) : x, weight, at)
  }
  const headNorm = (x: string, count: number, at: string): string => {
    if (!shape.headNorms) return x
    const size = headSizeOf(shape)
    const rows = sheet.op('Reshape', [x, sheet.ints('heads.rows', [0, -1, size])], `${at}.rows`)
    const weight = gain(sheet, `${at}.weight`, size, element)
    const full = wide ? sheet.cast(rows, element, `${at}.rows_full`) : rows
    const even = narrowed(`${at}.even`, (output) => void simple(full, weight, output))
    return sheet.op('Reshape', [even, sheet.ints(`heads.flat${count}`, [0, -1, count * size])], `${at}.flat`)
  }

  for (let layer = 0; layer < shape.layers; layer++) {
    const at = `layer${layer}`
    const x = norm(`${at}.norm1`)
    const attended = attention(sheet, shape, x, layer, isLocal(shape, layer) ? tables.local : tables.all, lengths, headNorm)
    branch = normAfter(attended, `${at}.norm1b`)
    branch = normAfter(feedForward(sheet, shape, norm(`${at}.norm2`), at), `${at}.norm2b`)
  }
  head(sheet, shape, norm('final', true))
}

/** How many tokens each conversation has but one, and how many the longest has, from the mask. */
function lengthsOf(sheet: Sheet): { readonly last: string; readonly total: string } {
  const one = sheet.ints('one', [1])
  const seen = sheet.op('ReduceSum', ['attention_mask', one], 'mask.sum', attributeOf.int('keepdims', 0))
  const last = sheet.cast(sheet.op('Sub', [seen, one], 'mask.last'), ELEMENT.int32, 'mask.last32')
  const shape = sheet.op('Shape', ['attention_mask'], 'mask.shape')
  const length = sheet.op('Gather', [shape, sheet.ints('index', [1], [])], 'mask.length')
  return { last, total: sheet.cast(length, ELEMENT.int32, 'mask.length32') }
}

function attention(
  sheet: Sheet,
  shape: Synthetic,
  x: string,
  layer: number,
  { cos, sin }: Tables,
  { last, total }: ReturnType<typeof lengthsOf>,
  headNorm: (x: string, count: number, at: string) => string,
): string {
  const { hidden, heads, kvHeads } = shape
  const at = `layer${layer}`
  const size = headSizeOf(shape)
  const past = [`past_key_values.${layer}.key`, `past_key_values.${layer}.value`]
  const present = [`present.${layer}.key`, `present.${layer}.value`]
  const project = (name: string, count: number): string => projection(sheet, shape, x, `${at}.${name}`, hidden, count * size)
  const turned = (value: string, name: string): string => {
    if (!shape.turnedBeside) return value
    const attributes = Object.entries({ interleaved: 0, num_heads: 0, rotary_embedding_dim: 0 })
    const output = `${at}.${name}.turned`
    const ints = attributes.map(([key, number]) => attributeOf.int(key, number))
    sheet.fused('RotaryEmbedding', [value, 'position_ids', cos, sin], [output], ...ints)
    return output
  }
  const separate = (): readonly string[] => {
    const [q, k, v] = [project('q', heads), project('k', kvHeads), project('v', kvHeads)]
    const [even, evenKeys] = [headNorm(q, heads, `${at}.qnorm`), headNorm(k, kvHeads, `${at}.knorm`)]
    return [turned(even, 'q'), turned(evenKeys, 'k'), v]
  }
  const inputs = shape.packed ? [project('qkv', heads + 2 * kvHeads), '', ''] : separate()
  const attributes = {
    num_heads: heads,
    kv_num_heads: kvHeads,
    do_rotary: shape.turnedBeside ? 0 : 1,
    rotary_interleaved: 0,
    local_window_size: isLocal(shape, layer) ? (shape.window?.tokens ?? -1) : -1,
  }
  sheet.fused(
    'GroupQueryAttention',
    [...inputs, ...past, last, total, ...(shape.turnedBeside ? [] : [cos, sin])],
    [`${at}.attention`, ...present],
    ...Object.entries(attributes).map(([key, value]) => attributeOf.int(key, value)),
    attributeOf.float('scale', 1 / Math.sqrt(size)),
  )
  return product(sheet, shape, `${at}.attention`, `${at}.o`, heads * size, hidden)
}

function feedForward(sheet: Sheet, shape: Synthetic, x: string, at: string): string {
  const gate = product(sheet, shape, x, `${at}.gate`, shape.hidden, shape.inner)
  const up = product(sheet, shape, x, `${at}.up`, shape.hidden, shape.inner)
  const gated = sheet.op('Mul', [opened(sheet, shape, gate, at), up], `${at}.gated`)
  return product(sheet, shape, gated, `${at}.down`, shape.inner, shape.hidden)
}

function opened(sheet: Sheet, shape: Synthetic, gate: string, at: string): string {
  if (shape.activation !== 'gelu') return sheet.op('Mul', [gate, sheet.op('Sigmoid', [gate], `${at}.sigmoid`)], `${at}.silu`)
  sheet.fused('FastGelu', [gate], [`${at}.gelu`])
  return `${at}.gelu`
}
