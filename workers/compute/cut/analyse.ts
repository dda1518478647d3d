import { HearthError } from '#protocol/core/errors.ts'
import { type Graph, isOp, MICROSOFT, MODEL, type Model, type Node, sizesOf } from '../onnx/model.ts'
import type { Origin } from './draft.ts'
import { type Flow, flowOf, type Stream, streamFrom } from './flow.ts'
import { settled } from './long-context.ts'
import { refusal } from './refusal.ts'

/**
 * Where the residual stream can be cut. `value`: one value of the graph. `sum`: the graph has the sum only inside a fused
 * SkipLayerNormalization (`node`), that adds its first two inputs and normalises; the cut sends that sum.
 */
export type Boundary =
  | { readonly kind: 'value'; readonly node: number; readonly value: string }
  | { readonly kind: 'sum'; readonly node: number }

/** Shape of one layer's keys, and of its values: [1, heads, tokens, headSize]. */
export interface CacheShape {
  readonly heads: number
  /** Null where the graph leaves it open; then the model's configuration says it. */
  readonly headSize: number | null
}

/** A decoder's graph, and where it can be cut: boundary i is what enters layer i, boundary `layers` what enters the final norm. */
export interface Decoder {
  readonly model: Model
  readonly origin: Origin
  readonly graph: Graph
  readonly flow: Flow
  readonly stream: Stream
  readonly layers: number
  readonly boundaries: readonly Boundary[]
  /** Width of the residual stream; null where the graph leaves it open. */
  readonly hiddenSize: number | null
  readonly cache: CacheShape
  /** Tokens that a conversation can have at most; null where the graph does not limit them. */
  readonly positions: number | null
}

/** The residual stream as it enters and leaves a shard: [1, tokens, hidden size]. */
export const HIDDEN_IN = 'hidden_states'
export const HIDDEN_OUT = 'hidden_states_out'

const PAST_KEY = /^past_key_values\.(\d+)\.key$/
/** Inputs that whoever runs a shard knows how to fill. */
const KNOWN_INPUT = /^(?:input_ids|attention_mask|position_ids|past_key_values\.\d+\.(?:key|value)|lora\..+\.[AB])$/

const isSkipNorm = (node: Node): boolean =>
  isOp(node, 'SkipSimplifiedLayerNormalization', MICROSOFT) || isOp(node, 'SkipLayerNormalization', MICROSOFT)

/**
 * Finds the layers of a decoder by how values flow, never by names of nodes (DLM-3): the last node that everything on its way
 * to the logits passes, and that everything on its way into layer i's attention passes, is where layer i begins.
 * @param name of the file, where its weights are inside it
 * @throws HearthError `not_implemented` with the reason where the graph is none that can be cut; `bad_request` for bytes that
 * are no ONNX file
 */
export function analyse(file: Uint8Array, name = 'model.onnx'): Decoder {
  const model = read(file)
  if (!model.graph) throw refusal('no_graph', 'the file has no graph')
  const { graph, positions } = settled(model.graph)
  const weights = new Set(graph.initializer.map(({ name }) => name))
  const taken = [...graph.node.flatMap(({ output }) => output), ...graph.input.map(({ name }) => name)]
  if (taken.some((name) => name?.startsWith(HIDDEN_IN))) throw refusal('unknown_input', `${HIDDEN_IN} has another meaning here`)
  const odd = graph.input.find(({ name = '' }) => !weights.has(name) && !KNOWN_INPUT.test(name))
  if (odd) throw refusal('unknown_input', `nobody knows what to put into the input ${odd.name}`)

  const flow = flowOf(graph)
  const stream = streamFrom(flow, embeddingOf(flow))
  const logits = flow.producer('logits')
  if (logits === undefined) throw refusal('no_logits', 'the graph has no output logits')
  if (!stream.carries(logits)) throw refusal('no_single_path', 'the logits do not come from the embedding')
  const trunk = stream.dominators(logits)

  const attentions = attentionsOf(graph, flow, stream)
  const entries = attentions.map((attention, layer) => entryOf(flow, stream, trunk, attention, layer))
  const final = finalOf(flow, stream, trunk, entries.at(-1)?.node ?? -1)
  const boundaries = [...entries, final]
  const together = boundaries.findIndex(
    ({ node }, index) => index > 0 && trunk.indexOf(node) <= trunk.indexOf(boundaries[index - 1]?.node ?? -1),
  )
  if (together >= 0) throw refusal('several_values', `between layer ${together - 1} and the next more than one value goes on`)
  const firstKey = graph.input.find(({ name }) => name === 'past_key_values.0.key')
  const [, heads, , headSize] = firstKey ? sizesOf(firstKey) : []
  if (heads === undefined || heads === null) throw refusal('no_cache', 'the cache does not say how many heads it has')
  const declared = declaredOf(graph, flow, entries)
  return {
    model,
    origin: { name, start: file.byteOffset },
    graph,
    flow,
    stream,
    layers: attentions.length,
    boundaries,
    hiddenSize: (declared ? sizesOf(declared).at(-1) : null) ?? null,
    cache: { heads, headSize: headSize ?? null },
    positions,
  }
}

function read(file: Uint8Array): Model {
  try {
    return MODEL.decode(file)
  } catch (error) {
    throw new HearthError('bad_request', `this is no ONNX file: ${error instanceof Error ? error.message : error}`)
  }
}

function embeddingOf({ nodes, consumers }: Flow): number {
  const found = consumers('input_ids').find((index) => {
    const node = nodes[index]
    return node && (isOp(node, 'Gather') || isOp(node, 'GatherBlockQuantized', MICROSOFT))
  })
  if (found === undefined) throw refusal('no_embedding', 'no node looks up input_ids in a table')
  return found
}

/** By layer, the node in which what has passed meets the layer's keys; shapes are read by others beside it. */
function attentionsOf(graph: Graph, flow: Flow, stream: Stream): readonly number[] {
  const attentions: number[] = []
  for (const { name = '' } of graph.input) {
    const layer = PAST_KEY.exec(name)?.[1]
    if (layer === undefined) continue
    const found = flow.consumers(name).find((index) => stream.carries(index))
    if (found === undefined) throw refusal('no_cache', `nothing of the stream meets ${name}`)
    attentions[Number(layer)] = found
  }
  if (attentions.length === 0) throw refusal('no_cache', 'the graph has no inputs past_key_values')
  for (const layer of Array(attentions.length).keys())
    if (attentions[layer] === undefined) throw refusal('no_cache', `the cache of layer ${layer} is missing`)
  return attentions
}

/** Values of `node` that the stream goes on with. */
const liveOf = (flow: Flow, stream: Stream, node: number): readonly string[] =>
  (flow.nodes[node]?.output ?? []).filter((value) => value && flow.consumers(value).some(stream.carries))

function entryOf(flow: Flow, stream: Stream, trunk: readonly number[], attention: number, layer: number): Boundary {
  const passed = new Set(stream.dominators(attention))
  const index = trunk.findLastIndex((node) => passed.has(node))
  const at = trunk[index]
  const node = at === undefined ? undefined : flow.nodes[at]
  if (at === undefined || !node) throw refusal('no_single_path', `layer ${layer} does not begin in one place`)
  const live = liveOf(flow, stream, at)
  const [only] = live
  if (live.length === 1 && only !== undefined) return { kind: 'value', node: at, value: only }
  if (isSkipNorm(node)) return { kind: 'sum', node: at }
  throw refusal('several_values', `into layer ${layer} go ${live.length} values: ${live.join(', ')}`)
}

/** What enters the final norm: the last place where two halves of the stream are added. */
function finalOf(flow: Flow, stream: Stream, trunk: readonly number[], last: number): Boundary {
  const carried = (value: string): boolean => {
    const made = flow.producer(value)
    return made !== undefined && stream.carries(made)
  }
  const at = trunk.findLast((index) => {
    const node = flow.nodes[index]
    return node && (isSkipNorm(node) || isOp(node, 'Add')) && node.input.filter(carried).length >= 2
  })
  const node = at === undefined ? undefined : flow.nodes[at]
  const [value] = node?.output ?? []
  if (at === undefined || !node || value === undefined || trunk.indexOf(at) <= trunk.indexOf(last))
    throw refusal('no_single_path', 'the last layer does not end in one place')
  return isSkipNorm(node) ? { kind: 'sum', node: at } : { kind: 'value', node: at, value }
}

/** Some value of the stream whose shape the graph states. */
function declaredOf({ valueInfo }: Graph, flow: Flow, boundaries: readonly Boundary[]) {
  const infos = new Map(valueInfo.map((info) => [info.name, info]))
  for (const boundary of boundaries) {
    const node = flow.nodes[boundary.node]
    const values = boundary.kind === 'value' ? [boundary.value] : [...(node?.input.slice(0, 2) ?? []), ...(node?.output ?? [])]
    for (const value of values) {
      const info = infos.get(value)
      if (info) return info
    }
  }
  return undefined
}
