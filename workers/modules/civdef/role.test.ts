import { beforeAll, describe, expect, it } from 'vitest'
import type { Certificate } from '#protocol/civdef/certificate.ts'
import { createRegions } from './regions/adapters.ts'
import { endingSoon, judgeCertificate, recordOf, requirePermission } from './role.ts'
import { at, type Brigade, createBrigade, DAY, knowing, NOW } from './testing/brigade.ts'

const regions = createRegions()
let b: Brigade
beforeAll(async () => {
  b = await createBrigade()
})
const now = { from: NOW, until: NOW }
const all = () => [b.kreisCert, b.wehrCert, b.zugCert]
const judge = (certificate: Certificate, known = knowing(b.roots, all()), span = now) =>
  judgeCertificate(certificate, known, regions, span)

describe('a chain of certificates', () => {
  it('is good from a root down to a platoon leader (CIV-1)', () => {
    expect(judge(b.zugCert)).toMatchObject({ good: true, root: { name: 'Land NRW' }, role: { kind: { tier: 1 } } })
    expect(judge(b.zugCert)).toHaveProperty('chain.length', 2)
  })

  it('without a root, without a link, or under a root of elsewhere is unrecognised (CIV-1)', () => {
    expect(judge(b.zugCert, knowing([], all()))).toMatchObject({ code: 'civdef_cert_unrecognised', why: 'no_root' })
    expect(judge(b.zugCert, knowing(b.roots, [b.zugCert, b.wehrCert]))).toMatchObject({ why: 'chain_incomplete' })
    const elsewhere = b.roots.map((root) => ({ ...root, region: 'DE.NRW.Wesel' }))
    expect(judge(b.zugCert, knowing(elsewhere, all()))).toMatchObject({ code: 'civdef_cert_unrecognised', why: 'no_root' })
    const lookalike = b.roots.map((root) => ({ ...root, region: 'DE.NRW.Kle' }))
    expect(judge(b.zugCert, knowing(lookalike, all()))).toMatchObject({ why: 'no_root' })
  })

  it('is broken by whoever may not issue, issues for elsewhere, or for a higher tier (CIV-1)', async () => {
    const issue = (by: 'zug' | 'wehr' | 'kreis', under: Certificate[], change: Partial<Certificate>) =>
      b.certificate(b[by], {
        holder: b.stranger.nodeId,
        role: 'DE.NRW.Kleve.Issum.Feuerwehr.Zugfuehrer',
        region: 'DE.NRW.Kleve.Issum',
        issuer_chain: under.map(({ cert_id }) => cert_id),
        ...change,
      })
    const byZug = await issue('zug', [b.zugCert, b.wehrCert, b.kreisCert], {})
    expect(judge(byZug)).toMatchObject({ code: 'civdef_cert_unrecognised', why: 'issuer_may_not_issue' })
    const geldern = { role: 'DE.NRW.Kleve.Geldern.Feuerwehr.Zugfuehrer', region: 'DE.NRW.Kleve.Geldern' }
    expect(judge(await issue('wehr', [b.wehrCert, b.kreisCert], geldern))).toMatchObject({ why: 'issuer_of_elsewhere' })
    const above = { role: 'DE.NRW.Kleve.KatS.Stabsleiter', region: 'DE.NRW.Kleve.Issum' }
    expect(judge(await issue('wehr', [b.wehrCert, b.kreisCert], above))).toMatchObject({ why: 'issuer_of_lower_tier' })
    expect(judge(await issue('kreis', [b.wehrCert, b.kreisCert], {}))).toMatchObject({ why: 'chain_broken' })
    expect(judge(await issue('wehr', [b.wehrCert], {}))).toMatchObject({ why: 'chain_broken' })
  })

  it('is out of scope where a certificate says more than its role may (CIV-1)', async () => {
    const wide = await b.certificate(b.kreis, {
      holder: b.zug.nodeId,
      role: 'DE.NRW.Kleve.Issum.Feuerwehr.Zugfuehrer',
      region: 'DE.NRW.Kleve.Issum',
      issuer_chain: [b.kreisCert.cert_id],
      scopes: ['alert.publish', 'role.issue'],
    })
    expect(judge(wide)).toMatchObject({ code: 'civdef_cert_out_of_scope', why: 'scope_beyond_role' })
    const far = await b.certificate(b.kreis, {
      holder: b.zug.nodeId,
      role: 'DE.NRW.Kleve.Issum.Feuerwehr.Zugfuehrer',
      region: 'DE.NRW.Kleve',
      issuer_chain: [b.kreisCert.cert_id],
    })
    expect(judge(far)).toMatchObject({ why: 'region_beyond_role' })
  })

  it('holds within all its dates: not from tomorrow, not past the first end in it; ten minutes of drift are forgiven (CIV-1)', async () => {
    const tomorrow = await b.certificate(b.kreis, {
      ...b.wehrCert,
      holder: b.stranger.nodeId,
      issuer: b.kreis.nodeId,
      issued_at: at(1),
    })
    expect(judge(tomorrow)).toMatchObject({ code: 'civdef_cert_invalid', why: 'not_yet' })
    const begins = Date.parse(b.wehrCert.issued_at)
    expect(judge(b.wehrCert, undefined, { from: begins - 599_000, until: begins }).good).toBe(true)
    expect(judge(b.wehrCert, undefined, { from: begins - 601_000, until: begins }).good).toBe(false)
    const ends = Date.parse(b.wehrCert.expires_at)
    expect(judge(b.wehrCert, undefined, { from: NOW, until: ends }).good).toBe(true)
    expect(judge(b.wehrCert, undefined, { from: NOW, until: ends + 1000 })).toMatchObject({ why: 'expired' })
  })
})

describe('a revocation', () => {
  it('by the issuer, by whoever stands above, and by the root counts, also for what hangs below (CIV-2)', async () => {
    const by = [
      await b.revoke(b.kreis, b.wehrCert.cert_id, b.kreisCert.cert_id),
      await b.revoke(b.land, b.wehrCert.cert_id, null),
    ]
    for (const revocation of by) {
      const known = knowing(b.roots, all(), [revocation])
      expect(judge(b.wehrCert, known)).toMatchObject({ code: 'civdef_role_revoked' })
      expect(judge(b.zugCert, known)).toMatchObject({ code: 'civdef_role_revoked', at: b.wehrCert.cert_id })
      expect(judge(b.kreisCert, known).good).toBe(true)
    }
  })

  it('by the holder, by a stranger, or by somebody who names a certificate they do not hold changes nothing (CIV-2)', async () => {
    const by = [
      await b.revoke(b.wehr, b.wehrCert.cert_id, b.wehrCert.cert_id),
      await b.revoke(b.stranger, b.wehrCert.cert_id, b.kreisCert.cert_id),
      await b.revoke(b.stranger, b.wehrCert.cert_id, null),
      await b.revoke(b.zug, b.wehrCert.cert_id, b.zugCert.cert_id),
      await b.revoke(b.kreis, b.wehrCert.cert_id, null),
    ]
    expect(judge(b.wehrCert, knowing(b.roots, all(), by)).good).toBe(true)
  })
})

describe('permission', () => {
  const ask = (certificate: Certificate, holder = certificate.holder, known = knowing(b.roots, all())) =>
    requirePermission(certificate.cert_id, holder, 'alert.publish', now, { certificates: known, regions })

  it('has a code for each way to lack it (CIV-1)', async () => {
    expect(ask(b.wehrCert).role.kind.path).toBe('Feuerwehr.Wehrleiter')
    expect(() => ask(b.wehrCert, b.zug.nodeId)).toThrowError(expect.objectContaining({ code: 'civdef_cert_not_owned' }))
    expect(() => ask(b.wehrCert, undefined, knowing([], all()))).toThrowError(
      expect.objectContaining({ code: 'civdef_cert_unrecognised' }),
    )
    const revoked = knowing(b.roots, all(), [await b.revoke(b.land, b.wehrCert.cert_id, null)])
    expect(() => ask(b.wehrCert, undefined, revoked)).toThrowError(expect.objectContaining({ code: 'civdef_role_revoked' }))
    const bavaria = await b.certificate(b.land, {
      holder: b.wehr.nodeId,
      role: 'DE.BY.Muenchen.Feuerwehr.Wehrleiter',
      region: 'DE.BY.Muenchen',
    })
    expect(() => ask(bavaria, undefined, knowing(b.roots, [bavaria]))).toThrowError(
      expect.objectContaining({ code: 'civdef_region_unsupported' }),
    )
    const king = await b.certificate(b.land, {
      holder: b.wehr.nodeId,
      role: 'DE.NRW.Kleve.Issum.Feuerwehr.Koenig',
      region: 'DE.NRW.Kleve.Issum',
    })
    expect(() => ask(king, undefined, knowing(b.roots, [king]))).toThrowError(
      expect.objectContaining({ code: 'civdef_cert_out_of_scope' }),
    )
    const old = await b.certificate(b.land, {
      holder: b.wehr.nodeId,
      role: 'DE.NRW.Kleve.Issum.Feuerwehr.Wehrleiter',
      region: 'DE.NRW.Kleve.Issum',
      expires_at: at(-1),
    })
    expect(() => ask(old, undefined, knowing(b.roots, [old]))).toThrowError(
      expect.objectContaining({ code: 'civdef_cert_invalid' }),
    )
  })
})

describe('the end of a certificate', () => {
  it('warns its holder and its issuer from thirty days on, and says no more once it is there (CIV-3)', () => {
    const days = (left: number) => Date.parse(b.wehrCert.expires_at) - left * DAY
    const record = (when: number) => recordOf(b.wehrCert, knowing(b.roots, all()), regions, when)
    expect(record(days(31)).expires_in_days).toBeNull()
    expect(record(days(30) + 1).expires_in_days).toBe(29)
    expect(record(days(0.5)).expires_in_days).toBe(0)
    expect(record(days(-1))).toMatchObject({ state: 'expired', expires_in_days: null })
    const records = [record(days(7))]
    expect(endingSoon(records, b.wehr.nodeId)).toHaveLength(1)
    expect(endingSoon(records, b.kreis.nodeId)).toHaveLength(1)
    expect(endingSoon(records, b.zug.nodeId)).toHaveLength(0)
  })
})
