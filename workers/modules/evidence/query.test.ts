import fc, { type Arbitrary } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compareReplay } from '#protocol/core/event.ts'
import type { ClaimId, ContentId } from '#protocol/core/ids.ts'
import { EVIDENCE_GROUNDS } from '#protocol/evidence/records.ts'
import { groundRank } from './claim.ts'
import { queryClaims } from './query.ts'
import { createRank } from './rank.ts'
import type { Space } from './space.ts'
import { searchForm } from './store.ts'
import { listSubjects } from './subjects.ts'
import { createScene, member, person, SCENE_START, seenBy } from './testing/scene.ts'

type Of<A> = A extends Arbitrary<infer T> ? T : never

const members = [0, 1, 2, 3].map((seed) => member(person(seed)))
const rank = createRank({ of: () => null })
const SUBJECTS = ['Brunnen', 'brunnen am Markt', 'Ärztehaus', 'Turnhalle', 'Turm', 'TURM']
const PREDICATES = ['ist', 'Ist offen', 'liegt bei']
const url = (name: string) => ({ source_id: `url:https://x.example/${name}`, accessed_at: '2026-05-26T08:00:00Z' })

const said = fc.record({
  by: fc.nat(3),
  subject: fc.constantFrom(...SUBJECTS),
  predicate: fc.constantFrom(...PREDICATES),
  object: fc.constantFrom('ja', 'Ja, ab Mai', 'nein'),
  sources: fc.nat(2),
  derived: fc.boolean(),
  objects: fc.boolean(),
})

function spaceOf(claims: readonly Of<typeof said>[]): Space {
  const scene = createScene()
  const ids: ClaimId[] = []
  for (const { by, sources, derived, objects, ...terms } of claims) {
    const parents = derived ? ids.slice(-1) : []
    const id = scene.assert(person(by), {
      ...terms,
      sources: [url('a'), url('b')].slice(0, sources),
      derived_from: parents,
    })
    ids.push(id)
    if (objects) scene.dispute(person((by + 1) % 4), id)
  }
  return seenBy([scene.events], members)
}

const parts = {
  subject: fc.constantFrom(...SUBJECTS),
  subject_prefix: fc.constantFrom('', 'b', 'Brunnen', 'brunnen ', 'TU', 'ä', 'z'),
  predicate: fc.constantFrom(...PREDICATES),
  predicate_prefix: fc.constantFrom('', 'i', 'IST ', 'x'),
  object: fc.constantFrom('ja', 'nein'),
  object_prefix: fc.constantFrom('', 'JA', 'ja,', 'x'),
  asserted_by: fc.nat(3).map(person),
  source_id: fc.constantFrom(url('a').source_id, url('b').source_id),
  min_evidence: fc.constantFrom(...EVIDENCE_GROUNDS),
}
const order = fc.constantFrom('newest' as const, 'strongest' as const)
// at most two parts at once: more of them leave nothing to turn pages in
const query = fc.tuple(fc.record(parts), fc.subarray(Object.keys(parts), { maxLength: 2 }), order).map(([all, keys, by]) => ({
  ...(Object.fromEntries(Object.entries(all).filter(([key]) => keys.includes(key))) as Partial<typeof all>), // of its own keys
  order: by,
}))
type Asked = Of<typeof query>

/** What the contract says of a query, without any index. */
function plainly(space: Space, asked: Asked): readonly string[] {
  const begins = (text: string, prefix = ''): boolean => searchForm(text).startsWith(searchForm(prefix))
  const matching = space.view
    .rows()
    .filter(
      ({ claim, ground, author }) =>
        (asked.subject ?? claim.subject) === claim.subject &&
        (asked.predicate ?? claim.predicate) === claim.predicate &&
        (asked.object ?? claim.object) === claim.object &&
        (asked.asserted_by ?? author) === author &&
        begins(claim.subject, asked.subject_prefix) &&
        begins(claim.predicate, asked.predicate_prefix) &&
        begins(claim.object, asked.object_prefix) &&
        groundRank(ground) >= groundRank(asked.min_evidence ?? 'unverified') &&
        (asked.source_id === undefined || claim.sources.some(({ source_id }) => source_id === asked.source_id)),
    )
  const found = matching.sort((a, b) => compareReplay(b, a)).map((row) => ({ row, space }))
  return (asked.order === 'strongest' ? rank.sorted(found) : found).map(({ row }) => row.claimId)
}

describe('a query', () => {
  it('gives what the contract says, by whatever way it is found, a page at a time', () => {
    fc.assert(
      fc.property(fc.array(said, { maxLength: 60 }), query, fc.integer({ min: 1, max: 7 }), (claims, asked, limit) => {
        const space = spaceOf(claims)
        const expected = plainly(space, asked)
        const given: string[] = []
        let after: ContentId | null = null
        do {
          const page = queryClaims([space], { ...asked, limit, ...(after === null ? {} : { after }) }, rank, SCENE_START)
          expect(page.total).toBe(expected.length)
          expect(page.found.length).toBeLessThanOrEqual(limit)
          given.push(...page.found.map(({ row }) => row.claimId))
          after = page.next
        } while (after !== null)
        expect(given).toEqual(expected)
      }),
      { numRuns: 200 },
    )
  })

  it('sees at once what came after the orders were made', () => {
    const scene = createScene()
    for (let at = 0; at < 40; at++) scene.assert(person(at % 3), { subject: `Haus ${at % 7}`, object: `o${at % 5}` })
    const { events } = scene
    const space = seenBy([events.slice(0, 20)], members)
    const ask = (asked: object) => queryClaims([space], { limit: 50, ...asked }, rank, SCENE_START)
    for (const asked of [{}, { subject_prefix: 'haus 3' }, { object_prefix: 'O1' }]) ask(asked)
    // the view host's own way in
    const { apply } = space.view as Space['view'] & { apply(added: typeof events, removed: readonly string[]): void }
    apply(events.slice(20), [events[3]?.cid ?? ''])
    const whole = seenBy([events.filter((_, at) => at !== 3)], members)
    for (const asked of [{}, { subject_prefix: 'haus 3' }, { object_prefix: 'O1' }]) {
      const ids = (page: ReturnType<typeof ask>) => page.found.map(({ row }) => row.claimId)
      expect(ids(ask(asked))).toEqual(ids(queryClaims([whole], { limit: 50, ...asked }, rank, SCENE_START)))
    }
  })
})

describe('the list of subjects', () => {
  it('counts claims and disputes of each that begins so, whatever the case, and of the samples beside', () => {
    fc.assert(
      fc.property(
        fc.array(said, { maxLength: 40 }),
        fc.array(said, { maxLength: 10 }),
        fc.constantFrom('', 'b', 'TUR', 'ä'),
        (claims, samples, prefix) => {
          const spaces = [spaceOf(claims), spaceOf(samples)]
          const rows = spaces.flatMap(({ view }) => view.rows())
          const wanted = SUBJECTS.filter((subject) => searchForm(subject).startsWith(searchForm(prefix)))
          const expected = wanted
            .map((subject) => ({
              subject,
              claims: rows.filter(({ claim }) => claim.subject === subject).length,
              disputed: rows.filter(({ claim, disputes }) => claim.subject === subject && disputes.length > 0).length,
            }))
            .filter(({ claims: count }) => count > 0)
          const order = (subject: string): string => `${searchForm(subject)} ${subject}`
          expected.sort((a, b) => (order(a.subject) < order(b.subject) ? -1 : 1))
          const ask = (limit: number) => listSubjects(spaces, { prefix, limit }, () => true)
          expect(ask(20)).toEqual({ subjects: expected, total: expected.length })
          expect(ask(2)).toEqual({ subjects: expected.slice(0, 2), total: expected.length })
        },
      ),
      { numRuns: 100 },
    )
  })
})
