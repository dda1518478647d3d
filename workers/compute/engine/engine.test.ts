import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createSeededRuntime, type SeededRuntime } from '../../testing/seeded-runtime.ts'
import { embedOnly, layersOnly, wholeOf } from '../cut/span.ts'
import type { ReadRange } from '../cut/weights.ts'
import { createReferenceBackend, type ReferenceBackend } from '../testing/reference-backend.ts'
import { synthesise } from '../testing/synthesise.ts'
import { SMALL } from '../testing/synthetic/shape.ts'
import { createEngine, type Engine, type OpenModel } from './engine.ts'
import { shapeOf } from './shape.ts'
import type { Step } from './shard-runner.ts'

const LARGE = 1e9
const IDLE_MS = 60_000
const source = synthesise(SMALL)
const { decoder } = source
const tokens = (...list: readonly number[]): Step => ({ kind: 'tokens', tokens: list })

describe('the engine', () => {
  let runtime: SeededRuntime
  let backends: ReferenceBackend[]
  let reads: number
  let model: OpenModel
  const read: ReadRange = (range) => {
    reads += 1
    return source.read(range)
  }
  beforeEach(() => {
    runtime = createSeededRuntime(1)
    backends = []
    reads = 0
    model = { id: 'small', decoder, shape: shapeOf(decoder, source.config), read }
  })

  const engines: Engine[] = []
  afterEach(async () => {
    for (const engine of engines.splice(0)) await engine.close()
    for (const { alive } of backends) expect(alive).toEqual({ values: 0, programs: 0 })
  })
  async function start(budgetBytes: number, breathe = async (): Promise<void> => undefined): Promise<Engine> {
    const open = async (kind: 'webgpu' | 'wasm') => {
      if (kind === 'webgpu' && backends.length > 0) return null
      const backend = createReferenceBackend()
      backends.push(backend)
      return backend
    }
    const { monotonic, after } = runtime
    const engine = await createEngine({ open, monotonic, after, breathe }, { budgetBytes, idleMs: IDLE_MS })
    engines.push(engine)
    return engine
  }

  it('loads a shard once, however often it is asked for', async () => {
    const engine = await start(LARGE)
    const ids = await Promise.all([engine.load(model, layersOnly(0, 2)), engine.load(model, layersOnly(0, 2))])
    expect(ids).toEqual(['small:0-1', 'small:0-1'])
    expect(engine.status().shards).toHaveLength(1)
    expect(backends[0]?.alive.programs).toBe(1)
  })

  it('refuses a model larger than the memory set aside before a byte of it is read (DLM-8)', async () => {
    const engine = await start(50_000)
    await expect(engine.load(model, wholeOf(decoder))).rejects.toMatchObject({
      code: 'capacity_exceeded',
      data: { budget_bytes: 50_000 },
    })
    expect(reads).toBe(0)
  })

  it('makes room by unloading what was longest unused, never what is in use', async () => {
    const engine = await start(LARGE)
    await engine.load(model, layersOnly(0, 1))
    const one = engine.status().shards[0]?.bytes ?? 0
    await engine.close()
    const tight = await start(Math.round(one * 2.5))
    await tight.load(model, layersOnly(0, 1))
    await runtime.advance(10)
    await tight.load(model, layersOnly(1, 2))
    await runtime.advance(10)
    await tight.forward('small:0-0', 'a', 0, { kind: 'hidden', hidden: new Float32Array(SMALL.hidden) })
    await tight.load(model, layersOnly(2, 3))
    expect(tight.status().shards.map(({ id }) => id)).toEqual(['small:0-0', 'small:2-2'])
  })

  it('lets the longest resting conversation go when the caches grow too large, and says so when it comes back', async () => {
    const engine = await start(LARGE)
    await engine.load(model, wholeOf(decoder))
    const { bytes } = engine.status().shards[0] ?? { bytes: 0 }
    await engine.close()
    const perToken = 2 * 4 * 2 * 16 * 4
    const tight = await start(bytes + perToken * 10)
    const id = await tight.load(model, wholeOf(decoder))
    await tight.forward(id, 'a', 0, tokens(1, 2, 3, 4))
    await runtime.advance(5)
    await tight.forward(id, 'b', 0, tokens(1, 2, 3, 4))
    await runtime.advance(5)
    await tight.forward(id, 'c', 0, tokens(1, 2, 3, 4))
    await expect(tight.forward(id, 'a', 4, tokens(5))).rejects.toMatchObject({ code: 'not_found' })
    await expect(tight.forward(id, 'b', 4, tokens(5))).resolves.toMatchObject({ kind: 'logits' })
    await expect(tight.forward(id, 'd', 0, tokens(...Array(11).fill(1)))).rejects.toMatchObject({ code: 'capacity_exceeded' })
  })

  it('frees a conversation that is stopped while a step of it is under way (DLM-10)', async () => {
    const engine = await start(LARGE)
    const id = await engine.load(model, wholeOf(decoder))
    const step = engine.forward(id, 'a', 0, tokens(1, 2, 3))
    while (engine.status().shards[0]?.sequences !== 1) await Promise.resolve()
    engine.forget(id, 'a')
    await step
    expect(engine.status().shards[0]).toMatchObject({ sequences: 0, cacheBytes: 0 })
    expect(backends[0]?.alive.values).toBe(0)
  })

  it('does not begin a conversation that was forgotten before its turn (DLM-10)', async () => {
    const engine = await start(LARGE)
    const id = await engine.load(model, layersOnly(0, 1))
    const hidden = new Float32Array(SMALL.hidden)
    const others = engine.forward(id, 'b', 0, { kind: 'hidden', hidden })
    const first = expect(engine.forward(id, 'a', 0, { kind: 'hidden', hidden })).rejects.toMatchObject({
      code: 'pipeline_cancelled',
    })
    engine.forget(id, 'a')
    const again = engine.forward(id, 'a', 0, { kind: 'hidden', hidden })
    await first
    await Promise.all([others, again])
    expect(engine.status().shards[0]).toMatchObject({ sequences: 2 })
    for (const sequence of ['a', 'b']) engine.forget(id, sequence)
    expect(backends[0]?.alive.values).toBe(0)
  })

  it('does not begin a conversation that is forgotten when messages are let in before its step (DLM-10)', async () => {
    let letIn = async (): Promise<void> => undefined
    const engine = await start(LARGE, () => letIn())
    const id = await engine.load(model, layersOnly(0, 1))
    letIn = async () => engine.forget(id, 'a')
    const step = engine.forward(id, 'a', 0, { kind: 'hidden', hidden: new Float32Array(SMALL.hidden) })
    await expect(step).rejects.toMatchObject({ code: 'pipeline_cancelled' })
    expect(engine.status().shards[0]).toMatchObject({ sequences: 0 })
    expect(backends[0]?.alive.values).toBe(0)
  })

  it('lets conversations take turns: a long question does not keep the next word of another waiting', async () => {
    const engine = await start(LARGE)
    const id = await engine.load(model, layersOnly(0, 1))
    const done: string[] = []
    const step = (sequence: string, position: number) =>
      engine
        .forward(id, sequence, position, { kind: 'hidden', hidden: new Float32Array(SMALL.hidden) })
        .then(() => done.push(`${sequence}${position}`))
    const long = Array.from({ length: 5 }, (_, position) => step('long', position))
    await Promise.all([...long, step('short', 0), step('third', 0)])
    expect(done.indexOf('short0')).toBeLessThan(3)
    expect(done.filter((name) => name.startsWith('long'))).toEqual(['long0', 'long1', 'long2', 'long3', 'long4'])
  })

  it('takes less memory when it is told to: what rests goes first, what is in use last (DLM-8)', async () => {
    const engine = await start(LARGE)
    await engine.load(model, layersOnly(0, 1), { keep: true })
    await runtime.advance(10)
    await engine.load(model, layersOnly(1, 2))
    await engine.forward('small:0-0', 'a', 0, { kind: 'hidden', hidden: new Float32Array(SMALL.hidden) })
    const { bytes, cacheBytes } = engine.status().shards[0] ?? { bytes: 0, cacheBytes: 0 }
    await engine.setBudget(bytes + cacheBytes)
    expect(engine.status()).toMatchObject({ budgetBytes: bytes + cacheBytes, shards: [{ id: 'small:0-0', sequences: 1 }] })
    await engine.setBudget(1000)
    expect(engine.status().shards).toEqual([])
  })

  it('keeps nothing of 200 conversations in a row', async () => {
    const engine = await start(LARGE)
    const id = await engine.load(model, layersOnly(0, 1))
    for (let conversation = 0; conversation < 200; conversation++) {
      await engine.forward(id, `c${conversation}`, 0, { kind: 'hidden', hidden: new Float32Array(SMALL.hidden * 2) })
      engine.forget(id, `c${conversation}`)
    }
    expect(backends[0]?.alive).toEqual({ values: 0, programs: 1 })
    expect(engine.status().shards[0]).toMatchObject({ sequences: 0, cacheBytes: 0 })
  })

  it('refuses a step that does not follow the last one, rather than computing nonsense', async () => {
    const engine = await start(LARGE)
    const id = await engine.load(model, wholeOf(decoder))
    await engine.forward(id, 'a', 0, tokens(1, 2))
    await expect(engine.forward(id, 'a', 3, tokens(4))).rejects.toMatchObject({ code: 'bad_request' })
    await expect(engine.forward(id, 'b', 2, tokens(4))).rejects.toMatchObject({ code: 'not_found' })
    await expect(engine.forward(id, 'a', 2, tokens())).rejects.toMatchObject({ code: 'bad_request' })
    await expect(engine.forward('small:9-9', 'a', 2, tokens(1))).rejects.toMatchObject({ code: 'not_found' })
    await expect(engine.forward(id, 'a', 2, tokens(3))).resolves.toMatchObject({ kind: 'logits' })
  })

  it('gives back what nobody used for a while, unless it was to be kept (DLM-8)', async () => {
    const engine = await start(LARGE)
    const id = await engine.load(model, wholeOf(decoder))
    await engine.load(model, embedOnly)
    await engine.load(model, layersOnly(0, 1), { keep: true })
    await engine.forward(id, 'a', 0, tokens(1, 2))
    await runtime.advance(IDLE_MS * 2)
    expect(engine.status().shards).toMatchObject([{ id: 'small:0-0' }])
  })

  it('goes on without a graphics card that is lost, and conversations are told to begin anew (DLM-8)', async () => {
    const engine = await start(LARGE)
    const id = await engine.load(model, wholeOf(decoder))
    const before = await engine.forward(id, 'a', 0, tokens(1, 2))
    const [card] = backends
    engine.forget(id, 'a')
    await engine.forward(id, 'b', 0, tokens(1, 2))
    card?.lose()
    await runtime.settle()
    expect(backends).toHaveLength(2)
    await expect(engine.forward(id, 'b', 2, tokens(3))).rejects.toMatchObject({ code: 'not_found' })
    const again = await engine.forward(id, 'b', 0, tokens(1, 2))
    expect(again.data).toEqual(before.data)
  })
})
