import { describe, expect, it } from 'vitest'
import { MODEL, tensorOf } from '../onnx/model.ts'
import { furthest, generate, runnerFor } from '../testing/chain.ts'
import { ortInNode } from '../testing/ort-node.ts'
import { synthesise } from '../testing/synthesise.ts'
import { SMALL } from '../testing/synthetic/shape.ts'
import { reading, type TestModel } from '../testing/test-model.ts'
import { analyse } from './analyse.ts'
import { cut } from './cut.ts'
import { adapterInputs } from './rewrite.ts'
import { type Span, wholeOf } from './span.ts'

const RANK = 4
const PROMPT = [5, 17, 130, 42, 7]
const isQuery = (target: string): boolean => /^layer\d+\.q\.out$/.test(target)
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
