import { HearthError } from '#protocol/core/errors.ts'
import type { ClaimId } from '#protocol/core/ids.ts'
import { claimGet, claimQuery, provenanceTrace, subjectList, subjectSummary } from '#protocol/evidence/capabilities.ts'
import { createBus } from '../../../workers/kernel/bus/create-bus.ts'
import { createRealRuntime } from '../../../workers/kernel/real-runtime.ts'
import { createRank } from '../../../workers/modules/evidence/rank.ts'
import { createLibrary, serveReading } from '../../../workers/modules/evidence/reading.ts'
import { createRecords } from '../../../workers/modules/evidence/record.ts'
import type { Space } from '../../../workers/modules/evidence/space.ts'
import { person, SCENE_START } from '../../../workers/modules/evidence/testing/scene.ts'
import { PREDICATES, pageOf, subjectOf } from './town.ts'

const LIMIT = 25

/** The module's own answers, asked over a bus as its screens ask: schema, handler, page. */
function serve(space: Space) {
  const runtime = createRealRuntime()
  const bus = createBus(runtime, {
    self: () => null,
    community: () => null,
    levelOf: () => 'unknown',
    isDisabled: () => false,
    open: async () => {
      throw new HearthError('partition', 'no mesh in this measurement')
    },
    providers: () => [],
    isTokenHonoured: () => false,
  })
  const opinions = { of: () => null }
  const rank = createRank(opinions)
  const library = createLibrary(() => [space], rank)
  const clock = { ...runtime, now: () => SCENE_START }
  serveReading({ bus, runtime: clock, library, rank, records: createRecords({ now: clock.now, opinions, find: library.find }) })
  return bus
}

/** Every way to ask, by name. Each takes the number of the round. */
export function ourQuestions(space: Space): Readonly<Record<string, (round: number) => Promise<unknown>>> {
  const bus = serve(space)
  const newest = space.newest()
  const idAt = (at: number): ClaimId => newest[at % newest.length]?.claimId ?? ('' as ClaimId) // there is one
  const cidAt = (at: number) => newest[at % newest.length]?.cid
  const subjects = newest.length / 20
  const ask = (query: object) => bus.call(claimQuery, { limit: LIMIT, ...query })
  const subject = (round: number): string => subjectOf((round * 37) % subjects)
  return {
    'by subject': (n) => ask({ subject: subject(n) }),
    'by subject and predicate': (n) => ask({ subject: subject(n), predicate: `Eigenschaft ${n % PREDICATES}` }),
    'by predicate': (n) => ask({ predicate: `Eigenschaft ${n % PREDICATES}` }),
    'by object': (n) => ask({ object: `Angabe ${(n * 37) % 5000} vom ${((n * 37) % 5000) % 28}.` }),
    'by source': (n) => ask({ source_id: pageOf(n * 31) }),
    'by parent': (n) => ask({ parent: idAt(n * 997 + 1) }),
    'by author': (n) => ask({ asserted_by: person(n % 100) }),
    'subject begins, few': (n) => ask({ subject_prefix: `haus ${100 + n}` }),
    'subject begins, all': () => ask({ subject_prefix: 'haus' }),
    'predicate begins': (n) => ask({ predicate_prefix: `eigenschaft ${n % 10}` }),
    'object begins': (n) => ask({ object_prefix: `angabe ${n % 50}` }),
    'subject begins, and predicate': (n) =>
      ask({ subject_prefix: `haus ${n % 10}`, predicate: `Eigenschaft ${n % PREDICATES}` }),
    'on firm ground (attested)': () => ask({ min_evidence: 'attested' }),
    'only what is fresh': () => ask({ only_fresh: true }),
    'everything, newest': () => ask({}),
    'everything, page far down': (n) => ask({ after: cidAt(50_000 + n) }),
    'everything, strongest': () => ask({ order: 'strongest' }),
    'strongest, page far down': (n) => ask({ order: 'strongest', after: cidAt(50_000 + n) }),
    'subjects as one types': (n) => bus.call(subjectList, { prefix: `haus ${n % 50}`, limit: 20 }),
    'subjects, nothing typed': () => bus.call(subjectList, { prefix: '', limit: 20 }),
    summary: (n) => bus.call(subjectSummary, { subject: subject(n) }),
    'one claim': (n) => bus.call(claimGet, { claim_id: idAt(n * 997) }),
    'trace to depth 8': (n) => bus.call(provenanceTrace, { claim_id: idAt(n * 997), depth: 8 }),
  }
}
