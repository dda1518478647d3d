// what Node 20 lacks, before anything is imported
import '../workers/testing/node-20.ts'

import { analyse } from '../workers/compute/cut/analyse.ts'
import { layersOnly } from '../workers/compute/cut/span.ts'
import { createEngine } from '../workers/compute/engine/engine.ts'
import { shapeOf } from '../workers/compute/engine/shard-runner.ts'
import { reading } from '../workers/compute/testing/fixtures.ts'
import { ortInNode } from '../workers/compute/testing/ort-node.ts'
import { createRealRuntime } from '../workers/kernel/real-runtime.ts'
import type { BenchReport, Measurement } from './report.ts'
import { randomModel } from './support/random-model.ts'
import { median } from './support/statistics.ts'

/**
 * What a shard computes for several conversations at once, beside what it computes for one: they take turns, and the next tokens that wait
 * for the same shard go in one run, with their caches copied together for it.
 */
const AT_ONCE = [2, 4, 8]
const QUESTION = 64
const TOKENS = 24
const ROUNDS = 3

export async function run(): Promise<BenchReport> {
  const { files } = await randomModel('fp32')
  const file = (name: string): Uint8Array => files.get(name) ?? new Uint8Array()
  const decoder = analyse(file('model.onnx'), 'model.onnx')
  const shape = shapeOf(decoder, JSON.parse(new TextDecoder().decode(file('config.json'))))
  const { monotonic, after } = createRealRuntime()
  const open = async (kind: 'webgpu' | 'wasm') => (kind === 'wasm' ? ortInNode() : null)
  const breathe = () => new Promise<void>((resolve) => void setImmediate(resolve))
  const engine = await createEngine({ open, monotonic, after, breathe }, { budgetBytes: 4e9, idleMs: 600_000 })
  const shard = await engine.load(
    { id: 'random', decoder, shape, read: reading(new Map(files)) },
    layersOnly(0, decoder.layers),
  )

  const hidden = (tokens: number) => Float32Array.from({ length: tokens * shape.hiddenSize }, (_, at) => Math.sin(at * 31))
  async function converse(name: string): Promise<void> {
    for (let step = 0; step < TOKENS; step++)
      await engine.forward(shard, name, QUESTION + step, { kind: 'hidden', hidden: hidden(1) })
  }
  /** Tokens a second of all of them. */
  async function rate(count: number): Promise<number> {
    const names = Array.from({ length: count }, (_, at) => `${count} ${at}`)
    for (const name of names) await engine.forward(shard, name, 0, { kind: 'hidden', hidden: hidden(QUESTION) })
    const begun = performance.now()
    await Promise.all(names.map(converse))
    const seconds = (performance.now() - begun) / 1000
    for (const name of names) engine.forget(shard, name)
    return (count * TOKENS) / seconds
  }

  const rates = new Map<number, number[]>()
  // the first round compiles what later ones only run
  for (let round = -1; round < ROUNDS; round++)
    for (const count of [1, ...AT_ONCE]) {
      const measured = await rate(count)
      if (round >= 0) rates.set(count, [...(rates.get(count) ?? []), measured])
    }
  await engine.close()
  const of = (count: number): number => median(rates.get(count) ?? [])
  return {
    title: 'Several conversations over one shard',
    notes: [
      `  50 million random parameters, fp32, ONNX Runtime as WebAssembly with one thread in Node; ${TOKENS} tokens each after ${QUESTION}; all tokens a second, median of ${ROUNDS}, in turns.`,
    ],
    measurements: AT_ONCE.map(
      (count): Measurement => ({
        name: `${count} at once`,
        unit: 'tokens/s',
        better: 'higher',
        ours: of(count),
        theirs: { name: 'one', value: of(1) },
      }),
    ),
  }
}
