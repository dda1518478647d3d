import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { type Alert, checkAlert } from '#protocol/civdef/alert.ts'
import { ALERT_SEVERITIES } from '#protocol/civdef/terms.ts'
import type { ClaimId, Ulid } from '#protocol/core/ids.ts'
import { signRecord } from '#protocol/core/signing.ts'
import { createRegions } from '../regions/adapters.ts'
import { at, type Brigade, createBrigade } from '../testing/brigade.ts'
import { alertFrom, capOf, capOfCancellation } from './exchange.ts'
import { mirrorOf } from './mirror.ts'
import { readCap } from './read.ts'
import { writeCap } from './write.ts'

const regions = createRegions()
let b: Brigade
beforeAll(async () => {
  b = await createBrigade()
})
const context = { regions, senderName: 'Wehrleiterin Issum', replaced: [] }

/** Everything a document of another tool can say, in the order of the schema. Made up: there is no such place and no danger. */
const FOREIGN = `<?xml version="1.0" encoding="UTF-8"?>
<cap:alert xmlns:cap="urn:oasis:names:tc:emergency:cap:1.2">
  <cap:identifier>EXAMPLE.2026.1</cap:identifier>
  <cap:sender>leitstelle@example.org</cap:sender>
  <cap:sent>2026-05-26T10:00:00+02:00</cap:sent>
  <cap:status>Exercise</cap:status>
  <cap:msgType>Update</cap:msgType>
  <cap:source>Tisch 3</cap:source>
  <cap:scope>Restricted</cap:scope>
  <cap:restriction>nur Beispiele</cap:restriction>
  <cap:addresses>a@example.org</cap:addresses>
  <cap:code>one</cap:code>
  <cap:code>two</cap:code>
  <cap:note>Eine Notiz</cap:note>
  <cap:references>leitstelle@example.org,EXAMPLE.2026.0,2026-05-26T09:00:00+02:00</cap:references>
  <cap:incidents>probe</cap:incidents>
  <cap:info>
    <cap:language>de-DE</cap:language>
    <cap:category>Fire</cap:category>
    <cap:category>Health</cap:category>
    <cap:event>Rauch</cap:event>
    <cap:responseType>Shelter</cap:responseType>
    <cap:urgency>Immediate</cap:urgency>
    <cap:severity>Severe</cap:severity>
    <cap:certainty>Observed</cap:certainty>
    <cap:audience>alle</cap:audience>
    <cap:eventCode><cap:valueName>X</cap:valueName><cap:value>1</cap:value></cap:eventCode>
    <cap:effective>2026-05-26T10:00:00+02:00</cap:effective>
    <cap:onset>2026-05-26T10:05:00+02:00</cap:onset>
    <cap:expires>2026-05-26T18:00:00+02:00</cap:expires>
    <cap:senderName>Leitstelle &amp; Co</cap:senderName>
    <cap:headline>Rauch über der Probestadt</cap:headline>
    <cap:description><![CDATA[Rauch.<br/>Fenster <b>zu</b>.<script>alert(1)</script>]]></cap:description>
    <cap:instruction>Türen zu&#10;Radio an</cap:instruction>
    <cap:web>https://example.org/probe</cap:web>
    <cap:contact>0000</cap:contact>
    <cap:parameter><cap:valueName>P</cap:valueName><cap:value>v</cap:value></cap:parameter>
    <cap:resource>
      <cap:resourceDesc>Karte</cap:resourceDesc><cap:mimeType>image/png</cap:mimeType><cap:size>12</cap:size>
      <cap:uri>https://example.org/karte.png</cap:uri><cap:derefUri>AAAA</cap:derefUri><cap:digest>da39</cap:digest>
    </cap:resource>
    <cap:area>
      <cap:areaDesc>Kreis Kleve</cap:areaDesc>
      <cap:polygon>51.5,6.4 51.6,6.4 51.6,6.5 51.5,6.4</cap:polygon>
      <cap:circle>51.5,6.4 2.5</cap:circle>
      <cap:geocode><cap:valueName>ARS</cap:valueName><cap:value>051540000000</cap:value></cap:geocode>
      <cap:altitude>100</cap:altitude><cap:ceiling>2000</cap:ceiling>
    </cap:area>
  </cap:info>
</cap:alert>`

describe('CAP from another tool', () => {
  it('survives: every element is read, written and read again as it was', () => {
    const document = readCap(FOREIGN)
    expect(document).toMatchObject({ identifier: 'EXAMPLE.2026.1', codes: ['one', 'two'], restriction: 'nur Beispiele' })
    expect(document.infos[0]).toMatchObject({
      categories: ['Fire', 'Health'],
      senderName: 'Leitstelle & Co',
      web: 'https://example.org/probe',
    })
    expect(document.infos[0]?.areas[0]).toMatchObject({
      circles: [{ lat: 51.5, lon: 6.4, radiusKm: 2.5 }],
      altitude: 100,
      ceiling: 2000,
    })
    expect(document.infos[0]?.resources[0]).toMatchObject({ mimeType: 'image/png', size: 12, digest: 'da39' })
    expect(readCap(writeCap(document))).toEqual(document)
    expect(writeCap(readCap(writeCap(document)))).toBe(writeCap(document))
  })

  it('becomes a mirror that keeps its identifier, is marked a drill, and has no markup in its words', () => {
    const mirror = mirrorOf(readCap(FOREIGN), 'cap', FOREIGN, regions)
    expect(mirror).toMatchObject({
      kind: 'update',
      correlation_id: 'EXAMPLE.2026.1',
      sender: 'leitstelle@example.org',
      sender_name: 'Leitstelle & Co',
      sent_at: '2026-05-26T08:00:00Z',
      expires_at: '2026-05-26T16:00:00Z',
      severity: 'emergency',
      drill: true,
      regions: ['DE.NRW.Kleve'],
      references: ['EXAMPLE.2026.0'],
    })
    expect(mirror.wordings).toEqual([
      {
        language: 'de-DE',
        title: 'Rauch über der Probestadt',
        body: 'Rauch.\nFenster zu.',
        instructions: ['Türen zu', 'Radio an'],
      },
    ])
    expect(mirror.polygons).toHaveLength(2)
  })

  it.each<[string, string, string]>([
    ['Actual', '<cap:status>Exercise</cap:status>', '<cap:status>Actual</cap:status>'],
    ['Test', '<cap:status>Exercise</cap:status>', '<cap:status>Test</cap:status>'],
  ])('with the status %s is real or a drill accordingly (CIV-9)', (status, from, to) => {
    const text = FOREIGN.replace(from, to)
    expect(mirrorOf(readCap(text), 'cap', text, regions).drill).toBe(status !== 'Actual')
  })

  it.each(['Draft', 'System'])('with the status %s is no warning', (status) => {
    const text = FOREIGN.replace('Exercise', status)
    expect(() => mirrorOf(readCap(text), 'cap', text, regions)).toThrowError(expect.objectContaining({ code: 'bad_request' }))
  })

  it('that acknowledges or reports an error is no warning', () => {
    for (const type of ['Ack', 'Error']) {
      const text = FOREIGN.replace('>Update<', `>${type}<`)
      expect(() => mirrorOf(readCap(text), 'cap', text, regions)).toThrowError(expect.objectContaining({ code: 'bad_request' }))
    }
  })
})

describe('CAP that breaks a rule is refused, and the element named:', () => {
  const without = (name: string): string => FOREIGN.replace(new RegExp(`\\s*<cap:${name}>[\\s\\S]*?</cap:${name}>`), '')
  it.each<[string, string, string]>([
    ...[
      'identifier',
      'sender',
      'sent',
      'status',
      'msgType',
      'scope',
      'event',
      'urgency',
      'severity',
      'certainty',
      'areaDesc',
      'resourceDesc',
      'mimeType',
    ].map((name): [string, string, string] => [`${name} missing`, without(name), name]),
    ['every category missing', FOREIGN.replace(/<cap:category>.*<\/cap:category>/g, ''), 'category'],
    ['identifier twice', FOREIGN.replace('<cap:sender>', '<cap:identifier>x</cap:identifier><cap:sender>'), 'identifier'],
    [
      'elements out of order',
      FOREIGN.replace('<cap:urgency>Immediate</cap:urgency>', '').replace(
        '<cap:audience>',
        '<cap:urgency>Immediate</cap:urgency><cap:audience>',
      ),
      'urgency',
    ],
    ['an element nobody knows', FOREIGN.replace('<cap:note>', '<cap:nota>x</cap:nota><cap:note>'), 'nota'],
    ['an element of another namespace', FOREIGN.replace('<cap:note>', '<note xmlns="urn:x">x</note><cap:note>'), 'note'],
    ['text between elements', FOREIGN.replace('<cap:note>', 'hm<cap:note>'), 'alert'],
    ['elements in a text', FOREIGN.replace('Eine Notiz', '<cap:b>x</cap:b>'), 'note'],
    ['a time with Z', FOREIGN.replace('2026-05-26T10:00:00+02:00', '2026-05-26T08:00:00Z'), 'sent'],
    ['a time with fractions', FOREIGN.replace('2026-05-26T10:00:00+02:00', '2026-05-26T10:00:00.5+02:00'), 'sent'],
    ['a time without an offset', FOREIGN.replace('2026-05-26T10:05:00+02:00', '2026-05-26T10:05:00'), 'onset'],
    ['a day that is none', FOREIGN.replace('2026-05-26T10:05:00+02:00', '2026-02-30T10:05:00+02:00'), 'onset'],
    ['a space in the identifier', FOREIGN.replace('EXAMPLE.2026.1', 'EXAMPLE 1'), 'identifier'],
    ['a comma in the sender', FOREIGN.replace('<cap:sender>leitstelle@', '<cap:sender>a,b@'), 'sender'],
    ['a status that is none', FOREIGN.replace('Exercise', 'Real'), 'status'],
    ['a message type that is none', FOREIGN.replace('>Update<', '>Warn<'), 'msgType'],
    ['a scope that is none', FOREIGN.replace('>Restricted<', '>All<'), 'scope'],
    ['a category that is none', FOREIGN.replace('>Fire<', '>Flood<'), 'category'],
    ['a response that is none', FOREIGN.replace('>Shelter<', '>Run<'), 'responseType'],
    ['an urgency that is none', FOREIGN.replace('>Immediate<', '>Now<'), 'urgency'],
    ['a severity that is none', FOREIGN.replace('>Severe<', '>Bad<'), 'severity'],
    ['a certainty that is none', FOREIGN.replace('>Observed<', '>Sure<'), 'certainty'],
    ['an update without a reference', without('references'), 'references'],
    ['a reference without a time', FOREIGN.replace(',2026-05-26T09:00:00+02:00', ''), 'references'],
    ['restricted without saying to whom', without('restriction'), 'restriction'],
    ['public with a restriction', FOREIGN.replace('>Restricted<', '>Public<'), 'restriction'],
    ['private without addresses', without('addresses').replace('>Restricted<', '>Private<'), 'addresses'],
    ['an open polygon', FOREIGN.replace('51.6,6.5 51.5,6.4<', '51.6,6.5 51.5,6.45<'), 'polygon'],
    ['a polygon of three pairs', FOREIGN.replace('51.6,6.4 51.6,6.5 51.5,6.4<', '51.6,6.4 51.5,6.4<'), 'polygon'],
    ['a polygon beyond the globe', FOREIGN.replace('51.6,6.4 ', '91.6,6.4 '), 'polygon'],
    ['a polygon that is no numbers', FOREIGN.replace('51.6,6.4 ', '51.6;6.4 '), 'polygon'],
    ['a circle without a radius', FOREIGN.replace('51.5,6.4 2.5', '51.5,6.4'), 'circle'],
    ['a ceiling without an altitude', without('altitude'), 'ceiling'],
    ['a ceiling below the altitude', FOREIGN.replace('>2000<', '>20<'), 'ceiling'],
    ['a size that is no number', FOREIGN.replace('>12<', '>many<'), 'size'],
    ['a size below nothing', FOREIGN.replace('>12<', '>-1<'), 'size'],
    ['an altitude that is no number', FOREIGN.replace('>100<', '>hoch<'), 'altitude'],
    ['a circle beyond the globe', FOREIGN.replace('51.5,6.4 2.5', '51.5,186.4 2.5'), 'circle'],
    ['a circle of less than nothing', FOREIGN.replace('51.5,6.4 2.5', '51.5,6.4 -2.5'), 'circle'],
    [
      'an effective time with Z',
      FOREIGN.replace('<cap:effective>2026-05-26T10:00:00+02:00', '<cap:effective>2026-05-26T08:00:00Z'),
      'effective',
    ],
    ['an end without a time', FOREIGN.replace('2026-05-26T18:00:00+02:00', '2026-05-26'), 'expires'],
    ['an hour that is none', FOREIGN.replace('2026-05-26T18:00:00+02:00', '2026-05-26T24:00:00+02:00'), 'expires'],
    ['an offset that is none', FOREIGN.replace('2026-05-26T18:00:00+02:00', '2026-05-26T18:00:00+15:00'), 'expires'],
    ['a parameter without a name', FOREIGN.replace('<cap:valueName>P</cap:valueName>', ''), 'valueName'],
    [
      'an event code with two values',
      FOREIGN.replace('<cap:value>1</cap:value>', '<cap:value>1</cap:value><cap:value>2</cap:value>'),
      'value',
    ],
    ['a reference of four parts', FOREIGN.replace(',2026-05-26T09:00:00+02:00', ',2026-05-26T09:00:00+02:00,x'), 'references'],
    [
      'an area after a resource’s end',
      FOREIGN.replace('<cap:resource>', '<cap:area><cap:areaDesc>x</cap:areaDesc></cap:area><cap:resource>'),
      'resource',
    ],
    ['an identifier of nothing', FOREIGN.replace('EXAMPLE.2026.1', ''), 'identifier'],
    ['a sign that would break a reference', FOREIGN.replace('EXAMPLE.2026.1', 'A&lt;B'), 'identifier'],
    ['a geocode without a value', FOREIGN.replace('<cap:value>051540000000</cap:value>', ''), 'value'],
    ['an event of nothing', FOREIGN.replace('>Rauch<', '> <'), 'event'],
    ['CAP 1.1', FOREIGN.replace('cap:1.2', 'cap:1.1'), 'alert'],
    ['something else', '<html xmlns="urn:oasis:names:tc:emergency:cap:1.2"/>', 'html'],
  ])('%s', (_what, text, field) => {
    expect(text).not.toBe(FOREIGN)
    expect(() => readCap(text)).toThrowError(expect.objectContaining({ code: 'bad_request', data: { field } }))
  })

  it('nothing that a signature at the end says is judged, and nothing is left out for it', () => {
    const signed = FOREIGN.replace(
      '</cap:alert>',
      '<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"><x/></Signature></cap:alert>',
    )
    expect(readCap(signed)).toEqual(readCap(FOREIGN))
  })
})

describe('an alert as CAP', () => {
  it('has the schema’s order, times without Z, the official keys and its severity in CAP’s words', async () => {
    const alert = await b.alert()
    const xml = writeCap(capOf(alert, context))
    expect(xml).toContain('<sent>2026-05-26T08:00:00+00:00</sent>')
    expect(xml).toMatch(/<valueName>ARS<\/valueName>\s*<value>051540020020<\/value>/)
    expect(xml).toMatch(/<valueName>WARNCELLID<\/valueName>\s*<value>805154020<\/value>/)
    expect(xml).toContain('<severity>Moderate</severity>')
    expect(readCap(xml)).toEqual(capOf(alert, context))
  })

  it.each([
    ['info', 'Minor', 'advisory'],
    ['advisory', 'Minor', 'advisory'],
    ['warning', 'Moderate', 'warning'],
    ['emergency', 'Severe', 'emergency'],
    ['extreme', 'Extreme', 'extreme'],
  ] as const)('says %s as %s, and a stranger reads it back as %s', async (severity, cap, back) => {
    const document = capOf(await b.cosigned({ severity }), context)
    expect(document.infos[0]?.severity).toBe(cap)
    expect(mirrorOf(document, 'cap', '', regions).severity).toBe(back)
  })

  it('of a drill is an Exercise (CIV-9)', async () => {
    expect(capOf(await b.alert({ drill: true }), context).status).toBe('Exercise')
  })

  it('that replaces another is an Update, and its end a Cancel, both with all that came before (CIV-8, CIV-15)', async () => {
    const replaces = '01KSXB3Q000000000000000001' as Ulid
    const oldest = await b.alert({ alert_id: '01KSXB3Q000000000000000002' as Ulid })
    const before = await b.alert({ alert_id: replaces, replaces: oldest.alert_id })
    const alert = await b.alert({ replaces })
    const chain = { ...context, replaced: [before, oldest] }
    const update = capOf(alert, chain)
    const references = [before, oldest].map(({ alert_id, publisher }) => ({ identifier: alert_id, sender: publisher }))
    expect(update).toMatchObject({ msgType: 'Update', references })
    expect(alertFrom(readCap(writeCap(update)))).toEqual(alert)
    const cancellation = await signRecord(b.wehr, {
      alert_id: alert.alert_id,
      cancelled_by: b.wehr.nodeId,
      canceller_cert: b.wehrCert.cert_id,
      cancelled_at: at(0),
      reason: 'Pegel fällt',
      all_clear: true,
    })
    const cancel = readCap(writeCap(capOfCancellation(cancellation, alert, chain)))
    const all = [{ identifier: alert.alert_id }, ...references]
    expect(cancel).toMatchObject({ msgType: 'Cancel', note: 'Pegel fällt', references: all })
    expect(mirrorOf(cancel, 'cap', '', regions).kind).toBe('cancel')
  })

  it('comes back equal, whatever it says, and its signature still verifies', async () => {
    const line = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }).map(
      (text) =>
        text
          .normalize('NFC')
          .replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '')
          .trim() || 'x',
    )
    const many = fc.array(line, { minLength: 1, maxLength: 4 }).map((lines) => lines.join('\n'))
    const words = { title: line, body: many, instructions: fc.array(line, { maxLength: 3 }) }
    const degree = (most: number) => fc.integer({ min: -most * 1e6, max: most * 1e6 }).map((n) => n / 1e6)
    const point = fc.record({ lat: degree(89), lon: degree(179) })
    const target = fc.record(
      {
        region: fc.constantFrom('DE.NRW.Kleve.Issum', 'DE.NRW.Kleve', 'NL.Gelderland'),
        roles: fc.subarray(['DE.NRW.Kleve.THW', 'DE.NRW.Kleve.DRK']),
        channels: fc.subarray<Alert['target']['channels'][number]>(['local', 'push', 'lora'], { minLength: 1 }),
        bbox: fc.constant({ west: 6.1, south: 51.1, east: 6.25, north: 51.7 }),
        polygon: fc
          .uniqueArray(point, { minLength: 3, maxLength: 6, selector: ({ lat, lon }) => `${lat},${lon}` })
          .map((ring) => [...ring, ...ring.slice(0, 1)]),
      },
      { requiredKeys: ['region', 'roles', 'channels'] },
    )
    const change = fc.record(
      {
        ...words,
        severity: fc.constantFrom(...ALERT_SEVERITIES),
        variants: fc.option(
          fc.record({ language: fc.constant('en'), ...words }).map((one) => [one]),
          { nil: [] },
        ),
        target,
        drill: fc.boolean(),
        evidence_claim: fc.constant('A'.repeat(52) as ClaimId),
        correlation_id: fc.constant('EXAMPLE.1'),
      },
      { requiredKeys: ['title', 'body', 'instructions', 'severity', 'variants', 'target', 'drill'] },
    )
    await fc.assert(
      fc.asyncProperty(change, fc.boolean(), async (content, cosign) => {
        const alert = cosign ? await b.cosigned(content) : await b.alert(content)
        const back = alertFrom(readCap(writeCap(capOf(alert, context))))
        expect(back).toEqual(alert)
        if (back) await checkAlert(back)
      }),
      { numRuns: 60 },
    )
  })

  it('changed on its way shows it in the signature', async () => {
    const xml = writeCap(capOf(await b.alert(), context)).replace('Keller meiden', 'Keller nutzen')
    const back = alertFrom(readCap(xml))
    if (!back) throw new TypeError('is one of ours')
    await expect(checkAlert(back)).rejects.toMatchObject({ code: 'invalid_signature' })
  })

  it('of somebody else is not taken for one of ours', () => {
    expect(alertFrom(readCap(FOREIGN))).toBeNull()
  })
})
