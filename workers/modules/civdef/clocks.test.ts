import { describe, expect, it } from 'vitest'
import { alertGet, alertList, alertPublish, roleList } from '#protocol/civdef/capabilities.ts'
import { alertExplain, ceremonyAccept, ceremonyIssue, ceremonyRequest } from '#protocol/civdef/desk-capabilities.ts'
import { noticeList } from '#protocol/civdef/notice-capabilities.ts'
import { secondsTime } from '#protocol/civdef/terms.ts'
import { DAY, settledScene } from './testing/scene.ts'

const MINUTE = 60_000
const FAST = 8 * MINUTE

describe('tablets whose clocks differ by minutes', () => {
  it('believe each other: a certificate and an alert dated eight minutes ahead count, and the alert is not late (CIV-1)', async () => {
    const s = await settledScene(871, [], undefined, (name) => (name === 'Wehr' ? FAST : 0))
    const { alert_id: key } = await s.wehr.node.bus.call(alertPublish, {
      draft: s.draft({ expires_at: secondsTime(s.village.runtime.now() + 30 * MINUTE) }),
    })
    await s.knows(s.issum, key)
    const { delivery, marks } = await s.issum.node.bus.call(alertExplain, { key })
    expect([delivery, marks]).toEqual(['notify', []])
    expect((await s.issum.node.bus.call(noticeList, {})).notices).toHaveLength(1)
  })

  it('say so where the clock is further off than that, and still deliver', async () => {
    const s = await settledScene(872, [], undefined, (name) => (name === 'Wehr' ? 15 * MINUTE : 0))
    const { alert_id: key } = await s.wehr.node.bus.call(alertPublish, { draft: s.draft() })
    await s.knows(s.issum, key)
    const { delivery, marks } = await s.issum.node.bus.call(alertExplain, { key })
    expect([delivery, marks]).toEqual(['notify', ['clock']])
  })

  it('take a certificate from an issuer whose clock runs ahead, and use it at once (CIV-1)', async () => {
    // the invites by which everybody joins are issued by that clock as well (TOK-2)
    const s = await settledScene(873, [], undefined, (name) => (name === 'Kreis' ? FAST : 0))
    const { text } = await s.issum.node.bus.call(ceremonyRequest, {
      role: 'DE.NRW.Kleve.Issum.Feuerwehr.Zugfuehrer',
      region: 'DE.NRW.Kleve.Issum',
      title: 'Zugführer',
      scopes: ['alert.publish'],
    })
    const issued = await s.kreis.node.bus.call(ceremonyIssue, {
      ...{ text, under: s.kreisCert.cert_id, scopes: ['alert.publish'] },
      expires_at: secondsTime(s.village.runtime.now() + 30 * DAY),
    })
    const { certificate } = await s.issum.node.bus.call(ceremonyAccept, { text: issued.text })
    const draft = s.draft({ publisher_cert: certificate.cert_id })
    const { alert_id: key } = await s.issum.node.bus.call(alertPublish, { draft })
    await s.knows(s.wehr, key)
    expect((await s.wehr.node.bus.call(alertExplain, { key })).delivery).not.toBe('refuse')
  })
})

describe('a certificate that begins tomorrow', () => {
  it('may be known today, is shown as not yet, and carries no alert before its time (CIV-1)', async () => {
    const s = await settledScene(874)
    const now = s.village.runtime.now()
    const tomorrow = await s.issue({ ...s.wehrCert, title: 'Ab morgen', issued_at: secondsTime(now + DAY) })
    await s.register(tomorrow)
    const { certificates } = await s.issum.node.bus.call(roleList, { holder: s.wehr.id, limit: 10 })
    const record = certificates.find(({ certificate }) => certificate.cert_id === tomorrow.cert_id)
    expect(record?.state).toBe('not_yet')
    const draft = s.draft({ publisher_cert: tomorrow.cert_id, expires_at: secondsTime(now + 2 * DAY) })
    await expect(s.wehr.node.bus.call(alertPublish, { draft })).rejects.toMatchObject({ code: 'civdef_cert_invalid' })
  })
})

describe('an alert that ends on its way', () => {
  it('is history where it arrives, and notifies nobody (CIV-8)', async () => {
    const s = await settledScene(875)
    const others = s.everyone.filter((who) => who !== s.wehr).map(({ id }) => id)
    s.village.network.partition([s.wehr.id], others)
    await s.village.runtime.advance(1000)
    const soon = secondsTime(s.village.runtime.now() + MINUTE)
    const { alert_id: key } = await s.wehr.node.bus.call(alertPublish, { draft: s.draft({ expires_at: soon }) })
    await s.village.runtime.advance(2 * MINUTE)
    s.village.network.heal()
    await s.knows(s.issum, key)
    expect((await s.issum.node.bus.call(alertGet, { key })).record.state).toBe('expired')
    expect((await s.issum.node.bus.call(alertList, { state: 'active', limit: 5 })).total).toBe(0)
    expect((await s.issum.node.bus.call(noticeList, {})).notices).toEqual([])
  })

  it('does not outlive its certificate: one that would is not published (CIV-1)', async () => {
    const s = await settledScene(876)
    const now = s.village.runtime.now()
    const short = await s.issue({ ...s.wehrCert, expires_at: secondsTime(now + DAY / 4) })
    await s.register(short)
    await expect(
      s.wehr.node.bus.call(alertPublish, { draft: s.draft({ publisher_cert: short.cert_id }) }),
    ).rejects.toMatchObject({ code: 'civdef_cert_invalid' })
  })
})
