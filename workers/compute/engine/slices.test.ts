import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { createSeededRuntime } from '../../testing/seeded-runtime.ts'
import { layersOnly, wholeOf } from '../cut/span.ts'
import { runnerFor } from '../testing/chain.ts'
import { countingBackend } from '../testing/counting-backend.ts'
import { fixture } from '../testing/fixtures.ts'
import { ortInNode } from '../testing/ort-node.ts'
import { synthesise } from '../testing/synthesise.ts'
import { FAMILIES } from '../testing/synthetic/families.ts'
import { SMALL } from '../testing/synthetic/shape.ts'
import type { TestModel } from '../testing/test-model.ts'
import { createEngine, type Engine } from './engine.ts'
import { shapeOf } from './shape.ts'
import { sliceSizes } from './slices.ts'

const engines: Engine[] = []
afterEach(async () => {
  for (const engine of engines.splice(0)) await engine.close()
})

/** @param msPerRun what a run takes, by the engine's clock */
async function started({ decoder, read, config }: TestModel, span = layersOnly(0, decoder.layers), msPerRun = 0) {
  const backend = countingBackend(ortInNode())
  const { after } = createSeededRuntime(1)
  const open = async (kind: 'webgpu' | 'wasm') => (kind === 'wasm' ? backend : null)
  const breathe = () => new Promise<void>((resolve) => void setImmediate(resolve))
  const monotonic = () => backend.runs * msPerRun
  const engine = await createEngine({ open, monotonic, after, breathe }, { budgetBytes: 1e9, idleMs: 60_000 })
  engines.push(engine)
  const shape = shapeOf(decoder, config)
  const shard = await engine.load({ id: 'tried', decoder, shape, read }, span)
  const hidden = (tokens: number) =>
    ({
      kind: 'hidden',
      hidden: Float32Array.from({ length: tokens * shape.hiddenSize }, (_, at) => Math.sin(at * 0.37) * 0.5),
    }) as const
  return { backend, engine, shard, hidden }
}

describe('a long step', () => {
  it('is cut into slices that take no longer than one waits for a stop, and end where kernels do', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2000 }), fc.double({ min: 0.05, max: 50, noNaN: true }), (tokens, ms) => {
        const sizes = sliceSizes(tokens, ms)
        expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(tokens)
        for (const size of sizes.slice(0, -1)) {
          expect(size % 8).toBe(0)
          expect(size === 8 || size * ms <= 100).toBe(true)
        }
        if (tokens >= 8) expect(sizes.at(-1)).toBeGreaterThanOrEqual(8)
      }),
    )
  })

  it.each([
    ['a fixture', () => fixture('qwen2-cpu-int4')],
    ['fp32', () => synthesise(SMALL)],
    ['standard operators', () => synthesise({ ...SMALL, attention: 'decomposed' })],
    ['windows shorter than a slice', () => synthesise(FAMILIES.gemma3)],
  ])('says in slices what it says in one, to the bit: %s', async (_, make) => {
    const model = make()
    for (const tokens of [40, 99, 100, 103]) {
      const { engine, shard, hidden, backend } = await started(model)
      const alone = await runnerFor(ortInNode(), model, layersOnly(0, model.decoder.layers))
      const whole = await alone.forward('a', 0, hidden(tokens))
      const before = backend.runs
      const inSlices = await engine.forward(shard, 'a', 0, hidden(tokens))
      expect(backend.runs - before).toBe(sliceSizes(tokens, null).length)
      expect(inSlices.tokens).toBe(tokens)
      expect(inSlices.data).toEqual(whole.data)
      // and so does what comes after it
      const next = [await engine.forward(shard, 'a', tokens, hidden(1)), await alone.forward('a', tokens, hidden(1))]
      expect(next[0]?.data).toEqual(next[1]?.data)
      await alone.release()
    }
  })

  it('gives the logits of its last token', async () => {
    const model = synthesise(SMALL)
    const whole = wholeOf(model.decoder)
    const { engine, shard } = await started(model, whole)
    const step = { kind: 'tokens', tokens: Array.from({ length: 70 }, (_, at) => (at * 37) % 200) } as const
    const alone = await (await runnerFor(ortInNode(), model, whole)).forward('a', 0, step)
    expect(await engine.forward(shard, 'a', 0, step)).toEqual({ ...alone, tokens: 70 })
  })

  it('is smaller slices where they take long, and one where they do not', async () => {
    const model = synthesise(SMALL)
    const slow = await started(model, layersOnly(0, 4), 320)
    const runsFor = async ({ engine, shard, hidden, backend }: typeof slow, sequence: string) => {
      const before = backend.runs
      await engine.forward(shard, sequence, 0, hidden(96))
      return backend.runs - before
    }
    // 32 tokens took 320 ms
    expect([await runsFor(slow, 'a'), await runsFor(slow, 'b')]).toEqual([3, 12])
    const quick = await started(model, layersOnly(0, 4), 10)
    expect([await runsFor(quick, 'a'), await runsFor(quick, 'b')]).toEqual([3, 1])
  })

  it('goes in one where slices would say something else: dynamic int8 has one scale for all of it', async () => {
    const { engine, shard, hidden, backend } = await started(synthesise({ ...SMALL, weights: 'int8' }))
    await engine.forward(shard, 'a', 0, hidden(96))
    expect(backend.runs).toBe(1)
  })

  it('ends after the slice in which it is forgotten, and leaves nothing (DLM-10)', async () => {
    const { engine, shard, hidden, backend } = await started(synthesise(SMALL))
    backend.onRun = () => engine.forget(shard, 'a')
    const asked = engine.forward(shard, 'a', 0, hidden(128))
    await expect(asked).rejects.toMatchObject({ code: 'pipeline_cancelled' })
    expect(backend.runs).toBe(1)
    expect(engine.status().shards[0]).toMatchObject({ sequences: 0, cacheBytes: 0 })
  })

  it('lets the next word of another conversation go between', async () => {
    const { engine, shard, hidden } = await started(synthesise(SMALL), layersOnly(0, 4), 10)
    await engine.forward(shard, 'b', 0, hidden(4))
    const order: string[] = []
    const long = engine.forward(shard, 'a', 0, hidden(128)).then(() => order.push('long'))
    const word = engine.forward(shard, 'b', 4, hidden(1)).then(() => order.push('word'))
    await Promise.all([long, word])
    expect(order).toEqual(['word', 'long'])
  })

  it('is refused whole where there is no room for all of it, and the conversation stays (DLM-8)', async () => {
    const { engine, shard, hidden } = await started(synthesise(SMALL))
    await engine.forward(shard, 'a', 0, hidden(4))
    const [loaded] = engine.status().shards
    await engine.setBudget((loaded?.bytes ?? 0) + (loaded?.cacheBytesPerToken ?? 0) * 90)
    await expect(engine.forward(shard, 'a', 4, hidden(100))).rejects.toMatchObject({ code: 'capacity_exceeded' })
    await expect(engine.forward(shard, 'a', 4, hidden(1))).resolves.toMatchObject({ tokens: 1 })
  })
})
