import { CIVDEF_DOCUMENT_MAX_CHARS } from '#protocol/civdef/constants.ts'
import {
  CAP_NAMESPACE,
  CAP_SEVERITIES,
  CATEGORIES,
  type CapArea,
  type CapDocument,
  type CapInfo,
  type CapResource,
  CERTAINTIES,
  checkDocument,
  checkIdentifier,
  checkTime,
  MSG_TYPES,
  type NamedValue,
  parseCircle,
  parsePolygon,
  parseReferences,
  RESPONSE_TYPES,
  refuseCap,
  SCOPES,
  SIGNATURE_NAMESPACE,
  STATUSES,
  URGENCIES,
} from './document.ts'
import { parseXml, type XmlElement } from './xml.ts'

/** Name and how often: `1` once, `?` at most once, `*` any number, `+` at least once. The order is the schema's. */
type Sequence = readonly (readonly [name: string, many: '1' | '?' | '*' | '+'])[]

const ALERT: Sequence = [
  ...([
    ['identifier', '1'],
    ['sender', '1'],
    ['sent', '1'],
    ['status', '1'],
    ['msgType', '1'],
    ['source', '?'],
  ] as const),
  ...([
    ['scope', '1'],
    ['restriction', '?'],
    ['addresses', '?'],
    ['code', '*'],
    ['note', '?'],
  ] as const),
  ...([
    ['references', '?'],
    ['incidents', '?'],
    ['info', '*'],
  ] as const),
]
const INFO: Sequence = [
  ...([
    ['language', '?'],
    ['category', '+'],
    ['event', '1'],
    ['responseType', '*'],
    ['urgency', '1'],
  ] as const),
  ...([
    ['severity', '1'],
    ['certainty', '1'],
    ['audience', '?'],
    ['eventCode', '*'],
    ['effective', '?'],
  ] as const),
  ...([
    ['onset', '?'],
    ['expires', '?'],
    ['senderName', '?'],
    ['headline', '?'],
    ['description', '?'],
  ] as const),
  ...([
    ['instruction', '?'],
    ['web', '?'],
    ['contact', '?'],
    ['parameter', '*'],
    ['resource', '*'],
    ['area', '*'],
  ] as const),
]
const RESOURCE: Sequence = [
  ...([
    ['resourceDesc', '1'],
    ['mimeType', '1'],
    ['size', '?'],
    ['uri', '?'],
    ['derefUri', '?'],
    ['digest', '?'],
  ] as const),
]
const AREA: Sequence = [
  ...([
    ['areaDesc', '1'],
    ['polygon', '*'],
    ['circle', '*'],
    ['geocode', '*'],
    ['altitude', '?'],
    ['ceiling', '?'],
  ] as const),
]
const NAMED: Sequence = [
  ['valueName', '1'],
  ['value', '1'],
]

type Parts = ReadonlyMap<string, readonly XmlElement[]>

/** The children of an element by name, after a look at their order and number. */
function sequenced(element: XmlElement, sequence: Sequence): Parts {
  if (element.text.trim() !== '') refuseCap(element.name, 'has text beside its elements')
  const parts = new Map<string, XmlElement[]>()
  let place = 0
  for (const child of element.children) {
    // a signature may close an alert; it is not ours to judge
    if (child.namespace === SIGNATURE_NAMESPACE && element.name === 'alert') continue
    const found = sequence.findIndex(([name]) => name === child.name)
    if (child.namespace !== CAP_NAMESPACE || found < 0) refuseCap(child.name, `is no element of ${element.name}`)
    if (found < place) refuseCap(child.name, `is out of order in ${element.name}`)
    place = found
    parts.set(child.name, [...(parts.get(child.name) ?? []), child])
  }
  for (const [name, many] of sequence) {
    const count = parts.get(name)?.length ?? 0
    if (count === 0 && (many === '1' || many === '+')) refuseCap(name, `is missing in ${element.name}`)
    if (count > 1 && (many === '1' || many === '?')) refuseCap(name, `is there twice in ${element.name}`)
  }
  return parts
}

function textOf(element: XmlElement): string {
  if (element.children.length > 0) refuseCap(element.name, 'has elements where text belongs')
  return element.text
}

const texts = (parts: Parts, name: string): string[] => (parts.get(name) ?? []).map(textOf)
const text = (parts: Parts, name: string): string | undefined => texts(parts, name)[0]
/** White space around a word of a fixed list, a number or a date does not count; in a text it does. */
const word = (parts: Parts, name: string): string => (text(parts, name) ?? '').trim()
const optional = <K extends string>(parts: Parts, name: K): { readonly [name in K]?: string } => {
  const found = text(parts, name)
  // exactly the one name that was asked for
  return (found === undefined ? {} : { [name]: found }) as { readonly [name in K]?: string }
}
const time = <K extends string>(parts: Parts, name: K): { readonly [name in K]?: string } =>
  (parts.has(name) ? { [name]: checkTime(word(parts, name), name) } : {}) as { readonly [name in K]?: string }

function oneOf<T extends string>(value: string, allowed: readonly T[], element: string): T {
  const found = allowed.find((one) => one === value)
  return found ?? refuseCap(element, `${value.slice(0, 40)} is none of ${allowed.join(', ')}`)
}

function number<K extends string>(parts: Parts, name: K, whole = false): { readonly [name in K]?: number } {
  if (!parts.has(name)) return {}
  const written = word(parts, name)
  if (!(whole ? /^\d{1,15}$/ : /^-?\d{1,9}(\.\d{1,10})?$/).test(written)) refuseCap(name, 'not a number')
  return { [name]: Number(written) } as { readonly [name in K]?: number }
}

function named(element: XmlElement): NamedValue {
  const parts = sequenced(element, NAMED)
  return { valueName: word(parts, 'valueName'), value: text(parts, 'value') ?? '' }
}
const allNamed = (parts: Parts, name: string): NamedValue[] => (parts.get(name) ?? []).map(named)

function resource(element: XmlElement): CapResource {
  const parts = sequenced(element, RESOURCE)
  return {
    resourceDesc: text(parts, 'resourceDesc') ?? '',
    mimeType: word(parts, 'mimeType'),
    ...number(parts, 'size', true),
    ...optional(parts, 'uri'),
    ...optional(parts, 'derefUri'),
    ...optional(parts, 'digest'),
  }
}

function area(element: XmlElement): CapArea {
  const parts = sequenced(element, AREA)
  return {
    areaDesc: text(parts, 'areaDesc') ?? '',
    polygons: texts(parts, 'polygon').map((one) => parsePolygon(one)),
    circles: texts(parts, 'circle').map(parseCircle),
    geocodes: allNamed(parts, 'geocode'),
    ...number(parts, 'altitude'),
    ...number(parts, 'ceiling'),
  }
}

function info(element: XmlElement): CapInfo {
  const parts = sequenced(element, INFO)
  const event = text(parts, 'event') ?? ''
  if (event.trim() === '') refuseCap('event', 'is empty')
  // 1.0 had a further word, which 1.2 reads as Likely
  const certainty = word(parts, 'certainty') === 'Very Likely' ? 'Likely' : word(parts, 'certainty')
  return {
    language: parts.has('language') ? word(parts, 'language') : 'en-US',
    categories: texts(parts, 'category').map((one) => oneOf(one.trim(), CATEGORIES, 'category')),
    event,
    responseTypes: texts(parts, 'responseType').map((one) => oneOf(one.trim(), RESPONSE_TYPES, 'responseType')),
    urgency: oneOf(word(parts, 'urgency'), URGENCIES, 'urgency'),
    severity: oneOf(word(parts, 'severity'), CAP_SEVERITIES, 'severity'),
    certainty: oneOf(certainty, CERTAINTIES, 'certainty'),
    ...optional(parts, 'audience'),
    eventCodes: allNamed(parts, 'eventCode'),
    ...time(parts, 'effective'),
    ...time(parts, 'onset'),
    ...time(parts, 'expires'),
    ...optional(parts, 'senderName'),
    ...optional(parts, 'headline'),
    ...optional(parts, 'description'),
    ...optional(parts, 'instruction'),
    ...optional(parts, 'web'),
    ...optional(parts, 'contact'),
    parameters: allNamed(parts, 'parameter'),
    resources: (parts.get('resource') ?? []).map(resource),
    areas: (parts.get('area') ?? []).map(area),
  }
}

/** A CAP 1.2 document, strictly: element order, number, words, times, shapes. @throws HearthError `bad_request` */
export function readCap(xml: string): CapDocument {
  if (xml.length > CIVDEF_DOCUMENT_MAX_CHARS) refuseCap('alert', 'too long')
  const root = parseXml(xml)
  if (root.name !== 'alert' || root.namespace !== CAP_NAMESPACE) refuseCap(root.name, 'not a CAP 1.2 alert')
  const parts = sequenced(root, ALERT)
  const document: CapDocument = {
    identifier: checkIdentifier(word(parts, 'identifier'), 'identifier'),
    sender: checkIdentifier(word(parts, 'sender'), 'sender'),
    sent: checkTime(word(parts, 'sent'), 'sent'),
    status: oneOf(word(parts, 'status'), STATUSES, 'status'),
    msgType: oneOf(word(parts, 'msgType'), MSG_TYPES, 'msgType'),
    ...optional(parts, 'source'),
    scope: oneOf(word(parts, 'scope'), SCOPES, 'scope'),
    ...optional(parts, 'restriction'),
    ...optional(parts, 'addresses'),
    codes: texts(parts, 'code'),
    ...optional(parts, 'note'),
    references: parts.has('references') ? parseReferences(word(parts, 'references')) : [],
    ...optional(parts, 'incidents'),
    infos: (parts.get('info') ?? []).map(info),
  }
  checkDocument(document)
  return document
}
