import { describe, expect, it } from 'vitest'
import { HearthError } from '#protocol/core/errors.ts'
import type { Backend } from '../engine/backend.ts'
import { openModel } from '../model/open-model.ts'
import { ELEMENT, GRAPH, MODEL, type Model, type Node, nodeOf, valueInfoOf } from '../onnx/model.ts'
import { runnerFor } from '../testing/chain.ts'
import { fixtureFiles, folderOf } from '../testing/folder.ts'
import { ortInNode } from '../testing/ort-node.ts'
import { modelOf, synthesise } from '../testing/synthesise.ts'
import { FAMILIES } from '../testing/synthetic/families.ts'
import { headSizeOf } from '../testing/synthetic/shape.ts'
import { analyse } from './analyse.ts'
import { cut } from './cut.ts'
import { layersOnly, wholeOf } from './span.ts'

const SHAPE = FAMILIES.phi3
const LIMIT = SHAPE.longFrom ?? 0

/** The last token's logits by the file as it is published, with its branch. */
async function published(backend: Backend, model: Model, tokens: readonly number[]): Promise<readonly number[]> {
  const program = await backend.load(MODEL.encode(model), new Uint8Array(0), { keep: [] })
  const ints = (values: readonly number[]) =>
    backend.value(ELEMENT.int64, [1, values.length], BigInt64Array.from(values.map(BigInt)))
  const empty = () => backend.value(ELEMENT.float32, [1, SHAPE.kvHeads, 0, headSizeOf(SHAPE)], new Float32Array(0))
  const caches = (model.graph?.input ?? []).flatMap(({ name = '' }) =>
    name.startsWith('past') ? [[name, empty()] as const] : [],
  )
  const outputs = await program.run(
    new Map([['input_ids', ints(tokens)], ['attention_mask', ints(tokens.map(() => 1))], ...caches]),
  )
  const logits = await outputs.get('logits')?.read()
  await program.release()
  return logits instanceof Float32Array ? [...logits.slice(-SHAPE.vocabulary)] : []
}

const changed = (map: (node: Node) => Node): Uint8Array => {
  const model = modelOf(SHAPE)
  return MODEL.encode({ ...model, graph: model.graph && { ...model.graph, node: model.graph.node.map(map) } })
}
const withBranches = (node: Node, g: Uint8Array): Node =>
  node.opType === 'If' ? { ...node, attribute: node.attribute.map((attribute) => ({ ...attribute, g })) } : node
const COMPUTING = GRAPH.encode(
  GRAPH.of({
    node: ['c', 's'].map((name) => nodeOf({ opType: 'Identity', input: ['layer0.gate'], output: [name] })),
    output: ['c', 's'].map((name) => valueInfoOf(name, ELEMENT.float32, [1])),
  }),
)
const reasonOf = (task: () => unknown): unknown => {
  try {
    return task() && 'taken'
  } catch (error) {
    return error instanceof HearthError ? error.data : error
  }
}

describe('a model with other angles for long conversations (LongRoPE)', () => {
  it.each([5, LIMIT])('says of %i tokens what its published branch says', async (count) => {
    const tokens = Array.from({ length: count }, (_, at) => (at * 37 + 5) % SHAPE.vocabulary)
    const backend = ortInNode()
    const model = synthesise(SHAPE)
    const runner = await runnerFor(backend, model, wholeOf(model.decoder))
    const own = await runner.forward('a', 0, { kind: 'tokens', tokens })
    const theirs = await published(backend, modelOf(SHAPE), tokens)
    for (const [index, value] of own.data.entries()) expect(value).toBeCloseTo(theirs[index] ?? Number.NaN, 4)
    await runner.release()
  })

  it('would say something else one token later, and therefore ends there', async () => {
    const tokens = Array.from({ length: LIMIT + 1 }, (_, at) => (at * 37 + 5) % SHAPE.vocabulary)
    const backend = ortInNode()
    const branched = await published(backend, modelOf(SHAPE), tokens)
    const short = await published(backend, modelOf({ ...SHAPE, longFrom: LIMIT + 1 }), tokens)
    expect(Math.max(...branched.map((value, index) => Math.abs(value - (short[index] ?? 0))))).toBeGreaterThan(0.01)
    const tiny = fixtureFiles('qwen2-cpu-int4')
    const model = await openModel(
      folderOf(
        new Map<string, Uint8Array<ArrayBuffer> | string>([
          ['config.json', JSON.stringify({ max_position_embeddings: SHAPE.positions })],
          ['tokenizer.json', tiny.get('tokenizer.json') ?? ''],
          ['onnx/model.onnx', MODEL.encode(modelOf(SHAPE))],
        ]),
      ),
    )
    expect(model.config.positions).toBe(LIMIT)
  })

  it('carries no branch and no table beyond its end into a shard, in every precision alike', () => {
    for (const weights of ['fp32', 'fp16'] as const) {
      const { decoder } = synthesise({ ...SHAPE, weights })
      const graph = MODEL.decode(cut(decoder, layersOnly(1, 2)).graph).graph
      expect(graph?.node.map(({ opType }) => opType)).not.toContain('If')
      const tables = graph?.initializer.filter(({ name }) => name === 'cos' || name === 'sin')
      expect(tables?.map(({ dims }) => dims.map(Number))).toEqual([
        [LIMIT, 8],
        [LIMIT, 8],
      ])
    }
  })

  it.each([
    ['is turned round', (node: Node) => (node.opType === 'Greater' ? { ...node, opType: 'Less' } : node)],
    [
      'looks at another size than the length',
      (node: Node) => (node.output[0] === 'choice.length' ? { ...node, input: [node.input[0] ?? '', 'zeroth'] } : node),
    ],
    ['looks at the tokens', (node: Node) => (node.output[0] === 'choice.shape' ? { ...node, input: ['input_ids'] } : node)],
    ['computes something', (node: Node) => withBranches(node, COMPUTING)],
    ['gives too little', (node: Node) => withBranches(node, GRAPH.encode(GRAPH.of({})))],
    ['is no graph', (node: Node) => withBranches(node, Uint8Array.of(0x0a, 0xff, 0x01))],
  ])('is refused where its branch %s', (_, map) => {
    expect(reasonOf(() => analyse(changed(map)))).toEqual({ reason: 'subgraph' })
  })
})
