import { type Point, PolygonSchema } from '#protocol/civdef/alert.ts'
import { shaOf } from '#protocol/civdef/audit.ts'
import { CIVDEF_POLYGON_MAX } from '#protocol/civdef/constants.ts'
import { checkMirror, type Mirror, MirrorSchema } from '#protocol/civdef/mirror.ts'
import { LanguageSchema, severityRank } from '#protocol/civdef/terms.ts'
import { matches, parseAs } from '#protocol/core/schema.ts'
import type { Regions } from '../regions/adapters.ts'
import { type CapDocument, type CapInfo, type Circle, refuseCap, utcTime } from './document.ts'
import { SEVERITY_OF } from './exchange.ts'
import { plainLine, plainText } from './plain-text.ts'

const DAY_MS = 86_400_000
/** Degrees of latitude in a kilometre. */
const DEGREES_PER_KM = 1 / 111.32

/** At most so many characters, never half a letter. */
const cut = (text: string, most: number): string =>
  text
    .slice(0, most)
    .replace(/[\uD800-\uDBFF]$/, '')
    .trim()

const rounded = (n: number): number => Math.round(n * 1e6) / 1e6

/** A circle as a ring of 24 corners. */
function ringOf({ lat, lon, radiusKm }: Circle): Point[] {
  const height = radiusKm * DEGREES_PER_KM
  const width = height / Math.max(0.01, Math.cos((lat * Math.PI) / 180))
  const ring = Array.from({ length: 24 }, (_, i) => ({
    lat: rounded(lat + height * Math.sin((i * Math.PI) / 12)),
    lon: rounded(lon + width * Math.cos((i * Math.PI) / 12)),
  }))
  return [...ring, ...ring.slice(0, 1)]
}

function wordingOf(info: CapInfo): Mirror['wordings'][number] {
  const title = cut(plainLine(info.headline ?? info.event), 300) || cut(plainLine(info.event), 300) || '–'
  const instructions = plainText(info.instruction ?? '')
    .split('\n')
    .map((line) => cut(line, 2000))
    .filter((line) => line !== '')
  return {
    language: matches(LanguageSchema, info.language) ? info.language : 'de',
    title,
    body: cut(plainText(info.description ?? ''), 8000),
    instructions: instructions.slice(0, 40),
  }
}

const KINDS = { Alert: 'alert', Update: 'update', Cancel: 'cancel' } as const

function kindOf({ msgType }: CapDocument): Mirror['kind'] {
  return msgType === 'Ack' || msgType === 'Error' ? refuseCap('msgType', `an ${msgType} is no warning`) : KINDS[msgType]
}

/**
 * An official warning as we show it: words as plain text, areas as far as they are known here, its own identifier kept. It is
 * marked with its source and signed by nobody here. An exercise or a test comes in as a drill, a draft not at all.
 * @param source the text it was read from
 * @throws HearthError `bad_request`
 */
export function mirrorOf(document: CapDocument, format: Mirror['format'], source: string, regions: Regions): Mirror {
  const { status, infos } = document
  if (status === 'System' || status === 'Draft') refuseCap('status', `${status} is no warning`)
  const [first] = infos
  if (!first) refuseCap('info', 'says nothing')
  // one wording a language; a document with several events in one language is shown by its first, with the loudest severity
  const byLanguage = new Map<string, Mirror['wordings'][number]>()
  for (const info of infos) {
    const wording = wordingOf(info)
    if (!byLanguage.has(wording.language)) byLanguage.set(wording.language, wording)
  }
  const severities = infos.map(({ severity }) => SEVERITY_OF[severity]).sort((a, b) => severityRank(b) - severityRank(a))
  const ends = infos.flatMap(({ expires }) => (expires ? [Date.parse(expires)] : []))
  const sentAt = Date.parse(document.sent)
  const areas = infos.flatMap((info) => info.areas)
  const places = areas.flatMap(({ geocodes }) => geocodes).flatMap(({ value }) => regions.placeByKey(value.trim()) ?? [])
  const shapes = areas.flatMap(({ polygons, circles }) => [...polygons, ...circles.map(ringOf)])
  const drawable = shapes.filter((shape) => shape.length <= CIVDEF_POLYGON_MAX && matches(PolygonSchema, shape))
  const mirror = parseAs(
    MirrorSchema,
    {
      format,
      kind: kindOf(document),
      correlation_id: document.identifier,
      sender: document.sender,
      sender_name: cut(plainLine(first.senderName ?? ''), 200),
      sent_at: utcTime(document.sent),
      expires_at: `${new Date(ends.length > 0 ? Math.max(...ends) : sentAt + DAY_MS).toISOString().slice(0, 19)}Z`,
      severity: severities[0] ?? 'advisory',
      event: cut(plainLine(first.event), 200),
      wordings: [...byLanguage.values()].slice(0, 8),
      area: cut([...new Set(areas.map(({ areaDesc }) => plainLine(areaDesc)))].join(', '), 1000),
      regions: [...new Set(places.map(({ region }) => region))].slice(0, 500),
      // where one shape cannot be drawn, drawing the others would say that the danger is only there
      polygons: drawable.length === shapes.length && shapes.length <= 16 ? drawable.map((shape) => [...shape]) : [],
      references: document.references.map(({ identifier }) => identifier).slice(0, 32),
      drill: status !== 'Actual',
      document_sha: shaOf(source),
    },
    'bad_request',
  )
  checkMirror(mirror)
  return mirror
}
