import type { Alert, Point } from '#protocol/civdef/alert.ts'
import type { Certificate } from '#protocol/civdef/certificate.ts'
import type { Decision, DecisionRule, Delivery, Mark, Reason } from '#protocol/civdef/decision.ts'
import type { Mirror } from '#protocol/civdef/mirror.ts'
import type { Place } from '#protocol/civdef/place-capabilities.ts'
import type { AlertRecord, CertificateRecord } from '#protocol/civdef/records.ts'
import { type CertId, secondsTime } from '#protocol/civdef/terms.ts'
import { claimIdFor, contentIdFor, NAMES, nodeIdFor, SIGNATURE, ulidFor } from './village.ts'

// alerts for a village that does not exist: invented, like its people; no real warning is among them

const HOUR = 3_600_000
const DAY = 24 * HOUR
const ISSUM = 'DE.NRW.Kleve.Issum'

const certIdFor = (name: string): CertId => claimIdFor(name) as string as CertId // both are 52 letters of base32

const point = (lat: number, lon: number) => ({ lat, lon })
const FLEUTH = [
  point(51.52, 6.4),
  point(51.545, 6.41),
  point(51.56, 6.455),
  point(51.55, 6.49),
  point(51.525, 6.47),
  point(51.52, 6.4),
]

const place = (region: string, name: string, ags: string, inhabitants: number, position?: Point): Place => ({
  region,
  name,
  within: ags.length < 5 ? 'Deutschland' : ags.length === 5 ? 'Nordrhein-Westfalen' : 'Kreis Kleve',
  kind: ags.length < 5 ? 'land' : ags.length === 5 ? 'kreis' : 'gemeinde',
  ags,
  ars: ags.padEnd(12, '0'),
  warncell: ags.length === 8 ? `8${ags}` : `1${ags.padEnd(8, '0')}`,
  inhabitants,
  ...(position ? { position } : {}),
})

/** The places that the village knows. */
export const PLACES: readonly Place[] = [
  place('DE.NRW', 'Nordrhein-Westfalen', '05', 18_000_000),
  place('DE.NRW.Kleve', 'Kleve', '05154', 320_000),
  place(ISSUM, 'Issum', '05154028', 12_000, point(51.5333, 6.4333)),
  place('DE.NRW.Kleve.Geldern', 'Geldern', '05154016', 34_000, point(51.5191, 6.3236)),
  place('DE.NRW.Kleve.Emmerich-am-Rhein', 'Emmerich am Rhein', '05154008', 31_000, point(51.8393, 6.2479)),
]

const ALERT_NAMES = ['flood', 'before', 'water', 'storm', 'drill', 'foreign', 'over', 'forged', 'mirror'] as const
export type AlertName = (typeof ALERT_NAMES)[number]

function certificates(now: number): readonly CertificateRecord[] {
  const base = (name: string, change: Partial<Certificate>): CertificateRecord => ({
    certificate: {
      cert_id: certIdFor(name),
      holder: nodeIdFor(NAMES[1]),
      role: `${ISSUM}.Feuerwehr.Wehrleiter`,
      region: ISSUM,
      issuer: nodeIdFor(NAMES[2]),
      issuer_chain: [certIdFor('kreis')],
      issued_at: secondsTime(now - 100 * DAY),
      expires_at: secondsTime(now + 300 * DAY),
      scopes: ['alert.publish', 'acks.read'],
      title: 'Wehrleiter Issum',
      signature: SIGNATURE,
      ...change,
    },
    state: 'good',
    root_name: 'Innenministerium (erfunden)',
    revocation: null,
    expires_in_days: null,
  })
  return [
    base('wehr', {}),
    base('kreis', {
      holder: nodeIdFor(NAMES[2]),
      role: 'DE.NRW.Kleve.Feuerwehr.Kreisbrandmeister',
      region: 'DE.NRW.Kleve',
      issuer: nodeIdFor('root'),
      issuer_chain: [],
      scopes: ['alert.publish', 'alert.cosign', 'acks.read', 'role.issue'],
      title: 'Kreisbrandmeisterin Kleve',
    }),
  ]
}

const mirrorOf = (now: number): Mirror => ({
  format: 'cap',
  kind: 'alert',
  correlation_id: 'DE-XX-MUSTER-0001',
  sender: 'leitstelle@muster.example',
  sender_name: 'Leitstelle Musterkreis (erfunden)',
  sent_at: secondsTime(now - 2 * HOUR),
  expires_at: secondsTime(now + 10 * HOUR),
  severity: 'warning',
  event: 'Rauch',
  wordings: [
    {
      language: 'de-DE',
      title: 'Beispiel: Starke Rauchentwicklung',
      body: 'Bei einem Brand zieht Rauch über das Stadtgebiet.',
      instructions: ['Fenster und Türen schließen.', 'Lüftungen ausschalten.'],
    },
  ],
  area: 'Muster-Stadtgebiet und umliegende Ortsteile',
  regions: ['DE.NRW.Kleve'],
  polygons: [],
  references: [],
  drill: false,
  document_sha: `sha256:${'0'.repeat(64)}`,
})

const reason = (rule: DecisionRule, verdict: Reason['verdict'], code: string, detail: Reason['detail'] = {}): Reason => ({
  rule,
  verdict,
  code,
  detail,
})

interface Scene {
  readonly delivery: Delivery
  readonly marks?: readonly Mark[]
  /** In the place of the rule's usual answer. */
  readonly instead?: readonly Reason[]
  readonly target?: string
}

function decisionOf({ delivery, marks = [], instead = [], target = ISSUM }: Scene): Decision {
  const usual = [
    reason('signature', 'pass', 'verified'),
    reason('certificate', 'pass', 'good', { title: 'Wehrleiter Issum', root: 'Innenministerium (erfunden)' }),
    reason('revocation', 'pass', 'none'),
    reason('scope', 'pass', 'in_scope'),
    reason('cosignature', 'pass', 'not_needed', { severity: 'warning' }),
    reason('mirror', 'pass', 'own_alert'),
    reason('roles', 'pass', 'everyone'),
    reason('region', 'pass', 'here', { target, place: ISSUM }),
    reason('shape', 'pass', 'whole_region'),
    reason('cancelled', 'pass', 'stands'),
    reason('replaced', 'pass', 'newest'),
    reason('expired', 'pass', 'in_time'),
    reason('clock', 'pass', 'agrees'),
    reason('drill', 'pass', 'real'),
    reason('scheme', 'pass', 'known'),
    reason('severity', 'pass', 'notifies', { severity: 'warning' }),
  ]
  const reasons = usual.map((one) => instead.find(({ rule }) => rule === one.rule) ?? one)
  return { delivery, marks: [...marks], reasons }
}

/** How the device decided about each. */
const SCENES: Readonly<Record<AlertName, Scene>> = {
  flood: {
    delivery: 'alarm',
    instead: [
      reason('cosignature', 'pass', 'cosigned', { by: 'Kreisbrandmeisterin Kleve' }),
      reason('shape', 'pass', 'no_position'),
      reason('severity', 'pass', 'extreme', { severity: 'extreme' }),
    ],
  },
  before: { delivery: 'list', instead: [reason('replaced', 'stop', 'replaced', { by: ulidFor(501) })] },
  water: {
    delivery: 'hide',
    target: 'DE.NRW.Kleve.Geldern',
    instead: [reason('region', 'stop', 'elsewhere', { target: 'DE.NRW.Kleve.Geldern', place: ISSUM })],
  },
  storm: { delivery: 'notify', target: 'DE.NRW.Kleve' },
  drill: {
    delivery: 'list',
    target: 'DE.NRW.Kleve',
    marks: ['drill'],
    instead: [reason('drill', 'mark', 'stays_quiet')],
  },
  foreign: {
    delivery: 'notify',
    marks: ['foreign_role'],
    instead: [
      reason('scope', 'pass', 'scheme_unknown'),
      reason('scheme', 'mark', 'foreign_role', { role: 'NL.Limburg.Brandweer.Commandant' }),
    ],
  },
  over: { delivery: 'list', instead: [reason('cancelled', 'stop', 'all_clear', { reason: 'Das Gas ist abgestellt.' })] },
  forged: { delivery: 'refuse', instead: [reason('certificate', 'stop', 'no_root', { title: 'Herrscher von Issum' })] },
  mirror: {
    delivery: 'notify',
    target: 'DE.NRW.Kleve',
    marks: ['mirror'],
    instead: [
      reason('mirror', 'mark', 'mirror', { sender: 'Leitstelle Musterkreis (erfunden)', identifier: 'DE-XX-MUSTER-0001' }),
    ],
  },
}

function alertsOf(now: number): Readonly<Record<Exclude<AlertName, 'mirror'>, Alert>> {
  const base = (number: number, change: Partial<Alert>): Alert => ({
    alert_id: ulidFor(500 + number),
    severity: 'warning',
    language: 'de-DE',
    title: '',
    body: '',
    instructions: [],
    variants: [],
    target: { region: ISSUM, roles: [], channels: ['local'] },
    published_at: secondsTime(now - number * HOUR),
    expires_at: secondsTime(now + 12 * HOUR),
    publisher: nodeIdFor(NAMES[1]),
    publisher_role: `${ISSUM}.Feuerwehr.Wehrleiter`,
    publisher_cert: certIdFor('wehr'),
    drill: false,
    signature: SIGNATURE,
    ...change,
  })
  const target = (region: string): Alert['target'] => ({ region, roles: [], channels: ['local'] })
  return {
    flood: base(1, {
      severity: 'extreme',
      title: 'Hochwasser an der Fleuth',
      body: 'Der Deich an der Fleuth ist gebrochen. Das Wasser steigt schnell und erreicht in etwa 30 Minuten die Ortsmitte.',
      instructions: [
        'Geh sofort in ein oberes Stockwerk.',
        'Geh nicht in den Keller.',
        'Schalte Strom und Gas ab, wenn das ohne Gefahr geht.',
        'Hilf Nachbarn, die nicht allein gehen können.',
      ],
      variants: [
        {
          language: 'en',
          title: 'Flood on the Fleuth',
          body: 'The dyke on the Fleuth has broken. The water is rising fast and reaches the centre in about 30 minutes.',
          instructions: [
            'Go to an upper floor at once.',
            'Do not go into the cellar.',
            'Switch off electricity and gas if that is safe.',
            'Help neighbours who cannot go alone.',
          ],
        },
      ],
      target: { ...target(ISSUM), polygon: FLEUTH },
      replaces: ulidFor(502),
      evidence_claim: claimIdFor('claim 0'),
    }),
    before: base(2, {
      severity: 'warning',
      title: 'Hochwasser an der Fleuth möglich',
      body: 'Der Pegel der Fleuth steigt.',
      instructions: ['Räumt Keller aus.'],
    }),
    water: base(3, {
      title: 'Trinkwasser in Geldern abkochen',
      body: 'Im Leitungswasser von Geldern wurden Keime gefunden.',
      instructions: ['Koche Wasser vor dem Trinken drei Minuten ab.'],
      target: target('DE.NRW.Kleve.Geldern'),
    }),
    storm: base(4, {
      severity: 'advisory',
      title: 'Sturm in der Nacht',
      body: 'Ab 22 Uhr Böen bis 90 km/h. Äste können brechen.',
      instructions: ['Sichere lose Gegenstände.', 'Bleib nachts von Wäldern weg.'],
      target: target('DE.NRW.Kleve'),
      expires_at: secondsTime(now + 20 * HOUR),
    }),
    drill: base(5, {
      title: 'Stromausfall im ganzen Kreis',
      body: 'Angenommen wird ein Stromausfall von 72 Stunden.',
      instructions: ['Melde dich am Sammelpunkt Turnhalle.'],
      target: target('DE.NRW.Kleve'),
      drill: true,
    }),
    foreign: base(6, {
      title: 'Rauch von jenseits der Grenze',
      body: 'Ein Brand in Venlo zieht nach Osten.',
      publisher_role: 'NL.Limburg.Brandweer.Commandant',
    }),
    over: base(30, {
      severity: 'emergency',
      title: 'Gasgeruch in der Mittelstraße',
      body: 'In der Mittelstraße tritt Gas aus.',
      instructions: ['Verlasse das Haus.'],
      expires_at: secondsTime(now - 10 * HOUR),
    }),
    forged: base(7, {
      severity: 'extreme',
      title: 'Alle Bewohner müssen sofort Geld überweisen',
      body: 'Diese Meldung ist gefälscht.',
      publisher: nodeIdFor(NAMES[6]),
    }),
  }
}

export interface VillageAlerts {
  record(name: AlertName): AlertRecord
  records(): readonly AlertRecord[]
  find(key: string): AlertRecord | null
  decision(key: string): Decision | null
  readonly certificates: readonly CertificateRecord[]
}

/** @param now ms since 1970 */
export function createVillageAlerts(now: number): VillageAlerts {
  const alerts = alertsOf(now)
  const mirror = mirrorOf(now)

  function record(name: AlertName): AlertRecord {
    const alert = name === 'mirror' ? null : alerts[name]
    return {
      key: alert?.alert_id ?? `mirror:${mirror.correlation_id}`,
      origin: alert ? (name === 'foreign' ? 'forwarded' : 'community') : 'mirror',
      state: name === 'over' ? 'cancelled' : name === 'before' ? 'replaced' : 'active',
      content_id: contentIdFor(`alert ${name}`),
      author: nodeIdFor(NAMES[1]),
      alert,
      mirror: alert ? null : mirror,
      cancellation:
        name === 'over'
          ? {
              alert_id: alerts.over.alert_id,
              cancelled_by: alerts.over.publisher,
              canceller_cert: alerts.over.publisher_cert,
              cancelled_at: secondsTime(now - 12 * HOUR),
              reason: 'Das Gas ist abgestellt.',
              all_clear: true,
              signature: SIGNATURE,
            }
          : null,
      replaced_by: name === 'before' ? alerts.flood.alert_id : null,
      path: name === 'foreign' ? [nodeIdFor('another village')] : [],
    }
  }
  const all = ALERT_NAMES.map((name) => ({ name, record: record(name) }))
  return {
    record,
    records: () => all.map((one) => one.record),
    find: (key) => all.find((one) => one.record.key === key)?.record ?? null,
    decision(key) {
      const found = all.find((one) => one.record.key === key)
      return found ? decisionOf(SCENES[found.name]) : null
    },
    certificates: certificates(now),
  }
}
