import { describe, expect, it } from 'vitest'
import { createSeededRuntime } from '../../testing/seeded-runtime.ts'
import { embedOnly, headOnly, layersOnly, type Span, wholeOf } from '../cut/span.ts'
import type { Outcome, ShardRunner } from '../engine/shard-runner.ts'
import { runnerFor } from '../testing/chain.ts'
import { FIXTURES, fixture } from '../testing/fixtures.ts'
import { ortInNode } from '../testing/ort-node.ts'
import { synthesise } from '../testing/synthesise.ts'
import { SMALL } from '../testing/synthetic/shape.ts'
import type { TestModel } from '../testing/test-model.ts'
import { GREEDY } from '../text/sampler.ts'
import { type Ending, generate, type Request, type Stage } from './generate.ts'

const PROMPT = [5, 17, 130, 42, 7, 98, 123, 88, 3]
const REQUEST: Request = { prompt: PROMPT, sampling: GREEDY, maxTokens: 8, stops: [], chunk: 512 }
const { monotonic } = createSeededRuntime(1)
/** A word for each token. */
const codec = { decode: (tokens: readonly number[]) => tokens.map((token) => ` t${token}`).join(''), ends: new Set<number>() }

const stageOf = (runner: ShardRunner): Stage => ({
  forward: (position, step) => runner.forward('a', position, step),
  forget: () => runner.forget('a'),
})

async function answer(stages: readonly Stage[], hiddenSize: number, change: Partial<Request> = {}) {
  const answering = generate({ stages, codec, hiddenSize, monotonic }, { ...REQUEST, ...change })
  let text = ''
  for (;;) {
    const next = await answering.next()
    if (next.done) return { text, ending: next.value as Ending }
    text += next.value.text
  }
}

const MODELS: readonly (readonly [string, () => TestModel])[] = [
  ...FIXTURES.map((name) => [name, () => fixture(name)] as const),
  ['fp32', () => synthesise(SMALL)],
]

describe.each(MODELS)('an answer of %s', (_, open) => {
  const model = open()
  const { layers } = model.decoder
  const width = model.config.hiddenSize
  const backend = ortInNode()
  const pipeline = (spans: readonly Span[]) => Promise.all(spans.map((span) => runnerFor(backend, model, span)))
  const plans: readonly (readonly Span[])[] = [
    [embedOnly, layersOnly(0, 1), layersOnly(1, layers), headOnly({ layers })],
    [
      { embed: true, first: 0, end: layers / 2, head: false },
      { embed: false, first: layers / 2, end: layers, head: true },
    ],
  ]

  it.each([
    ['greedy', {}],
    ['seeded', { sampling: { temperature: 0.8, topK: 40, topP: 0.9, repetitionPenalty: 1.2, seed: 42 } }],
    ['with its prompt in chunks', { chunk: 4 }],
  ])('is the same from one whole model and from shards, %s (DLM-3)', async (_, change) => {
    const whole = await answer((await pipeline([wholeOf(model.decoder)])).map(stageOf), width, change)
    expect(whole.ending).toMatchObject({ reason: 'length', tokens: 8, promptTokens: 9 })
    for (const plan of plans) {
      const said = await answer((await pipeline(plan)).map(stageOf), width, change)
      expect(said.text).toBe(whole.text)
    }
  })

  it('is the same whether its prompt went through at once or in chunks', async () => {
    const runners = await pipeline([wholeOf(model.decoder)])
    const [once, chunked] = [await answer(runners.map(stageOf), width), await answer(runners.map(stageOf), width, { chunk: 2 })]
    expect(chunked.text).toBe(once.text)
  })

  it('goes on after what was said as if it had never stopped (DLM-4)', async () => {
    const stages = (await pipeline([wholeOf(model.decoder)])).map(stageOf)
    const sampling = { temperature: 0.8, topK: 40, topP: 0.9, repetitionPenalty: 1.2, seed: 42 }
    const tokens: number[] = []
    for await (const { token } of generate({ stages, codec, hiddenSize: width, monotonic }, { ...REQUEST, sampling }))
      tokens.push(token)
    const said = tokens.slice(0, 5)
    for (const stepwise of [false, true]) {
      const rest = await answer(stages, width, { sampling, said, stepwise })
      expect(rest.text).toBe(codec.decode(tokens.slice(5)))
      expect(rest.ending).toMatchObject({ reason: 'length', tokens: 8, promptTokens: 9 })
    }
  })

  it('leaves no cache behind, whether it ends, is stopped or fails', async () => {
    const runners = await pipeline([embedOnly, layersOnly(0, layers), headOnly({ layers })])
    const stages = runners.map(stageOf)
    const left = () => runners.reduce((sum, runner) => sum + runner.sequences.size, 0)
    await answer(stages, width, { maxTokens: 2 })
    expect(left()).toBe(0)
    const stop = new AbortController()
    const answering = generate({ stages, codec, hiddenSize: width, monotonic }, { ...REQUEST, signal: stop.signal })
    await answering.next()
    expect(left()).toBe(3)
    stop.abort()
    await expect(answering.next()).rejects.toMatchObject({ code: 'pipeline_cancelled' })
    expect(left()).toBe(0)
    const abandoned = generate({ stages, codec, hiddenSize: width, monotonic }, REQUEST)
    await abandoned.next()
    await abandoned.return({ reason: 'stop', promptTokens: 0, tokens: 0, firstTokenMs: 0, tokensPerSecond: 0 })
    expect(left()).toBe(0)
  })
})

describe('an answer', () => {
  const logits = (token: number): Outcome => ({
    kind: 'logits',
    data: Float32Array.from({ length: 9 }, (_, at) => +(at === token)),
    tokens: 1,
  })
  const says = (...tokens: readonly number[]): readonly Stage[] => {
    const queue = [...tokens]
    return [{ forward: async () => logits(queue.shift() ?? 0), forget: () => undefined }]
  }

  it('ends where the model says so, and does not say that token', async () => {
    const end = { ...codec, ends: new Set([7]) }
    const answering = generate({ stages: says(1, 2, 7, 3), codec: end, hiddenSize: 4, monotonic }, REQUEST)
    const parts = []
    for await (const { text } of answering) parts.push(text)
    expect(parts.join('')).toBe(' t1 t2')
  })

  it('ends at a stop string', async () => {
    expect(await answer(says(1, 2, 3, 4), 4, { stops: ['t3'] })).toMatchObject({
      text: ' t1 t2 ',
      ending: { reason: 'stop', tokens: 3 },
    })
  })

  it.each([
    ['no numbers', [Number.NaN, 0, 0, 0]],
    ['numbers that are far too large', [1e7, 0, 0, 0]],
    ['infinities', [Number.POSITIVE_INFINITY, 0, 0, 0]],
    ['another shape', [0, 0, 0]],
  ])('is refused where a shard gives %s (DLM-6)', async (_, data) => {
    const liar: Stage = {
      forward: async () => ({ kind: 'hidden', data: Float32Array.from(data), tokens: 1 }),
      forget: () => undefined,
    }
    await expect(answer([liar, ...says(1)], 4, { prompt: [1] })).rejects.toMatchObject({ code: 'pipeline_failed' })
  })

  it('of nothing is refused', async () => {
    await expect(answer(says(1), 4, { prompt: [] })).rejects.toMatchObject({ code: 'bad_request' })
  })

  it('lets shards work side by side on a long prompt, each in order (DLM-3)', async () => {
    const seen: string[] = []
    let [running, most] = [0, 0]
    const slow = (name: string, kind: 'hidden' | 'logits'): Stage => ({
      forward: async (position, step) => {
        seen.push(`${name}${position}`)
        running += 1
        most = Math.max(most, running)
        await new Promise(setImmediate)
        running -= 1
        const tokens = step.kind === 'tokens' ? step.tokens.length : step.hidden.length
        return { kind, data: new Float32Array(kind === 'hidden' ? tokens : 9), tokens }
      },
      forget: () => undefined,
    })
    await answer([slow('a', 'hidden'), slow('b', 'hidden'), slow('c', 'logits')], 1, { chunk: 3, maxTokens: 1 })
    expect(most).toBe(3)
    for (const stage of 'abc')
      expect(seen.filter((entry) => entry.startsWith(stage))).toEqual([`${stage}0`, `${stage}3`, `${stage}6`])
  })
})
