import type { Point } from '#protocol/civdef/alert.ts'
import {
  CAP_NAMESPACE,
  type CapArea,
  type CapDocument,
  type CapInfo,
  type CapResource,
  type NamedValue,
  type Reference,
} from './document.ts'
import { escapeXml } from './xml.ts'

/** A number without an exponent, which CAP does not know. */
function decimal(n: number): string {
  const short = String(n)
  return /e/i.test(short) ? n.toFixed(20).replace(/\.?0+$/, '') : short
}

type Node = string | readonly Node[]
const lines = (node: Node, depth = 0): string[] =>
  typeof node === 'string'
    ? [`${'  '.repeat(depth)}${node}`]
    : node.flatMap((one) => lines(one, Array.isArray(one) ? depth + 1 : depth))

const leaf = (name: string, value: string | undefined): string[] =>
  value === undefined ? [] : [`<${name}>${escapeXml(value)}</${name}>`]
const group = (name: string, inside: readonly Node[]): Node[] => [`<${name}>`, [...inside], `</${name}>`]
const named = (name: string, { valueName, value }: NamedValue): Node[] =>
  group(name, [...leaf('valueName', valueName), ...leaf('value', value)])
const pair = ({ lat, lon }: Point): string => `${decimal(lat)},${decimal(lon)}`
const reference = ({ sender, identifier, sent }: Reference): string => `${sender},${identifier},${sent}`
const numeral = (n: number | undefined): string | undefined => (n === undefined ? undefined : decimal(n))

const resource = (one: CapResource): Node[] =>
  group('resource', [
    ...leaf('resourceDesc', one.resourceDesc),
    ...leaf('mimeType', one.mimeType),
    ...leaf('size', numeral(one.size)),
    ...leaf('uri', one.uri),
    ...leaf('derefUri', one.derefUri),
    ...leaf('digest', one.digest),
  ])

const area = (one: CapArea): Node[] =>
  group('area', [
    ...leaf('areaDesc', one.areaDesc),
    ...one.polygons.flatMap((points) => leaf('polygon', points.map(pair).join(' '))),
    ...one.circles.flatMap((circle) => leaf('circle', `${pair(circle)} ${decimal(circle.radiusKm)}`)),
    ...one.geocodes.flatMap((code) => named('geocode', code)),
    ...leaf('altitude', numeral(one.altitude)),
    ...leaf('ceiling', numeral(one.ceiling)),
  ])

const info = (one: CapInfo): Node[] =>
  group('info', [
    ...leaf('language', one.language),
    ...one.categories.flatMap((category) => leaf('category', category)),
    ...leaf('event', one.event),
    ...one.responseTypes.flatMap((type) => leaf('responseType', type)),
    ...leaf('urgency', one.urgency),
    ...leaf('severity', one.severity),
    ...leaf('certainty', one.certainty),
    ...leaf('audience', one.audience),
    ...one.eventCodes.flatMap((code) => named('eventCode', code)),
    ...leaf('effective', one.effective),
    ...leaf('onset', one.onset),
    ...leaf('expires', one.expires),
    ...leaf('senderName', one.senderName),
    ...leaf('headline', one.headline),
    ...leaf('description', one.description),
    ...leaf('instruction', one.instruction),
    ...leaf('web', one.web),
    ...leaf('contact', one.contact),
    ...one.parameters.flatMap((parameter) => named('parameter', parameter)),
    ...one.resources.flatMap(resource),
    ...one.areas.flatMap(area),
  ])

/** A CAP 1.2 document, its elements in the order of the schema. */
export function writeCap(document: CapDocument): string {
  const inside: Node[] = [
    ...leaf('identifier', document.identifier),
    ...leaf('sender', document.sender),
    ...leaf('sent', document.sent),
    ...leaf('status', document.status),
    ...leaf('msgType', document.msgType),
    ...leaf('source', document.source),
    ...leaf('scope', document.scope),
    ...leaf('restriction', document.restriction),
    ...leaf('addresses', document.addresses),
    ...document.codes.flatMap((code) => leaf('code', code)),
    ...leaf('note', document.note),
    ...leaf('references', document.references.length > 0 ? document.references.map(reference).join(' ') : undefined),
    ...leaf('incidents', document.incidents),
    ...document.infos.flatMap(info),
  ]
  const body = [`<alert xmlns="${CAP_NAMESPACE}">`, ...lines(inside, 1), '</alert>']
  return `<?xml version="1.0" encoding="UTF-8"?>\n${body.join('\n')}\n`
}
