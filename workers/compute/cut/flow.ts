import type { Graph, Node } from '../onnx/model.ts'
import { refusal } from './refusal.ts'

/** Operators that look at the shape of a value and not at what is in it. */
const LOOKS_AT_SHAPE: ReadonlySet<string> = new Set(['Shape', 'Size'])
export const looksAtShape = (node: Node): boolean => LOOKS_AT_SHAPE.has(node.opType ?? '') && !node.domain

/** Who makes and who uses each value, and an order in which every node comes after those that it needs. */
export interface Flow {
  readonly nodes: readonly Node[]
  /** @returns the index of the node that makes `value`, or undefined for inputs and weights */
  producer(value: string): number | undefined
  consumers(value: string): readonly number[]
  /** Indices of all nodes. */
  readonly order: readonly number[]
}

/** @throws HearthError `not_implemented` for a graph with graphs inside: their use of outer values cannot be seen. */
export function flowOf(graph: Graph): Flow {
  const producers = new Map<string, number>()
  const consumers = new Map<string, number[]>()
  for (const [index, node] of graph.node.entries()) {
    if (node.attribute.some(({ g, graphs }) => g !== undefined || graphs.length > 0))
      throw refusal('subgraph', `${node.opType} (${node.name}) has a graph inside`)
    for (const value of node.output) if (value) producers.set(value, index)
    for (const value of node.input) {
      const known = consumers.get(value)
      if (known) known.push(index)
      else if (value) consumers.set(value, [index])
    }
  }
  const producer = (value: string): number | undefined => producers.get(value)
  return {
    nodes: graph.node,
    producer,
    consumers: (value) => consumers.get(value) ?? [],
    order: inOrder(graph.node, producer),
  }
}

/** ONNX asks for sorted nodes; not every exporter obeys. Depth first, without recursion: graphs are thousands deep. */
function inOrder(nodes: readonly Node[], producer: Flow['producer']): readonly number[] {
  const seen = new Set<number>()
  const order: number[] = []
  for (const root of nodes.keys()) {
    const path = [{ node: root, next: 0 }]
    if (seen.has(root)) continue
    seen.add(root)
    for (let top = path.at(-1); top; top = path.at(-1)) {
      const input = nodes[top.node]?.input[top.next++]
      if (input === undefined) {
        order.push(top.node)
        path.pop()
        continue
      }
      const before = producer(input)
      if (before === undefined || seen.has(before)) continue
      seen.add(before)
      path.push({ node: before, next: 0 })
    }
  }
  return order
}

/** What comes from the tokens' embedding, and through which nodes all of it must pass. */
export interface Stream {
  /** Whether what `node` makes depends on the tokens, and not only on how many there are. */
  carries(node: number): boolean
  /** Nodes that everything on its way from the embedding to `node` passes, in that order, with both ends. */
  dominators(node: number): readonly number[]
}

/**
 * Dominator tree of the acyclic graph below `source`, one pass in order (Cooper, Harvey and Kennedy, "A Simple, Fast Dominance
 * Algorithm", 2001).
 */
export function streamFrom(flow: Flow, source: number): Stream {
  const place = new Map(flow.order.map((node, index) => [node, index]))
  const placeOf = (node: number): number => place.get(node) ?? -1
  const above = new Map<number, number>([[source, source]])
  const up = (node: number): number => above.get(node) ?? source

  function common(a: number, b: number): number {
    let [left, right] = [a, b]
    while (left !== right) {
      if (placeOf(left) > placeOf(right)) left = up(left)
      else right = up(right)
    }
    return left
  }

  for (const index of flow.order) {
    const node = flow.nodes[index]
    if (!node || index === source || looksAtShape(node)) continue
    const before = node.input.flatMap((value) => {
      const made = flow.producer(value)
      return made !== undefined && above.has(made) ? [made] : []
    })
    const [first, ...rest] = before
    if (first !== undefined) above.set(index, rest.reduce(common, first))
  }

  return {
    carries: (node) => above.has(node),
    dominators: (node) => {
      const path = [node]
      for (let at = node; at !== source; at = up(at)) path.unshift(up(at))
      return path
    },
  }
}
