import { afterEach, describe, expect, it } from 'vitest'
import { createSeededRuntime } from '../../testing/seeded-runtime.ts'
import { layersOnly } from '../cut/span.ts'
import { countingBackend } from '../testing/counting-backend.ts'
import { FIXTURES, fixture } from '../testing/fixtures.ts'
import { ortInNode } from '../testing/ort-node.ts'
import { synthesise } from '../testing/synthesise.ts'
import { FAMILIES } from '../testing/synthetic/families.ts'
import { SMALL } from '../testing/synthetic/shape.ts'
import type { TestModel } from '../testing/test-model.ts'
import { createEngine, type Engine } from './engine.ts'
import { shapeOf } from './shape.ts'

/** Conversations of different lengths, and how many tokens each of them goes on by. */
const LENGTHS = [5, 9, 2]
const STEPS = 6
const BUDGET = 1e9

const ROWWISE: readonly (readonly [string, () => TestModel])[] = [
  ...FIXTURES.map((name) => [name, () => fixture(name)] as const),
  ['fp32, fused', () => synthesise(SMALL)],
  ['int4, fused', () => synthesise({ ...SMALL, weights: 'int4' })],
  ['Qwen3', () => synthesise(FAMILIES.qwen3)],
  ['Gemma 3, whose windows are shorter than what was said', () => synthesise(FAMILIES.gemma3)],
  ['Phi 3 in half precision', () => synthesise({ ...FAMILIES.phi3, weights: 'fp16' })],
]
const ONE_BY_ONE: readonly (readonly [string, () => TestModel])[] = [
  ['dynamic int8, which has one scale for all that goes together', () => synthesise({ ...SMALL, weights: 'int8' })],
  ['attention in standard operators, which knows one length', () => synthesise({ ...SMALL, attention: 'decomposed' })],
]

const engines: Engine[] = []
afterEach(async () => {
  for (const engine of engines.splice(0)) await engine.close()
})

async function started({ decoder, read, config }: TestModel) {
  const backend = countingBackend(ortInNode())
  const { monotonic, after } = createSeededRuntime(1)
  const open = async (kind: 'webgpu' | 'wasm') => (kind === 'wasm' ? backend : null)
  // the turn of whoever asks comes when all have asked
  const breathe = () => new Promise<void>((resolve) => void setImmediate(resolve))
  const engine = await createEngine({ open, monotonic, after, breathe }, { budgetBytes: BUDGET, idleMs: 60_000 })
  engines.push(engine)
  const shape = shapeOf(decoder, config)
  const shard = await engine.load({ id: 'tried', decoder, shape, read }, layersOnly(0, decoder.layers))
  /** Hidden states of so many tokens; the same for the same conversation and place. */
  const hidden = (conversation: number, position: number, tokens: number): Float32Array<ArrayBuffer> =>
    Float32Array.from({ length: tokens * shape.hiddenSize }, (_, at) =>
      Math.sin(1 + conversation * 7919 + position * 104_729 + at * 31),
    )
  const forward = async (conversation: number, position: number, tokens: number): Promise<readonly number[]> => {
    const step = { kind: 'hidden', hidden: hidden(conversation, position, tokens) } as const
    return [...(await engine.forward(shard, `of ${conversation}`, position, step)).data]
  }
  return { backend, engine, shard, forward }
}

/** What each conversation is given, all of them at once or one after the other. */
async function conversed(model: TestModel, atOnce: boolean) {
  const { backend, forward } = await started(model)
  for (const [at, length] of LENGTHS.entries()) await forward(at, 0, length)
  const before = backend.runs
  const said: (readonly number[])[][] = LENGTHS.map(() => [])
  for (let step = 0; step < STEPS; step++) {
    const next = (at: number) => forward(at, (LENGTHS[at] ?? 0) + step, 1)
    const given: (readonly number[])[] = []
    if (atOnce) given.push(...(await Promise.all(LENGTHS.map((_, at) => next(at)))))
    else for (const at of LENGTHS.keys()) given.push(await next(at))
    for (const [at, rows] of given.entries()) said[at]?.push(rows)
  }
  return { said, runs: backend.runs - before }
}

describe('tokens of several conversations that wait for one shard', () => {
  it.each(ROWWISE)('go through in one run, and each is what it is alone, to the bit: %s', async (_, make) => {
    const model = make()
    const alone = await conversed(model, false)
    const together = await conversed(model, true)
    expect(together.said).toEqual(alone.said)
    expect(alone.runs).toBe(LENGTHS.length * STEPS)
    // the first one is computed both ways, to see whether they are the same
    expect(together.runs).toBe(LENGTHS.length + STEPS)
  })

  it.each(ONE_BY_ONE)('go one by one with %s', async (_, make) => {
    const model = make()
    const alone = await conversed(model, false)
    const together = await conversed(model, true)
    expect(together).toEqual(alone)
  })

  it.each([
    ['first run, which is computed both ways', ['fulfilled', 'rejected', 'fulfilled']],
    ['next one', ['fulfilled', 'fulfilled', 'fulfilled']],
  ])('go on where one is forgotten in the middle of the %s (DLM-10)', async (which, statuses) => {
    const { backend, engine, shard, forward } = await started(fixture('qwen2-cpu-int4'))
    for (const [at, length] of LENGTHS.entries()) await forward(at, 0, length)
    const alone = await conversed(fixture('qwen2-cpu-int4'), false)
    const next = (step: number, who: readonly number[]) =>
      Promise.allSettled(who.map((at) => forward(at, (LENGTHS[at] ?? 0) + step, 1)))
    if (which === 'next one') await next(0, [0, 1, 2])
    const step = which === 'next one' ? 1 : 0
    backend.onRun = () => engine.forget(shard, 'of 1')
    const came = await next(step, [0, 1, 2])
    expect(came.map(({ status }) => status)).toEqual(statuses)
    for (const at of [0, 2]) expect(came[at]).toMatchObject({ value: alone.said[at]?.[step] })
    const before = backend.runs
    const later = await next(step + 1, [0, 2])
    for (const [index, at] of [0, 2].entries()) expect(later[index]).toMatchObject({ value: alone.said[at]?.[step + 1] })
    expect(backend.runs - before).toBe(1)
    expect(engine.status().shards[0]).toMatchObject({ sequences: 2 })
  })

  it('leave out one that was forgotten while it waited (DLM-10)', async () => {
    const { engine, shard, forward } = await started(fixture('qwen2-cpu-int4'))
    for (const [at, length] of LENGTHS.entries()) await forward(at, 0, length)
    const asked = LENGTHS.map((length, at) => forward(at, length, 1))
    engine.forget(shard, 'of 1')
    const outcomes = await Promise.allSettled(asked)
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    expect(outcomes[1]).toMatchObject({ reason: { code: 'pipeline_cancelled' } })
    await expect(forward(0, (LENGTHS[0] ?? 0) + 1, 1)).resolves.toBeDefined()
  })
})
