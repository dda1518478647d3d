import encodeQR from 'qr'
import { describe, expect, it } from 'vitest'
import { alertList, alertPublish, alertSubscribe, roleList } from '#protocol/civdef/capabilities.ts'
import {
  alertPreview,
  ceremonyAccept,
  ceremonyIssue,
  ceremonyRead,
  ceremonyRequest,
  cosignAnswer,
  cosignImport,
  cosignList,
  cosignRequest,
  draftDiscard,
  draftList,
  draftSave,
  walletGet,
} from '#protocol/civdef/desk-capabilities.ts'
import { placeGet, placeMap, placeSearch, placeSet } from '#protocol/civdef/place-capabilities.ts'
import { secondsTime } from '#protocol/civdef/terms.ts'
import type { Ulid } from '#protocol/core/ids.ts'
import { DAY, type Scene, settledScene } from '../testing/scene.ts'

const words = (n: number): string => 'Das Wasser der Issumer Fleuth steigt weiter. '.repeat(30).slice(0, n).trim()

describe('a draft', () => {
  it('is kept over a restart, changed in place and thrown away', async () => {
    const s = await settledScene(801)
    const { draft_id } = await s.wehr.node.bus.call(draftSave, { draft: s.draft() })
    await s.wehr.node.bus.call(draftSave, { draft_id, draft: s.draft({ title: 'Anders' }) })
    const again = await s.village.restart(s.wehr)
    const { drafts } = await again.node.bus.call(draftList, {})
    expect(drafts.map(({ draft }) => draft.title)).toEqual(['Anders'])
    await again.node.bus.call(draftDiscard, { draft_id })
    expect(await again.node.bus.call(draftList, {})).toEqual({ drafts: [] })
    await expect(again.node.bus.call(draftDiscard, { draft_id })).rejects.toMatchObject({ code: 'not_found' })
  })

  it('is shown as a resident would get it, with everything that publishing would refuse (CIV-4)', async () => {
    const s = await settledScene(802)
    const look = (change: Parameters<Scene['draft']>[0], who = s.wehr) =>
      who.node.bus.call(alertPreview, { draft: s.draft(change) })
    expect(await look({})).toMatchObject({
      problems: [],
      needs_cosignature: false,
      resident: { delivery: 'notify' },
      municipalities: 1,
    })
    expect((await look({})).inhabitants).toBeGreaterThan(10_000)
    const loud = await look({ severity: 'emergency' })
    expect(loud).toMatchObject({ problems: [], needs_cosignature: true, resident: { delivery: 'notify' } })
    expect(await look({ severity: 'extreme' })).toMatchObject({ resident: { delivery: 'alarm' } })
    const target = { region: 'DE.NRW.Kleve.Geldern', roles: [], channels: ['local' as const] }
    expect((await look({ target })).problems[0]?.code).toBe('civdef_alert_target_invalid')
    expect((await look({}, s.issum)).problems[0]?.code).toBe('civdef_cert_not_owned')
    expect((await look({ title: ' schief ' })).problems[0]).toMatchObject({ code: 'bad_request', field: '/title' })
    const ended = secondsTime(s.village.runtime.now() - 1000)
    expect((await look({ expires_at: ended })).problems[0]).toMatchObject({ code: 'bad_request', field: '/expires_at' })
    expect((await s.wehr.node.bus.call(alertList, { limit: 5 })).total).toBe(0)
  })
})

describe('a co-signature', () => {
  const alert_id = '01KSXB3Q000000000000000000' as Ulid
  const stateAt = async (who: Scene['wehr']) => (await who.node.bus.call(cosignList, {})).requests[0]?.state

  it('is asked for, given and used over the bus (CIV-4)', async () => {
    const s = await settledScene(803)
    const draft = s.draft({ severity: 'emergency', alert_id })
    const asked = await s.village.during(
      s.wehr.node.bus.call(cosignRequest, { draft, to: s.kreis.id, reason: 'Pegel über 4 m' }),
    )
    expect(asked.delivered).toBe(true)
    const inbox = (await s.kreis.node.bus.call(cosignList, {})).requests
    expect(inbox).toMatchObject([{ direction: 'in', state: 'waiting', request: { reason: 'Pegel über 4 m' } }])
    const { request_id } = asked
    const { cert_id } = s.kreisCert
    expect((await s.village.during(s.kreis.node.bus.call(cosignAnswer, { request_id, cert_id, sign: true }))).delivered).toBe(
      true,
    )
    const [signed] = (await s.wehr.node.bus.call(cosignList, {})).requests
    expect(signed).toMatchObject({ direction: 'out', state: 'signed', attestation: { cosigner: s.kreis.id } })
    if (!signed?.attestation) throw new TypeError('it was just signed')
    // the minute in which it is sent is not what was signed
    await s.village.runtime.advance(90_000)
    await s.wehr.node.bus.call(alertPublish, { draft, attestation: signed.attestation })
    await s.knows(s.issum, alert_id)
    const changed = { ...draft, alert_id: '01KSXB3Q000000000000000001' as Ulid, title: 'Etwas anderes' }
    await expect(s.wehr.node.bus.call(alertPublish, { draft: changed, attestation: signed.attestation })).rejects.toMatchObject(
      { code: 'invalid_signature' },
    )
  })

  it('that was asked for while the other one was away arrives when they come back, and so does the answer', async () => {
    const s = await settledScene(804)
    const rest = s.everyone.filter(({ id }) => id !== s.kreis.id).map(({ id }) => id)
    s.village.network.partition([s.kreis.id], rest)
    await s.village.runtime.advance(1000)
    const draft = s.draft({ severity: 'extreme', alert_id })
    const asked = await s.village.during(s.wehr.node.bus.call(cosignRequest, { draft, to: s.kreis.id }))
    expect(asked.delivered).toBe(false)
    // the device that asked is closed in between
    const wehr = await s.village.restart(s.wehr)
    s.village.network.heal()
    await s.village.until('the request arrives', async () => (await stateAt(s.kreis)) === 'waiting')
    s.village.network.partition([s.kreis.id], rest)
    await s.village.runtime.advance(1000)
    const { request_id } = asked
    const answered = await s.village.during(
      s.kreis.node.bus.call(cosignAnswer, { request_id, cert_id: s.kreisCert.cert_id, sign: false }),
    )
    expect(answered.delivered).toBe(false)
    s.village.network.heal()
    await s.village.until('the answer arrives', async () => (await stateAt(wehr)) === 'declined')
  })

  it('goes from tablet to tablet as a code without a network; a code for somebody else or a damaged one is refused', async () => {
    const s = await settledScene(805)
    s.village.network.partition(...s.everyone.map(({ id }) => [id]))
    await s.village.runtime.advance(1000)
    const draft = s.draft({
      severity: 'emergency',
      alert_id,
      body: words(500),
      instructions: ['Keller meiden', 'Nachbarn helfen', 'Radio hören', 'Strom im Keller abschalten'],
      variants: [
        {
          language: 'en',
          title: 'Flooding at the Issumer Fleuth',
          body: 'The water of the Issumer Fleuth keeps rising. Leave cellars. Help your neighbours.',
          instructions: ['Avoid cellars', 'Help neighbours', 'Listen to the radio'],
        },
      ],
    })
    const { text } = await s.village.during(s.wehr.node.bus.call(cosignRequest, { draft, to: s.kreis.id }))
    // two languages and four instructions still fit one code that a tablet reads
    expect(text.length).toBeLessThan(2048)
    expect(encodeQR(text, 'raw', { ecc: 'low' }).length).toBeLessThanOrEqual(121)
    await expect(s.issum.node.bus.call(cosignImport, { text })).rejects.toMatchObject({ code: 'bad_request' })
    await expect(s.kreis.node.bus.call(cosignImport, { text: `${text.slice(0, -8)}AAAAAAAA` })).rejects.toMatchObject({
      code: 'bad_request',
    })
    expect(await s.kreis.node.bus.call(cosignImport, { text: ` ${text}\n` })).toMatchObject({ kind: 'request' })
    const { request_id } = await s.kreis.node.bus.call(cosignImport, { text })
    const codes = async ({ node }: typeof s.wehr) => (await node.bus.call(cosignList, {})).requests.map((one) => one.text)
    expect([await codes(s.wehr), await codes(s.kreis)], 'to be shown again, at whoever has something to show').toEqual([
      [text],
      [null],
    ])
    expect((await s.kreis.node.bus.call(cosignList, {})).requests).toHaveLength(1)
    const answer = await s.village.during(
      s.kreis.node.bus.call(cosignAnswer, { request_id, cert_id: s.kreisCert.cert_id, sign: true }),
    )
    expect(answer.text.length).toBeLessThan(600)
    expect(await codes(s.kreis)).toEqual([answer.text])
    expect(await s.wehr.node.bus.call(cosignImport, { text: answer.text })).toEqual({ request_id, kind: 'answer' })
    expect(await stateAt(s.wehr)).toBe('signed')
    expect(await codes(s.wehr)).toEqual([null])
    await expect(s.issum.node.bus.call(cosignImport, { text: answer.text })).rejects.toMatchObject({ code: 'not_found' })
  })

  it('is given only for what every receiver would believe, and only under a certificate that says so (CIV-4)', async () => {
    const s = await settledScene(806)
    const draft = s.draft({ severity: 'emergency', alert_id })
    const { request_id } = await s.village.during(s.wehr.node.bus.call(cosignRequest, { draft, to: s.issum.id }))
    const answer = { request_id, cert_id: s.wehrCert.cert_id, sign: true }
    await expect(s.issum.node.bus.call(cosignAnswer, answer)).rejects.toMatchObject({ code: 'civdef_cert_not_owned' })
    const lower = await s.issue({
      holder: s.issum.id,
      role: 'DE.NRW.Kleve.Issum.Feuerwehr.Zugfuehrer',
      region: 'DE.NRW.Kleve.Issum',
      scopes: ['alert.publish'],
      title: 'Zugführer',
    })
    await s.register(lower)
    await expect(s.issum.node.bus.call(cosignAnswer, { ...answer, cert_id: lower.cert_id })).rejects.toMatchObject({
      code: 'civdef_cert_out_of_scope',
    })
    await expect(
      s.wehr.node.bus.call(cosignRequest, { draft: s.draft({ publisher_cert: s.kreisCert.cert_id }), to: s.kreis.id }),
    ).rejects.toMatchObject({ code: 'civdef_cert_not_owned' })
  })

  it('is waited for by at most eight requests of one person: nobody fills another’s desk', async () => {
    const s = await settledScene(807)
    const ask = () =>
      s.village.during(s.wehr.node.bus.call(cosignRequest, { draft: s.draft({ severity: 'emergency' }), to: s.kreis.id }))
    for (let n = 0; n < 8; n++) expect((await ask()).delivered).toBe(true)
    expect((await ask()).delivered).toBe(false)
    expect((await s.kreis.node.bus.call(cosignList, {})).requests).toHaveLength(8)
  })
})

describe('the ceremony', () => {
  it('gives a role to a person on two tablets without a network, and everyone knows it later (CIV-1)', async () => {
    const s = await settledScene(808)
    s.village.network.partition(...s.everyone.map(({ id }) => [id]))
    await s.village.runtime.advance(1000)
    const wanted = {
      role: 'DE.NRW.Kleve.Issum.Feuerwehr.Zugfuehrer',
      region: 'DE.NRW.Kleve.Issum',
      title: 'Zugführer Issum',
      scopes: ['alert.publish' as const],
    }
    const asked = await s.issum.node.bus.call(ceremonyRequest, wanted)
    expect(asked.text.length).toBeLessThan(1000)
    const read = await s.kreis.node.bus.call(ceremonyRead, { text: asked.text })
    expect(read).toMatchObject({ request: { ...wanted, holder: s.issum.id, display_name: 'Issum' } })
    expect(read.fingerprint).toMatch(/^[A-Z2-7]{4}(-[A-Z2-7]{4}){3}$/)
    const { box_key } = await s.issum.node.bus.call(walletGet, {})
    expect(read.request.box_key).toBe(box_key)

    const expires_at = secondsTime(s.village.runtime.now() + 60 * DAY)
    const under = s.kreisCert.cert_id
    const issued = await s.kreis.node.bus.call(ceremonyIssue, {
      text: asked.text,
      under,
      scopes: ['alert.publish'],
      expires_at,
    })
    expect(issued.text.length).toBeLessThan(2048)
    await expect(s.geldern.node.bus.call(ceremonyAccept, { text: issued.text })).rejects.toMatchObject({
      code: 'civdef_cert_not_owned',
    })
    const { certificate, chain } = await s.issum.node.bus.call(ceremonyAccept, { text: issued.text })
    expect(certificate).toMatchObject({ ...wanted, holder: s.issum.id, issuer: s.kreis.id, box_key })
    expect(chain.map(({ cert_id }) => cert_id)).toEqual([under])
    const { own } = await s.issum.node.bus.call(walletGet, {})
    expect(own).toMatchObject([{ certificate: { cert_id: issued.cert_id }, state: 'good' }])

    s.village.network.heal()
    await s.village.until('the others know it', async () => {
      const { certificates } = await s.geldern.node.bus.call(roleList, { holder: s.issum.id, limit: 5 })
      return certificates[0]?.state === 'good'
    })
  })

  it('issues nothing that no tablet would take: beyond the role, beyond the chain, by somebody who may not (CIV-1)', async () => {
    const s = await settledScene(809)
    const wanted = {
      role: 'DE.NRW.Kleve.Issum.Feuerwehr.Zugfuehrer',
      region: 'DE.NRW.Kleve.Issum',
      title: 'Zugführer',
      scopes: ['alert.publish' as const],
    }
    const { text } = await s.issum.node.bus.call(ceremonyRequest, wanted)
    const soon = secondsTime(s.village.runtime.now() + 10 * DAY)
    const issue = (change: object, who = s.kreis) =>
      who.node.bus.call(ceremonyIssue, {
        ...{ text, under: s.kreisCert.cert_id, scopes: ['alert.publish'], expires_at: soon },
        ...change,
      })
    const late = secondsTime(s.village.runtime.now() + 200 * DAY)
    await expect(issue({ expires_at: late })).rejects.toMatchObject({ code: 'civdef_cert_invalid' })
    await expect(issue({ scopes: ['alert.cosign'] })).rejects.toMatchObject({ code: 'civdef_cert_out_of_scope' })
    await expect(issue({}, s.wehr)).rejects.toMatchObject({ code: 'civdef_cert_not_owned' })
    await expect(issue({ under: s.wehrCert.cert_id }, s.wehr)).rejects.toMatchObject({ code: 'civdef_cert_out_of_scope' })
    await expect(issue({ under: null }, s.wehr)).rejects.toMatchObject({ code: 'civdef_cert_unrecognised' })
    await expect(issue({ text: `${text.slice(0, 40)}AAAA${text.slice(44)}` })).rejects.toMatchObject({ code: 'bad_request' })
    await expect(
      s.issum.node.bus.call(ceremonyRequest, { ...wanted, role: 'DE.BY.Augsburg.X', region: 'DE.BY' }),
    ).rejects.toMatchObject({ code: 'civdef_region_unsupported' })
  })
})

describe('the wallet', () => {
  it('warns its holder and its issuer from thirty days before it fails (CIV-3)', async () => {
    const s = await settledScene(810)
    const { now, advance } = s.village.runtime
    const minutes = (n: number): string => secondsTime(now() + 30 * DAY + n * 60_000)
    const cert = await s.issue({ ...s.wehrCert, expires_at: minutes(2) })
    await s.register(cert)
    const owned = async () => {
      const { own } = await s.wehr.node.bus.call(walletGet, {})
      return own.find(({ certificate }) => certificate.cert_id === cert.cert_id)?.expires_in_days
    }
    const issued = async () => (await s.kreis.node.bus.call(walletGet, {})).issued_ending.map((one) => one.expires_in_days)
    expect(await owned()).toBeNull()
    expect(await issued()).toEqual([])
    await advance(121_000)
    expect(await owned()).toBe(29)
    expect(await issued()).toEqual([29])
  })
})

describe('my place', () => {
  it('is found by name, by region, and kept with a position that stays here', async () => {
    const s = await settledScene(811)
    const { bus } = s.issum.node
    expect((await bus.call(placeSearch, { text: 'DE.NRW.Kleve', limit: 1 })).places[0]?.name).toBe('Kleve')
    expect(await bus.call(placeGet, {})).toMatchObject({ place: { name: 'Issum' }, position: null })
    const { points, source } = await bus.call(placeMap, {})
    expect(points).toContainEqual({
      region: 'DE.NRW.Kleve.Issum',
      name: 'Issum',
      inhabitants: expect.any(Number),
      position: { lat: 51.5333, lon: 6.4333 },
    })
    expect(source).toContain('GeoNames')
    await bus.call(placeSet, { position: { lat: 51.54, lon: 6.42 } })
    const again = await s.village.restart(s.issum)
    expect((await again.node.bus.call(placeGet, {})).position).toEqual({ lat: 51.54, lon: 6.42 })
  })
})

describe('following alerts', () => {
  it('tells of one that comes, is replaced, is ended and ends by itself', async () => {
    const s = await settledScene(812)
    const stop = new AbortController()
    const heard: string[] = []
    const stream = s.issum.node.bus.stream(alertSubscribe, {}, { signal: stop.signal })
    const following = (async () => {
      for await (const { change, record } of stream) heard.push(`${change} ${record.alert?.title}`)
    })().catch(() => {})
    const has = (word: string) => s.village.until(`it is said: ${word}`, () => heard.includes(word))
    await s.village.runtime.advance(1)
    const soon = secondsTime(s.village.runtime.now() + 120_000)
    const first = await s.wehr.node.bus.call(alertPublish, { draft: s.draft({ title: 'eins' }) })
    await has('published eins')
    await s.wehr.node.bus.call(alertPublish, { draft: s.draft({ title: 'zwei', replaces: first.alert_id, expires_at: soon }) })
    await has('replaced eins')
    await has('published zwei')
    await s.village.runtime.advance(121_000)
    await has('expired zwei')
    expect(heard).toHaveLength(4)
    stop.abort()
    await s.village.during(following)
  })
})
