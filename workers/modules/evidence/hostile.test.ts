import { describe, expect, it } from 'vitest'
import { EVENTS } from '#protocol/catalogue.ts'
import type { EventDefinition } from '#protocol/core/module.ts'
import { signRecord } from '#protocol/core/signing.ts'
import { claimIdOf, disputeIdOf } from '#protocol/evidence/claim-id.ts'
import { EVIDENCE_MAX_PROVENANCE_CLAIMS, EVIDENCE_MAX_PROVENANCE_DEPTH } from '#protocol/evidence/constants.ts'
import { claimAsserted, claimAttested, disputeOpened, disputeRetracted } from '#protocol/evidence/events.ts'
import { openLog } from '../../kernel/log/log.ts'
import { createViews } from '../../kernel/view-host.ts'
import { createMemoryStore } from '../../memory/memory-store.ts'
import { createHistory } from '../../testing/history.ts'
import { derivationOf } from './provenance.ts'
import { claimsView } from './store.ts'

const AT = '2026-05-26T08:00:00Z'

/** A log that hears from a member who writes what no honest node would. */
async function scene(seed: number) {
  const history = await createHistory(seed)
  const { author: mallory, events } = await history.newcomer()
  const { author: bert, events: joined } = await history.newcomer()
  const { runtime } = history
  const store = createMemoryStore()
  const log = await openLog({ runtime, store, signer: history.root.signer, types: EVENTS }, history.root.signer.nodeId)
  await log.ingest([history.founding, ...events, ...joined])
  const view = await createViews({ runtime, store, log }).open(claimsView)
  const claimBy = (by: typeof mallory, change: object = {}) =>
    signRecord(by.signer, {
      subject: 'Turnhalle',
      predicate: 'ist',
      object: 'Lager',
      asserted_by: by.signer.nodeId,
      asserted_at: AT,
      sources: [],
      confidence: 1,
      derived_from: [],
      ...change,
    })
  const outcome = async (type: EventDefinition, data: Record<string, unknown>) => {
    const [result] = await log.ingest([await mallory.write(type, data)])
    return result?.kind === 'refused' ? result.error.code : result?.kind
  }
  return { history, log, view, mallory, bert, claimBy, outcome }
}

describe('a hostile member', () => {
  it('cannot speak for another, nor under a wrong id or a forged signature (EVI-1, EVI-2)', async () => {
    const { mallory, bert, claimBy, outcome, view } = await scene(81)
    const own = await claimBy(mallory)
    const theirs = await claimBy(bert)
    const forged = { ...own, object: 'Sammelpunkt' }
    expect(await outcome(claimAsserted, { claim_id: claimIdOf(theirs), claim: theirs })).toBe('claim_signature_invalid')
    expect(await outcome(claimAsserted, { claim_id: claimIdOf(theirs), claim: own })).toBe('bad_request')
    expect(await outcome(claimAsserted, { claim_id: claimIdOf(forged), claim: forged })).toBe('claim_signature_invalid')
    const attestation = await signRecord(bert.signer, {
      claim_id: claimIdOf(own),
      attester: bert.signer.nodeId,
      attested_at: AT,
      role: 'first-hand witness' as const,
      rationale: 'x',
    })
    expect(await outcome(claimAttested, { attestation })).toBe('claim_signature_invalid')
    const dispute = await signRecord(mallory.signer, {
      claim_id: claimIdOf(own),
      counterclaim: claimIdOf(own),
      disputer: mallory.signer.nodeId,
      disputed_at: AT,
      rationale: 'x',
    })
    expect(await outcome(disputeOpened, { dispute_id: disputeIdOf(dispute), dispute })).toBe('bad_request')
    expect(await outcome(disputeRetracted, { claim_id: claimIdOf(own), claim: own })).toBe('bad_request')
    expect(view.size).toBe(0)
  })

  it('is held to every limit: 280 characters of excerpt, 32 parents, reasons that end', async () => {
    const { mallory, claimBy, outcome } = await scene(82)
    const source = { source_id: 'url:https://x.example/', accessed_at: AT }
    const parents = Array.from({ length: 33 }, (_, at) => claimIdOf({ ...base, subject: `${at}` }))
    for (const change of [
      { sources: [{ ...source, excerpt: 'x'.repeat(281) }] },
      { sources: [{ ...source, source_id: 'x' }] },
      { derived_from: parents },
      { subject: 'x'.repeat(513) },
      { confidence: 2 },
      { ttl_days: 0 },
      { extra: true },
    ]) {
      const claim = await claimBy(mallory, change)
      expect(await outcome(claimAsserted, { claim_id: claimIdOf(claim), claim }), JSON.stringify(change)).toBe(
        'schema_mismatch',
      )
    }
    const fits = await claimBy(mallory, { sources: [{ ...source, excerpt: 'x'.repeat(280) }] })
    expect(await outcome(claimAsserted, { claim_id: claimIdOf(fits), claim: fits })).toBe('stored')
  })

  it('is not heard before it is a member: an attestation from outside waits and counts for nothing (EVI-3)', async () => {
    const { history, log, view, bert, claimBy } = await scene(83)
    const claim = await claimBy(bert)
    const claim_id = claimIdOf(claim)
    const stranger = await history.author(99_999)
    const attestation = await signRecord(stranger.signer, {
      claim_id,
      attester: stranger.signer.nodeId,
      attested_at: AT,
      role: 'first-hand witness' as const,
      rationale: 'x',
    })
    const outcomes = await log.ingest([
      await bert.write(claimAsserted, { claim_id, claim }),
      await stranger.write(claimAttested, { attestation }),
    ])
    expect(outcomes.map(({ kind }) => kind)).toEqual(['stored', 'waiting'])
    expect(view.get(claim_id)).toMatchObject({ ground: 'unverified', vouches: [] })
  })

  it('sends ten thousand spoilt records and leaves no claim, no wait and a count of each', async () => {
    const { log, view, mallory, bert, claimBy } = await scene(85)
    const theirs = await claimBy(bert)
    const own = await claimBy(mallory)
    const spoilt = [
      { claim_id: claimIdOf(own), claim: { ...own, object: 'Sammelpunkt' } },
      { claim_id: claimIdOf(theirs), claim: own },
      { claim_id: claimIdOf(theirs), claim: theirs },
      { claim_id: claimIdOf(own), claim: { ...own, signature: `ed25519:${'A'.repeat(86)}` as typeof own.signature } },
      { claim_id: claimIdOf(own), claim: own, admitted: { hub: bert.signer.nodeId } },
    ]
    const signed: unknown[] = []
    for (let at = 0; at < 100; at++) for (const data of spoilt) signed.push(await mallory.write(claimAsserted, data))
    // the rest is noise around them, which no signature covers any more
    const bent = (event: unknown, at: number): unknown =>
      [{ ...Object(event), lamport: at }, { ...Object(event), data: {} }, { ...Object(event), event_type: at }, at, null][
        at % 5
      ]
    const noise = Array.from({ length: 9500 }, (_, at) => bent(signed[at % signed.length], at))
    const outcomes = await log.ingest([...signed, ...noise])
    expect(outcomes.filter(({ kind }) => kind !== 'refused')).toEqual([])
    const { refused, waiting } = log.stats()
    expect(Object.values(refused).reduce((sum, count) => sum + count, 0)).toBe(10_000)
    expect(waiting).toBe(0)
    expect(view.size).toBe(0)
    const honest = await claimBy(bert)
    await log.ingest([await bert.write(claimAsserted, { claim_id: claimIdOf(honest), claim: honest })])
    expect(view.size).toBe(1)
  }, 60_000)

  it('builds a chain and a fan of derivations that costs a reader no more than any other claim (EVI-5)', async () => {
    const { log, view, mallory, claimBy } = await scene(86)
    const write = async (derived_from: readonly string[], at: number) => {
      const claim = await claimBy(mallory, { derived_from, object: `o${at}` })
      await log.ingest([await mallory.write(claimAsserted, { claim_id: claimIdOf(claim), claim })])
      return claimIdOf(claim)
    }
    let row = [await write([], 0)]
    for (let at = 1; at <= 12; at++) {
      const parents = row
      row = []
      for (let n = 0; n < 32; n++) row.push(await write(parents, at * 100 + n))
    }
    const [top] = row
    if (!top) throw new Error('a claim')
    const trace = derivationOf(top, EVIDENCE_MAX_PROVENANCE_DEPTH, (id) => view.get(id)?.claim.derived_from ?? null)
    expect(trace.truncated).toBe(true)
    expect(trace.order.length).toBeLessThanOrEqual(EVIDENCE_MAX_PROVENANCE_CLAIMS)
    expect(new Set(trace.order).size).toBe(trace.order.length)
  }, 60_000)

  it('may bring bidi and lookalike characters in a subject, which arrive as they were signed', async () => {
    const { mallory, claimBy, outcome, view } = await scene(84)
    const claim = await claimBy(mallory, { subject: 'Turn\u202Ehalle' })
    expect(await outcome(claimAsserted, { claim_id: claimIdOf(claim), claim })).toBe('stored')
    expect(view.get(claimIdOf(claim))?.claim.subject).toBe('Turn\u202Ehalle')
  })
})

const base = {
  subject: 'x',
  predicate: 'ist',
  object: 'y',
  asserted_by: 'ed25519:' as never,
  asserted_at: AT,
  sources: [],
  confidence: 1,
  derived_from: [],
}
