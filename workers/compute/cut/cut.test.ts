import { createHash } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Backend } from '../engine/backend.ts'
import { fromHalves, halvesOf } from '../onnx/half.ts'
import { furthest, generate, runnerFor, type Said } from '../testing/chain.ts'
import { FIXTURES, fixture } from '../testing/fixtures.ts'
import { ortInNode } from '../testing/ort-node.ts'
import { synthesise, synthesiseBeside } from '../testing/synthesise.ts'
import { FAMILIES } from '../testing/synthetic/families.ts'
import { SMALL, type Synthetic } from '../testing/synthetic/shape.ts'
import type { TestModel } from '../testing/test-model.ts'
import { type CutOptions, cut } from './cut.ts'
import { embedOnly, headOnly, layersOnly, type Span, wholeOf } from './span.ts'
import { merged, rangesOf } from './weights.ts'

const PROMPT = [5, 17, 130, 42, 7, 98, 123]
const STEPS = 16
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

const inTwo = (layers: number): readonly Span[] => [
  { embed: true, first: 0, end: layers / 2, head: false },
  { embed: false, first: layers / 2, end: layers, head: true },
]
const everyLayer = (layers: number): readonly Span[] => [
  embedOnly,
  ...Array.from({ length: layers }, (_, layer) => layersOnly(layer, layer + 1)),
  headOnly({ layers }),
]

async function say(backend: Backend, model: TestModel, plan: readonly Span[], options: CutOptions = {}): Promise<Said> {
  const chain = await Promise.all(plan.map((span) => runnerFor(backend, model, span, options)))
  const said = await generate(chain, PROMPT, STEPS)
  for (const runner of chain) await runner.release()
  return said
}

const synthetic = (change: Partial<Synthetic>): TestModel => synthesise({ ...SMALL, ...change })
/** A family in standard operators, as an exporter writes it that traces the model: angles are computed, and no branch is left. */
const traced = (family: keyof typeof FAMILIES, change: Partial<Synthetic>): TestModel => {
  const { longFrom: _, ...shape } = FAMILIES[family]
  return synthesise({ ...shape, attention: 'decomposed', computedAngles: true, ...change })
}
const MODELS: readonly (readonly [string, () => TestModel])[] = [
  ...FIXTURES.map((name) => [name, () => fixture(name)] as const),
  ['fp32', () => synthetic({})],
  ['fp32 with tied embeddings', () => synthetic({ tied: true })],
  ['int4', () => synthetic({ weights: 'int4' })],
  ['int8', () => synthetic({ weights: 'int8', seed: 8 })],
  ['uint8', () => synthetic({ weights: 'uint8', biased: true })],
  ['fp32 in standard operators', () => synthetic({ attention: 'decomposed' })],
  ['int8 in standard operators, tied', () => synthetic({ attention: 'decomposed', weights: 'int8', tied: true, seed: 7 })],
  ['fp16, turned beside attention', () => synthetic({ weights: 'fp16', turnedBeside: true })],
  ['fp16 Qwen2 in standard operators, sizes left open', () => traced('qwen2', { weights: 'fp16', openSizes: true })],
  ['fp32 Qwen3', () => synthesise(FAMILIES.qwen3)],
  ['int4f16 Qwen3, weights beside', () => synthesiseBeside({ ...FAMILIES.qwen3, weights: 'int4f16' })],
  ['int8 Qwen3 in standard operators', () => traced('qwen3', { weights: 'int8' })],
  ['fp32 Gemma 3, tied', () => synthesise({ ...FAMILIES.gemma3, tied: true })],
  ['fp16 Gemma 3, weights beside', () => synthesiseBeside({ ...FAMILIES.gemma3, weights: 'fp16' })],
  ['int4 Gemma 3 in standard operators', () => traced('gemma3', { weights: 'int4' })],
  ['int4 Phi 3, weights beside', () => synthesiseBeside({ ...FAMILIES.phi3, weights: 'int4' })],
  ['fp16 Phi 3', () => synthesise({ ...FAMILIES.phi3, weights: 'fp16' })],
  ['int4f16 Phi 3 in standard operators', () => traced('phi3', { weights: 'int4f16' })],
]

/** How far logits may be from those of the published graph. */
function toleranceOf(name: string): number {
  // dynamic int8 has one scale for all tokens of a step: with the last one alone it rounds differently
  if (/int8/.test(name)) return 0.1
  // half precision is published, and full precision is computed
  return /f(p)?16/.test(name) ? 0.02 : 1e-4
}

describe.each(MODELS)('%s', (name, open) => {
  let model: TestModel
  let backend: Backend
  let reference: Said
  beforeAll(async () => {
    model = open()
    backend = ortInNode()
    reference = await say(backend, model, [wholeOf(model.decoder)])
  })

  it('says something that a wrong cut would change', () => {
    expect(new Set(reference.tokens).size).toBeGreaterThan(2)
  })

  it('says what the published graph says, token for token', async () => {
    const published = await say(backend, model, [wholeOf(model.decoder)], { asPublished: true })
    expect(reference.tokens).toEqual(published.tokens)
    expect(furthest(reference, published)).toBeLessThan(toleranceOf(name))
  })

  it.each([
    ['in two', inTwo],
    ['before every layer', everyLayer],
  ])('says the same to the bit when it is cut %s (DLM-3)', async (_, plan) => {
    const said = await say(backend, model, plan(model.decoder.layers))
    expect(said.tokens).toEqual(reference.tokens)
    expect(furthest(said, reference)).toBe(0)
  })

  it('says the same with tables for only as many positions as are wanted', async () => {
    const said = await say(backend, model, inTwo(model.decoder.layers), { positions: PROMPT.length + STEPS })
    expect(furthest(said, reference)).toBe(0)
  })

  it('says the same words when the stream travels in half precision (TEN-4)', async () => {
    const plan = everyLayer(model.decoder.layers)
    const chain = await Promise.all(plan.map((span) => runnerFor(backend, model, span)))
    const said = await generate(chain, PROMPT, STEPS, (hidden) => fromHalves(halvesOf(hidden)))
    expect(said.tokens).toEqual(reference.tokens)
    expect(furthest(said, reference)).toBeGreaterThan(0)
  })

  it('is cut into the same bytes by every peer', () => {
    const again = open()
    for (const span of everyLayer(model.decoder.layers)) {
      const [mine, theirs] = [cut(model.decoder, span), cut(again.decoder, span)]
      expect(sha256(theirs.graph)).toBe(sha256(mine.graph))
      expect(theirs.places).toEqual(mine.places)
    }
  })

  it('needs each weight in the shard that uses it, and no shard reads all of them', () => {
    const { layers } = model.decoder
    const bytes = (spans: readonly Span[]): number =>
      spans.flatMap((span) => merged(rangesOf(cut(model.decoder, span)), 0)).reduce((sum, { length }) => sum + length, 0)
    const whole = bytes([wholeOf(model.decoder)])
    for (const span of inTwo(layers)) expect(bytes([span])).toBeLessThan(whole * 0.85)
    const needed = new Set(everyLayer(layers).flatMap((span) => rangesOf(cut(model.decoder, span)).map(({ offset }) => offset)))
    expect(needed).toEqual(new Set(rangesOf(cut(model.decoder, wholeOf(model.decoder))).map(({ offset }) => offset)))
  })
})

describe('a family', () => {
  it.each(['llama', 'qwen2', 'qwen3', 'gemma3'] as const)(
    'says the same in kernels and in standard operators: %s',
    async (family) => {
      const backend = ortInNode()
      const models = [synthesise(FAMILIES[family]), traced(family, {})]
      const [fused, decomposed] = await Promise.all(models.map((model) => say(backend, model, [wholeOf(model.decoder)])))
      expect(new Set(fused?.tokens).size).toBeGreaterThan(2)
      expect(decomposed?.tokens).toEqual(fused?.tokens)
    },
  )
})

describe('a shard of a fixture', () => {
  const { decoder } = fixture('qwen2-cpu-int4')

  it('is these bytes, in every version that calls itself compatible', () => {
    expect(sha256(cut(decoder, layersOnly(3, 5), { positions: 256 }).graph)).toMatchInlineSnapshot(
      `"5f83751ba4dcd8d1dd944ab6afbdc51a7c0942c6ca4ed7b262f7ff24f8c79b79"`,
    )
  })

  it('reads a layer in 5 to 7 ranges, since what lies closer than 64 KiB is read as one', () => {
    const shard = cut(decoder, layersOnly(3, 4))
    expect(rangesOf(shard).length).toBeGreaterThan(12)
    expect(merged(rangesOf(shard)).length).toBeLessThanOrEqual(7)
  })

  it('asks for no tokens and gives no logits in the middle', () => {
    const shard = cut(decoder, layersOnly(3, 4))
    expect(shard.inputs).toEqual(['hidden_states', 'attention_mask', 'past_key_values.3.key', 'past_key_values.3.value'])
    expect(shard.outputs).toEqual(['hidden_states_out', 'present.3.key', 'present.3.value'])
  })
})
