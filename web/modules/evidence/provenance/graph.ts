import type { Output } from '#protocol/core/capability.ts'
import type { ClaimId } from '#protocol/core/ids.ts'
import type { provenanceTrace } from '#protocol/evidence/capabilities.ts'
import type { Source } from '#protocol/evidence/events.ts'
import type { AttestationRecord, ClaimRecord, DisputeRecord } from '#protocol/evidence/records.ts'

export type Trace = Output<typeof provenanceTrace>

export type GraphNode =
  | { readonly kind: 'claim'; readonly key: string; readonly record: ClaimRecord }
  | { readonly kind: 'unknown'; readonly key: string; readonly claimId: ClaimId }
  | { readonly kind: 'attests'; readonly key: string; readonly record: AttestationRecord }
  | { readonly kind: 'disputes'; readonly key: string; readonly record: DisputeRecord }
  | { readonly kind: 'source'; readonly key: string; readonly source: Source }

export interface GraphEdge {
  readonly from: string
  readonly to: string
  readonly kind: 'attests' | 'disputes' | 'derived' | 'cites'
}

/** Layers from top to bottom: who speaks for or against, the claim, what it is derived from, what all that cites. */
export interface ProvenanceGraph {
  readonly layers: readonly (readonly GraphNode[])[]
  readonly edges: readonly GraphEdge[]
  /** What would not fit a picture; the list has it. */
  readonly left: number
}

/** Most of a layer that is drawn: beyond, a picture explains nothing. */
const LAYER_MAX = 12

const claimKey = (id: ClaimId): string => `claim ${id}`
const sourceKey = (source: Source): string => `source ${source.source_id}`
const byKey = (a: GraphNode, b: GraphNode): number => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0)

/** Objections that stand, and vouching, on the claim asked for; on what it is derived from they are counted on its card. */
function voices(trace: Trace, id: ClaimId): readonly GraphNode[] {
  const attests = trace.attestations
    .filter(({ attestation }) => attestation.claim_id === id)
    .map((record): GraphNode => ({ kind: 'attests', key: `voice ${record.content_id}`, record }))
  const disputes = trace.disputes
    .filter(({ claim_id, retracted }) => claim_id === id && !retracted)
    .map((record): GraphNode => ({ kind: 'disputes', key: `voice ${record.content_id}`, record }))
  return [...attests.sort(byKey), ...disputes.sort(byKey)]
}

function claimLayers(trace: Trace): readonly (readonly GraphNode[])[] {
  const layers: GraphNode[][] = []
  const put = (depth: number, node: GraphNode): void => {
    while (layers.length <= depth) layers.push([])
    layers[depth]?.push(node)
  }
  for (const record of trace.claims) {
    put(trace.depths[record.claim_id] ?? 0, { kind: 'claim', key: claimKey(record.claim_id), record })
  }
  for (const claimId of trace.unknown) {
    const children = trace.claims.filter(({ claim }) => claim.derived_from.includes(claimId))
    const depth = Math.max(0, ...children.map(({ claim_id }) => trace.depths[claim_id] ?? 0)) + 1
    put(depth, { kind: 'unknown', key: claimKey(claimId), claimId })
  }
  return layers.map((layer) => layer.sort(byKey))
}

/** Where a claim comes from, as layers to draw. It depends on what is known, never on the order in which it came (EVI-5). */
export function provenanceGraph(trace: Trace, id: ClaimId): ProvenanceGraph {
  const sources = trace.sources.map((source): GraphNode => ({ kind: 'source', key: sourceKey(source), source }))
  const whole = [voices(trace, id), ...claimLayers(trace), sources.sort(byKey)]
  const layers = whole.map((layer) => layer.slice(0, LAYER_MAX)).filter((layer) => layer.length > 0)
  const drawn = new Set(layers.flat().map(({ key }) => key))
  const edges = [
    ...voices(trace, id).map(
      ({ key, kind }): GraphEdge => ({
        from: key,
        to: claimKey(id),
        kind: kind === 'disputes' ? 'disputes' : 'attests',
      }),
    ),
    ...trace.claims.flatMap(({ claim_id, claim }) => [
      ...claim.derived_from.map((parent): GraphEdge => ({ from: claimKey(claim_id), to: claimKey(parent), kind: 'derived' })),
      ...claim.sources.map((source): GraphEdge => ({ from: claimKey(claim_id), to: sourceKey(source), kind: 'cites' })),
    ]),
  ]
  const unique = new Map(edges.map((edge) => [`${edge.from}\n${edge.to}`, edge]))
  const shown = [...unique.values()].filter(({ from, to }) => drawn.has(from) && drawn.has(to))
  return { layers, edges: shown.sort(byEnds), left: whole.flat().length - drawn.size }
}

const byEnds = (a: GraphEdge, b: GraphEdge): number => (`${a.from}\n${a.to}` < `${b.from}\n${b.to}` ? -1 : 1)
