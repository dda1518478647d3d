import type { Point } from '#protocol/civdef/alert.ts'
import { HearthError } from '#protocol/core/errors.ts'

// OASIS Common Alerting Protocol 1.2, as its schema and its data dictionary have it

export const CAP_NAMESPACE = 'urn:oasis:names:tc:emergency:cap:1.2'
export const SIGNATURE_NAMESPACE = 'http://www.w3.org/2000/09/xmldsig#'

export const STATUSES = ['Actual', 'Exercise', 'System', 'Test', 'Draft'] as const
export const MSG_TYPES = ['Alert', 'Update', 'Cancel', 'Ack', 'Error'] as const
export const SCOPES = ['Public', 'Restricted', 'Private'] as const
export const CATEGORIES = [
  ...(['Geo', 'Met', 'Safety', 'Security', 'Rescue', 'Fire'] as const),
  ...(['Health', 'Env', 'Transport', 'Infra', 'CBRNE', 'Other'] as const),
] as const
export const RESPONSE_TYPES = [
  ...(['Shelter', 'Evacuate', 'Prepare', 'Execute', 'Avoid', 'Monitor', 'Assess', 'AllClear', 'None'] as const),
] as const
export const URGENCIES = ['Immediate', 'Expected', 'Future', 'Past', 'Unknown'] as const
export const CAP_SEVERITIES = ['Extreme', 'Severe', 'Moderate', 'Minor', 'Unknown'] as const
export const CERTAINTIES = ['Observed', 'Likely', 'Possible', 'Unlikely', 'Unknown'] as const

export interface NamedValue {
  readonly valueName: string
  readonly value: string
}
export interface Circle extends Point {
  readonly radiusKm: number
}
export interface CapResource {
  readonly resourceDesc: string
  readonly mimeType: string
  readonly size?: number
  readonly uri?: string
  readonly derefUri?: string
  readonly digest?: string
}
export interface CapArea {
  readonly areaDesc: string
  readonly polygons: readonly (readonly Point[])[]
  readonly circles: readonly Circle[]
  readonly geocodes: readonly NamedValue[]
  readonly altitude?: number
  readonly ceiling?: number
}
export interface CapInfo {
  /** `en-US` where the document says none. */
  readonly language: string
  readonly categories: readonly (typeof CATEGORIES)[number][]
  readonly event: string
  readonly responseTypes: readonly (typeof RESPONSE_TYPES)[number][]
  readonly urgency: (typeof URGENCIES)[number]
  readonly severity: (typeof CAP_SEVERITIES)[number]
  readonly certainty: (typeof CERTAINTIES)[number]
  readonly audience?: string
  readonly eventCodes: readonly NamedValue[]
  readonly effective?: string
  readonly onset?: string
  readonly expires?: string
  readonly senderName?: string
  readonly headline?: string
  readonly description?: string
  readonly instruction?: string
  readonly web?: string
  readonly contact?: string
  readonly parameters: readonly NamedValue[]
  readonly resources: readonly CapResource[]
  readonly areas: readonly CapArea[]
}
export interface Reference {
  readonly sender: string
  readonly identifier: string
  readonly sent: string
}
/** Times are as written: `YYYY-MM-DDThh:mm:ss±hh:mm`. */
export interface CapDocument {
  readonly identifier: string
  readonly sender: string
  readonly sent: string
  readonly status: (typeof STATUSES)[number]
  readonly msgType: (typeof MSG_TYPES)[number]
  readonly source?: string
  readonly scope: (typeof SCOPES)[number]
  readonly restriction?: string
  readonly addresses?: string
  readonly codes: readonly string[]
  readonly note?: string
  readonly references: readonly Reference[]
  readonly incidents?: string
  readonly infos: readonly CapInfo[]
}

/** @throws HearthError `bad_request` with the element named */
export function refuseCap(element: string, message: string): never {
  throw new HearthError('bad_request', `CAP, ${element}: ${message}`, { data: { field: element } })
}

/** No `Z`, no fractions, a real day: CAP 1.2, 3.3.2. */
const TIME = /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d[+-](0\d|1[0-4]):[0-5]\d$/

export function checkTime(text: string, element: string): string {
  if (!TIME.test(text)) refuseCap(element, 'not YYYY-MM-DDThh:mm:ss±hh:mm')
  const day = Number(text.slice(8, 10))
  const days = new Date(Date.UTC(Number(text.slice(0, 4)), Number(text.slice(5, 7)), 0)).getUTCDate()
  if (day > days) refuseCap(element, 'a day that is not in its month')
  return text
}

/** Whole seconds in UTC as CAP writes them: with an offset, never `Z`. */
export const capTime = (utc: string): string => `${utc.slice(0, 19)}+00:00`
/** Back, whatever the offset: our form in UTC. */
export const utcTime = (text: string): string => `${new Date(text).toISOString().slice(0, 19)}Z`

/** Spaces, commas and angle brackets would break references (CAP 1.2, 3.2.1). */
export function checkIdentifier(text: string, element: string): string {
  if (!/^[^\s,<&]+$/.test(text)) refuseCap(element, 'has a space, a comma, < or &')
  return text
}

const NUMBER = /^[+-]?(\d{1,3})(\.\d{1,20})?$/

function coordinates(text: string, element: string): Point {
  const [lat = '', lon = '', ...rest] = text.split(',')
  if (rest.length > 0 || !NUMBER.test(lat) || !NUMBER.test(lon)) refuseCap(element, 'not latitude,longitude')
  const point = { lat: Number(lat), lon: Number(lon) }
  if (Math.abs(point.lat) > 90 || Math.abs(point.lon) > 180) refuseCap(element, 'a place that is not on the globe')
  return point
}

/** Pairs apart by spaces, at least four, the last equal to the first. */
export function parsePolygon(text: string, element = 'polygon'): Point[] {
  const points = text
    .trim()
    .split(/\s+/)
    .map((pair) => coordinates(pair, element))
  const [first, last] = [points[0], points.at(-1)]
  if (points.length < 4) refuseCap(element, 'fewer than four pairs')
  if (first?.lat !== last?.lat || first?.lon !== last?.lon) refuseCap(element, 'does not end where it begins')
  return points
}

export function parseCircle(text: string): Circle {
  const [centre = '', radius = '', ...rest] = text.trim().split(/\s+/)
  if (rest.length > 0 || !/^\d{1,5}(\.\d{1,10})?$/.test(radius)) refuseCap('circle', 'not latitude,longitude radius')
  return { ...coordinates(centre, 'circle'), radiusKm: Number(radius) }
}

/** `sender,identifier,sent` apart by spaces. */
export function parseReferences(text: string): Reference[] {
  return text
    .trim()
    .split(/\s+/)
    .map((one) => {
      const [sender = '', identifier = '', sent = '', ...rest] = one.split(',')
      if (rest.length > 0 || sender === '' || identifier === '') refuseCap('references', 'not sender,identifier,sent')
      return { sender, identifier, sent: checkTime(sent, 'references') }
    })
}

/** Rules between elements that the schema cannot say (CAP 1.2, 3.2). @throws HearthError `bad_request` */
export function checkDocument(document: CapDocument): void {
  const { scope, restriction, addresses, msgType, references, infos } = document
  if (scope === 'Restricted' && !restriction) refuseCap('restriction', 'says to whom, where the scope is Restricted')
  if (scope === 'Private' && !addresses) refuseCap('addresses', 'says to whom, where the scope is Private')
  if (scope !== 'Restricted' && restriction) refuseCap('restriction', 'is there only where the scope is Restricted')
  if (['Update', 'Cancel', 'Ack', 'Error'].includes(msgType) && references.length === 0) {
    refuseCap('references', `an ${msgType} says which message it is about`)
  }
  for (const { areas } of infos) {
    for (const { altitude, ceiling } of areas) {
      if (ceiling === undefined) continue
      if (altitude === undefined) refuseCap('ceiling', 'only with an altitude')
      else if (ceiling < altitude) refuseCap('ceiling', 'below the altitude')
    }
  }
}
