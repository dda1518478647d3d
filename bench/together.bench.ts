// what Node 20 lacks, before anything is imported
import '../workers/testing/node-20.ts'

import { analyse } from '../workers/compute/cut/analyse.ts'
import { layersOnly } from '../workers/compute/cut/span.ts'
import { createEngine } from '../workers/compute/engine/engine.ts'
import { shapeOf } from '../workers/compute/engine/shape.ts'
import { ortInNode } from '../workers/compute/testing/ort-node.ts'
import { reading } from '../workers/compute/testing/test-model.ts'
import { createRealRuntime } from '../workers/kernel/real-runtime.ts'
import type { BenchReport, Measurement } from './report.ts'
import { type Household, questionOf, withHousehold } from './support/household.ts'
import { LAYERS, randomModel } from './support/random-model.ts'
import { median } from './support/statistics.ts'

/**
 * What a shard computes for several conversations at once, beside what it computes for one: they take turns, and the next tokens that wait
 * for the same shard go in one run, with their caches copied together for it. First by itself in Node, then as part of the app: one browser asks,
 * another has all layers, whole nodes with WebRTC between them.
 */
const AT_ONCE = [2, 4, 8]
const QUESTION = 64
const TOKENS = 24
const ROUNDS = 3
const ALL_LAYERS = { from: 0, to: LAYERS - 1 }

/** Tokens a second by how many conversations there are. */
type Rates = (count: number) => number

async function byItself(): Promise<Rates> {
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

  const rates = await inTurns(rate)
  await engine.close()
  return rates
}

/** All answers are the same as one alone, or the measurement fails. */
async function overWebrtc({ models, asks, others: [other] }: Household): Promise<Rates> {
  const [model] = models.values()
  if (!model || !other) throw new TypeError('nobody to ask')
  await other.page.evaluate(([id, layers]) => globalThis.house.share(id, layers), [model.id, ALL_LAYERS] as const)
  const question = { model: model.id, text: questionOf(QUESTION), tokens: TOKENS, by: { through: [other.nodeId] } }
  const answer = () => asks.page.evaluate((asked) => globalThis.house.ask(asked), question)
  const { text } = await asks.page.evaluate((asked) => globalThis.house.ask(asked), { ...question, by: 'local' as const })
  return inTurns(async (count) => {
    const answers = await Promise.all(Array.from({ length: count }, answer))
    if (answers.some((each) => each.text !== text)) throw new Error('together they say something else than one alone')
    const heard = answers.flatMap(({ heardAt }) => [...heardAt]).sort((a, b) => a - b)
    // from the moment in which all of them are under way to the moment in which the first one ends
    const begun = Math.max(...answers.map(({ heardAt }) => heardAt[0] ?? 0))
    const ended = Math.min(...answers.map(({ heardAt }) => heardAt.at(-1) ?? 0))
    return (heard.filter((at) => at > begun && at <= ended).length * 1000) / (ended - begun)
  })
}

/** @param rate of so many conversations, measured once */
async function inTurns(rate: (count: number) => Promise<number>): Promise<Rates> {
  const rates = new Map<number, number[]>()
  // the first round compiles what later ones only run
  for (let round = -1; round < ROUNDS; round++)
    for (const count of [1, ...AT_ONCE]) {
      const measured = await rate(count)
      if (round >= 0) rates.set(count, [...(rates.get(count) ?? []), measured])
    }
  return (count) => median(rates.get(count) ?? [])
}

const rows = (where: string, rates: Rates): readonly Measurement[] =>
  AT_ONCE.map((count) => ({
    name: `${where}, ${count} at once`,
    unit: 'tokens/s',
    better: 'higher',
    ours: rates(count),
    theirs: { name: 'one', value: rates(1) },
  }))

export async function run(): Promise<BenchReport> {
  const node = await byItself()
  const web = await withHousehold({ weights: ['fp32'], others: [ALL_LAYERS] }, overWebrtc)
  return {
    title: 'Several conversations over one shard',
    notes: [
      `  50 million random parameters, fp32, ONNX Runtime as WebAssembly with one thread; ${TOKENS} tokens each after ${QUESTION}; all tokens a second, median of ${ROUNDS}, in turns.`,
      '  In browsers: one asks, one has all layers, both on this machine; each answer is to the letter what it is alone.',
    ],
    measurements: [...rows('in Node', node), ...rows('two browsers', web)],
  }
}
