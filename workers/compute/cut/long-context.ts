import { GRAPH, type Graph, isOp, type Node, type Tensor } from '../onnx/model.ts'

/** A graph for conversations up to a length, without the branch for longer ones. */
export interface Settled {
  readonly graph: Graph
  /** Tokens that a conversation can have at most; null where the graph does not limit them. */
  readonly positions: number | null
}

/**
 * LongRoPE (Ding et al. 2024, as Phi 3 has it) turns by other angles as soon as a conversation is longer than the model was first
 * trained for, and exporters write that as a branch on the length of the mask that gives one pair of tables or another. Tokens whose
 * keys were turned by the first tables would then meet such turned by the second ones: whoever goes on with a cache must stay on one
 * side. So the shorter side is kept, as plain tables that can be trimmed and shared like others. Any other branch stays, and is refused
 * where the graph is read.
 */
export function settled(graph: Graph): Settled {
  const makers = new Map(graph.node.flatMap((node) => node.output.map((value) => [value, node] as const)))
  const tables: Tensor[] = []
  let positions: number | null = null
  const node = graph.node.filter((branch) => {
    const limit = limitOf(branch, graph, makers)
    const short = limit === null ? null : constantsOf(branch, 'else_branch')
    if (limit === null || !short || !constantsOf(branch, 'then_branch')) return true
    for (const [index, name] of branch.output.entries()) if (short[index]) tables.push({ ...short[index], name })
    positions = Math.min(positions ?? limit, limit)
    return false
  })
  return positions === null
    ? { graph, positions }
    : { graph: { ...graph, node, initializer: [...graph.initializer, ...tables] }, positions }
}

type Makers = ReadonlyMap<string, Node>

/** Up to how many tokens a branch takes its else side: `If(Greater(length of the mask, limit))`. */
function limitOf(branch: Node, graph: Graph, makers: Makers): number | null {
  const [condition = ''] = branch.input
  const greater = makers.get(condition)
  if (!isOp(branch, 'If') || !greater || !isOp(greater, 'Greater')) return null
  const [length = '', limit = ''] = greater.input
  return isMaskLength(length, graph, makers) ? numberOf(limit, graph, makers) : null
}

function isMaskLength(value: string, graph: Graph, makers: Makers): boolean {
  const node = makers.get(value)
  if (!node) return false
  const [from = '', index = ''] = node.input
  if (isOp(node, 'Cast')) return isMaskLength(from, graph, makers)
  const shape = makers.get(from)
  const ofMask =
    shape !== undefined && isOp(shape, 'Shape') && shape.input[0] === 'attention_mask' && shape.attribute.length === 0
  return isOp(node, 'Gather') && ofMask && numberOf(index, graph, makers) === 1
}

/** A whole number of 64 bits that the graph says once. */
function numberOf(value: string, { initializer }: Graph, makers: Makers): number | null {
  const maker = makers.get(value)
  const constant = maker && isOp(maker, 'Constant') ? maker.attribute.find(({ name }) => name === 'value')?.t : undefined
  const bytes = (constant ?? initializer.find(({ name }) => name === value))?.rawData
  if (bytes?.length !== BigInt64Array.BYTES_PER_ELEMENT) return null
  return Number(new DataView(bytes.buffer, bytes.byteOffset).getBigInt64(0, true))
}

/** What a branch's graph gives, where it gives nothing but constants. */
function constantsOf(branch: Node, side: string): readonly Tensor[] | null {
  const bytes = branch.attribute.find(({ name }) => name === side)?.g
  const inner = bytes && graphOf(bytes)
  if (!inner) return null
  const { node, initializer, output } = inner
  const made = new Map(initializer.map((tensor) => [tensor.name, tensor]))
  for (const one of node) {
    const tensor = one.attribute.find(({ name }) => name === 'value')?.t
    if (!isOp(one, 'Constant') || !tensor) return null
    made.set(one.output[0], tensor)
  }
  const given = output.map(({ name }) => made.get(name))
  return given.length === branch.output.length && given.every((tensor) => tensor !== undefined) ? given : null
}

/** Null for bytes that are no graph. */
function graphOf(bytes: Uint8Array): Graph | null {
  try {
    return GRAPH.decode(bytes)
  } catch {
    return null
  }
}
