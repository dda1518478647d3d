import { ATTRIBUTE, attributeOf, ELEMENT, GRAPH, nodeOf, valueInfoOf } from '../../onnx/model.ts'
import { headSizeOf, type Synthetic } from './shape.ts'
import type { Sheet } from './sheet.ts'

/** Names of a table of cosines and one of sines, [positions, half a head]. */
export interface Tables {
  readonly cos: string
  readonly sin: string
}

const BASE = 10_000
const LOCAL_BASE = 100
/** How much slower angles turn in long conversations. */
const LONG_FACTOR = 4

/** Angle of each place of half a head, per position. */
const rates = (shape: Synthetic, base: number): readonly number[] => {
  const half = headSizeOf(shape) / 2
  return Array.from({ length: half }, (_, place) => base ** (-place / half))
}
const table = (rows: number, all: readonly number[], wave: (angle: number) => number): Float32Array =>
  Float32Array.from({ length: rows * all.length }, (_, at) => wave(Math.floor(at / all.length) * (all[at % all.length] ?? 0)))

/** Tables for layers that see all tokens, and for those that see the last ones only. */
export function tablesFor(sheet: Sheet, shape: Synthetic): { readonly all: Tables; readonly local: Tables } {
  const lay = (base: number, suffix: string): Tables => {
    const all = rates(shape, base)
    const put = (name: string, wave: (angle: number) => number): string =>
      sheet.real(`${name}${suffix}`, [shape.positions, all.length], table(shape.positions, all, wave))
    return { cos: put('cos', Math.cos), sin: put('sin', Math.sin) }
  }
  const all = shape.longFrom === undefined ? lay(BASE, '') : chosen(sheet, shape, shape.longFrom)
  return { all, local: shape.window ? lay(LOCAL_BASE, '_local') : all }
}

/** As for LongRoPE: a branch gives one pair of tables or the other, by how long the conversation is. */
function chosen(sheet: Sheet, shape: Synthetic, from: number): Tables {
  const short = rates(shape, BASE)
  const long = short.map((rate) => rate / LONG_FACTOR)
  const shapeOfMask = sheet.op('Shape', ['attention_mask'], 'choice.shape')
  const length = sheet.op(
    'Gather',
    [shapeOfMask, sheet.ints('choice.index', [1], [])],
    'choice.length',
    attributeOf.int('axis', 0),
  )
  const isLong = sheet.op('Greater', [length, sheet.ints('choice.from', [from], [])], 'choice.long')
  const branch = (name: string, rows: number, all: readonly number[]): Uint8Array => {
    const constant = (half: string, wave: (angle: number) => number) => {
      const values = table(rows, all, wave)
      const plain = { ...sheet.realTensor('', [rows, all.length], values), name: undefined }
      return nodeOf({
        opType: 'Constant',
        input: [],
        output: [`${half}_${name}`],
        attribute: [attributeOf.tensor('value', plain)],
      })
    }
    const output = ['cos', 'sin'].map((half) => valueInfoOf(`${half}_${name}`, sheet.element, [rows, all.length]))
    return GRAPH.encode(GRAPH.of({ name, node: [constant('cos', Math.cos), constant('sin', Math.sin)], output }))
  }
  const graphs = { then_branch: branch('large', shape.positions, long), else_branch: branch('small', from, short) }
  const attribute = Object.entries(graphs).map(([name, g]) => ATTRIBUTE.of({ name, g, type: ATTRIBUTE_GRAPH }))
  sheet.nodes.push(nodeOf({ opType: 'If', input: [isLong], output: ['cos', 'sin'], attribute }))
  return { cos: 'cos', sin: 'sin' }
}
/** `AttributeProto.AttributeType.GRAPH`. */
const ATTRIBUTE_GRAPH = 5

/** Cosines and sines of each token, [batch, 1, tokens, half a head]. */
export function anglesOf(sheet: Sheet, shape: Synthetic, { cos, sin }: Tables, suffix: string): Tables {
  const { op, ints } = sheet
  const lift = (x: string, name: string): string => op('Unsqueeze', [x, ints('axis1', [1])], name)
  if (!shape.computedAngles) {
    const rows = (name: string): string => lift(op('Gather', [name, 'position_ids'], `${name}.rows`), `${name}.rows4`)
    return { cos: rows(cos), sin: rows(sin) }
  }
  const all = rates(shape, suffix ? LOCAL_BASE : BASE)
  const rate = sheet.real(`rates${suffix}`, [1, all.length], Float32Array.from(all), ELEMENT.float32)
  const positions = sheet.cast('position_ids', ELEMENT.float32, `positions${suffix}`)
  const columns = op('Unsqueeze', [positions, ints('axis_last', [-1])], `positions${suffix}.column`)
  const turned = op('MatMul', [columns, rate], `angles${suffix}`)
  const wave = (opType: 'Cos' | 'Sin'): string => {
    const plain = op(opType, [turned], `${opType}${suffix}.full`)
    return lift(sheet.half ? sheet.cast(plain, sheet.element, `${opType}${suffix}.half`) : plain, `${opType}${suffix}.rows`)
  }
  return { cos: wave('Cos'), sin: wave('Sin') }
}
