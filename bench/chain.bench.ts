// what Node 20 lacks, before anything is imported
import '../workers/testing/node-20.ts'

import {
  type Answers,
  createAnswers,
  type Distances,
  MODELS,
  type Topology,
} from '../workers/modules/distributed-inference/testing/answers.ts'
import type { BenchReport, Measurement } from './report.ts'
import { median } from './support/statistics.ts'

const TURNS = 3
const TOKENS = 24

const HOUSES: readonly (Distances & { readonly name: string })[] = [
  { name: 'one house', toAskerMs: 4, betweenMs: 4 },
  { name: 'a slow network', toAskerMs: 20, betweenMs: 20 },
  { name: 'asked from afar', toAskerMs: 40, betweenMs: 4 },
]

async function pace({ settle, over, reset }: Answers, parts: number, topology: Topology): Promise<number> {
  reset()
  settle(parts, 1, topology)
  const { ending, progress } = await over({}, { maxTokens: TOKENS })
  if (progress.plan?.topology !== topology)
    throw new Error(`a ${topology} was asked for and a ${progress.plan?.topology} planned`)
  return ending.tokens_per_second
}

/** Steps that are handed from shard to shard, beside steps that all come back to who asks. */
export async function run(): Promise<BenchReport> {
  const measurements: Measurement[] = []
  const model = MODELS.at(-1)
  if (!model) throw new Error('no model')
  for (const { name, ...distances } of HOUSES) {
    const answers = await createAnswers(model, distances)
    for (const parts of [2, 3, 6]) {
      const [chain, star]: [number[], number[]] = [[], []]
      for (let turn = 0; turn < TURNS; turn++) {
        chain.push(await pace(answers, parts, 'chain'))
        star.push(await pace(answers, parts, 'star'))
      }
      const [ours, value] = [median(chain), median(star)]
      measurements.push({
        name: `${name}, ${parts} devices`,
        unit: 'token/s',
        better: 'higher',
        ours,
        theirs: { name: 'star', value },
      })
    }
  }
  return {
    title: 'From shard to shard',
    notes: [
      `  The demonstration model, answers of up to ${TOKENS} tokens, in turns, medians of ${TURNS}. Round trips are made: ${HOUSES.map(({ name, toAskerMs, betweenMs }) => `${name} ${toAskerMs} ms to who asks and ${betweenMs} ms between two others`).join(', ')}.`,
      '  All devices are one thread of Node with real sessions between them; a stream in memory takes one write after the other, so a hop takes about twice its time, in both. Computing takes little here, hops nearly all: larger models gain less.',
    ],
    measurements,
  }
}
