import type { AlertContent, CosignRequest } from '#protocol/civdef/alert.ts'
import * as civdef from '#protocol/civdef/capabilities.ts'
import type { Certificate } from '#protocol/civdef/certificate.ts'
import * as desk from '#protocol/civdef/desk-capabilities.ts'
import { cosignChanged, draftsChanged, roleRegistered, rootChanged } from '#protocol/civdef/events.ts'
import * as places from '#protocol/civdef/place-capabilities.ts'
import type { AckRecord, CertificateRecord } from '#protocol/civdef/records.ts'
import { type AckStatus, type CertId, secondsTime, severityRank } from '#protocol/civdef/terms.ts'
import type { Output } from '#protocol/core/capability.ts'
import { displayNodeId } from '#protocol/core/ids.ts'
import type { FakeClient } from './fake-client.ts'
import { claimIdFor, contentIdFor, NAMES, nodeIdFor, SIGNATURE, ulidFor } from './village.ts'
import { PLACES } from './village-alerts.ts'
import { answerAudit, type DeskScene } from './village-audit.ts'

const DAY_MS = 86_400_000
const MINUTE_MS = 60_000
const ISSUM = 'DE.NRW.Kleve.Issum'
const ME = nodeIdFor(NAMES[0])
const inDays = (days: number): string => secondsTime(Date.now() + days * DAY_MS)
const ago = (minutes: number): string => secondsTime(Date.now() - minutes * MINUTE_MS)
const ISSUING = ['alert.publish', 'alert.cosign', 'acks.read', 'role.issue'] as const
const certIdFor = (name: string): CertId => claimIdFor(`cert ${name}`) as string as CertId // both are 52 letters of base32

function certificate(name: string, change: Partial<Certificate>, record: Partial<CertificateRecord> = {}): CertificateRecord {
  return {
    certificate: {
      cert_id: certIdFor(name),
      holder: nodeIdFor(name),
      role: `${ISSUM}.Feuerwehr.Wehrleiter`,
      region: ISSUM,
      issuer: nodeIdFor(NAMES[2]),
      issuer_chain: [],
      issued_at: inDays(-100),
      expires_at: inDays(265),
      scopes: ['alert.publish', 'acks.read'],
      title: name,
      signature: SIGNATURE,
      ...change,
    },
    state: 'good',
    root_name: 'Innenministerium (erfunden)',
    revocation: null,
    expires_in_days: null,
    ...record,
  }
}

const OWN: readonly CertificateRecord[] = [
  certificate('kreis', {
    holder: ME,
    role: 'DE.NRW.Kleve.KatS.Stabsleiter',
    region: 'DE.NRW.Kleve',
    scopes: ['alert.publish', 'alert.cosign', 'acks.read', 'role.issue'],
    title: 'Leitung des Krisenstabs Kleve',
  }),
  certificate(
    'zug',
    {
      holder: ME,
      role: 'DE.NRW.Kleve.THW.OV.Zugfuehrer',
      region: 'DE.NRW.Kleve',
      title: 'Zugführung THW',
      expires_at: inDays(12),
    },
    { expires_in_days: 12 },
  ),
  certificate(
    'alt',
    { holder: ME, title: 'Leitung der Feuerwehr Issum', expires_at: inDays(-3) },
    { state: 'expired', root_name: '' },
  ),
]

const OTHERS: readonly CertificateRecord[] = [
  certificate('land', {
    holder: nodeIdFor(NAMES[2]),
    role: 'DE.NRW.KatS.Landesstab',
    region: 'DE.NRW',
    scopes: ['alert.publish', 'alert.cosign', 'acks.read', 'role.issue'],
    title: 'Krisenstab des Landes (erfunden)',
  }),
  certificate('wehr', {
    holder: nodeIdFor(NAMES[1]),
    issuer: ME,
    issuer_chain: [certIdFor('kreis')],
    title: 'Wehrleiter Issum',
  }),
  certificate(
    'drk',
    {
      holder: nodeIdFor(NAMES[3]),
      issuer: ME,
      issuer_chain: [certIdFor('kreis')],
      role: 'DE.NRW.Kleve.DRK.Ortsverein.Bereitschaftsleiter',
      region: 'DE.NRW.Kleve',
      title: 'Bereitschaftsleitung des DRK im Kreis Kleve, Ortsverein Straelen-Wachtendonk',
      expires_at: inDays(1),
    },
    { expires_in_days: 1 },
  ),
  certificate(
    'weg',
    { holder: nodeIdFor(NAMES[4]), issuer: ME, title: 'Zugführung Issum', role: `${ISSUM}.Feuerwehr.Zugfuehrer` },
    {
      state: 'revoked',
      root_name: '',
      revocation: {
        cert_id: certIdFor('weg'),
        revoked_by: ME,
        by_cert: certIdFor('kreis'),
        revoked_at: ago(600),
        reason: 'Tablet verloren',
        signature: SIGNATURE,
      },
    },
  ),
]

const content = (at: number, change: Partial<AlertContent> = {}): AlertContent => ({
  alert_id: ulidFor(700 + at),
  severity: 'emergency',
  language: 'de-DE',
  title: 'Beispiel: Hochwasser an der Fleuth',
  body: 'Das Wasser steigt schnell. Bringt euch jetzt in Sicherheit.',
  instructions: ['Keller sofort verlassen', 'In ein höheres Stockwerk gehen'],
  variants: [
    {
      language: 'en-GB',
      title: 'Example: flood on the Fleuth',
      body: 'The water is rising fast. Get to safety now.',
      instructions: ['Leave cellars at once', 'Go to a higher floor'],
    },
  ],
  target: { region: ISSUM, roles: [], channels: ['local', 'push'] },
  expires_at: inDays(0.5),
  publisher: nodeIdFor(NAMES[1]),
  publisher_role: `${ISSUM}.Feuerwehr.Wehrleiter`,
  publisher_cert: certIdFor('wehr'),
  drill: false,
  ...change,
})

const request = (at: number, change: Partial<AlertContent>, to = ME): CosignRequest => ({
  request_id: ulidFor(800 + at),
  content: content(at, change),
  to,
  requested_at: ago(4 + at),
  reason: 'Pegel 2,10 m und steigend.',
  signature: SIGNATURE,
})

/** Long enough for several codes, as a whole alert is. */
const REQUEST = `HN1:K:${'ABCDEFGH234567'.repeat(120)}`

type Requests = Output<typeof desk.cosignList>['requests']
const requestsOf = (): Requests => {
  const own = { publisher: ME, publisher_role: 'DE.NRW.Kleve.KatS.Stabsleiter', publisher_cert: certIdFor('kreis') }
  const attestation = {
    content_sha: `sha256:${'0'.repeat(64)}`,
    cosigner: nodeIdFor(NAMES[2]),
    cosigner_cert: certIdFor('land'),
    cosigned_at: ago(1),
    signature: SIGNATURE,
  }
  return [
    { request: request(0, {}), direction: 'in', state: 'waiting', attestation: null, text: null },
    {
      request: request(1, { ...own, drill: true }, nodeIdFor(NAMES[2])),
      direction: 'out',
      state: 'signed',
      attestation,
      text: null,
    },
    { request: request(2, own, nodeIdFor(NAMES[2])), direction: 'out', state: 'waiting', attestation: null, text: REQUEST },
    { request: request(3, own, nodeIdFor(NAMES[2])), direction: 'out', state: 'declined', attestation: null, text: null },
  ]
}

function ackRecord(at: number, status: AckStatus, role: string | null, note?: string): AckRecord {
  const name = NAMES[at] ?? NAMES[0]
  return {
    ack: {
      alert_id: ulidFor(1),
      status,
      acked_by: nodeIdFor(name),
      acked_at: ago(at * 3),
      signature: SIGNATURE,
      ...(note === undefined ? {} : { note }),
    },
    content_id: contentIdFor(`board ${at}`),
    display_name: name,
    role,
  }
}

function answerCeremony(client: FakeClient): void {
  const code = (letter: string): string => `HN1:${letter}:${'ABCDEFGH234567'.repeat(90)}`
  client.answer(desk.ceremonyRequest, () => ({ text: code('R') }))
  client.answer(desk.ceremonyRead, () => ({
    request: {
      holder: nodeIdFor(NAMES[1]),
      display_name: NAMES[1],
      role: `${ISSUM}.Feuerwehr.Wehrleiter`,
      region: ISSUM,
      title: 'Leitung der Feuerwehr Issum',
      scopes: [...ISSUING],
      requested_at: ago(0),
      signature: SIGNATURE,
    },
    fingerprint: displayNodeId(nodeIdFor(NAMES[1])),
  }))
  client.answer(desk.ceremonyIssue, () => ({ cert_id: certIdFor('new'), text: code('C') }))
  client.answer(desk.ceremonyAccept, () => {
    client.emit(roleRegistered)
    const [first] = OWN
    if (!first) throw new TypeError('a certificate')
    return { certificate: first.certificate, chain: [] }
  })
}

/** What lies on a responder's desk. */
export function answerCivdefDesk(client: FakeClient, scene: DeskScene): void {
  const isNew = scene === 'new'
  let requests = isNew ? [] : requestsOf()
  let drafts: readonly desk.KeptDraft[] = []
  let roots = isNew ? [] : [{ root: ME, name: 'Innenministerium (erfunden)', region: 'DE.NRW', from: 'community' as const }]
  client.answer(desk.walletGet, () => ({
    own: isNew ? [] : [...OWN],
    issued_ending: isNew ? [] : OTHERS.filter(({ expires_in_days }) => expires_in_days !== null),
    box_key: null,
  }))
  client.answer(civdef.roleList, ({ only_good, limit }) => {
    const all = isNew ? [] : [...OTHERS, ...OWN].filter(({ state }) => only_good !== true || state === 'good')
    return { certificates: all.slice(0, limit), total: all.length }
  })
  client.answer(civdef.roleRevoke, () => ({ content_id: contentIdFor('revoked') }))
  client.answer(places.rootList, () => ({ roots: roots.map((root) => ({ ...root, fingerprint: displayNodeId(root.root) })) }))
  client.answer(places.rootSet, ({ root, name, region }) => {
    roots = roots.filter((one) => one.root !== root)
    if (name !== null) roots = [...roots, { root: ME, name, region, from: 'community' as const }]
    client.emit(rootChanged)
    return {}
  })
  client.answer(desk.draftList, () => ({ drafts: [...drafts] }))
  client.answer(desk.draftSave, ({ draft, draft_id = ulidFor(900 + drafts.length) }) => {
    drafts = [{ draft_id, draft, saved_at: new Date().toISOString() }, ...drafts.filter((one) => one.draft_id !== draft_id)]
    client.emit(draftsChanged)
    return { draft_id }
  })
  client.answer(desk.draftDiscard, ({ draft_id }) => {
    drafts = drafts.filter((one) => one.draft_id !== draft_id)
    client.emit(draftsChanged)
    return {}
  })
  client.answer(desk.alertPreview, ({ draft }) => {
    const places = PLACES.filter(({ region, kind }) => kind === 'gemeinde' && region.startsWith(draft.target.region))
    return {
      problems: scene === 'broken' ? [{ code: 'civdef_cert_out_of_scope', field: '', message: 'scope: too_severe' }] : [],
      needs_cosignature: severityRank(draft.severity) >= severityRank('emergency'),
      resident: { delivery: draft.severity === 'extreme' ? ('alarm' as const) : ('notify' as const), marks: [], reasons: [] },
      municipalities: places.length,
      inhabitants: places.reduce((sum, { inhabitants }) => sum + inhabitants, 0),
    }
  })
  client.answer(civdef.alertPublish, ({ draft }) => ({
    alert_id: draft.alert_id ?? ulidFor(1),
    content_id: contentIdFor('published'),
  }))
  client.answer(civdef.alertCancel, () => ({ content_id: contentIdFor('cancelled') }))
  client.answer(desk.cosignList, () => ({ requests: [...requests] }))
  client.answer(desk.cosignRequest, () => ({
    request_id: ulidFor(800),
    delivered: false,
    text: REQUEST,
  }))
  client.answer(desk.cosignAnswer, ({ request_id, sign }) => {
    const state = sign ? ('signed' as const) : ('declined' as const)
    requests = requests.map((one) => (one.request.request_id === request_id ? { ...one, state } : one))
    client.emit(cosignChanged)
    return { delivered: false, text: `HN1:A:${'ABCDEFGH234567'.repeat(20)}` }
  })
  client.answer(desk.cosignImport, () => ({ request_id: ulidFor(800), kind: 'request' as const }))
  const zug = `${ISSUM}.Feuerwehr.Zugfuehrer`
  client.answer(civdef.alertAcks, () => {
    const acks = isNew
      ? []
      : [
          ackRecord(1, 'received', `${ISSUM}.Feuerwehr.Wehrleiter`),
          ackRecord(2, 'acting', zug, 'Zwei Fahrzeuge unterwegs.'),
          ackRecord(3, 'need_help', zug, 'Am Bauhof fehlen Sandsäcke. Wir sind zu dritt und halten noch eine Stunde.'),
          ackRecord(7, 'mistaken', null),
        ]
    const counts = { received: 0, acting: 0, need_help: 0, standing_down: 0, mistaken: 0 }
    for (const { ack } of acks) counts[ack.status]++
    return {
      acks,
      counts,
      by_role: isNew
        ? []
        : [
            { role: `${ISSUM}.Feuerwehr.Wehrleiter`, acked: [nodeIdFor(NAMES[1])], waiting: [] },
            {
              role: zug,
              acked: [nodeIdFor(NAMES[2]), nodeIdFor(NAMES[3])],
              waiting: [nodeIdFor(NAMES[4]), nodeIdFor(NAMES[7])],
            },
          ],
      holding: isNew ? 0 : 17,
      first_after_seconds: isNew ? null : 14,
      median_after_seconds: isNew ? null : 96,
      as_of: new Date().toISOString(),
    }
  })
  answerCeremony(client)
  answerAudit(client, scene)
}
