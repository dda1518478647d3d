// what Node 20 lacks, before anything is imported
import '../workers/testing/node-20.ts'

import { analyse } from '../workers/compute/cut/analyse.ts'
import { cut } from '../workers/compute/cut/cut.ts'
import { layersOnly, wholeOf } from '../workers/compute/cut/span.ts'
import { merged, rangesOf } from '../workers/compute/cut/weights.ts'
import { MODEL } from '../workers/compute/onnx/model.ts'
import { fixture } from '../workers/compute/testing/fixtures.ts'
import type { BenchReport, Measurement } from './report.ts'
import { median } from './support/statistics.ts'

/**
 * What it takes to cut one layer out of a published model, beside the whole of it: time, bytes, reads. No aim; in Node, since nothing of it
 * depends on the browser: what shards cost while they compute is measured in pages (`distributed-inference.bench.ts`).
 */
export async function run(): Promise<BenchReport> {
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
  const measurements: readonly Measurement[] = [
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
  return {
    title: 'One layer, cut out',
    notes: ['  The fixture of the ONNX Runtime model builder with 8 layers, int4.'],
    measurements,
  }
}
