import { describe, expect, it } from 'vitest'
import { ELEMENT, intOf, MODEL, nodeOf, tensorOf } from '../onnx/model.ts'
import { furthest, generate, runnerFor } from '../testing/chain.ts'
import { fixture } from '../testing/fixtures.ts'
import { ortInNode } from '../testing/ort-node.ts'
import { synthesise } from '../testing/synthesise.ts'
import { SMALL } from '../testing/synthetic/shape.ts'
import { analyse, type Decoder } from './analyse.ts'
import { cut } from './cut.ts'
import { layersOnly, wholeOf } from './span.ts'
import { assemble } from './weights.ts'

const PROMPT = [5, 17, 130, 42, 7]

describe('a shard', () => {
  const { decoder } = fixture('llama-tied-cpu-int4')

  it('computes products in full precision, whatever the exporter chose', () => {
    const nodes = MODEL.decode(cut(decoder, layersOnly(0, 2)).graph).graph?.node ?? []
    const levels = nodes.filter(({ opType }) => opType === 'MatMulNBits').map((node) => intOf(node, 'accuracy_level'))
    expect(levels).toEqual(Array(10).fill(0))
  })

  it('leaves out tables for positions that no conversation reaches', () => {
    const [long, short] = [cut(decoder, layersOnly(0, 1)), cut(decoder, layersOnly(0, 1), { positions: 64 })]
    expect(long.weightsBytes - short.weightsBytes).toBe(2 * (512 - 64) * 16 * 4)
  })

  it('keeps whole tables where rows are chosen by anything but positions', () => {
    const { decoder: plain } = synthesise({ ...SMALL, turnedBeside: true })
    const moved = plain.graph.node.map((node) =>
      node.opType === 'RotaryEmbedding'
        ? { ...node, input: node.input.map((value) => (value === 'position_ids' ? 'positions.moved' : value)) }
        : node,
    )
    const offset = tensorOf('offset', ELEMENT.int64, [1], BigInt64Array.of(64n))
    const graph = {
      ...plain.graph,
      node: [nodeOf({ opType: 'Add', input: ['position_ids', 'offset'], output: ['positions.moved'] }), ...moved],
      initializer: [...plain.graph.initializer, offset],
    }
    const bytes = (model: Decoder): number => cut(model, layersOnly(0, 1), { positions: 16 }).weightsBytes
    const tables = 2 * (SMALL.positions - 16) * 8 * 4
    expect(bytes(analyse(MODEL.encode({ ...plain.model, graph }))) - bytes(plain)).toBe(tables)
  })

  it('gives the logits of the last token only', async () => {
    const model = synthesise(SMALL)
    const shard = cut(model.decoder, wholeOf(model.decoder))
    const backend = ortInNode()
    const program = await backend.load(shard.graph, await assemble(shard, model.read), { keep: [] })
    const past = new Map(
      shard.inputs
        .filter((name) => name.startsWith('past'))
        .map((name) => [name, backend.value(1, [1, 2, 0, 16], new Float32Array(0))]),
    )
    const outputs = await program.run(
      new Map([
        ...past,
        ['input_ids', backend.value(7, [1, 5], BigInt64Array.from(PROMPT.map(BigInt)))],
        ['attention_mask', backend.value(7, [1, 5], new BigInt64Array(5).fill(1n))],
      ]),
    )
    expect(outputs.get('logits')?.dims).toEqual([1, 1, SMALL.vocabulary])
    await program.release()
  })
})

describe('int4 matrices unpacked while loading', () => {
  it.each(['llama-tied-cpu-int4', 'qwen2-cpu-int4'] as const)('say the same words: %s', async (name) => {
    const model = fixture(name)
    const backend = ortInNode()
    const packed = await generate([await runnerFor(backend, model, wholeOf(model.decoder))], PROMPT, 16)
    const unpacked = await generate([await runnerFor(backend, model, wholeOf(model.decoder), { dequantise: true })], PROMPT, 16)
    expect(unpacked.tokens).toEqual(packed.tokens)
    expect(furthest(unpacked, packed)).toBeLessThan(1e-4)
  })

  it('are products of the standard then, and what they came from is not loaded twice', () => {
    const { decoder } = fixture('qwen2-cpu-int4')
    const shard = cut(decoder, layersOnly(2, 3), { dequantise: true })
    const graph = MODEL.decode(shard.graph).graph
    expect(graph?.node.map(({ opType }) => opType)).not.toContain('MatMulNBits')
    expect(graph?.initializer.filter(({ name }) => /Q4$|scales$/.test(name ?? ''))).toEqual([])
  })
})
