import { DataFactory, Store } from 'n3'
import type { ClaimId } from '#protocol/core/ids.ts'
import { derivationOf } from '../workers/modules/evidence/provenance.ts'
import { queryClaims } from '../workers/modules/evidence/query.ts'
import { createRank } from '../workers/modules/evidence/rank.ts'
import { createScene, member, person, SCENE_START, seenBy } from '../workers/modules/evidence/testing/scene.ts'
import type { BenchReport } from './report.ts'
import { quantile } from './support/statistics.ts'

const CLAIMS = 100_000
const ROUNDS = 60
const { namedNode, literal, quad } = DataFactory

/** Milliseconds that 95 of 100 runs stay below. */
const p95 = (run: (round: number) => unknown): number =>
  quantile(
    Array.from({ length: ROUNDS }, (_, round) => {
      const start = performance.now()
      run(round)
      return performance.now() - start
    }),
    0.95,
  )

const n3 = (value: number) => ({ name: 'N3', value })

/** The claim store with 100,000 claims, beside the quad store a user of linked data would take (N3). */
export async function run(): Promise<BenchReport> {
  const scene = createScene()
  const members = Array.from({ length: 20 }, (_, at) => member(person(at)))
  let last: ClaimId | null = null
  for (let at = 0; at < CLAIMS; at++) {
    const derived_from: ClaimId[] = last && at % 10 !== 0 ? [last] : []
    last = scene.assert(person(at % 20), {
      subject: `Ort ${at % 5000}`,
      predicate: `p${at % 40}`,
      object: `o${at}`,
      derived_from,
    })
    if (at % 50 === 0) scene.dispute(person((at + 1) % 20), last)
  }

  const started = performance.now()
  const space = seenBy([scene.events], members)
  space.newest()
  const indexed = performance.now() - started

  const other = performance.now()
  const store = new Store()
  for (const { row } of space.newest().map((row) => ({ row }))) {
    const { subject, predicate, object } = row.claim
    store.addQuad(quad(namedNode(subject), namedNode(predicate), literal(object), namedNode(row.claimId)))
  }
  const theirsIndexed = performance.now() - other

  const rank = createRank({ of: () => null })
  const ask = (query: object) => queryClaims([space], { limit: 25, ...query }, rank, SCENE_START)
  const parentsOf = (id: ClaimId) => space.view.get(id)?.claim.derived_from ?? null
  const top = space.newest().map(({ claimId }) => claimId)

  return {
    title: `evidence: ${CLAIMS} claims`,
    notes: ['Beside it the quad store that a user of linked data would take: the N3 library, in memory, in the same process.'],
    measurements: [
      { name: 'index', unit: 'ms', better: 'lower', ours: indexed, theirs: n3(theirsIndexed) },
      {
        name: 'by subject, p95',
        unit: 'ms',
        better: 'lower',
        ours: p95((at) => ask({ subject: `Ort ${at * 7}` })),
        theirs: n3(p95((at) => store.getQuads(`Ort ${at * 7}`, null, null, null).slice(0, 25))),
      },
      {
        name: 'by predicate, newest page, p95',
        unit: 'ms',
        better: 'lower',
        ours: p95((at) => ask({ predicate: `p${at % 40}` })),
        theirs: n3(p95((at) => store.getQuads(null, `p${at % 40}`, null, null).slice(0, 25))),
      },
      {
        name: 'beginning of the subject, p95',
        unit: 'ms',
        better: 'lower',
        ours: p95((at) => ask({ subject_prefix: `ort ${at}` })),
        theirs: n3(
          p95((at) =>
            store
              .getSubjects(null, null, null)
              .filter(({ value }) => value.toLowerCase().startsWith(`ort ${at}`))
              .flatMap((subject) => store.getQuads(subject, null, null, null))
              .slice(0, 25),
          ),
        ),
      },
      {
        name: 'everything on firm ground, p95',
        unit: 'ms',
        better: 'lower',
        ours: p95(() => ask({ min_evidence: 'cited' })),
        theirs: n3(p95(() => store.getQuads(null, null, null, null).slice(0, 25))),
      },
      {
        name: 'trace to depth 8, p95',
        unit: 'ms',
        better: 'lower',
        ours: p95((at) => derivationOf(top[at * 11] ?? top[0] ?? ('' as ClaimId), 8, parentsOf)),
        theirs: n3(p95((at) => store.getQuads(null, null, null, top[at * 11] ?? ''))),
      },
    ],
  }
}
