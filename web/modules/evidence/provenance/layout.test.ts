import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { toBase32, utf8 } from '#protocol/core/encoding.ts'
import { hashOf, sha256 } from '#protocol/core/hash.ts'
import { type ClaimId, nodeIdOf, parseClaimId, type Signature } from '#protocol/core/ids.ts'
import { provenanceGraph, type Trace } from './graph.ts'
import { layoutProvenance } from './layout.ts'
import { wrapped } from './words.ts'

const id = (at: number): ClaimId => parseClaimId(toBase32(sha256(utf8(`claim ${at}`))))
const who = nodeIdOf(new Uint8Array(32).fill(1))
const at = '2026-05-26T08:00:00Z'

const record = (number: number, parents: readonly number[], sources: readonly number[]): Trace['claims'][number] => ({
  claim_id: id(number),
  claim: {
    subject: 's',
    predicate: 'p',
    object: `o ${number}`,
    asserted_by: who,
    asserted_at: at,
    sources: sources.map((source) => ({ source_id: `url:https://a.example/${source}`, accessed_at: at })),
    confidence: 1,
    derived_from: parents.map(id),
    signature: `ed25519:${'A'.repeat(86)}` as Signature, // nothing here verifies it
  },
  content_id: hashOf(utf8(`claim ${number}`)),
  level: 'cited',
  ground: 'cited',
  stale: false,
  retracted: false,
  origin: 'community',
  attestations: 0,
  disputes: 0,
  author: { node_id: who, display_name: 'Anna', level: 'member', status: 'active', trust: 0.5, opinion: null },
})

/** Claim 0 is asked for; each further one is a parent of an earlier one. */
const traces = fc
  .array(fc.record({ child: fc.nat(), sources: fc.array(fc.nat({ max: 20 }), { maxLength: 4 }) }), { maxLength: 30 })
  .map((made): Trace => {
    const children = made.map(({ child }, index) => child % (index + 1))
    const depths = [0]
    for (const [index, child] of children.entries()) depths[index + 1] = (depths[child] ?? 0) + 1
    const parentsOf = (number: number) => children.flatMap((child, index) => (child === number ? [index + 1] : []))
    const claims = [record(0, parentsOf(0), []), ...made.map(({ sources }, i) => record(i + 1, parentsOf(i + 1), sources))]
    const sources = new Map(claims.flatMap(({ claim }) => claim.sources).map((source) => [source.source_id, source]))
    return {
      claims: claims.toReversed(),
      depths: Object.fromEntries(claims.map(({ claim_id }, i) => [claim_id, depths[i] ?? 0])),
      sources: [...sources.values()],
      attestations: [],
      disputes: [],
      unknown: [],
      truncated: false,
      cyclic: [],
    }
  })
const widths = fc.integer({ min: 260, max: 1100 })

describe('the picture of a provenance (EVI-5)', () => {
  it('keeps every card inside and apart from every other', () => {
    fc.assert(
      fc.property(traces, widths, (trace, width) => {
        const { nodes, height } = layoutProvenance(provenanceGraph(trace, id(0)), width)
        for (const [index, a] of nodes.entries()) {
          expect(a.x).toBeGreaterThanOrEqual(0)
          expect(a.x + a.width).toBeLessThanOrEqual(width)
          expect(a.y + a.height).toBeLessThanOrEqual(height)
          for (const b of nodes.slice(index + 1)) {
            expect(a.y + a.height < b.y || b.y + b.height < a.y || a.x + a.width < b.x || b.x + b.width < a.x).toBe(true)
          }
        }
      }),
    )
  })

  it('shows each thing once, what it leaves out is counted, and every line ends at what is shown', () => {
    fc.assert(
      fc.property(traces, widths, (trace, width) => {
        const graph = provenanceGraph(trace, id(0))
        const { nodes, edges } = layoutProvenance(graph, width)
        const keys = nodes.map(({ node }) => node.key)
        expect(new Set(keys).size).toBe(keys.length)
        expect(keys.length + graph.left).toBe(trace.claims.length + trace.sources.length)
        expect(edges.length).toBe(graph.edges.length)
      }),
    )
  })

  it('does not depend on the order in which the facts came', () => {
    fc.assert(
      fc.property(traces, widths, (trace, width) => {
        const turned = { ...trace, claims: trace.claims.toReversed(), sources: trace.sources.toReversed() }
        const draw = (one: Trace) => layoutProvenance(provenanceGraph(one, id(0)), width)
        expect(draw({ ...turned, sources: trace.sources })).toEqual(draw({ ...trace, sources: trace.sources }))
      }),
    )
  })

  it('puts a parent nobody here knows under the claim that names it', () => {
    const trace: Trace = {
      claims: [record(0, [1], [])],
      depths: { [id(0)]: 0 },
      sources: [],
      attestations: [],
      disputes: [],
      unknown: [id(1)],
      truncated: false,
      cyclic: [],
    }
    expect(provenanceGraph(trace, id(0)).layers.map((layer) => layer.map(({ kind }) => kind))).toEqual([['claim'], ['unknown']])
  })
})

describe('the words on a card', () => {
  it('never take more lines, nor more characters, than there is room for', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 400 }), fc.integer({ min: 60, max: 400 }), (text, room) => {
        const lines = wrapped(text, room, 2)
        expect(lines.length).toBeLessThanOrEqual(2)
        for (const line of lines) expect(Array.from(line).length).toBeLessThanOrEqual(Math.max(4, Math.floor(room / 7.2)))
      }),
    )
    expect(wrapped('Turnhalle der Grundschule', 110, 2)).toEqual(['Turnhalle der', 'Grundschule'])
    expect(wrapped('Turnhalle der Grundschule', 80, 1)).toEqual(['Turnhalle …'])
  })
})
