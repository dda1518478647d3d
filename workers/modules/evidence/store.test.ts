import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type ClaimId, type DisputeId, wireTime } from '#protocol/core/ids.ts'
import { levelOf } from './claim.ts'
import { queryClaims } from './query.ts'
import { createRank } from './rank.ts'
import type { Space } from './space.ts'
import { createScene, member, person, SCENE_START, type Scene, seenBy } from './testing/scene.ts'

const PEOPLE = [0, 1, 2, 3, 4]
const members = PEOPLE.map((seed) =>
  member(person(seed), {
    level: seed === 0 ? 'anchor' : 'member',
    status: seed === 4 ? 'revoked' : 'active',
    invitedBy: seed === 0 ? null : person(0),
  }),
)
const url = (name: string) => ({ source_id: `url:https://x.example/${name}`, accessed_at: '2026-05-26T08:00:00Z' })
const rank = createRank({ of: () => null })

const levels = (space: Space) => Object.fromEntries(space.newest().map((row) => [row.claimId, levelOf(row, space.score)]))
const scores = (space: Space) => PEOPLE.map((seed) => space.score(person(seed)))
const level = (scene: Scene, claimId: ClaimId) => levels(seenBy([scene.events], members))[claimId]

describe('levels (EVI-3)', () => {
  it('grow with distinct sources, one of them not the asserter’s own', () => {
    const scene = createScene()
    const own = { source_id: `node:${person(1)}`, accessed_at: '2026-05-26T08:00:00Z' }
    const later = { ...own, accessed_at: '2026-05-26T09:00:00Z' }
    expect(level(scene, scene.assert(person(1), {}))).toBe('unverified')
    expect(level(scene, scene.assert(person(1), { sources: [own, later] }))).toBe('cited')
    expect(level(scene, scene.assert(person(1), { sources: [own, url('a')] }))).toBe('cross_referenced')
  })

  it('are attested by a witness or record holder other than the asserter, not by an expert', () => {
    const scene = createScene()
    const claimId = scene.assert(person(1), {})
    scene.attest(person(2), claimId, 'expert')
    scene.attest(person(1), claimId, 'first-hand witness')
    expect(level(scene, claimId)).toBe('unverified')
    scene.attest(person(3), claimId, 'official record holder')
    expect(level(scene, claimId)).toBe('attested')
  })

  it('count ten thousand attestations by one member once, the newest', () => {
    const scene = createScene()
    const claimId = scene.assert(person(1), {})
    for (let at = 0; at < 10_000; at++) scene.attest(person(2), claimId, at === 9_999 ? 'expert' : 'first-hand witness')
    const row = seenBy([scene.events], members).view.get(claimId)
    expect(row?.vouches).toHaveLength(1)
    expect(row?.ground).toBe('unverified')
  })

  it('are disputed while somebody with enough trust objects, and a revoked member has none', () => {
    const scene = createScene()
    const claimId = scene.assert(person(1), { sources: [url('a')] })
    scene.dispute(person(4), claimId)
    expect(level(scene, claimId)).toBe('cited')
    const dispute = scene.dispute(person(2), claimId)
    expect(level(scene, claimId)).toBe('disputed')
    scene.withdraw(person(3), claimId, dispute)
    expect(level(scene, claimId), 'only who opened it takes it back').toBe('disputed')
    scene.withdraw(person(2), claimId, dispute)
    expect(level(scene, claimId)).toBe('cited')
  })

  it('come from the whole set of events, whatever was said of a claim before it came', () => {
    const scene = createScene()
    const claimId = scene.assert(person(1), {})
    scene.attest(person(2), claimId)
    const [claim, ...rest] = scene.events
    if (!claim) throw new Error('a claim')
    const space = seenBy([rest], members)
    expect(space.view.get(claimId)).toBeNull()
    space.view.get(claimId)
    expect(levels(seenBy([rest, [claim]], members))[claimId]).toBe('attested')
  })
})

type Act = readonly [kind: number, by: number, target: number]

/** Anything members could do to each other's claims, disputes of disputes and retractions of retractions included. */
function play(acts: readonly Act[]): Scene {
  const scene = createScene()
  const claims: ClaimId[] = [scene.assert(person(1), {})]
  const disputes: (readonly [ClaimId, DisputeId])[] = []
  for (const [kind, by, target] of acts) {
    const claimId = claims[target % claims.length] ?? claims[0]
    const dispute = disputes[target % Math.max(1, disputes.length)]
    if (!claimId) continue
    if (kind === 0) claims.push(scene.assert(person(by), { subject: `s${target}`, derived_from: [claimId] }))
    else if (kind === 1) scene.attest(person(by), claimId)
    else if (kind === 2) {
      const counter = scene.assert(person(by), { object: `nicht ${target}` })
      claims.push(counter)
      disputes.push([claimId, scene.dispute(person(by), claimId, counter)])
    } else if (kind === 3) claims.push(scene.retract(person(by), claimId))
    else if (dispute) scene.withdraw(person(by), ...dispute)
  }
  return scene
}

const history = fc.array(fc.tuple(fc.nat(4), fc.nat(4), fc.nat(30)), { minLength: 1, maxLength: 40 })

describe('one set of events (EVI-4)', () => {
  it('gives every node the same levels and scores, in any order and in any parts, disputes of disputes included', () => {
    fc.assert(
      fc.property(history, fc.infiniteStream(fc.nat()), fc.nat(7), (acts, random, cut) => {
        const { events } = play(acts)
        const shuffled = [...events]
          .map((event) => ({ event, key: random.next().value }))
          .sort((a, b) => a.key - b.key)
          .map(({ event }) => event)
        const there = seenBy([events], members)
        const here = seenBy([shuffled.slice(0, cut), shuffled.slice(cut)], members)
        expect(levels(here)).toEqual(levels(there))
        expect(scores(here)).toEqual(scores(there))
        expect(here.newest().map(({ cid }) => cid)).toEqual(there.newest().map(({ cid }) => cid))
      }),
      { numRuns: 60 },
    )
  })

  it('forgets what a revocation takes out, as if it had never come', () => {
    fc.assert(
      fc.property(history, fc.nat(), (acts, seed) => {
        const { events } = play(acts)
        const gone = new Set(events.filter((_, at) => (at * 7 + seed) % 3 === 0).map(({ cid }) => cid))
        const here = seenBy([events], members)
        levels(here)
        const { view } = here
        // the view host's own way in
        ;(view as typeof view & { apply(added: readonly [], removed: readonly string[]): void }).apply([], [...gone])
        const there = seenBy([events.filter(({ cid }) => !gone.has(cid))], members)
        expect(levels(here)).toEqual(levels(there))
        expect(scores(here)).toEqual(scores(there))
      }),
      { numRuns: 40 },
    )
  })

  it('scores between 0 and 1, and one member alone cannot silence another', () => {
    const scene = createScene()
    const claims = Array.from({ length: 50 }, (_, at) => scene.assert(person(1), { subject: `s${at}` }))
    for (const claimId of claims) scene.dispute(person(2), claimId)
    expect(seenBy([scene.events], members).score(person(1))).toBeGreaterThanOrEqual(0.3)
    for (const claimId of claims) for (const seed of [0, 3]) scene.dispute(person(seed), claimId)
    const space = seenBy([scene.events], members)
    expect(space.score(person(1))).toBeLessThan(space.score(person(2)))
    for (const score of scores(space)) {
      expect(score).toBeGreaterThanOrEqual(0)
      expect(score).toBeLessThanOrEqual(1)
    }
    expect(space.score(person(4)), 'revoked').toBe(0)
    expect(space.score(person(9)), 'unknown to the log').toBe(0.5)
  })
})

describe('a query', () => {
  it('leaves out what is stale only when asked to, after 365 days or the claim’s own (EVI-8)', () => {
    const scene = createScene()
    const at = (days: number) => wireTime(SCENE_START - days * 86_400_000)
    scene.assert(person(1), { subject: 'a', asserted_at: at(366) })
    scene.assert(person(1), { subject: 'b', asserted_at: at(364) })
    scene.assert(person(1), { subject: 'c', asserted_at: at(8), ttl_days: 7 })
    scene.assert(person(1), { subject: 'd', asserted_at: at(366), ttl_days: 400 })
    const space = seenBy([scene.events], members)
    const subjects = (only_fresh: boolean) =>
      queryClaims([space], { limit: 9, only_fresh }, rank, SCENE_START).found.map(({ row }) => row.claim.subject)
    expect(subjects(false)).toEqual(['d', 'c', 'b', 'a'])
    expect(subjects(true)).toEqual(['d', 'b'])
  })

  it('gives the same page from a narrow index and from the long list', () => {
    const scene = createScene()
    for (let at = 0; at < 2100; at++) scene.assert(person(at % 2), { subject: `s${at % 3}`, object: `o${at}` })
    const space = seenBy([scene.events], members)
    const ask = (query: object) => queryClaims([space], { limit: 200, ...query }, rank, SCENE_START)
    const wide = ask({ predicate: 'ist' })
    expect(wide.total).toBe(2100)
    expect(wide.found[0]?.row.claim.object).toBe('o2099')
    const narrow = ask({ predicate: 'ist', subject: 's1', asserted_by: person(1) })
    expect(narrow.total).toBe(350)
    expect(narrow.found.map(({ row }) => row)).toEqual(
      space
        .newest()
        .filter(({ claim, author }) => claim.subject === 's1' && author === person(1))
        .slice(0, 200),
    )
  })
})
