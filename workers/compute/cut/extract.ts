import { ELEMENT, type Node, nodeOf, type ValueInfo, valueInfoOf } from '../onnx/model.ts'
import { type Boundary, type Decoder, HIDDEN_IN, HIDDEN_OUT } from './analyse.ts'
import { type Draft, weightOf } from './draft.ts'
import { looksAtShape } from './flow.ts'
import { refusal } from './refusal.ts'
import { checkSpan, type Span } from './span.ts'

const ZERO = 'hidden_zero'

const CACHE = /^(?:past_key_values|present)\.(\d+)\.(key|value)$/

/** What takes the place of the graph at the lower end of a span. */
interface Entry {
  /** Values that come from outside now, by the name under which they do. */
  readonly renamed: ReadonlyMap<string, string>
  readonly before: readonly Node[]
  readonly replaced: ReadonlyMap<number, Node>
  readonly above: ReadonlySet<number>
}

/**
 * The part of a decoder's graph that computes `span`: everything that its outputs need, back to where the stream enters it.
 * Sub-graphs for masks, positions and constants come along, whoever else has them too. Nodes keep their order and layers
 * their numbers, so that every peer derives the same bytes.
 */
export function extract(decoder: Decoder, span: Span): Draft {
  checkSpan(span, decoder.layers)
  const { graph, flow, boundaries } = decoder
  const lower = boundaries[span.first]
  const upper = boundaries[span.end]
  if (!lower || !upper) throw refusal('no_single_path', 'a span without its ends')
  const entry = span.embed ? NO_ENTRY : entryAt(decoder, lower)
  const exit = span.head ? [] : exitAt(decoder, upper)
  const hidden = (name: string): ValueInfo =>
    valueInfoOf(name, ELEMENT.float32, ['batch_size', 'sequence_length', decoder.hiddenSize ?? 'hidden_size'])
  const outputs = [
    ...(span.head ? graph.output.filter(({ name }) => name === 'logits') : [hidden(HIDDEN_OUT)]),
    ...graph.output.filter(({ name = '' }) => within(span, name)),
  ]

  const nodes = new Map<number, Node>()
  const used = new Set<string>()
  const queue: string[] = []
  const want = (value: string): void => {
    if (value === '' || used.has(value)) return
    used.add(value)
    queue.push(value)
  }
  const take = (index: number): void => {
    const original = flow.nodes[index]
    if (!original || nodes.has(index)) return
    const node = entry.replaced.get(index) ?? withInputs(original, (value) => inputFor(decoder, span, entry, original, value))
    nodes.set(index, node)
    for (const value of node.input) want(value)
  }

  for (const node of exit) for (const value of node.input) want(entry.renamed.get(value) ?? value)
  if (span.head) want('logits')
  for (const { name = '' } of outputs) if (CACHE.test(name)) want(name)
  for (let value = queue.pop(); value !== undefined; value = queue.pop()) {
    const made = flow.producer(value)
    if (made !== undefined) take(made)
  }

  return {
    nodes: [
      ...entry.before,
      ...[...nodes].sort(([a], [b]) => a - b).map(([, node]) => node),
      ...exit.map((node) => withInputs(node, (value) => entry.renamed.get(value) ?? value)),
    ],
    weights: graph.initializer.filter(({ name = '' }) => used.has(name)).map((tensor) => weightOf(tensor, decoder.origin)),
    inputs: [
      ...(span.embed ? [] : [hidden(HIDDEN_IN)]),
      ...graph.input.filter(({ name = '' }) => used.has(name) && !graph.initializer.some((weight) => weight.name === name)),
    ],
    outputs,
  }
}

const NO_ENTRY: Entry = { renamed: new Map(), before: [], replaced: new Map(), above: new Set() }

/** Whether a cache value is of a layer of `span`. */
function within({ first, end }: Span, name: string): boolean {
  const layer = CACHE.exec(name)?.[1]
  return layer !== undefined && Number(layer) >= first && Number(layer) < end
}

const withInputs = (node: Node, map: (value: string) => string): Node => ({ ...node, input: node.input.map(map) })

function entryAt(decoder: Decoder, boundary: Boundary): Entry {
  const above = ancestors(decoder, boundary.node)
  if (boundary.kind === 'value') return { ...NO_ENTRY, renamed: new Map([[boundary.value, HIDDEN_IN]]), above }
  const original = decoder.flow.nodes[boundary.node]
  if (!original) throw refusal('no_single_path', 'a boundary without its node')
  // The same kernel over h + (h - h) is exact to the bit; a plain norm in its place is not: 0.046 off in q4 was measured.
  // A bias is in the sum already.
  const kept = original.opType === 'SkipLayerNormalization' ? 4 : 3
  const node: Node = { ...original, input: [HIDDEN_IN, ZERO, ...original.input.slice(2, kept)] }
  return {
    renamed: new Map(),
    before: [nodeOf({ opType: 'Sub', input: [HIDDEN_IN, HIDDEN_IN], output: [ZERO] })],
    replaced: new Map([[boundary.node, node]]),
    above,
  }
}

function exitAt(decoder: Decoder, boundary: Boundary): readonly Node[] {
  if (boundary.kind === 'value') return [nodeOf({ opType: 'Identity', input: [boundary.value], output: [HIDDEN_OUT] })]
  const [left = '', right = '', gamma, ...rest] = decoder.flow.nodes[boundary.node]?.input ?? []
  const bias = decoder.flow.nodes[boundary.node]?.opType === 'SkipLayerNormalization' ? rest[1] : rest[0]
  if (gamma === undefined || !bias) return [nodeOf({ opType: 'Add', input: [left, right], output: [HIDDEN_OUT] })]
  const sum = `${HIDDEN_OUT}.sum`
  return [
    nodeOf({ opType: 'Add', input: [left, right], output: [sum] }),
    nodeOf({ opType: 'Add', input: [sum, bias], output: [HIDDEN_OUT] }),
  ]
}

function ancestors({ flow }: Decoder, node: number): ReadonlySet<number> {
  const seen = new Set<number>()
  const queue = [node]
  for (let at = queue.pop(); at !== undefined; at = queue.pop()) {
    if (seen.has(at)) continue
    seen.add(at)
    for (const value of flow.nodes[at]?.input ?? []) {
      const made = flow.producer(value)
      if (made !== undefined) queue.push(made)
    }
  }
  return seen
}

/** The name under which `node` finds `value` inside the span. */
function inputFor(decoder: Decoder, span: Span, entry: Entry, node: Node, value: string): string {
  const renamed = entry.renamed.get(value)
  if (renamed !== undefined) return renamed
  const foreign = CACHE.exec(value)
  if (foreign && decoder.flow.producer(value) === undefined && !within(span, value)) {
    // every layer's cache is as long as every other's
    if (!looksAtShape(node) || span.end === span.first)
      throw refusal('needs_foreign_cache', `${node.name} needs the cache of layer ${foreign[1]}`)
    return `past_key_values.${span.first}.${foreign[2]}`
  }
  if (value === 'input_ids' && !span.embed && !looksAtShape(node))
    throw refusal('needs_tokens', `${node.name} needs the tokens above the embedding`)
  const made = decoder.flow.producer(value)
  // upstream values are as long as what enters; their last dimension is asked for by nobody who goes on with tokens
  if (made !== undefined && looksAtShape(node) && decoder.stream.carries(made) && entry.above.has(made)) return HIDDEN_IN
  return value
}
