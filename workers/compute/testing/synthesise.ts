import { analyse } from '../cut/analyse.ts'
import {
  ELEMENT,
  EXTERNAL,
  GRAPH,
  MICROSOFT,
  MODEL,
  type Model,
  TENSOR,
  type Tensor,
  type ValueInfo,
  valueInfoOf,
} from '../onnx/model.ts'
import { decomposedLayers } from './synthetic/decomposed.ts'
import { fusedLayers } from './synthetic/fused.ts'
import { elementOf, headSizeOf, type Synthetic } from './synthetic/shape.ts'
import { createSheet, type Sheet } from './synthetic/sheet.ts'
import { reading, type TestModel } from './test-model.ts'

/** The model, all of whose weights lie inside its graph. */
export function synthesise(shape: Synthetic): TestModel {
  const file = MODEL.encode(modelOf(shape))
  return { decoder: analyse(file), read: reading(new Map([['model.onnx', file]])), config: configOf(shape) }
}

/** The model with what is large of its weights in a file beside its graph. */
export function synthesiseBeside(shape: Synthetic): TestModel {
  const { graph, data } = withWeightsBeside(modelOf(shape), 'model.onnx.data')
  const files = new Map<string, Uint8Array>([
    ['model.onnx', graph],
    ['model.onnx.data', data],
  ])
  return { decoder: analyse(graph), read: reading(files), config: configOf(shape) }
}

const configOf = (shape: Synthetic) => ({ hiddenSize: shape.hidden, headSize: headSizeOf(shape) })

/** What the file of `synthesise` says, before it is written. */
export function modelOf(shape: Synthetic): Model {
  const element = elementOf(shape)
  const sheet = createSheet(shape.seed ?? 1, element)
  const { hidden, vocabulary, layers, kvHeads } = shape
  const embedded = embedding(sheet, shape)
  if (shape.attention === 'fused') fusedLayers(sheet, shape, embedded)
  else decomposedLayers(sheet, shape, embedded)

  const batch = ['batch_size', 'sequence_length']
  const headSize = shape.openSizes ? 'head_size' : headSizeOf(shape)
  const cacheOf = (kind: string, length: string): ValueInfo[] =>
    Array.from({ length: layers }, (_, layer) => layer).flatMap((layer) =>
      ['key', 'value'].map((half) =>
        valueInfoOf(`${kind}.${layer}.${half}`, element, ['batch_size', kvHeads, length, headSize]),
      ),
    )
  const asked = new Set(sheet.nodes.flatMap(({ input }) => input))
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
        ...(asked.has('position_ids') ? [valueInfoOf('position_ids', ELEMENT.int64, batch)] : []),
        ...cacheOf('past_key_values', 'past_length'),
      ],
      output: [valueInfoOf('logits', element, [...batch, vocabulary]), ...cacheOf('present', 'total_length')],
      valueInfo: shape.openSizes ? [] : [valueInfoOf('embedded', element, [...batch, hidden])],
    }),
  })
}

function embedding(sheet: Sheet, shape: Synthetic): string {
  const { hidden, vocabulary } = shape
  // with large ones a tied head would only say the last token again
  const spread = shape.scaled ? 1 / Math.sqrt(hidden) : shape.tied ? 0.05 : 1
  const table = sheet.real('embedding', [vocabulary, hidden], sheet.noise(vocabulary * hidden, spread))
  const rows = sheet.op('Gather', [table, 'input_ids'], 'embedded')
  return shape.scaled ? sheet.op('Mul', [rows, sheet.scalar('embedding.scale', Math.sqrt(hidden))], 'embedded.scaled') : rows
}

/** As ONNX Runtime lays them. */
const ALIGNED = 64
/** What is smaller stays in the graph: shapes and indices. */
const LEAST_BYTES = 1024

/** Lays what is large into a file beside the graph, as large models are published: a device then reads only its own layers. */
export function withWeightsBeside({ graph, ...model }: Model, file: string) {
  if (!graph) throw new TypeError('a model without a graph')
  const pieces: { readonly at: number; readonly bytes: Uint8Array }[] = []
  let size = 0
  const initializer = graph.initializer.map((tensor): Tensor => {
    const { rawData, ...rest } = tensor
    if (!rawData || rawData.length < LEAST_BYTES) return tensor
    const at = size
    pieces.push({ at, bytes: rawData })
    size = Math.ceil((at + rawData.length) / ALIGNED) * ALIGNED
    const external = { location: file, offset: String(at), length: String(rawData.length) }
    return TENSOR.of({
      ...rest,
      dataLocation: EXTERNAL,
      externalData: Object.entries(external).map(([key, value]) => ({ key, value, unknown: [] })),
    })
  })
  const data = new Uint8Array(size)
  for (const { at, bytes } of pieces) data.set(bytes, at)
  return { graph: MODEL.encode(MODEL.of({ ...model, graph: GRAPH.of({ ...graph, initializer }) })).slice(), data }
}
