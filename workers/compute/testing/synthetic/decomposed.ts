import { attributeOf, ELEMENT } from '../../onnx/model.ts'
import { anglesOf, type Tables, tablesFor } from './angles.ts'
import { gain, head, product, projection } from './product.ts'
import { headSizeOf, isLocal, type Synthetic } from './shape.ts'
import type { Sheet } from './sheet.ts'

const EPSILON = 1e-6
/** As low as half precision goes, and low enough in full. */
const LITTLE = { half: -65_504, full: -1e9 }
/** Of the tanh form of GELU (Hendrycks and Gimpel 2016). */
const GELU = { cubic: 0.044715, slope: Math.sqrt(2 / Math.PI) }

/** Layers in standard operators, as exporters write them that trace a model. @param embedded what the tokens' rows of the table are */
export function decomposedLayers(sheet: Sheet, shape: Synthetic, embedded: string): void {
  const { op, ints } = sheet
  const { hidden, heads, kvHeads, layers } = shape
  const size = headSizeOf(shape)
  const tables = shape.computedAngles ? NO_TABLES : tablesFor(sheet, shape)
  const all = { angles: anglesOf(sheet, shape, tables.all, ''), mask: causalMask(sheet, 'mask') }
  const local = shape.window
    ? { angles: anglesOf(sheet, shape, tables.local, '_local'), mask: windowMask(sheet, shape.window.tokens) }
    : all
  let stream = embedded
  for (let layer = 0; layer < layers; layer++) {
    const at = `layer${layer}`
    const x = norm(sheet, stream, `${at}.norm1`, hidden)
    const { angles, mask } = isLocal(shape, layer) ? local : all
    const [queries, keys, values] = projected(sheet, shape, x, at)
    const even = (value: string, name: string): string =>
      shape.headNorms ? norm(sheet, value, `${at}.${name}norm`, size) : value
    const turned = (value: string, name: string): string => turn(sheet, even(value, name), angles, size, `${at}.${name}`)
    const [q, k] = [turned(queries, 'q'), turned(keys, 'k')]
    const join = (half: string, fresh: string): string =>
      op('Concat', [`past_key_values.${layer}.${half}`, fresh], `present.${layer}.${half}`, attributeOf.int('axis', 2))
    const repeated = (value: string, name: string): string => repeat(sheet, value, heads, kvHeads, `${at}.${name}`)
    const columns = op('Transpose', [repeated(join('key', k), 'k')], `${at}.kt`, attributeOf.ints('perm', [0, 1, 3, 2]))
    const raw = op('Mul', [op('MatMul', [q, columns], `${at}.qk`), sheet.scalar('scale', 1 / Math.sqrt(size))], `${at}.scaled`)
    const shares = softmax(sheet, op('Add', [raw, mask], `${at}.masked`), at)
    const mixed = op('MatMul', [shares, repeated(join('value', values), 'v')], `${at}.mixed`)
    const rows = op('Transpose', [mixed], `${at}.rows`, attributeOf.ints('perm', [0, 2, 1, 3]))
    // as exporters do, the length is asked of a value far below
    const flat = op(
      'Concat',
      [lengthsOf(sheet, embedded, `${at}.low`), ints('flat', [heads * size])],
      `${at}.flat_shape`,
      attributeOf.int('axis', 0),
    )
    const after = (value: string, name: string): string => (shape.normsAfter ? norm(sheet, value, name, hidden) : value)
    const attended = product(sheet, shape, op('Reshape', [rows, flat], `${at}.flat`), `${at}.o`, heads * size, hidden)
    stream = op('Add', [stream, after(attended, `${at}.norm1b`)], `${at}.middle`)
    const fed = feedForward(sheet, shape, norm(sheet, stream, `${at}.norm2`, hidden), at)
    stream = op('Add', [stream, after(fed, `${at}.norm2b`)], `${at}.end`)
  }
  head(sheet, shape, norm(sheet, stream, 'final', hidden))
}

const NO_TABLES = { all: { cos: '', sin: '' }, local: { cos: '', sin: '' } }

/** Norms are computed in full precision; the gain is in the model's. */
function norm(sheet: Sheet, x: string, at: string, width: number): string {
  const { op, ints, scalar, half } = sheet
  const full = half ? sheet.cast(x, ELEMENT.float32, `${at}.full`) : x
  const two = scalar('two', 2, ELEMENT.float32)
  const mean = op('ReduceMean', [op('Pow', [full, two], `${at}.squares`), ints('axis_last', [-1])], `${at}.mean`)
  const root = op('Sqrt', [op('Add', [mean, scalar('epsilon', EPSILON, ELEMENT.float32)], `${at}.safe`)], `${at}.root`)
  const even = op('Div', [full, root], `${at}.even`)
  const narrow = half ? sheet.cast(even, sheet.element, `${at}.narrow`) : even
  return op('Mul', [narrow, gain(sheet, `${at}.weight`, width)], `${at}.out`)
}

/** Queries, keys and values, each [batch, heads, tokens, size]. */
function projected(sheet: Sheet, shape: Synthetic, x: string, at: string): readonly [string, string, string] {
  const { op, ints } = sheet
  const { hidden, heads, kvHeads } = shape
  const size = headSizeOf(shape)
  const split = (value: string, count: number, name: string): string => {
    const target = op(
      'Concat',
      [lengthsOf(sheet, value, name), ints(`split${count}`, [count, size])],
      `${name}.shape`,
      attributeOf.int('axis', 0),
    )
    const parts = op('Reshape', [value, target], `${name}.split`)
    return op('Transpose', [parts], `${name}.heads`, attributeOf.ints('perm', [0, 2, 1, 3]))
  }
  const project = (name: string, count: number): string => projection(sheet, shape, x, `${at}.${name}`, hidden, count * size)
  const part = (value: string, from: number, to: number, name: string): string =>
    op('Slice', [value, ints(`from${from}`, [from]), ints(`to${to}`, [to]), ints('axis2', [2])], `${at}.${name}.part`)
  if (shape.packed) {
    const whole = project('qkv', heads + 2 * kvHeads)
    const [afterQueries, afterKeys, end] = [heads * size, (heads + kvHeads) * size, (heads + 2 * kvHeads) * size]
    return [
      split(part(whole, 0, afterQueries, 'q'), heads, `${at}.q`),
      split(part(whole, afterQueries, afterKeys, 'k'), kvHeads, `${at}.k`),
      split(part(whole, afterKeys, end, 'v'), kvHeads, `${at}.v`),
    ]
  }
  const [q, k, v] = [project('q', heads), project('k', kvHeads), project('v', kvHeads)]
  return [split(q, heads, `${at}.q`), split(k, kvHeads, `${at}.k`), split(v, kvHeads, `${at}.v`)]
}

function turn({ op, ints }: Sheet, x: string, { cos, sin }: Tables, size: number, at: string): string {
  const slice = (from: number, to: number, name: string): string =>
    op('Slice', [x, ints(`from${from}`, [from]), ints(`to${to}`, [to]), ints('axis3', [3])], name)
  const [low, high] = [slice(0, size / 2, `${at}.low`), slice(size / 2, size, `${at}.high`)]
  const mul = (a: string, b: string, name: string): string => op('Mul', [a, b], `${at}.${name}`)
  const left = op('Sub', [mul(low, cos, 'lc'), mul(high, sin, 'hs')], `${at}.left`)
  const right = op('Add', [mul(high, cos, 'hc'), mul(low, sin, 'ls')], `${at}.right`)
  return op('Concat', [left, right], `${at}.turned`, attributeOf.int('axis', 3))
}

function repeat({ op, ints }: Sheet, x: string, heads: number, kvHeads: number, at: string): string {
  const times = heads / kvHeads
  const copies = Array.from({ length: kvHeads }, (_, index) => index).flatMap((index) => Array(times).fill(index))
  return op('Gather', [x, ints('repeat', copies)], `${at}.repeated`, attributeOf.int('axis', 1))
}

function softmax(sheet: Sheet, x: string, at: string): string {
  const full = sheet.half ? sheet.cast(x, ELEMENT.float32, `${at}.masked_full`) : x
  const output = sheet.half ? `${at}.shares_full` : `${at}.shares`
  sheet.op('Softmax', [full], output, attributeOf.int('axis', -1))
  return sheet.half ? sheet.cast(output, sheet.element, `${at}.shares`) : output
}

function feedForward(sheet: Sheet, shape: Synthetic, x: string, at: string): string {
  const { op, ints } = sheet
  const { hidden, inner } = shape
  const slice = (value: string, from: number, name: string): string =>
    op(
      'Slice',
      [value, ints(`from${from}`, [from]), ints(`to${from + inner}`, [from + inner]), ints('axis2', [2])],
      `${at}.${name}.part`,
    )
  const both = shape.packed ? product(sheet, shape, x, `${at}.gate_up`, hidden, 2 * inner) : ''
  const gate = both ? slice(both, 0, 'gate') : product(sheet, shape, x, `${at}.gate`, hidden, inner)
  const up = both ? slice(both, inner, 'up') : product(sheet, shape, x, `${at}.up`, hidden, inner)
  const open =
    shape.activation === 'gelu'
      ? gelu(sheet, gate, at)
      : op('Mul', [gate, op('Sigmoid', [gate], `${at}.sigmoid`)], `${at}.silu`)
  return product(sheet, shape, op('Mul', [open, up], `${at}.gated`), `${at}.down`, inner, hidden)
}

function gelu({ op, scalar }: Sheet, x: string, at: string): string {
  const cube = op(
    'Mul',
    [op('Mul', [op('Mul', [x, x], `${at}.square`), x], `${at}.cube`), scalar('gelu.cubic', GELU.cubic)],
    `${at}.bent`,
  )
  const angle = op('Mul', [op('Add', [x, cube], `${at}.sum`), scalar('gelu.slope', GELU.slope)], `${at}.angle`)
  const gate = op('Add', [op('Tanh', [angle], `${at}.tanh`), scalar('gelu.one', 1)], `${at}.gelu_gate`)
  return op('Mul', [op('Mul', [x, scalar('gelu.half', 0.5)], `${at}.half`), gate], `${at}.gelu`)
}

/** [batch, tokens] of a value. */
const lengthsOf = ({ op, ints }: Sheet, x: string, at: string): string =>
  op('Slice', [op('Shape', [x], `${at}.size`), ints('from0', [0]), ints('to2', [2]), ints('axis0', [0])], `${at}.lengths`)

/** [1, 1, tokens, all tokens]: 0 where a token may look, very little where it may not. */
function causalMask(sheet: Sheet, output: string): string {
  const { op, ints } = sheet
  const at = (value: string, index: number, name: string): string =>
    op('Gather', [op('Shape', [value], `${name}.shape`), ints(`pick${index}`, [index], [])], name, attributeOf.int('axis', 0))
  const past = at('past_key_values.0.key', 2, 'mask.past')
  const all = op('Add', [past, at('input_ids', 1, 'mask.fresh')], 'mask.all')
  const columns = op('Range', [ints('zero', [0], []), all, ints('step', [1], [])], 'mask.columns')
  const rows = op('Unsqueeze', [op('Range', [past, all, 'step'], 'mask.row'), ints('axis_last', [-1])], 'mask.rows')
  return closed(sheet, op('Greater', [columns, rows], 'mask.later'), output)
}

/** As the causal one, and closed to what is further back than the window. */
function windowMask(sheet: Sheet, tokens: number): string {
  const { op, ints } = sheet
  const first = op('Sub', ['mask.rows', ints('window', [tokens], [])], 'mask.first')
  const earlier = op('LessOrEqual', ['mask.columns', first], 'mask.earlier')
  return closed(sheet, op('Or', ['mask.later', earlier], 'mask.outside'), 'mask_local')
}

function closed(sheet: Sheet, where: string, output: string): string {
  const numbers = sheet.cast(where, sheet.element, `${output}.closed`)
  const little = sheet.scalar('little', sheet.half ? LITTLE.half : LITTLE.full)
  return sheet.op('Unsqueeze', [sheet.op('Mul', [numbers, little], `${output}.plain`), sheet.ints('axes01', [0, 1])], output)
}
