import { describe, expect, it } from 'vitest'
import { alertCancel, alertGet, alertPublish, roleRevoke } from '#protocol/civdef/capabilities.ts'
import { alertForwarded, noticeChanged } from '#protocol/civdef/events.ts'
import type { Mirror } from '#protocol/civdef/mirror.ts'
import { noticeClaim, noticeList, noticeShown } from '#protocol/civdef/notice-capabilities.ts'
import { secondsTime } from '#protocol/civdef/terms.ts'
import { configSet } from '#protocol/config/capabilities.ts'
import type { Ulid } from '#protocol/core/ids.ts'
import { eventsList, eventsWatch } from '#protocol/events/capabilities.ts'
import type { Villager } from '../../../testing/village.ts'
import { createForger } from '../testing/forger.ts'
import { page } from '../testing/page.ts'
import { DAY, type Scene, settledScene } from '../testing/scene.ts'

const noticesAt = async (who: Villager) => (await who.node.bus.call(noticeList, {})).notices

const publish = async (s: Scene, change: Parameters<Scene['draft']>[0] = {}) =>
  (await s.wehr.node.bus.call(alertPublish, { draft: s.draft(change) })).alert_id

describe('a notification', () => {
  it('comes once on each device, whatever the tabs, the repeats and the restarts (CIV-8)', async () => {
    const s = await settledScene(821)
    const key = await publish(s)
    await s.knows(s.issum, key)
    await s.knows(s.geldern, key)
    // two tabs at the same moment, and a third later
    const both = await Promise.all([page(s.issum), page(s.issum)])
    expect(both.flat()).toMatchObject([{ key, kind: 'new', sound: true, vibration: true, silent: false, full_screen: false }])
    expect(both.flat()[0]?.from).toBe('Wehrleiterin Issum')
    expect(await page(s.issum)).toEqual([])
    const again = await s.village.restart(s.issum)
    expect(await page(again)).toEqual([])
    expect(await noticesAt(again)).toMatchObject([{ key, shown: true, kind: 'new' }])
    // not for Geldern
    expect(await noticesAt(s.geldern)).toEqual([])
  })

  it('is shown by the next page where the one that had the word died (CIV-8)', async () => {
    const s = await settledScene(822)
    const key = await publish(s)
    await s.knows(s.issum, key)
    const [one] = await noticesAt(s.issum)
    if (!one) throw new TypeError('one alert')
    const id = { tag: one.tag, revision: one.revision }
    expect((await s.issum.node.bus.call(noticeClaim, { notices: [id] })).yours).toEqual([id])
    expect((await s.issum.node.bus.call(noticeClaim, { notices: [id] })).yours).toEqual([])
    await s.village.runtime.advance(21_000)
    expect(await page(s.issum)).toMatchObject([{ key }])
  })

  it('is replaced by an update, which is an alarm only where it is louder, and quietly by the all-clear (CIV-8)', async () => {
    const s = await settledScene(823)
    const first = await publish(s, { severity: 'advisory' })
    await s.knows(s.issum, first)
    const [shown] = await page(s.issum)
    expect(shown).toMatchObject({ kind: 'new', sound: false, vibration: true })
    const second = await publish(s, { severity: 'advisory', replaces: first, title: 'Pegel steht' })
    await s.knows(s.issum, second)
    expect(await page(s.issum)).toMatchObject([{ tag: shown?.tag, key: second, kind: 'update', silent: true, sound: false }])
    const third = await publish(s, { severity: 'warning', replaces: second, title: 'Pegel steigt wieder' })
    await s.knows(s.issum, third)
    expect(await page(s.issum)).toMatchObject([{ tag: shown?.tag, key: third, kind: 'update', silent: false, sound: true }])
    expect(await noticesAt(s.issum)).toHaveLength(1)
    const { cert_id } = s.wehrCert
    await s.wehr.node.bus.call(alertCancel, { alert_id: third, cert_id, reason: 'Pegel fällt', all_clear: true })
    await s.village.until('the all-clear is here', async () => (await noticesAt(s.issum))[0]?.kind === 'all_clear')
    expect(await page(s.issum)).toMatchObject([
      { tag: shown?.tag, kind: 'all_clear', body: 'Pegel fällt', silent: true, sound: false, vibration: false },
    ])
    expect(await page(s.issum)).toEqual([])
  })

  it('does not come for what ended before anybody saw it, nor for drills, nor for what is too quiet (CIV-8, CIV-9)', async () => {
    const s = await settledScene(824)
    const over = await publish(s)
    await s.wehr.node.bus.call(alertCancel, {
      ...{ alert_id: over, cert_id: s.wehrCert.cert_id, reason: 'Irrtum', all_clear: false },
    })
    const drill = await publish(s, { drill: true })
    await s.knows(s.issum, drill)
    await s.village.until('the end is here', async () => (await noticesAt(s.issum)).length === 0)
    await s.issum.node.bus.call(configSet, { civdef: { drills: true, sound: false } })
    expect(await page(s.issum)).toMatchObject([{ key: drill, drill: true, marks: ['drill'], sound: false, vibration: true }])
    await s.issum.node.bus.call(configSet, { civdef: { notify_from: 'extreme' } })
    expect(await noticesAt(s.issum)).toEqual([])
  })

  it('leaves by itself when the alert ends, and says so to whoever watches', async () => {
    const s = await settledScene(825)
    const key = await publish(s, { expires_at: secondsTime(s.village.runtime.now() + 90_000) })
    await s.knows(s.issum, key)
    await page(s.issum)
    const stop = new AbortController()
    const heard = new Set<string>()
    const watching = (async () => {
      for await (const { types } of s.issum.node.bus.stream(eventsWatch, {}, { signal: stop.signal })) {
        for (const type of types) heard.add(type)
      }
    })().catch(() => {})
    await s.village.runtime.advance(60_000)
    expect(heard).not.toContain(noticeChanged.type)
    await s.village.runtime.advance(31_000)
    expect(heard).toContain(noticeChanged.type)
    expect(await noticesAt(s.issum)).toEqual([])
    stop.abort()
    await s.village.during(watching)
  })

  it('is taken back, and said to be, where the certificate was revoked after it was shown (CIV-2)', async () => {
    const s = await settledScene(826)
    const key = await publish(s)
    await s.knows(s.issum, key)
    await page(s.issum)
    await s.kreis.node.bus.call(roleRevoke, { cert_id: s.wehrCert.cert_id, reason: 'Gerät gestohlen' })
    await s.village.until('it is withdrawn', async () => (await noticesAt(s.issum))[0]?.kind === 'withdrawn')
    expect(await page(s.issum)).toMatchObject([{ key, kind: 'withdrawn', silent: true }])
    expect(await page(s.issum)).toEqual([])
  })

  it('comes once although the update was here before what it replaces (CIV-8)', async () => {
    const s = await settledScene(827)
    s.village.network.partition(
      [s.issum.id],
      s.everyone.filter(({ id }) => id !== s.issum.id).map(({ id }) => id),
    )
    await s.village.runtime.advance(1000)
    const first = await publish(s)
    const second = await publish(s, { replaces: first, title: 'Neu' })
    s.village.network.heal()
    await s.knows(s.issum, second)
    await s.knows(s.issum, first)
    expect(await page(s.issum)).toMatchObject([{ key: second, kind: 'new' }])
    expect(await page(s.issum)).toEqual([])
    expect(await noticesAt(s.issum)).toHaveLength(1)
  })
})

describe('two alerts under one number', () => {
  it('are one to a person: every device names the same one, and none is notified twice (CIV-8, EVT-3)', async () => {
    const s = await settledScene(832)
    const alert_id = '01KSXB3Q000000000000000000' as Ulid
    s.village.network.partition([s.wehr.id, s.issum.id], [s.kreis.id, s.geldern.id])
    await s.village.runtime.advance(1000)
    await publish(s, { alert_id, title: 'Von der Wehr' })
    const region = { region: 'DE.NRW.Kleve', roles: [], channels: ['local' as const] }
    const other = s.draft({ alert_id, title: 'Vom Kreis', target: region, publisher_cert: s.kreisCert.cert_id })
    await s.kreis.node.bus.call(alertPublish, { draft: other })
    await s.knows(s.issum, alert_id)
    await s.knows(s.geldern, alert_id)
    expect(await page(s.issum)).toMatchObject([{ title: 'Von der Wehr' }])
    expect(await page(s.geldern)).toMatchObject([{ title: 'Vom Kreis' }])
    s.village.network.heal()
    const titleAt = async (who: Villager) => {
      const { record } = await who.node.bus.call(alertGet, { key: alert_id })
      return record.alert?.title
    }
    await s.village.until('all name the same', async () => new Set(await Promise.all(s.everyone.map(titleAt))).size === 1)
    expect(await page(s.issum)).toEqual([])
    expect(await page(s.geldern)).toEqual([])
  })
})

describe('a certificate that ends', () => {
  it('is told to its holder and its issuer once a stage (CIV-3)', async () => {
    const s = await settledScene(828)
    const { now } = s.village.runtime
    const ends = (days: number) => secondsTime(now() + days * DAY)
    const zug = { ...s.wehrCert, role: 'DE.NRW.Kleve.Issum.Feuerwehr.Zugfuehrer' }
    const soon = await s.issue({ ...zug, title: 'Zweiter Ausweis', expires_at: ends(6.5) })
    await s.register(soon)
    const endingAt = async (who: Villager) => (await who.node.bus.call(noticeList, {})).ending
    expect(await endingAt(s.wehr)).toMatchObject([{ cert_id: soon.cert_id, own: true, expires_in_days: 6, shown: false }])
    expect(await endingAt(s.kreis)).toMatchObject([{ own: false, holder_name: 'Wehr', expires_in_days: 6 }])
    expect(await endingAt(s.issum)).toEqual([])
    const ids = (await endingAt(s.wehr)).map(({ tag, revision }) => ({ tag, revision }))
    expect((await s.wehr.node.bus.call(noticeClaim, { notices: ids })).yours).toEqual(ids)
    await s.wehr.node.bus.call(noticeShown, { notices: ids })
    expect(await endingAt(s.wehr)).toMatchObject([{ shown: true }])
    const again = await s.village.restart(s.wehr)
    expect(await endingAt(again)).toMatchObject([{ shown: true }])
  })

  it('is not told where the same role goes on under a longer one (CIV-3)', async () => {
    const s = await settledScene(829)
    const ends = (days: number) => secondsTime(s.village.runtime.now() + days * DAY)
    const soon = await s.issue({ ...s.wehrCert, expires_at: ends(6.5) })
    await s.register(soon)
    expect((await s.wehr.node.bus.call(noticeList, {})).ending).toEqual([])
  })
})

describe('a mirrored warning', () => {
  const MINUTE = 60_000

  it('comes once, is replaced by what its sender says next, and ends with their cancellation; another’s word changes nothing (CIV-8)', async () => {
    const forger = createForger()
    const s = await settledScene(831, [], forger.modules)
    const { log, publish: spread } = forger.handOf(s.geldern.id)
    const now = s.village.runtime.now()
    const bring = async (change: Partial<Mirror>, minutes: number): Promise<void> => {
      const mirror: Mirror = {
        ...{ format: 'nina', kind: 'alert', correlation_id: 'EXAMPLE.1', sender: 'EXAMPLE', sender_name: 'Leitstelle' },
        sent_at: secondsTime(now + minutes * MINUTE),
        expires_at: secondsTime(now + DAY),
        ...{ severity: 'warning', event: 'Hochwasser', area: 'Issum', regions: ['DE.NRW.Kleve.Issum'], polygons: [] },
        wordings: [{ language: 'de-DE', title: `Hochwasser ${minutes}`, body: 'Übung ohne Inhalt', instructions: [] }],
        ...{ references: [], drill: false, document_sha: `sha256:${'0'.repeat(64)}` },
        ...change,
      }
      const { lamport } = (
        await log.append(alertForwarded, { mirror, certificates: [], path: [] }).then((event) => {
          spread(event)
          return event
        })
      ).event
      await s.village.until(
        'it is here',
        async () => (await s.issum.node.bus.call(eventsList, { limit: 1 })).events[0]?.event.lamport === lamport,
      )
    }
    await bring({}, 0)
    expect(await page(s.issum)).toMatchObject([{ kind: 'new', from: 'Leitstelle', marks: ['mirror'], full_screen: false }])
    // the same once more, brought by somebody else or twice
    await bring({}, 0)
    expect(await page(s.issum)).toEqual([])
    await bring({ correlation_id: 'EXAMPLE.9', sender: 'ANDERE', kind: 'cancel', references: ['EXAMPLE.1'] }, 1)
    expect(await noticesAt(s.issum)).toMatchObject([{ title: 'Hochwasser 0', kind: 'new', shown: true }])
    await bring({ correlation_id: 'EXAMPLE.2', kind: 'update', references: ['EXAMPLE.1'] }, 2)
    expect(await page(s.issum)).toMatchObject([{ kind: 'update', title: 'Hochwasser 2', silent: true }])
    expect(await noticesAt(s.issum)).toHaveLength(1)
    await bring({ correlation_id: 'EXAMPLE.3', kind: 'cancel', references: ['EXAMPLE.2'] }, 3)
    expect(await page(s.issum)).toMatchObject([{ kind: 'cancelled', silent: true }])
    expect(await page(s.issum)).toEqual([])
  })
})
