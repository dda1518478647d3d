import { type Alert, AlertSchema, type Cancellation, type Wording } from '#protocol/civdef/alert.ts'
import type { AlertSeverity } from '#protocol/civdef/terms.ts'
import { canonical } from '#protocol/core/canonical.ts'
import { HearthError } from '#protocol/core/errors.ts'
import { parseJson } from '#protocol/core/json.ts'
import { parseAs } from '#protocol/core/schema.ts'
import type { Regions } from '../regions/adapters.ts'
import { type CapArea, type CapDocument, type CapInfo, capTime, type NamedValue, type Reference, utcTime } from './document.ts'

/** What the places and people of an alert are called, and what came before it. */
export interface CapContext {
  readonly regions: Regions
  /** The publisher's title. */
  readonly senderName: string
  /** The version whose place it took, the one before that, and so on. */
  readonly replaced: readonly Pick<Alert, 'alert_id' | 'publisher' | 'published_at'>[]
}

const SEVERITY: Readonly<Record<AlertSeverity, CapInfo['severity']>> = {
  info: 'Minor',
  advisory: 'Minor',
  warning: 'Moderate',
  emergency: 'Severe',
  extreme: 'Extreme',
}
/** Back: of the two that became Minor the louder, and for an unknown one a quiet word. */
export const SEVERITY_OF: Readonly<Record<CapInfo['severity'], AlertSeverity>> = {
  Unknown: 'advisory',
  Minor: 'advisory',
  Moderate: 'warning',
  Severe: 'emergency',
  Extreme: 'extreme',
}

// what CAP has no element for goes along as parameters, so that our own signature can be checked after the way through CAP
const OURS = 'hearthnet-'

function areaOf({ target }: Alert, regions: Regions): CapArea {
  const place = regions.place(target.region)
  return {
    areaDesc: place?.name ?? target.region,
    polygons: target.polygon ? [target.polygon] : [],
    circles: [],
    geocodes: place
      ? [
          { valueName: 'ARS', value: place.ars },
          { valueName: 'WARNCELLID', value: place.warncell },
        ]
      : [],
  }
}

function parametersOf(alert: Alert): NamedValue[] {
  const { target, severity, publisher_role, publisher_cert, evidence_claim, correlation_id, replaces } = alert
  const own = {
    ...{ severity, publisher_role, publisher_cert, evidence_claim, correlation_id, replaces, signature: alert.signature },
    region: target.region,
    roles: canonical(target.roles),
    channels: canonical(target.channels),
    bbox: target.bbox && canonical(target.bbox),
    issuer_attestation: alert.issuer_attestation && canonical(alert.issuer_attestation),
  }
  return Object.entries(own).flatMap(([name, value]) => (value === undefined ? [] : [{ valueName: OURS + name, value }]))
}

function infoOf(alert: Alert, wording: Wording, { senderName }: CapContext, area: CapArea, parameters: NamedValue[]): CapInfo {
  return {
    language: wording.language,
    categories: ['Safety'],
    event: wording.title,
    responseTypes: [],
    urgency: alert.severity === 'info' || alert.severity === 'advisory' ? 'Expected' : 'Immediate',
    severity: SEVERITY[alert.severity],
    certainty: 'Likely',
    eventCodes: [],
    effective: capTime(alert.published_at),
    expires: capTime(alert.expires_at),
    senderName,
    headline: wording.title,
    description: wording.body,
    ...(wording.instructions.length > 0 ? { instruction: wording.instructions.join('\n') } : {}),
    parameters,
    resources: [],
    areas: [area],
  }
}

const referenceTo = ({ alert_id, publisher, published_at }: CapContext['replaced'][number]): Reference => ({
  sender: publisher,
  identifier: alert_id,
  sent: capTime(published_at),
})

/** An alert as a CAP 1.2 document. Nothing of it is lost: `alertFrom` gives it back, signature and all. */
export function capOf(alert: Alert, context: CapContext): CapDocument {
  const area = areaOf(alert, context.regions)
  const { language, title, body, instructions, variants, target } = alert
  const references = context.replaced.map(referenceTo)
  const restricted = target.roles.length > 0
  return {
    identifier: alert.alert_id,
    sender: alert.publisher,
    sent: capTime(alert.published_at),
    status: alert.drill ? 'Exercise' : 'Actual',
    msgType: references.length > 0 ? 'Update' : 'Alert',
    scope: restricted ? 'Restricted' : 'Public',
    ...(restricted ? { restriction: target.roles.join(' ') } : {}),
    codes: [],
    references,
    infos: [
      infoOf(alert, { language, title, body, instructions }, context, area, parametersOf(alert)),
      ...variants.map((variant) => infoOf(alert, variant, context, area, [])),
    ],
  }
}

/** The end of an alert as a CAP 1.2 document. */
export function capOfCancellation(cancellation: Cancellation, alert: Alert, context: CapContext): CapDocument {
  return {
    ...capOf(alert, context),
    identifier: `${alert.alert_id}-cancel`,
    sender: cancellation.cancelled_by,
    sent: capTime(cancellation.cancelled_at),
    msgType: 'Cancel',
    note: cancellation.reason,
    // whoever heard only an earlier version hears of the end as well
    references: [alert, ...context.replaced].map(referenceTo),
  }
}

const wordingOf = ({ language, headline, description, instruction }: CapInfo): Wording => ({
  language,
  title: headline ?? '',
  body: description ?? '',
  instructions: instruction ? instruction.split('\n') : [],
})

/**
 * The alert inside a document that one of us wrote; null for anybody else's. What the words of the document say is what the
 * alert says, so a change on the way shows in the signature, which the caller checks.
 * @throws HearthError `bad_request` for one that says it is ours and is not whole
 */
export function alertFrom(document: CapDocument): Alert | null {
  const [info, ...others] = document.infos
  const ours = new Map(
    (info?.parameters ?? [])
      .filter(({ valueName }) => valueName.startsWith(OURS))
      .map(({ valueName, value }) => [valueName.slice(OURS.length), value]),
  )
  const [area] = info?.areas ?? []
  if (!info || !area || !ours.has('signature') || document.msgType === 'Cancel') return null
  const json = (name: string): unknown => {
    const text = ours.get(name)
    return text === undefined ? undefined : parseJson(text)
  }
  const [polygon] = area.polygons
  const [bbox, issuer_attestation] = [json('bbox'), json('issuer_attestation')]
  const given = ['evidence_claim', 'correlation_id', 'replaces'].flatMap((name) => {
    const value = ours.get(name)
    return value === undefined ? [] : [[name, value] as const]
  })
  if (!info.expires) throw new HearthError('bad_request', 'CAP, expires: is missing', { data: { field: 'expires' } })
  return parseAs(
    AlertSchema,
    {
      alert_id: document.identifier,
      severity: ours.get('severity'),
      ...wordingOf(info),
      variants: others.map(wordingOf),
      target: {
        region: ours.get('region'),
        roles: json('roles'),
        channels: json('channels'),
        ...(bbox === undefined ? {} : { bbox }),
        ...(polygon === undefined ? {} : { polygon }),
      },
      expires_at: utcTime(info.expires),
      publisher: document.sender,
      publisher_role: ours.get('publisher_role'),
      publisher_cert: ours.get('publisher_cert'),
      ...Object.fromEntries(given),
      drill: document.status !== 'Actual',
      published_at: utcTime(document.sent),
      ...(issuer_attestation === undefined ? {} : { issuer_attestation }),
      signature: ours.get('signature'),
    },
    'bad_request',
  )
}
