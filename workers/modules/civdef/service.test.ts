import { describe, expect, it, vi } from 'vitest'
import type { Alert } from '#protocol/civdef/alert.ts'
import { contentSha } from '#protocol/civdef/alert.ts'
import { auditCheckpoint, auditRestart, auditState, auditVerify } from '#protocol/civdef/audit-capabilities.ts'
import {
  alertAck,
  alertAcks,
  alertCancel,
  alertGet,
  alertList,
  alertPublish,
  auditExport,
  roleRevoke,
} from '#protocol/civdef/capabilities.ts'
import { alertExplain } from '#protocol/civdef/desk-capabilities.ts'
import { capExport, capImport } from '#protocol/civdef/exchange-capabilities.ts'
import { placeSearch, rootList, rootSet } from '#protocol/civdef/place-capabilities.ts'
import { secondsTime } from '#protocol/civdef/terms.ts'
import type { Ulid } from '#protocol/core/ids.ts'
import { signRecord } from '#protocol/core/signing.ts'
import { verifyAuditExport } from './audit/standalone.ts'
import { type Scene, settledScene } from './testing/scene.ts'

describe('a warning for Issum', () => {
  it('is published, believed there, hidden in Geldern with the reason, answered and ended (CIV-4, CIV-8, CIV-10 to CIV-12)', async () => {
    const s = await settledScene(61)
    const { alert_id } = await s.wehr.node.bus.call(alertPublish, { draft: s.draft() })
    for (const who of [s.issum, s.geldern, s.kreis]) await s.knows(who, alert_id)
    expect((await s.issum.node.bus.call(alertExplain, { key: alert_id })).delivery).toBe('notify')
    const hidden = await s.geldern.node.bus.call(alertExplain, { key: alert_id })
    expect(hidden.delivery).toBe('hide')
    expect(hidden.reasons).toContainEqual(expect.objectContaining({ rule: 'region', code: 'elsewhere' }))

    const cert_id = s.kreisCert.cert_id
    await s.kreis.node.bus.call(alertAck, { alert_id, status: 'acting', note: 'Pumpen unterwegs', cert_id })
    await s.village.until('the publisher sees the answer', async () => {
      const board = await s.wehr.node.bus.call(alertAcks, { alert_id })
      return board.acks[0]?.role === s.kreisCert.role && board.counts.acting === 1
    })
    await expect(s.issum.node.bus.call(alertAck, { alert_id, status: 'received' })).rejects.toMatchObject({
      code: 'unauthorized',
    })

    const end = { alert_id, reason: 'Pegel fällt', all_clear: true }
    await expect(s.issum.node.bus.call(alertCancel, { ...end, cert_id: s.wehrCert.cert_id })).rejects.toMatchObject({
      code: 'civdef_cert_not_owned',
    })
    await s.kreis.node.bus.call(alertCancel, { ...end, cert_id })
    for (const who of s.everyone) {
      await s.village.until(`${who.name} sees the end`, async () => {
        const { alerts } = await who.node.bus.call(alertList, { state: 'cancelled', limit: 10 })
        return alerts[0]?.cancellation?.all_clear === true
      })
    }
    expect((await s.issum.node.bus.call(alertExplain, { key: alert_id })).delivery).toBe('list')
  })

  it('is published once, however often it is sent with one id (CIV-4)', async () => {
    const s = await settledScene(62)
    const draft = s.draft({ alert_id: '01KSXB3Q000000000000000000' as Ulid })
    const first = await s.wehr.node.bus.call(alertPublish, { draft })
    expect(await s.wehr.node.bus.call(alertPublish, { draft })).toEqual(first)
    const again = s.draft({ alert_id: '01KSXB3Q000000000000000001' as Ulid })
    const [one, two] = await Promise.all([1, 2].map(() => s.wehr.node.bus.call(alertPublish, { draft: again })))
    expect(two).toEqual(one)
    expect((await s.wehr.node.bus.call(auditState, {})).entries).toBe(2)
    expect((await s.wehr.node.bus.call(alertList, { limit: 10 })).total).toBe(2)
  })

  it('is refused beyond its region, without its co-signature, and under somebody else’s certificate, with the code for each (CIV-4)', async () => {
    const s = await settledScene(63)
    const publish = (change: Parameters<Scene['draft']>[0], who = s.wehr) =>
      who.node.bus.call(alertPublish, { draft: s.draft(change) })
    const target = { region: 'DE.NRW.Kleve.Geldern', roles: [], channels: ['local' as const] }
    await expect(publish({ target })).rejects.toMatchObject({ code: 'civdef_alert_target_invalid' })
    await expect(publish({ severity: 'emergency' })).rejects.toMatchObject({
      code: 'civdef_cert_out_of_scope',
      data: { rule: 'cosignature', code: 'missing' },
    })
    await expect(publish({}, s.issum)).rejects.toMatchObject({ code: 'civdef_cert_not_owned' })
    const content = {
      ...s.draft({ severity: 'extreme' }),
      alert_id: '01KSXB3Q000000000000000009' as Ulid,
      publisher: s.wehr.id,
      publisher_role: s.wehrCert.role,
    }
    const attestation = await signRecord(s.kreis.signer, {
      content_sha: contentSha(content),
      cosigner: s.kreis.id,
      cosigner_cert: s.kreisCert.cert_id,
      cosigned_at: secondsTime(s.village.runtime.now()),
    })
    const { publisher: _p, publisher_role: _r, ...draft } = content
    const { alert_id } = await s.wehr.node.bus.call(alertPublish, { draft, attestation })
    await s.knows(s.issum, alert_id)
    expect((await s.issum.node.bus.call(alertExplain, { key: alert_id })).delivery).toBe('alarm')
  })

  it('under a certificate that was taken back is refused by everyone, and no further one goes out (CIV-2)', async () => {
    const s = await settledScene(64)
    const { alert_id } = await s.wehr.node.bus.call(alertPublish, { draft: s.draft() })
    await s.knows(s.issum, alert_id)
    const { cert_id } = s.wehrCert
    await expect(s.wehr.node.bus.call(roleRevoke, { cert_id, reason: 'selbst' })).rejects.toMatchObject({
      code: 'civdef_cert_out_of_scope',
    })
    await s.kreis.node.bus.call(roleRevoke, { cert_id, reason: 'nicht mehr im Dienst' })
    await s.village.until('Issum refuses it', async () => {
      const { delivery, reasons } = await s.issum.node.bus.call(alertExplain, { key: alert_id })
      return delivery === 'refuse' && reasons.at(-1)?.code === 'revoked'
    })
    await s.village.until('the publisher is told', () =>
      s.wehr.node.bus.call(alertPublish, { draft: s.draft() }).then(
        () => false,
        (error: unknown) => error instanceof Error && 'code' in error && error.code === 'civdef_role_revoked',
      ),
    )
  })

  it('that failed half way goes out when it is sent again, and is one (CIV-4)', async () => {
    const s = await settledScene(70)
    const draft = s.draft({ alert_id: '01KSXB3Q000000000000000000' as Ulid })
    const { bus } = s.wehr.node
    // a store that fails is loud, and here it is meant to fail
    const bugs = vi.spyOn(globalThis, 'reportError').mockImplementation(() => {})
    for (const write of [1, 2, 3]) {
      s.wehr.store.crashAtWrite(write, 'before')
      await expect(bus.call(alertPublish, { draft })).rejects.toThrow()
      await s.village.runtime.advance(2000)
    }
    expect(bugs).toHaveBeenCalledTimes(3)
    bugs.mockRestore()
    await bus.call(alertPublish, { draft })
    const again = await s.village.restart(s.wehr)
    expect((await again.node.bus.call(auditState, {})).entries).toBe(1)
    const { record } = await again.node.bus.call(alertGet, { key: '01KSXB3Q000000000000000000' })
    expect((await again.node.bus.call(alertList, { limit: 10 })).total).toBe(1)
    await s.knows(s.issum, record.key)
  })

  it('that was signed before a crash goes out on the next start, once (CIV-4)', async () => {
    const s = await settledScene(65)
    const { alert_id, ...draft } = { ...s.draft(), alert_id: '01KSXB3Q000000000000000000' as Ulid }
    const alert: Alert = await signRecord(s.wehr.signer, {
      ...draft,
      alert_id,
      publisher: s.wehr.id,
      publisher_role: s.wehrCert.role,
      published_at: secondsTime(s.village.runtime.now()),
    })
    await s.wehr.store.write([{ table: 'meta', key: 'shelf.civdef.outbox', value: [alert] }])
    const again = await s.village.restart(s.wehr)
    for (const who of [again, s.issum]) await s.knows(who, alert_id)
    expect((await again.node.bus.call(alertList, { limit: 10 })).total).toBe(1)
    expect((await again.node.bus.call(auditState, {})).entries).toBe(1)
  })

  it('that was signed before the chain broke goes out when a person has begun it anew, without a restart (CIV-4, AUD-4)', async () => {
    const s = await settledScene(79)
    await s.wehr.node.bus.call(alertPublish, { draft: s.draft() })
    await s.village.during(s.wehr.node.bus.call(auditCheckpoint, {}))
    const { alert_id, ...draft } = { ...s.draft(), alert_id: '01KSXB3Q000000000000000001' as Ulid }
    const alert: Alert = await signRecord(s.wehr.signer, {
      ...draft,
      alert_id,
      publisher: s.wehr.id,
      publisher_role: s.wehrCert.role,
      published_at: secondsTime(s.village.runtime.now()),
    })
    const key = 'shelf.civdef.audit.0.0'
    const [, ...rest] = (await s.wehr.store.get('meta', key)) as string[]
    await s.wehr.store.write([
      { table: 'meta', key, value: ['{"seq":', ...rest] },
      { table: 'meta', key: 'shelf.civdef.outbox', value: [alert] },
    ])
    const { node } = await s.village.restart(s.wehr)
    expect((await node.bus.call(auditState, {})).blocked).toBe(true)
    expect((await node.bus.call(alertList, { limit: 10 })).total).toBe(1)
    await node.bus.call(auditRestart, { reason: 'Speicher beschädigt' })
    await s.knows(s.issum, alert_id)
    expect((await node.bus.call(alertList, { limit: 10 })).total).toBe(2)
  })
})

describe('answers', () => {
  it('are five a minute for each alert; the sixth is told when to come again (CIV-11)', async () => {
    const s = await settledScene(66)
    const { alert_id } = await s.wehr.node.bus.call(alertPublish, { draft: s.draft() })
    await s.knows(s.kreis, alert_id)
    const answer = () => s.kreis.node.bus.call(alertAck, { alert_id, status: 'received', cert_id: s.kreisCert.cert_id })
    // all at once, as by somebody who presses and presses
    const given = await Promise.allSettled(Array.from({ length: 8 }, answer))
    expect(given.filter(({ status }) => status === 'fulfilled')).toHaveLength(5)
    await expect(answer()).rejects.toMatchObject({ code: 'civdef_ack_rate_limited', retryAfterMs: expect.any(Number) })
    await s.village.runtime.advance(61_000)
    await expect(answer()).resolves.toBeDefined()
  })
})

describe('the audit log of a community', () => {
  it('is witnessed by the others, verified, exported and checked by itself (AUD-2 to AUD-5)', async () => {
    const s = await settledScene(67)
    for (let n = 0; n < 3; n++) await s.wehr.node.bus.call(alertPublish, { draft: s.draft({ drill: true }) })
    const { size, witnesses } = await s.village.during(s.wehr.node.bus.call(auditCheckpoint, {}))
    expect(size).toBe(3)
    expect([...witnesses].sort()).toEqual([s.kreis.id, s.issum.id, s.geldern.id].sort())
    expect(await s.village.during(s.wehr.node.bus.call(auditVerify, { by: 'entries' }))).toMatchObject({
      whole: true,
      witnessed: 3,
    })
    const { content } = await s.wehr.node.bus.call(auditExport, { format: 'jsonl' })
    const report = await verifyAuditExport(content)
    expect(report).toMatchObject({ sound: true, entries: 3, complete: true, certificates: 2 })
    expect(report.witnesses).toHaveLength(3)
  })
})

describe('places and roots', () => {
  it('are found by name, and shown by name and fingerprint (CIV-1, CIV-5)', async () => {
    const s = await settledScene(68)
    const { places, source } = await s.issum.node.bus.call(placeSearch, { text: 'iss', limit: 5 })
    expect(places[0]?.region).toBe('DE.NRW.Kleve.Issum')
    expect(source).toContain('Destatis')
    const { roots } = await s.issum.node.bus.call(rootList, {})
    expect(roots).toMatchObject([{ root: s.kreis.id, name: 'Kreis Kleve', from: 'community' }])
    expect(roots[0]?.fingerprint).toMatch(/^[A-Z2-7]{4}(-[A-Z2-7]{4}){3}$/)
    await expect(s.issum.node.bus.call(rootSet, { root: s.issum.id, name: 'Ich', region: 'DE' })).rejects.toMatchObject({
      code: 'unauthorized',
    })
  })
})

describe('files', () => {
  it('name every version before, so that whoever imported only the first follows (CIV-8, CIV-15)', async () => {
    const s = await settledScene(70)
    const { bus } = s.wehr.node
    const ids: Ulid[] = []
    for (const title of ['Pegel 2 m', 'Pegel 3 m', 'Pegel 4 m']) {
      const before = ids.at(-1)
      const draft = s.draft({ title, ...(before === undefined ? {} : { replaces: before }) })
      ids.push((await bus.call(alertPublish, { draft })).alert_id)
      await s.village.runtime.advance(1000)
    }
    const [first = '', second = '', third = ''] = ids
    const referenced = async (key: string): Promise<string[]> => {
      const { text } = await bus.call(capExport, { key })
      return (/<references>(.*)<\/references>/.exec(text)?.[1] ?? '').split(' ').map((one) => one.split(',')[1] ?? '')
    }
    expect(await referenced(third)).toEqual([second, first])
    expect(await referenced(second)).toEqual([first])
    const { text } = await bus.call(capExport, { key: first })
    expect(text).toContain('<msgType>Alert</msgType>')
    expect(text).not.toContain('<references>')
  })

  it('carry an alert out as CAP, and an official warning in as a mirror that everyone sees once and nobody signs', async () => {
    const s = await settledScene(69)
    const { alert_id } = await s.wehr.node.bus.call(alertPublish, { draft: s.draft({ drill: true }) })
    const { text, file_name } = await s.wehr.node.bus.call(capExport, { key: alert_id })
    expect(file_name).toBe(`${alert_id}.xml`)
    expect(text).toContain('<status>Exercise</status>')
    expect(text).toContain('<senderName>Wehrleiterin Issum</senderName>')

    const official = text
      .replace(/<parameter>[\s\S]*?<\/parameter>\s*/g, '')
      .replace(alert_id, 'EXAMPLE.1')
      .replace('Exercise', 'Actual')
    const look = await s.issum.node.bus.call(capImport, { format: 'cap', text: official, keep: false })
    expect(look).toMatchObject({ kept: 0, mirrors: [{ correlation_id: 'EXAMPLE.1', regions: ['DE.NRW.Kleve.Issum'] }] })
    expect((await s.issum.node.bus.call(capImport, { format: 'cap', text: official, keep: true })).kept).toBe(1)
    expect((await s.issum.node.bus.call(capImport, { format: 'cap', text: official, keep: true })).kept).toBe(0)
    const key = 'mirror:EXAMPLE.1'
    await s.knows(s.geldern, key)
    const { record } = await s.geldern.node.bus.call(alertGet, { key })
    expect(record).toMatchObject({ origin: 'mirror', alert: null, author: s.issum.id })
    expect((await s.issum.node.bus.call(alertExplain, { key })).marks).toEqual(['mirror'])
    await expect(
      s.issum.node.bus.call(capImport, { format: 'cap', text: '<!DOCTYPE a><a/>', keep: true }),
    ).rejects.toMatchObject({
      code: 'bad_request',
    })
  })
})
