import { describe, expect, it } from 'vitest'
import type { Adapter } from '../engine/shard-runner.ts'
import { halvesOf } from '../onnx/half.ts'
import { ELEMENT, MODEL, nodeOf, tensorOf } from '../onnx/model.ts'
import { furthest, generate, runnerFor } from '../testing/chain.ts'
import { ortInNode } from '../testing/ort-node.ts'
import { synthesise } from '../testing/synthesise.ts'
import { FAMILIES } from '../testing/synthetic/families.ts'
import { headSizeOf, SMALL } from '../testing/synthetic/shape.ts'
import { reading, type TestModel } from '../testing/test-model.ts'
import { adapterInputs } from './adapters.ts'
import { analyse } from './analyse.ts'
import { cut } from './cut.ts'
import { type Span, wholeOf } from './span.ts'

const RANK = 4
const PROMPT = [5, 17, 130, 42, 7]
const isQuery = (target: string): boolean => /^layer\d+\.q\.(out|whole)$/.test(target)
const wave = (length: number, step: number): Float32Array => Float32Array.from({ length }, (_, at) => 0.1 * Math.sin(at * step))

/** A and B beside each query product, all alike: [64, 4] and [4, 64]. */
const A = wave(SMALL.hidden * RANK, 0.7)
const B = wave(RANK * SMALL.hidden, 1.3)

/** The model with A B added to the weights themselves. */
function mergedModel(model: TestModel): TestModel {
  const { graph } = model.decoder
  const initializer = graph.initializer.map((tensor) => {
    if (!/^layer\d+\.q$/.test(tensor.name ?? '') || !tensor.rawData) return tensor
    const weights = new Float32Array(tensor.rawData.slice().buffer)
    for (let row = 0; row < SMALL.hidden; row++)
      for (let column = 0; column < SMALL.hidden; column++)
        for (let k = 0; k < RANK; k++) {
          const at = row * SMALL.hidden + column
          weights[at] = (weights[at] ?? 0) + (A[row * RANK + k] ?? 0) * (B[k * SMALL.hidden + column] ?? 0)
        }
    return tensorOf(tensor.name ?? '', 1, tensor.dims.map(Number), weights)
  })
  const file = MODEL.encode({ ...model.decoder.model, graph: { ...graph, initializer } })
  return { ...model, decoder: analyse(file), read: reading(new Map([['model.onnx', file]])) }
}

/** [rows, columns]: what the two matrices are together. */
function productOf(a: Float32Array, b: Float32Array, rows: number, columns: number): Float32Array {
  const product = new Float32Array(rows * columns)
  for (let row = 0; row < rows; row++)
    for (let k = 0; k < RANK; k++)
      for (let column = 0; column < columns; column++) {
        const at = row * columns + column
        product[at] = (product[at] ?? 0) + (a[row * RANK + k] ?? 0) * (b[k * columns + column] ?? 0)
      }
  return product
}

/** The model as if it had been published with a branch x AB beside each product of queries. */
function withProducts(model: TestModel, product: Float32Array): TestModel {
  const { graph } = model.decoder
  const half = graph.initializer.some(({ name, dataType }) => name === 'embedding' && dataType === ELEMENT.float16)
  const element = half ? ELEMENT.float16 : ELEMENT.float32
  const rows = graph.initializer.find(({ name }) => name === 'embedding')?.dims.map(Number)[1] ?? 0
  const dims = [rows, product.length / rows]
  const made = new Set(graph.node.flatMap(({ output }) => output))
  const node = graph.node.flatMap((one) => {
    const layer = /^layer(\d+)\.q\.out$/.exec(one.output[0] ?? '')?.[1]
    if (layer === undefined) return [one]
    const x = `layer${layer}.norm1`
    const [plain, beside] = [`branch${layer}.plain`, `branch${layer}.beside`]
    return [
      { ...one, name: plain, output: [plain] },
      nodeOf({ opType: 'MatMul', input: [made.has(x) ? x : `${x}.out`, 'product'], output: [beside] }),
      nodeOf({ opType: 'Add', input: [plain, beside], output: [`layer${layer}.q.out`] }),
    ]
  })
  const weight = tensorOf('product', element, dims, half ? halvesOf(product) : product)
  const file = MODEL.encode({ ...model.decoder.model, graph: { ...graph, node, initializer: [...graph.initializer, weight] } })
  return { ...model, decoder: analyse(file), read: reading(new Map([['model.onnx', file]])) }
}

describe('adapters beside a cut graph', () => {
  const model = synthesise(SMALL)
  const options = { adapters: isQuery }
  const adapter = (a: Float32Array, b: Float32Array, rank: number) =>
    new Map(
      Array.from({ length: SMALL.layers }, (_, layer) => adapterInputs(`layer${layer}.q.out`)).flatMap((names) => [
        [names.a, { dims: [SMALL.hidden, rank], data: a }] as const,
        [names.b, { dims: [rank, SMALL.hidden], data: b }] as const,
      ]),
    )

  it('say what merged weights say, whole and in two shards', async () => {
    const backend = ortInNode()
    const merged = await generate([await runnerFor(backend, mergedModel(model), wholeOf(model.decoder))], PROMPT, 16)
    const plain = await generate([await runnerFor(backend, model, wholeOf(model.decoder))], PROMPT, 16)
    expect(furthest(plain, merged)).toBeGreaterThan(0.01)
    const halves: readonly Span[] = [
      { embed: true, first: 0, end: 2, head: false },
      { embed: false, first: 2, end: 4, head: true },
    ]
    for (const plan of [[wholeOf(model.decoder)], halves]) {
      const chain = await Promise.all(plan.map((span) => runnerFor(backend, model, span, options, adapter(A, B, RANK))))
      const said = await generate(chain, PROMPT, 16)
      expect(said.tokens).toEqual(merged.tokens)
      expect(furthest(said, merged)).toBeLessThan(1e-4)
    }
  })

  it.each([
    ['int4', { ...SMALL, weights: 'int4' }],
    ['dynamic int8', { ...SMALL, weights: 'int8', seed: 8 }],
    ['fp16 in standard operators', { ...SMALL, weights: 'fp16', attention: 'decomposed' }],
    ['Gemma 3, whose stream is wider than its products, in half precision', { ...FAMILIES.gemma3, weights: 'fp16' }],
  ] as const)('say what a published branch with their product says: %s', async (_, shape) => {
    const { hidden, layers } = shape
    const columns = shape.heads * headSizeOf(shape)
    const [a, b] = [wave(hidden * RANK, 0.7), wave(RANK * columns, 1.3)]
    const published = synthesise(shape)
    const branched = withProducts(published, productOf(a, b, hidden, columns))
    const backend = ortInNode()
    const say = async (model: TestModel, spans: readonly Span[], matrices?: Adapter) =>
      generate(
        await Promise.all(
          spans.map((span) => runnerFor(backend, model, span, matrices ? { adapters: isQuery } : {}, matrices)),
        ),
        PROMPT,
        12,
      )
    const right = await say(branched, [wholeOf(branched.decoder)])
    expect(furthest(await say(published, [wholeOf(published.decoder)]), right)).toBeGreaterThan(0.01)
    const ends = shape.weights === 'int8' ? 'whole' : 'out'
    const matrices: Adapter = new Map(
      Array.from({ length: layers }, (_, layer) => adapterInputs(`layer${layer}.q.${ends}`)).flatMap((names) => [
        [names.a, { dims: [hidden, RANK], data: a }],
        [names.b, { dims: [RANK, columns], data: b }],
      ]),
    )
    const parts: readonly Span[] = [
      { embed: true, first: 0, end: 1, head: false },
      { embed: false, first: 1, end: layers, head: true },
    ]
    for (const spans of [[wholeOf(published.decoder)], parts]) {
      const said = await say(published, spans, matrices)
      expect(said.tokens).toEqual(right.tokens)
      expect(furthest(said, right)).toBeLessThan(1e-3)
    }
  })

  it('change nothing while none is there', async () => {
    const backend = ortInNode()
    const plain = await generate([await runnerFor(backend, model, wholeOf(model.decoder))], PROMPT, 16)
    const without = await generate([await runnerFor(backend, model, wholeOf(model.decoder), options)], PROMPT, 16)
    expect(without.tokens).toEqual(plain.tokens)
    expect(furthest(without, plain)).toBe(0)
  })

  it('are asked for by name, and only where they were wanted', () => {
    const shard = cut(model.decoder, { embed: false, first: 1, end: 2, head: false }, options)
    expect(shard.inputs.filter((name) => name.startsWith('lora.'))).toEqual(['lora.layer1.q.out.A', 'lora.layer1.q.out.B'])
  })
})
