import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Alert, AlertContent } from '#protocol/civdef/alert.ts'
import { DECISION_RULES, DELIVERIES, DecisionSchema } from '#protocol/civdef/decision.ts'
import type { Mirror } from '#protocol/civdef/mirror.ts'
import { ALERT_SEVERITIES } from '#protocol/civdef/terms.ts'
import { DEFAULT_CONFIG } from '#protocol/core/config.ts'
import type { Ulid } from '#protocol/core/ids.ts'
import { matches } from '#protocol/core/schema.ts'
import { type AlertSettings, decide, type Person, type Received } from './decide.ts'
import { createRegions } from './regions/adapters.ts'
import { type Brigade, createBrigade, DAY, knowing, NOW } from './testing/brigade.ts'

const regions = createRegions()
let b: Brigade
beforeAll(async () => {
  b = await createBrigade()
})

const ISSUM: Person = { place: 'DE.NRW.Kleve.Issum', alsoRegions: [], position: null, roles: [] }
const SETTINGS: AlertSettings = { notify_from: 'advisory', drills: false, cosign_from: 'emergency' }
const received = (alert: Alert, change: Partial<Received> = {}): Received => ({
  alert,
  mirror: null,
  signed: true,
  cancellation: null,
  replacedBy: null,
  ...change,
})
const known = () => knowing(b.roots, [b.kreisCert, b.wehrCert, b.zugCert])
const decided = (alert: Alert, person = ISSUM, settings = SETTINGS, now = NOW, change: Partial<Received> = {}) =>
  decide(received(alert, change), known(), regions, person, settings, now)
const why = (decision: ReturnType<typeof decide>) =>
  decision.reasons.filter(({ verdict }) => verdict !== 'pass').map(({ rule, code }) => `${rule}: ${code}`)

describe('a warning for Issum', () => {
  it('reaches a resident of Issum, not one of Geldern, who can see why (CIV-5, CIV-12)', async () => {
    const alert = await b.alert()
    expect(decided(alert)).toMatchObject({ delivery: 'notify', marks: [] })
    const geldern = decided(alert, { ...ISSUM, place: 'DE.NRW.Kleve.Geldern' })
    expect(geldern.delivery).toBe('hide')
    expect(geldern.reasons.find(({ rule }) => rule === 'region')).toEqual({
      rule: 'region',
      verdict: 'stop',
      code: 'elsewhere',
      detail: { target: 'DE.NRW.Kleve.Issum', place: 'DE.NRW.Kleve.Geldern' },
    })
    expect(decided(alert, { ...ISSUM, place: 'DE.NRW.Kleve.Issum2' }).delivery).toBe('hide')
    expect(decided(alert, { ...ISSUM, place: 'DE.NRW.Wesel.Moers', alsoRegions: ['DE.NRW.Kleve'] }).delivery).toBe('notify')
    expect(decided(alert, { ...ISSUM, place: null }).delivery).toBe('notify')
  })

  it('is quiet below what a person asked for, and never once it is over, cancelled or replaced (CIV-8)', async () => {
    const alert = await b.alert()
    expect(decided(alert, ISSUM, { ...SETTINGS, notify_from: 'emergency' }).delivery).toBe('list')
    expect(decided(alert, ISSUM, SETTINGS, NOW + DAY).delivery).toBe('list')
    expect(why(decided(alert, ISSUM, SETTINGS, NOW + DAY))).toEqual(['expired: expired'])
    const replacedBy = '01KSXB3Q000000000000000001' as Ulid
    expect(why(decided(alert, ISSUM, SETTINGS, NOW, { replacedBy }))).toEqual(['replaced: replaced'])
  })

  it('outside whose drawn area a person stands is in the list, not on the phone', async () => {
    const corner = (lat: number, lon: number) => ({ lat, lon })
    const polygon = [corner(51.5, 6.4), corner(51.6, 6.4), corner(51.6, 6.5), corner(51.5, 6.4)]
    const alert = await b.alert({ target: { region: 'DE.NRW.Kleve.Issum', roles: [], channels: ['local'], polygon } })
    expect(decided(alert, { ...ISSUM, position: corner(51.58, 6.42) }).delivery).toBe('notify')
    expect(decided(alert, { ...ISSUM, position: corner(51.51, 6.49) }).delivery).toBe('list')
  })
})

describe('what is not believed', () => {
  it.each<[string, Partial<AlertContent>, string]>([
    ['a certificate nobody knows', { publisher_cert: 'A'.repeat(52) as never }, 'certificate: unknown'],
    ['a role that is not the certificate’s', { publisher_role: 'DE.NRW.Kleve.KatS.Stabsleiter' }, 'certificate: not_owned'],
    [
      'a target beyond its region',
      { target: { region: 'DE.NRW.Kleve', roles: [], channels: ['local'] } },
      'scope: target_outside',
    ],
    ['an emergency that nobody co-signed', { severity: 'emergency' }, 'cosignature: missing'],
    ['a life beyond its certificate', { expires_at: '2027-05-26T08:00:00Z' }, 'certificate: expired'],
  ])('is an alert with %s (CIV-4, CIV-7)', async (_what, change, reason) => {
    const decision = decided(await b.alert(change))
    expect(decision.delivery).toBe('refuse')
    expect(why(decision)).toEqual([reason])
  })

  it('is one that is louder than its role (CIV-4)', async () => {
    const zug = { publisher: b.zug.nodeId, publisher_role: b.zugCert.role, publisher_cert: b.zugCert.cert_id }
    expect(decided(await b.alert(zug, b.zug)).delivery).toBe('notify')
    const loud = decided(await b.alert({ ...zug, severity: 'extreme' }, b.zug), ISSUM, { ...SETTINGS, cosign_from: 'never' })
    expect(why(loud)).toEqual(['scope: too_severe'])
  })

  it('is one under a certificate that was taken back, from then on (CIV-2)', async () => {
    const alert = await b.alert()
    const revoked = knowing(
      b.roots,
      [b.kreisCert, b.wehrCert],
      [await b.revoke(b.kreis, b.wehrCert.cert_id, b.kreisCert.cert_id)],
    )
    const decision = decide(received(alert), revoked, regions, ISSUM, SETTINGS, NOW)
    expect(why(decision)).toEqual(['revocation: revoked'])
  })

  it('is a wrong signature', async () => {
    expect(why(decided(await b.alert(), ISSUM, SETTINGS, NOW, { signed: false }))).toEqual(['signature: wrong'])
  })
})

describe('an emergency', () => {
  it('with the co-signature of a higher tier gets through, extreme on the whole screen (CIV-4)', async () => {
    expect(decided(await b.cosigned({ severity: 'emergency' })).delivery).toBe('notify')
    expect(decided(await b.cosigned({ severity: 'extreme' })).delivery).toBe('alarm')
    const all = { ...SETTINGS, notify_from: 'extreme' as const }
    expect(decided(await b.cosigned({ severity: 'extreme' }), ISSUM, all).delivery).toBe('alarm')
  })

  it('does not with the publisher’s own, or with one of no higher tier (CIV-4)', async () => {
    const own = await b.cosigned({ severity: 'extreme' }, { signer: b.wehr, cert: b.wehrCert.cert_id })
    expect(why(decided(own))).toEqual(['cosignature: own'])
    const lower = await b.cosigned({ severity: 'extreme' }, { signer: b.zug, cert: b.zugCert.cert_id })
    expect(why(decided(lower))).toEqual(['cosignature: cosigner_may_not'])
    const foreign = await b.cosigned({ severity: 'extreme' }, { signer: b.stranger, cert: b.kreisCert.cert_id })
    expect(why(decided(foreign))).toEqual(['cosignature: unknown_cosigner'])
  })
})

describe('marks', () => {
  it('keep a drill quiet unless the person takes part, and never let it take the screen (CIV-9)', async () => {
    const drill = await b.cosigned({ severity: 'extreme', drill: true })
    expect(decided(drill)).toMatchObject({ delivery: 'list', marks: ['drill'] })
    expect(decided(drill, ISSUM, { ...SETTINGS, drills: true })).toMatchObject({ delivery: 'notify', marks: ['drill'] })
  })

  it('deliver a role of an unknown scheme, never as an alarm (CIV-7)', async () => {
    const cert = await b.certificate(b.land, {
      holder: b.wehr.nodeId,
      role: 'NL.Gelderland.Brandweer.Commandant',
      region: 'NL.Gelderland',
    })
    const alert = await b.alert({
      severity: 'extreme',
      publisher_cert: cert.cert_id,
      publisher_role: cert.role,
      target: { region: 'NL.Gelderland.Nijmegen', roles: [], channels: ['federation'] },
    })
    const roots = [{ root: b.land.nodeId, name: 'Freunde', region: 'NL' }]
    const person = { ...ISSUM, alsoRegions: ['NL.Gelderland.Nijmegen'] }
    const decision = decide(
      received(alert),
      knowing(roots, [cert]),
      regions,
      person,
      { ...SETTINGS, cosign_from: 'never' },
      NOW,
    )
    expect(decision).toMatchObject({ delivery: 'notify', marks: ['foreign_role'] })
  })

  it('say that a clock is off and deliver all the same', async () => {
    const alert = await b.alert({}, b.wehr, NOW + 3_600_000)
    expect(decided(alert)).toMatchObject({ delivery: 'notify', marks: ['clock'] })
  })

  it('say of a mirrored warning whose it is; it never takes the screen', () => {
    const mirror: Mirror = {
      format: 'cap',
      kind: 'alert',
      correlation_id: 'EX.1',
      sender: 'test@example.org',
      sender_name: 'Übungsstelle',
      sent_at: '2026-05-26T07:00:00Z',
      expires_at: '2026-05-26T20:00:00Z',
      severity: 'extreme',
      event: 'Probe',
      wordings: [{ language: 'de-DE', title: 'Titel', body: 'Text', instructions: [] }],
      area: 'Kreis Kleve',
      regions: ['DE.NRW.Kleve'],
      polygons: [],
      references: [],
      drill: false,
      document_sha: `sha256:${'0'.repeat(64)}`,
    }
    const mirrored = { alert: null, mirror, signed: false, cancellation: null, replacedBy: null }
    expect(decide(mirrored, known(), regions, ISSUM, SETTINGS, NOW)).toMatchObject({ delivery: 'notify', marks: ['mirror'] })
    const cancel = { ...mirrored, mirror: { ...mirror, kind: 'cancel' as const } }
    expect(decide(cancel, known(), regions, ISSUM, SETTINGS, NOW).delivery).toBe('list')
  })
})

describe('for roles', () => {
  it('an alert is for holders of one of them or of one below (CIV-6)', async () => {
    const target = { region: 'DE.NRW.Kleve.Issum', roles: ['DE.NRW.Kleve.Issum.Feuerwehr'], channels: ['local' as const] }
    const alert = await b.alert({ target })
    expect(decided(alert).delivery).toBe('hide')
    expect(decided(alert, { ...ISSUM, roles: ['DE.NRW.Kleve.Issum.Feuerwehr.Zugfuehrer'] }).delivery).toBe('notify')
    expect(decided(alert, { ...ISSUM, roles: ['DE.NRW.Kleve.Issum.Feuerwehr2.Zugfuehrer'] }).delivery).toBe('hide')
  })
})

describe('an alert for a role', () => {
  const target = { region: 'DE.NRW.Kleve.Issum', roles: ['DE.NRW.Kleve.THW'], channels: ['local' as const] }
  const from = (place: string, roles: readonly string[]): Person => ({ place, alsoRegions: [], position: null, roles })

  it('calls its holders wherever they live, and nobody else who lives there (CIV-6)', async () => {
    const alert = await b.alert({ target })
    const judge = (person: Person) => decide(received(alert), known(), regions, person, DEFAULT_CONFIG.civdef, NOW)
    const called = judge(from('DE.NRW.Kleve.Geldern', ['DE.NRW.Kleve.THW.OV.Leiter']))
    expect(called.delivery).toBe('notify')
    expect(called.reasons).toContainEqual(expect.objectContaining({ rule: 'region', code: 'by_role' }))
    expect(judge(from('DE.NRW.Kleve.Issum', [])).delivery).toBe('hide')
    expect(judge(from('DE.NRW.Kleve.Issum', ['DE.NRW.Kleve.THW2.OV.Leiter'])).delivery).toBe('hide')
  })
})

describe('whatever comes', () => {
  const place = fc.constantFrom('DE.NRW.Kleve.Issum', 'DE.NRW.Kleve.Geldern', 'DE.NRW.Kleve', 'DE.NRW', null)
  const person: fc.Arbitrary<Person> = fc.record({
    place,
    alsoRegions: fc.subarray(['DE.NRW.Kleve', 'DE.NRW.Wesel']),
    position: fc.constant(null),
    roles: fc.subarray(['DE.NRW.Kleve.THW.OV.Leiter']),
  })
  const settings: fc.Arbitrary<AlertSettings> = fc.record({
    notify_from: fc.constantFrom(...ALERT_SEVERITIES),
    drills: fc.boolean(),
    cosign_from: fc.constantFrom('never', 'emergency', 'warning'),
  })
  const change = fc.record({
    severity: fc.constantFrom(...ALERT_SEVERITIES),
    drill: fc.boolean(),
    target: fc.record({
      region: fc.constantFrom('DE.NRW.Kleve.Issum', 'DE.NRW.Kleve', 'DE.NRW.Kleve.Geldern'),
      roles: fc.subarray(['DE.NRW.Kleve.THW']),
      channels: fc.constant<AlertContent['target']['channels']>(['local']),
    }),
  })
  const offset = fc.integer({ min: -2 * DAY, max: 2 * DAY })

  it('every decision says why, by each rule once and in order, and nothing that stops is loud (CIV-12)', async () => {
    const base = await b.cosigned({})
    fc.assert(
      fc.property(change, person, settings, offset, fc.boolean(), (content, who, wish, later, signed) => {
        const alert = { ...base, ...content }
        const decision = decide(received(alert, { signed }), known(), regions, who, wish, NOW + later)
        expect(matches(DecisionSchema, decision)).toBe(true)
        const order = decision.reasons.map(({ rule }) => DECISION_RULES.indexOf(rule))
        expect(order).toEqual([...new Set(order)].sort((x, y) => x - y))
        const stops = decision.reasons.filter(({ verdict }) => verdict === 'stop')
        const loud = decision.delivery === 'notify' || decision.delivery === 'alarm'
        if (loud) expect(stops).toEqual([])
        if (decision.delivery === 'refuse' || decision.delivery === 'hide') expect(stops.length).toBeGreaterThan(0)
        if (alert.drill && decision.delivery !== 'refuse') expect(decision.marks).toContain('drill')
        if (alert.drill) expect(decision.delivery).not.toBe('alarm')
        if (NOW + later >= Date.parse(alert.expires_at)) expect(loud).toBe(false)
        expect(decide(received(alert, { signed }), known(), regions, who, wish, NOW + later)).toEqual(decision)
      }),
      { numRuns: 400 },
    )
  })

  it('a revocation never makes anything louder (CIV-2)', async () => {
    const base = await b.cosigned({})
    const revocations = [
      await b.revoke(b.kreis, b.wehrCert.cert_id, b.kreisCert.cert_id),
      await b.revoke(b.land, b.kreisCert.cert_id, null),
      await b.revoke(b.stranger, b.wehrCert.cert_id, null),
    ]
    fc.assert(
      fc.property(change, person, settings, fc.subarray(revocations), (content, who, wish, some) => {
        const alert = { ...base, ...content }
        const before = decide(received(alert), known(), regions, who, wish, NOW)
        const certificates = knowing(b.roots, [b.kreisCert, b.wehrCert, b.zugCert], some)
        const after = decide(received(alert), certificates, regions, who, wish, NOW)
        return DELIVERIES.indexOf(after.delivery) <= DELIVERIES.indexOf(before.delivery)
      }),
      { numRuns: 300 },
    )
  })
})
