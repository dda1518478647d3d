// what Node 20 lacks, before anything is imported
import '../workers/testing/node-20.ts'

import { analyse } from '../workers/compute/cut/analyse.ts'
import { type CutOptions, cut } from '../workers/compute/cut/cut.ts'
import { layersOnly, type Span, wholeOf } from '../workers/compute/cut/span.ts'
import { merged, rangesOf } from '../workers/compute/cut/weights.ts'
import type { Backend } from '../workers/compute/engine/backend.ts'
import type { ShardRunner } from '../workers/compute/engine/shard-runner.ts'
import { MODEL } from '../workers/compute/onnx/model.ts'
import { runnerFor, through } from '../workers/compute/testing/chain.ts'
import { fixture, type TestModel } from '../workers/compute/testing/fixtures.ts'
import { ortInNode } from '../workers/compute/testing/ort-node.ts'
import { SMALL, type Synthetic, synthesise } from '../workers/compute/testing/synthesise.ts'
import type { BenchReport, Measurement } from './report.ts'
import { median } from './support/statistics.ts'

/** About 33 million parameters, random: correct in size and meaningless in content. */
const SHAPE: Synthetic = {
  ...SMALL,
  layers: 8,
  hidden: 512,
  heads: 8,
  kvHeads: 4,
  inner: 1536,
  vocabulary: 8000,
  positions: 512,
}
const PROMPT = Array.from({ length: 16 }, (_, at) => (at * 37) % 1000)
const TOKENS = 40
const MIB = 1024 ** 2

const inTwo = (layers: number): readonly Span[] => [
  { embed: true, first: 0, end: layers / 2, head: false },
  { embed: false, first: layers / 2, end: layers, head: true },
]

/**
 * Milliseconds of one token for each chain, the medians of those after the first two. The chains take turns token by token: a
 * machine that is busy with something else slows all of them.
 */
async function msPerToken(chains: readonly (readonly ShardRunner[])[]): Promise<readonly number[]> {
  const times = chains.map((): number[] => [])
  for (const chain of chains) await through(chain, 'a', 0, { kind: 'tokens', tokens: PROMPT })
  for (let token = 0; token < TOKENS; token++)
    for (const [index, chain] of chains.entries()) {
      const start = performance.now()
      await through(chain, 'a', PROMPT.length + token, { kind: 'tokens', tokens: [token] })
      times[index]?.push(performance.now() - start)
    }
  for (const runner of chains.flat()) await runner.release()
  return times.map((list) => median(list.slice(2)))
}

async function compared(backend: Backend, name: string, model: TestModel): Promise<readonly Measurement[]> {
  const { layers } = model.decoder
  const each = Array.from({ length: layers }, (_, layer) => ({
    embed: layer === 0,
    first: layer,
    end: layer + 1,
    head: layer === layers - 1,
  }))
  const chains: ShardRunner[][] = []
  for (const spans of [[wholeOf(model.decoder)], inTwo(layers), each])
    chains.push(await Promise.all(spans.map((span) => runnerFor(backend, model, span))))
  const [whole = 0, two = 0, all = 0] = await msPerToken(chains)
  const theirs = { name: 'whole', value: whole }
  return [
    { name: `${name}, a token, in 2 shards`, unit: 'ms', better: 'lower', ours: two, theirs, aim: 0.9 },
    { name: `${name}, a token, in ${layers} shards`, unit: 'ms', better: 'lower', ours: all, theirs },
  ]
}

function cutting(): readonly Measurement[] {
  const { decoder } = fixture('qwen2-cpu-int4')
  const file = MODEL.encode(decoder.model)
  const timed = (task: () => unknown): number =>
    median(
      Array.from({ length: 15 }, () => {
        const start = performance.now()
        task()
        return performance.now() - start
      }),
    )
  const shard = cut(decoder, layersOnly(3, 4), { positions: 256 })
  const reads = merged(rangesOf(shard))
  return [
    { name: 'read and analyse a graph of 8 layers', unit: 'ms', better: 'lower', ours: timed(() => analyse(file)) },
    { name: 'cut one layer out of it', unit: 'ms', better: 'lower', ours: timed(() => cut(decoder, layersOnly(3, 4))) },
    { name: 'graph of one layer', unit: 'KiB', better: 'lower', ours: shard.graph.length / 1024 },
    {
      name: 'weights of one layer',
      unit: 'KiB',
      better: 'lower',
      ours: shard.weightsBytes / 1024,
      theirs: { name: 'whole model', value: cut(decoder, wholeOf(decoder)).weightsBytes / 1024 },
    },
    {
      name: 'reads for one layer',
      unit: '',
      better: 'lower',
      ours: reads.length,
      theirs: { name: 'one for each weight', value: rangesOf(shard).length },
    },
    {
      name: 'read beside the layer itself',
      unit: 'KiB',
      better: 'lower',
      ours: (reads.reduce((sum, { length }) => sum + length, 0) - shard.weightsBytes) / 1024,
    },
  ]
}

/** Cutting, and what it costs to compute in shards instead of whole, on the same WebAssembly that browsers run. */
export async function run(): Promise<BenchReport> {
  const backend = ortInNode()
  const measurements: Measurement[] = [...cutting()]
  const bytes: string[] = []
  for (const weights of ['fp32', 'int8'] as const) {
    const model = synthesise({ ...SHAPE, weights })
    bytes.push(`${weights} ${(cut(model.decoder, wholeOf(model.decoder)).weightsBytes / MIB).toFixed(0)} MiB`)
    measurements.push(...(await compared(backend, weights, model)))
  }
  const packed = synthesise({ ...SHAPE, weights: 'int4' })
  const ways: readonly CutOptions[] = [{}, { dequantise: true }]
  const chains: ShardRunner[][] = []
  for (const options of ways) chains.push([await runnerFor(backend, packed, wholeOf(packed.decoder), options)])
  const [asIs = 0, unpacked = 0] = await msPerToken(chains)
  measurements.push({
    name: 'int4, a token, unpacked while loading',
    unit: 'ms',
    better: 'lower',
    ours: unpacked,
    theirs: { name: 'as published', value: asIs },
  })
  return {
    title: 'One model, cut',
    notes: [
      `  33 million random parameters (${bytes.join(', ')}), ONNX Runtime Web in Node, one thread, one process, no network between shards.`,
      '  Cutting is measured on the fixture of the ONNX Runtime model builder with 8 layers, int4.',
    ],
    measurements,
  }
}
