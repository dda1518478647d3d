import { describe, expect, it } from 'vitest'
import { HearthError } from '#protocol/core/errors.ts'
import { ATTRIBUTE, GRAPH, type Graph, MODEL, type Node, nodeOf, valueInfoOf } from '../onnx/model.ts'
import { synthesise } from '../testing/synthesise.ts'
import { SMALL } from '../testing/synthetic/shape.ts'
import { analyse } from './analyse.ts'
import { cut } from './cut.ts'
import { headOnly, layersOnly } from './span.ts'

const { decoder } = synthesise(SMALL)
const { model, graph } = decoder

const withGraph = (change: Partial<Graph>): Uint8Array => MODEL.encode({ ...model, graph: { ...graph, ...change } })
const withNodes = (map: (node: Node) => Node | readonly Node[]): Uint8Array => withGraph({ node: graph.node.flatMap(map) })

/** What it is refused with. */
function reasonOf(task: () => unknown): unknown {
  try {
    task()
  } catch (error) {
    if (error instanceof HearthError) return [error.code, error.data]
    throw error
  }
  return 'taken'
}
const refused = (reason: string) => ['not_implemented', { reason }]

describe('a graph that cannot be cut is refused with the reason', () => {
  it.each([
    ['a file of something else', 'bad_request', Uint8Array.of(0x0a, 0xff, 0x01)],
    ['a file that ends too early', 'bad_request', MODEL.encode(model).subarray(0, 999)],
  ])('%s', (_, code, file) => {
    expect(reasonOf(() => analyse(file))).toEqual([code, undefined])
  })

  it.each([
    ['no graph at all', 'no_graph', MODEL.encode({ ...model, graph: undefined })],
    [
      'nothing that looks tokens up',
      'no_embedding',
      withNodes((node) => (node.opType === 'Gather' && node.input[1] === 'input_ids' ? [] : node)),
    ],
    ['no logits', 'no_logits', withNodes((node) => (node.output[0] === 'logits' ? [] : node))],
    ['no cache', 'no_cache', withGraph({ input: graph.input.filter(({ name }) => !name?.startsWith('past')) })],
    [
      'a cache with a hole',
      'no_cache',
      withGraph({ input: graph.input.filter(({ name }) => name !== 'past_key_values.1.key') }),
    ],
    [
      'an input that nobody can fill',
      'unknown_input',
      withGraph({ input: [...graph.input, valueInfoOf('pixel_values', 1, [1, 3])] }),
    ],
    [
      'a branch inside a node',
      'subgraph',
      withNodes((node) =>
        node.opType === 'Sigmoid'
          ? { ...node, opType: 'If', attribute: [ATTRIBUTE.of({ name: 'then_branch', g: GRAPH.encode(GRAPH.of({})) })] }
          : node,
      ),
    ],
    [
      'logits that come from elsewhere',
      'no_single_path',
      withNodes((node) => (node.output[0] === 'logits' ? { ...node, input: ['embedding', 'head'] } : node)),
    ],
  ])('%s', (_, reason, file) => {
    expect(reasonOf(() => analyse(file))).toEqual(refused(reason))
  })

  it('a model of which two values go on side by side is never cut between them', () => {
    // every layer's feed-forward also sees the embedding: nothing but the embedding dominates, as in a model with shortcuts
    const file = withNodes((node) =>
      node.opType === 'Sigmoid'
        ? [
            nodeOf({ opType: 'ReduceMean', input: ['embedded'], output: [`${node.output[0]}.mean`] }),
            nodeOf({ opType: 'Add', input: [node.input[0] ?? '', `${node.output[0]}.mean`], output: [`${node.output[0]}.in`] }),
            { ...node, input: [`${node.output[0]}.in`] },
          ]
        : node,
    )
    const shortcut = reasonOf(() => {
      const found = analyse(file)
      return cut(found, layersOnly(2, 3))
    })
    expect(shortcut).toEqual(refused('several_values'))
  })

  it("a layer that looks at another layer's keys", () => {
    const file = withNodes((node) =>
      node.output[0] === 'layer2.attention'
        ? {
            ...node,
            input: node.input.map((value) => (value === 'past_key_values.2.value' ? 'past_key_values.1.value' : value)),
          }
        : node,
    )
    expect(reasonOf(() => cut(analyse(file), layersOnly(2, 3)))).toEqual(refused('needs_foreign_cache'))
  })

  it('a layer that looks at the tokens again', () => {
    const file = withNodes((node) =>
      node.output[0] === 'layer2.q.out'
        ? [
            nodeOf({ opType: 'Gather', input: ['layer2.gate', 'input_ids'], output: ['again'] }),
            nodeOf({ opType: 'ReduceMean', input: ['again'], output: ['again.mean'] }),
            { ...node, output: ['layer2.q.plain'] },
            nodeOf({ opType: 'Add', input: ['layer2.q.plain', 'again.mean'], output: ['layer2.q.out'] }),
          ]
        : node,
    )
    expect(reasonOf(() => cut(analyse(file), layersOnly(2, 3)))).toEqual(refused('needs_tokens'))
  })

  it.each([
    ['more layers than there are', { embed: false, first: 2, end: 9, head: false }],
    ['backwards', { embed: false, first: 3, end: 2, head: false }],
    ['nothing', { embed: false, first: 2, end: 2, head: false }],
    ['the embedding without the first layer', { embed: true, first: 1, end: 2, head: false }],
    ['the head without the last layer', { embed: false, first: 0, end: 2, head: true }],
    ['half a layer', { embed: false, first: 0.5, end: 2, head: false }],
  ])('a span of %s', (_, span) => {
    expect(reasonOf(() => cut(decoder, span))).toEqual(['bad_request', undefined])
  })

  it('but a graph whose nodes are not sorted is read all the same', () => {
    const found = analyse(withGraph({ node: [...graph.node].reverse() }))
    expect(found.layers).toBe(SMALL.layers)
    expect(found.boundaries.map(({ kind }) => kind)).toEqual(decoder.boundaries.map(({ kind }) => kind))
    expect(cut(found, headOnly(found)).inputs).toEqual(['hidden_states'])
  })
})
