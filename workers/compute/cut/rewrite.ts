import {
  attributeOf,
  ELEMENT,
  intOf,
  isOp,
  MICROSOFT,
  type Node,
  nodeOf,
  TENSOR,
  type Tensor,
  tensorOf,
} from '../onnx/model.ts'
import { type Decoder, HIDDEN_IN } from './analyse.ts'
import type { Draft, Weight } from './draft.ts'
import { looksAtShape } from './flow.ts'
import type { Span } from './span.ts'

/** A graph that says the same, or what it is told to say besides; the given one is left as it is. */
export type Rewrite = (draft: Draft) => Draft

const LAST = 'last_token'

/** Of a prompt only the last token's logits are wanted: the others would cost tokens x vocabulary. */
export const lastTokenOnly =
  ({ boundaries, flow, layers }: Decoder, span: Span): Rewrite =>
  (draft) => {
    const final = boundaries[layers]
    if (!span.head || !final) return draft
    const index: Tensor = { ...tensorOf('', ELEMENT.int64, [1], BigInt64Array.of(-1n)), name: undefined }
    const constant = nodeOf({
      opType: 'Constant',
      input: [],
      output: [`${LAST}.index`],
      attribute: [attributeOf.tensor('value', index)],
    })
    const pick = (value: string, name: string): Node =>
      nodeOf({ opType: 'Gather', input: [value, `${LAST}.index`], output: [name], attribute: [attributeOf.int('axis', 1)] })

    if (final.kind === 'sum') {
      const made = flow.nodes[final.node]?.output[0]
      const at = draft.nodes.findIndex(({ output }) => made !== undefined && output.includes(made))
      const norm = draft.nodes[at]
      const [left, right, ...rest] = norm?.input ?? []
      if (!norm || left === undefined || right === undefined) return draft
      const picks = [constant, pick(left, `${LAST}.0`), pick(right, `${LAST}.1`)]
      const narrowed: Node = { ...norm, input: [`${LAST}.0`, `${LAST}.1`, ...rest] }
      return { ...draft, nodes: draft.nodes.toSpliced(at, 1, ...picks, narrowed) }
    }

    const value = span.first === layers && !span.embed ? HIDDEN_IN : final.value
    const after = draft.nodes.findIndex(({ output }) => output.includes(value)) + 1
    const narrowed = draft.nodes.map((node) =>
      looksAtShape(node) ? node : { ...node, input: node.input.map((input) => (input === value ? LAST : input)) },
    )
    return { ...draft, nodes: narrowed.toSpliced(after, 0, constant, pick(value, LAST)) }
  }

/**
 * Products are computed in full precision. With level 4, which exporters choose, kernels round activations to int8, each in its
 * own way: two backends differ by 2.7e-3 and greedy text by the seventh token; with level 0 by 2.4e-6.
 */
export const fullAccuracy: Rewrite = (draft) => ({
  ...draft,
  nodes: draft.nodes.map((node) =>
    isOp(node, 'MatMulNBits', MICROSOFT)
      ? {
          ...node,
          attribute: node.attribute.map((attribute) =>
            attribute.name === 'accuracy_level' ? attributeOf.int('accuracy_level', 0) : attribute,
          ),
        }
      : node,
  ),
})

const POSITIONS = 'position_ids'

/**
 * Which inputs of a node are tables of cosines and sines, a row for each position of a conversation. None where rows are chosen by
 * anything but the positions themselves: exporters who lay two tables one behind the other look up what is beyond the first.
 */
function rotaryTables(node: Node): readonly string[] {
  const { input } = node
  if (isOp(node, 'GroupQueryAttention', MICROSOFT)) return (input[9] || POSITIONS) === POSITIONS ? input.slice(7, 9) : []
  if (isOp(node, 'RotaryEmbedding', MICROSOFT)) return input[1] === POSITIONS ? input.slice(2, 4) : []
  return []
}

/** Keeps the first `positions` rows of tables for positions: published ones go to 131,072 and are most of a small shard. */
export const trimPositions =
  (positions: number): Rewrite =>
  (draft) => {
    const tables = new Set(draft.nodes.flatMap(rotaryTables))
    const others = new Set(draft.nodes.flatMap((node) => node.input.filter((value) => !rotaryTables(node).includes(value))))
    return { ...draft, weights: draft.weights.map((weight) => trimmed(weight, positions, tables, others)) }
  }

function trimmed(weight: Weight, positions: number, tables: ReadonlySet<string>, others: ReadonlySet<string>): Weight {
  const { tensor, source } = weight
  const { name = '' } = tensor
  const [rows = 0n, ...rest] = tensor.dims
  if (!tables.has(name) || others.has(name) || source.kind !== 'file' || rows <= BigInt(positions)) return weight
  const length = (source.range.length / Number(rows)) * positions
  return {
    tensor: TENSOR.of({ name, dataType: tensor.dataType, dims: [BigInt(positions), ...rest] }),
    source: { ...source, range: { ...source.range, length } },
  }
}

/**
 * Unpacks block-quantised matrices to fp32 while loading: on a CPU a step then takes a tenth of the time, for eight times
 * the memory. Matrices that are permuted or of other widths stay as they are.
 */
export const dequantised: Rewrite = (draft) => {
  const weights = new Map(draft.weights.map((weight) => [weight.tensor.name, weight]))
  const unpacked: Weight[] = []
  const nodes = draft.nodes.map((node) => {
    const matrix = blocksOf(node, weights)
    const [x = ''] = node.input
    const [y = ''] = node.output
    if (!matrix) return node
    unpacked.push(matrix)
    return nodeOf({ opType: 'MatMul', input: [x, matrix.tensor.name ?? ''], output: [y] })
  })
  const used = new Set(nodes.flatMap(({ input }) => input))
  return { ...draft, nodes, weights: [...draft.weights, ...unpacked].filter(({ tensor: { name = '' } }) => used.has(name)) }
}

function blocksOf(node: Node, weights: ReadonlyMap<string | undefined, Weight>): Weight | null {
  if (!isOp(node, 'MatMulNBits', MICROSOFT)) return null
  const [, codes = '', scales = '', zeros = '', permutation, bias] = node.input
  const [rows, columns, blockSize] = [intOf(node, 'K'), intOf(node, 'N'), intOf(node, 'block_size')]
  const bits = intOf(node, 'bits') ?? 4
  const fileOf = (name: string) => {
    const source = weights.get(name)?.source
    return source?.kind === 'file' ? source : null
  }
  const [codesAt, scalesAt, zerosAt] = [fileOf(codes)?.range, fileOf(scales), fileOf(zeros)?.range]
  const scaleType = weights.get(scales)?.tensor.dataType
  const zeroType = weights.get(zeros)?.tensor.dataType
  if (rows === undefined || columns === undefined || blockSize === undefined || (bits !== 4 && bits !== 8)) return null
  if (permutation || bias || !codesAt || !scalesAt || scaleType !== ELEMENT.float32) return null
  if (zeros && (!zerosAt || zeroType !== ELEMENT.uint8)) return null
  const name = `${codes}.fp32`
  return {
    tensor: TENSOR.of({ name, dataType: ELEMENT.float32, dims: [BigInt(rows), BigInt(columns)] }),
    source: {
      kind: 'blocks',
      blocks: {
        ...{ codes: codesAt, scales: scalesAt.range, scalesFrom: scalesAt.from, zeros: zerosAt ?? null },
        ...{ rows, columns, blockSize, bits },
      },
    },
  }
}
