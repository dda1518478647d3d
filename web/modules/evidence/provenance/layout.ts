import type { GraphEdge, GraphNode, ProvenanceGraph } from './graph.ts'

export interface PlacedNode {
  readonly node: GraphNode
  /** Top left corner and size, CSS pixels. */
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

export interface PlacedEdge {
  readonly edge: GraphEdge
  readonly path: string
}

export interface ProvenanceLayout {
  readonly width: number
  readonly height: number
  readonly nodes: readonly PlacedNode[]
  readonly edges: readonly PlacedEdge[]
}

const EDGE = 4
const GAP_X = 16
const GAP_ROW = 14
const GAP_LAYER = 44
const CARD_MIN = 128
const CARD_MAX = 236
/** The claim itself may be wider than what it stands on. */
const ROOT_MAX = 340
const HEIGHTS: Readonly<Record<GraphNode['kind'], number>> = { claim: 84, unknown: 52, attests: 52, disputes: 52, source: 52 }

type Centres = ReadonlyMap<string, number>

/** Nodes of a layer, each near what it is tied to above, so that few lines cross; equals keep the order of their keys. */
function ordered(layer: readonly GraphNode[], edges: readonly GraphEdge[], above: Centres): readonly GraphNode[] {
  const pull = (node: GraphNode): number => {
    const ties = edges.flatMap(({ from, to }) => (to === node.key ? (above.get(from) ?? []) : []))
    return ties.length === 0 ? Number.POSITIVE_INFINITY : ties.reduce((sum, x) => sum + x, 0) / ties.length
  }
  const pulls = new Map(layer.map((node) => [node.key, pull(node)]))
  return [...layer].sort((a, b) => {
    const [left = 0, right = 0] = [pulls.get(a.key), pulls.get(b.key)]
    return left === right ? 0 : left - right
  })
}

/** Rows of equal length, no more than fit. */
function rowsOf(layer: readonly GraphNode[], width: number): readonly (readonly GraphNode[])[] {
  const fit = Math.max(1, Math.floor((width - 2 * EDGE + GAP_X) / (CARD_MIN + GAP_X)))
  const count = Math.ceil(layer.length / fit)
  const length = Math.ceil(layer.length / count)
  return Array.from({ length: count }, (_, row) => layer.slice(row * length, (row + 1) * length))
}

function placeRow(row: readonly GraphNode[], y: number, width: number, isRoot: boolean): readonly PlacedNode[] {
  const room = (width - 2 * EDGE - GAP_X * (row.length - 1)) / row.length
  const cardWidth = Math.min(room, isRoot ? ROOT_MAX : CARD_MAX)
  const taken = cardWidth * row.length + GAP_X * (row.length - 1)
  const height = Math.max(...row.map(({ kind }) => HEIGHTS[kind]))
  return row.map((node, at) => ({
    node,
    x: (width - taken) / 2 + at * (cardWidth + GAP_X),
    y,
    width: cardWidth,
    height,
  }))
}

function curve(a: PlacedNode, b: PlacedNode): string {
  const [upper, lower] = a.y <= b.y ? [a, b] : [b, a]
  const [x1, y1] = [upper.x + upper.width / 2, upper.y + upper.height]
  const [x2, y2] = [lower.x + lower.width / 2, lower.y]
  const bend = Math.max((y2 - y1) / 2, GAP_ROW / 2)
  return `M${x1} ${y1}C${x1} ${y1 + bend} ${x2} ${y2 - bend} ${x2} ${y2}`
}

/**
 * Layers one under the other, wrapped where the screen is narrow. Pure and stable.
 * @param width in CSS pixels.
 */
export function layoutProvenance(graph: ProvenanceGraph, width: number): ProvenanceLayout {
  const nodes: PlacedNode[] = []
  const centres = new Map<string, number>()
  let y = EDGE
  for (const layer of graph.layers) {
    const isRoot = layer.length === 1 && layer[0]?.kind === 'claim'
    for (const row of rowsOf(ordered(layer, graph.edges, centres), width)) {
      const placed = placeRow(row, y, width, isRoot)
      nodes.push(...placed)
      y += Math.max(...placed.map(({ height }) => height)) + GAP_ROW
    }
    for (const { node, x, width: across } of nodes) centres.set(node.key, x + across / 2)
    y += GAP_LAYER - GAP_ROW
  }
  const byKey = new Map(nodes.map((placed) => [placed.node.key, placed]))
  const edges = graph.edges.flatMap((edge): PlacedEdge[] => {
    const [a, b] = [byKey.get(edge.from), byKey.get(edge.to)]
    return a && b ? [{ edge, path: curve(a, b) }] : []
  })
  return { width, height: Math.max(y - GAP_LAYER + EDGE, 0), nodes, edges }
}
