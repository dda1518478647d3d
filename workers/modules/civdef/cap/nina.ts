import type { Point } from '#protocol/civdef/alert.ts'
import { CIVDEF_DOCUMENT_MAX_CHARS } from '#protocol/civdef/constants.ts'
import type { Mirror } from '#protocol/civdef/mirror.ts'
import { HearthError } from '#protocol/core/errors.ts'
import { type JsonObject, type JsonValue, parseJson } from '#protocol/core/json.ts'
import type { Regions } from '../regions/adapters.ts'
import {
  CAP_SEVERITIES,
  CATEGORIES,
  type CapArea,
  type CapDocument,
  type CapInfo,
  CERTAINTIES,
  capTime,
  checkIdentifier,
  MSG_TYPES,
  type NamedValue,
  type Reference,
  STATUSES,
  URGENCIES,
} from './document.ts'
import { mirrorOf } from './mirror.ts'

// The warning JSON of NINA and MoWaS is CAP in other clothes: the same names, times with any offset, HTML in the texts, areas
// with longitude first. What is not needed to show a warning may be missing; what is there has to be right.

const MAX_WARNINGS = 64

function refuse(field: string, message: string): never {
  throw new HearthError('bad_request', `warning JSON, ${field}: ${message}`, { data: { field } })
}

const isObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function listOf(value: JsonValue | undefined): readonly JsonValue[] {
  if (value === undefined || value === null) return []
  return Array.isArray(value) ? value : [value]
}
const objects = (value: JsonValue | undefined): JsonObject[] => listOf(value).filter(isObject)
const textOf = (object: JsonObject, name: string): string | undefined => {
  const value = object[name]
  if (value === undefined || value === null) return undefined
  return typeof value === 'string' ? value : refuse(name, 'not a text')
}
const need = (object: JsonObject, name: string): string => textOf(object, name) ?? refuse(name, 'is missing')

function oneOf<T extends string>(value: string | undefined, allowed: readonly T[], field: string, missing?: T): T {
  if (value === undefined) return missing ?? refuse(field, 'is missing')
  return allowed.find((one) => one === value.trim()) ?? refuse(field, `is none of ${allowed.join(', ')}`)
}

function timeOf(text: string, field: string): string {
  const isDate = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})$/.test(text)
  const ms = isDate ? Date.parse(text) : Number.NaN
  if (Number.isNaN(ms)) refuse(field, 'not a time with its offset')
  return capTime(new Date(ms).toISOString())
}

/** „6.4,51.5 6.5,51.6 …“: longitude first. In Germany the smaller of the two is the longitude, so either order is read. */
function polygonOf(text: string): Point[] | null {
  const points: Point[] = []
  for (const pair of text.trim().split(/\s+/)) {
    const [a = Number.NaN, b = Number.NaN] = pair.split(',').map(Number)
    // -1.0,-1.0 closes a list in some documents
    if (a === -1 && b === -1) continue
    const [lon, lat] = a < b ? [a, b] : [b, a]
    if (!(lat >= 45 && lat <= 57 && lon >= 4 && lon <= 17)) return null
    points.push({ lat, lon })
  }
  const [first, last] = [points[0], points.at(-1)]
  if (!first || !last) return null
  if (first.lat !== last.lat || first.lon !== last.lon) points.push(first)
  return points.length >= 4 ? points : null
}

const named = (object: JsonObject): NamedValue => ({
  valueName: textOf(object, 'valueName') ?? '',
  value: String(typeof object.value === 'string' || typeof object.value === 'number' ? object.value : ''),
})

function areaOf(object: JsonObject): CapArea {
  const shapes = listOf(object.polygon).flatMap((one) => (typeof one === 'string' ? [polygonOf(one)] : []))
  return {
    areaDesc: textOf(object, 'areaDesc') ?? '',
    // a shape that cannot be read leaves the codes to say where
    polygons: shapes.every((one) => one !== null) ? shapes.filter((one) => one !== null) : [],
    circles: [],
    geocodes: objects(object.geocode).map(named),
  }
}

function infoOf(object: JsonObject): CapInfo {
  const time = (name: 'effective' | 'onset' | 'expires') => {
    const value = textOf(object, name)
    return value === undefined ? {} : { [name]: timeOf(value, name) }
  }
  const parameters = objects(object.parameter).map(named)
  const senderName = textOf(object, 'senderName') ?? parameters.find(({ valueName }) => valueName === 'sender_langname')?.value
  const headline = textOf(object, 'headline')
  const description = textOf(object, 'description')
  const instruction = textOf(object, 'instruction')
  return {
    language: (textOf(object, 'language') ?? 'de-DE').replace(/^[A-Za-z]{2}/, (two) => two.toLowerCase()),
    categories: listOf(object.category).map((one) => oneOf(typeof one === 'string' ? one : '', CATEGORIES, 'category')),
    event: textOf(object, 'event') ?? headline ?? refuse('event', 'is missing'),
    responseTypes: [],
    urgency: oneOf(textOf(object, 'urgency'), URGENCIES, 'urgency', 'Unknown'),
    severity: oneOf(textOf(object, 'severity'), CAP_SEVERITIES, 'severity'),
    certainty: oneOf(textOf(object, 'certainty'), CERTAINTIES, 'certainty', 'Unknown'),
    eventCodes: [],
    ...time('effective'),
    ...time('onset'),
    ...time('expires'),
    ...(senderName === undefined ? {} : { senderName }),
    ...(headline === undefined ? {} : { headline }),
    ...(description === undefined ? {} : { description }),
    ...(instruction === undefined ? {} : { instruction }),
    parameters,
    resources: [],
    areas: objects(object.area).map(areaOf),
  }
}

function referencesOf(text: string | undefined): Reference[] {
  return (text ?? '').split(/\s+/).flatMap((one) => {
    const [sender = '', identifier = '', sent = ''] = one.split(',')
    return identifier === '' ? [] : [{ sender, identifier, sent }]
  })
}

function documentOf(object: JsonObject): CapDocument {
  const infos = objects(object.info).map(infoOf)
  const identifier = checkIdentifier(need(object, 'identifier'), 'identifier')
  return {
    identifier,
    sender: textOf(object, 'sender') ?? refuse('sender', 'is missing'),
    sent: timeOf(need(object, 'sent'), 'sent'),
    status: oneOf(textOf(object, 'status'), STATUSES, 'status'),
    msgType: oneOf(textOf(object, 'msgType'), MSG_TYPES, 'msgType'),
    scope: 'Public',
    codes: [],
    references: referencesOf(textOf(object, 'references')),
    infos,
  }
}

/** The warnings of a NINA or MoWaS JSON document: one, or a list. @throws HearthError `bad_request` */
export function readNina(text: string, regions: Regions): Mirror[] {
  if (text.length > CIVDEF_DOCUMENT_MAX_CHARS) refuse('document', 'too long')
  const value = parseJson(text)
  const warnings = listOf(value)
  if (warnings.length === 0) refuse('document', 'no warning in it')
  if (warnings.length > MAX_WARNINGS) refuse('document', `more than ${MAX_WARNINGS} warnings`)
  return warnings.map((one) => {
    if (!isObject(one)) return refuse('document', 'not a warning')
    return mirrorOf(documentOf(one), 'nina', JSON.stringify(one), regions)
  })
}
