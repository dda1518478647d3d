import { describe, expect, it } from 'vitest'
import { communityRevoke } from '#protocol/community/capabilities.ts'
import type { ClaimId } from '#protocol/core/ids.ts'
import { eventsStats } from '#protocol/events/capabilities.ts'
import {
  claimAssert,
  claimAttest,
  claimDispute,
  claimGet,
  claimQuery,
  claimRetract,
  disputeRetract,
  provenanceTrace,
  subjectList,
  subjectSummary,
} from '#protocol/evidence/capabilities.ts'
import {
  draftDiscard,
  draftList,
  draftSave,
  draftSign,
  listsSet,
  proofExport,
  sampleGet,
  sampleLoad,
  sampleRemove,
} from '#protocol/evidence/desk-capabilities.ts'
import { verifyProof } from '#protocol/evidence/proof.ts'
import { createVillage, type Villager } from '../../testing/village.ts'

const said = (subject: string, object = 'Sammelpunkt', more: object = {}) => ({
  subject,
  predicate: 'ist',
  object,
  sources: [],
  confidence: 0.9,
  derived_from: [],
  ...more,
})
const page = { source_id: 'url:https://gemeinde.example/plan', accessed_at: '2026-05-26T08:00:00Z', excerpt: 'Turnhalle' }

async function villageOf(seed: number, ...names: readonly string[]) {
  const village = createVillage(seed)
  const villagers = await village.settle(...names)
  const [anna, bert = anna, cleo = anna] = villagers
  if (!anna || !bert || !cleo) throw new Error('villagers')
  const get = (who: Villager, claim_id: ClaimId) => who.node.bus.call(claimGet, { claim_id })
  const knows = (who: Villager, claim_id: ClaimId, level: string) =>
    village.until(`${who.name} sees ${level}`, async () => (await get(who, claim_id).catch(() => null))?.level === level)
  return { village, anna, bert, cleo, villagers, get, knows }
}

describe('a node that stops and starts again', () => {
  it('answers with its claims at once, before any neighbour or box is in reach', async () => {
    const { village, anna, bert, get, knows } = await villageOf(41, 'Anna', 'Bert')
    const { claim_id } = await anna.node.bus.call(claimAssert, said('Turnhalle', 'Sammelpunkt', { sources: [page] }))
    await knows(bert, claim_id, 'cited')
    await bert.node.bus.call(claimAttest, { claim_id, role: 'first-hand witness', rationale: 'Ich war dort.' })
    await bert.node.bus.call(sampleLoad, {})
    await anna.node.stop()
    const again = await village.restart(bert, [])
    expect(await get(again, claim_id)).toMatchObject({ level: 'attested', attestations: 1 })
    expect((await again.node.bus.call(sampleGet, {})).loaded).toBe(true)
    const later = await again.node.bus.call(claimAssert, said('Turnhalle', 'offen', { derived_from: [claim_id] }))
    expect((await get(again, claim_id)).children).toEqual([later.claim_id])
  })
})

describe('the life of a claim', () => {
  it('goes from cited to attested to disputed and back to attested, the same for everyone (EVI-2, EVI-3)', async () => {
    const { anna, bert, cleo, villagers, get, knows } = await villageOf(21, 'Anna', 'Bert', 'Cleo')
    const { claim_id } = await anna.node.bus.call(claimAssert, said('Turnhalle', 'Sammelpunkt', { sources: [page] }))
    for (const who of villagers) await knows(who, claim_id, 'cited')
    await bert.node.bus.call(claimAttest, { claim_id, role: 'first-hand witness', rationale: 'Ich war dort.' })
    for (const who of villagers) await knows(who, claim_id, 'attested')
    const { dispute_id, counterclaim_id } = await cleo.node.bus.call(claimDispute, {
      claim_id,
      rationale: 'Seit Mai ist es die Schule.',
      counterclaim: { object: 'Lager', sources: [page], confidence: 0.8 },
    })
    for (const who of villagers) await knows(who, claim_id, 'disputed')
    const seen = await get(anna, claim_id)
    expect(seen).toMatchObject({ ground: 'attested', disputes: 1, attestations: 1 })
    expect(seen.disputed_by[0]).toMatchObject({ counts: true, counterclaim: { object: 'Lager' } })
    expect(seen.advisories[0]).toMatchObject({ code: 'evidence_contradiction' })
    expect(counterclaim_id).not.toBeNull()
    await expect(bert.node.bus.call(disputeRetract, { claim_id, dispute_id })).rejects.toMatchObject({ code: 'bad_request' })
    await cleo.node.bus.call(disputeRetract, { claim_id, dispute_id })
    for (const who of villagers) await knows(who, claim_id, 'attested')
    expect((await get(bert, claim_id)).disputed_by[0]).toMatchObject({ retracted: true, counts: false })
  })

  it('is taken back by who asserted it, which counts as a dispute, and that can be taken back as well (EVI-2)', async () => {
    const { anna, bert, get, knows } = await villageOf(22, 'Anna', 'Bert')
    const { claim_id } = await anna.node.bus.call(claimAssert, said('Turnhalle'))
    await expect(bert.node.bus.call(claimRetract, { claim_id })).rejects.toMatchObject({ code: 'claim_not_found' })
    await knows(bert, claim_id, 'unverified')
    await expect(bert.node.bus.call(claimRetract, { claim_id })).rejects.toMatchObject({ code: 'bad_request' })
    await anna.node.bus.call(claimRetract, { claim_id })
    await knows(bert, claim_id, 'disputed')
    const [retraction] = (await get(bert, claim_id)).disputed_by
    expect(retraction).toMatchObject({ kind: 'retraction', counts: true })
    expect((await get(bert, claim_id)).retracted).toBe(true)
    if (!retraction) throw new Error('a retraction')
    await anna.node.bus.call(disputeRetract, { claim_id, dispute_id: retraction.dispute_id })
    await knows(bert, claim_id, 'unverified')
    expect((await get(bert, claim_id)).retracted).toBe(false)
  })

  it('names what is wrong: an unknown claim, an own claim, an empty subject (EVI errors)', async () => {
    const { anna } = await villageOf(23, 'Anna')
    const unknown = 'A'.repeat(52) as ClaimId // the form of an id, of nothing
    const why = { rationale: 'nein' }
    await expect(anna.node.bus.call(claimDispute, { claim_id: unknown, ...why })).rejects.toMatchObject({
      code: 'claim_not_found',
    })
    const { claim_id } = await anna.node.bus.call(claimAssert, said('  Turnhalle  '))
    expect((await anna.node.bus.call(claimGet, { claim_id })).claim.subject).toBe('Turnhalle')
    await expect(anna.node.bus.call(claimAttest, { claim_id, role: 'first-hand witness', ...why })).rejects.toMatchObject({
      code: 'bad_request',
      data: { field: '/claim_id' },
    })
    await expect(anna.node.bus.call(claimAssert, said('   '))).rejects.toMatchObject({ data: { field: '/subject' } })
    const long = said('x', 'y', { sources: [{ ...page, excerpt: 'x'.repeat(281) }] })
    await expect(anna.node.bus.call(claimAssert, long)).rejects.toMatchObject({ code: 'schema_mismatch' })
  })

  it('loses a revoked member’s objections on every node (EVI-4, COM-4)', async () => {
    const { anna, bert, cleo, knows } = await villageOf(24, 'Anna', 'Bert', 'Cleo')
    const { claim_id } = await anna.node.bus.call(claimAssert, said('Turnhalle'))
    await knows(bert, claim_id, 'unverified')
    await bert.node.bus.call(claimDispute, { claim_id, rationale: 'Nein.' })
    await knows(cleo, claim_id, 'disputed')
    await knows(anna, claim_id, 'disputed')
    await anna.node.bus.call(communityRevoke, { subject: bert.id, reason: 'Test' })
    for (const who of [anna, cleo]) await knows(who, claim_id, 'unverified')
    expect((await anna.node.bus.call(claimGet, { claim_id })).disputed_by[0]).toMatchObject({ by: { trust: 0 } })
  })
})

describe('looking around', () => {
  it('traces a derivation, parents first, with what was said on the way (EVI-5)', async () => {
    const { anna } = await villageOf(25, 'Anna')
    const one = await anna.node.bus.call(claimAssert, said('Pegel', '1,42 m', { sources: [page] }))
    const two = await anna.node.bus.call(claimAssert, said('Lage', 'Stufe 1', { derived_from: [one.claim_id] }))
    const both = [one.claim_id, two.claim_id]
    const three = await anna.node.bus.call(claimAssert, said('Schule', 'geschlossen', { derived_from: both }))
    const trace = await anna.node.bus.call(provenanceTrace, { claim_id: three.claim_id })
    expect(trace.claims.map(({ claim_id }) => claim_id)).toEqual([...both, three.claim_id])
    expect(trace).toMatchObject({ truncated: false, unknown: [], cyclic: [], sources: [page] })
    const shallow = await anna.node.bus.call(provenanceTrace, { claim_id: two.claim_id, depth: 0 })
    expect(shallow).toMatchObject({ truncated: true, claims: [{ claim_id: two.claim_id }] })
  })

  it('summarises a subject, counts beyond 32 predicates and names contradictions without a winner (EVI-6, EVI-7)', async () => {
    const { anna } = await villageOf(26, 'Anna')
    for (let at = 0; at < 34; at++) await anna.node.bus.call(claimAssert, said('Rathaus', 'x', { predicate: `p${at}` }))
    await anna.node.bus.call(claimAssert, said('Rathaus', 'a', { sources: [page] }))
    const { advisories } = await anna.node.bus.call(claimAssert, said('Rathaus', 'b'))
    expect(advisories).toHaveLength(1)
    const summary = await anna.node.bus.call(subjectSummary, { subject: 'Rathaus' })
    expect(summary).toMatchObject({ total: 36, more_predicates: 3, sources: [page] })
    expect(summary.predicates).toHaveLength(32)
    expect(summary.predicates[0]).toMatchObject({ predicate: 'ist', count: 2, claims: [{ level: 'cited' }, {}] })
    expect(summary.advisories[0]?.objects.map(({ object }) => object)).toEqual(['a', 'b'])
  })

  it('asks by any part and by ground, in pages', async () => {
    const { anna } = await villageOf(27, 'Anna')
    const ask = (query: object) => anna.node.bus.call(claimQuery, { limit: 2, ...query })
    await anna.node.bus.call(claimAssert, said('Alt', 'x'))
    for (const object of ['a', 'b', 'c']) await anna.node.bus.call(claimAssert, said('Neu', object, { sources: [page] }))
    expect(await ask({ subject_prefix: 'al' })).toMatchObject({ total: 1, claims: [{ stale: false }] })
    expect(await ask({ min_evidence: 'cited' })).toMatchObject({ total: 3 })
    expect(await ask({ source_id: page.source_id, object: 'b' })).toMatchObject({ total: 1 })
    const first = await ask({ subject: 'Neu' })
    const second = await ask({ subject: 'Neu', after: first.next })
    expect([...first.claims, ...second.claims].map(({ claim }) => claim.object)).toEqual(['c', 'b', 'a'])
    expect(second.next).toBeNull()
    expect(await anna.node.bus.call(subjectList, { prefix: 'n', limit: 5 })).toMatchObject({
      subjects: [{ subject: 'Neu', claims: 3, disputed: 0 }],
    })
  })

  it('re-ranks by the person’s own lists and leaves level and trust alone (EVI-4)', async () => {
    const { anna, bert, knows } = await villageOf(28, 'Anna', 'Bert')
    const own = await anna.node.bus.call(claimAssert, said('Weg', 'frei'))
    const other = await bert.node.bus.call(claimAssert, said('Weg', 'gesperrt'))
    await knows(anna, other.claim_id, 'unverified')
    const strongest = async () =>
      (await anna.node.bus.call(claimQuery, { subject: 'Weg', order: 'strongest', limit: 9 })).claims
    expect((await strongest())[0]).toMatchObject({ claim_id: own.claim_id })
    const before = (await strongest())[1]?.author.trust
    await anna.node.bus.call(listsSet, { allowed: [bert.id], blocked: [] })
    const [top] = await strongest()
    expect(top).toMatchObject({ claim_id: other.claim_id, level: 'unverified', author: { opinion: 'allowed', trust: before } })
  })
})

describe('the desk', () => {
  it('makes a claim of a draft only when the person signs it (EVI-9)', async () => {
    const { anna } = await villageOf(29, 'Anna')
    const { draft_id } = await anna.node.bus.call(draftSave, { statement: said('Entwurf') })
    const other = await anna.node.bus.call(draftSave, { statement: said('Verworfen') })
    expect((await anna.node.bus.call(claimQuery, { limit: 9 })).total).toBe(0)
    await anna.node.bus.call(draftDiscard, other)
    const { claim_id } = await anna.node.bus.call(draftSign, { draft_id, statement: said('Geändert') })
    expect((await anna.node.bus.call(claimGet, { claim_id })).claim.subject).toBe('Geändert')
    expect((await anna.node.bus.call(draftList, {})).drafts).toEqual([])
  })

  it('lays samples over what is shown and takes them away without a trace', async () => {
    const { anna, bert, village } = await villageOf(30, 'Anna', 'Bert')
    const stored = async () => (await anna.node.bus.call(eventsStats, {})).stored
    const before = await stored()
    const { subjects } = await anna.node.bus.call(sampleLoad, {})
    expect(subjects).toHaveLength(10)
    const { claims } = await anna.node.bus.call(claimQuery, {
      subject: 'Turnhalle der Grundschule',
      order: 'strongest',
      limit: 9,
    })
    expect(claims[0]).toMatchObject({ origin: 'sample', level: 'attested' })
    const levels = new Set((await anna.node.bus.call(claimQuery, { limit: 99 })).claims.map(({ level }) => level))
    expect(levels).toEqual(new Set(['unverified', 'cited', 'cross_referenced', 'attested', 'disputed']))
    const [first] = claims
    if (!first) throw new Error('a sample')
    await expect(anna.node.bus.call(claimDispute, { claim_id: first.claim_id, rationale: 'x' })).rejects.toMatchObject({
      code: 'bad_request',
    })
    const again = await village.restart(anna)
    expect((await again.node.bus.call(claimGet, { claim_id: first.claim_id })).origin).toBe('sample')
    await village.runtime.advance(60_000)
    expect((await bert.node.bus.call(claimQuery, { limit: 9 })).total).toBe(0)
    await again.node.bus.call(sampleRemove, {})
    expect((await again.node.bus.call(claimQuery, { limit: 9 })).total).toBe(0)
    expect((await again.node.bus.call(eventsStats, {})).stored).toBe(before)
    expect(await again.node.bus.call(sampleGet, {})).toEqual({ loaded: false, subjects: [], claims: 0 })
  })

  it('removes samples that are still being loaded, after they are there', async () => {
    const { anna } = await villageOf(33, 'Anna')
    const loading = anna.node.bus.call(sampleLoad, {})
    const removing = anna.node.bus.call(sampleRemove, {})
    expect((await loading).subjects).toHaveLength(10)
    await removing
    expect(await anna.node.bus.call(sampleGet, {})).toEqual({ loaded: false, subjects: [], claims: 0 })
  })

  it('hands out a proof that holds without the node, and one that was tampered with does not', async () => {
    const { anna, bert, knows } = await villageOf(31, 'Anna', 'Bert')
    const base = await anna.node.bus.call(claimAssert, said('Pegel', '1,42 m', { sources: [page] }))
    const { claim_id } = await anna.node.bus.call(claimAssert, said('Lage', 'Stufe 1', { derived_from: [base.claim_id] }))
    await knows(bert, claim_id, 'unverified')
    await bert.node.bus.call(claimAttest, { claim_id, role: 'official record holder', rationale: 'Amt' })
    const { dispute_id } = await bert.node.bus.call(claimDispute, { claim_id, rationale: 'Doch nicht.' })
    await bert.node.bus.call(disputeRetract, { claim_id, dispute_id })
    await knows(anna, claim_id, 'attested')
    const { text } = await anna.node.bus.call(proofExport, { of: { claim_id }, format: 'proof' })
    const report = await verifyProof(text)
    expect(report).toMatchObject({ sound: true, problems: [] })
    const proven = report.claims.find((claim) => claim.claim_id === claim_id)
    expect(proven).toMatchObject({ ground: 'attested', disputes: [], missing: [], retracted: false })
    const forged = await verifyProof(text.replaceAll('Stufe 1', 'Stufe 2'))
    expect(forged.sound).toBe(false)
    expect(forged.claims.some((claim) => claim.claim_id === claim_id)).toBe(false)
    await expect(verifyProof('{}')).rejects.toMatchObject({ code: 'bad_request' })
  })
})
