import { NRW_ROLES } from '#protocol/civdef/nrw-roles.ts'
import type { Place } from '#protocol/civdef/place-capabilities.ts'
import type { RoleKind } from '#protocol/civdef/role-kind.ts'
import { within } from '#protocol/civdef/terms.ts'
import data from './nrw-ags-ars.json' with { type: 'json' }
import positions from './nrw-positions.json' with { type: 'json' }
import type { KnownRole, RegionAdapter } from './region.ts'

const PREFIX = 'DE.NRW'
const LAND = { ags: data.land.ags, name: data.land.name }

/** „Emmerich am Rhein, Stadt“ is called Emmerich am Rhein. */
const calledOf = (official: string): string => (official.split(',')[0] ?? official).replace(/\s+/g, ' ').trim()

const SPELLINGS: readonly (readonly [RegExp, string])[] = [
  ...([
    [/ä/g, 'ae'],
    [/ö/g, 'oe'],
    [/ü/g, 'ue'],
    [/Ä/g, 'Ae'],
    [/Ö/g, 'Oe'],
    [/Ü/g, 'Ue'],
    [/ß/g, 'ss'],
  ] as const),
]

/** A name as a part of a region: ASCII, one spelling, no dot. Brackets are for people. */
function partOf(called: string): string {
  const spelled = SPELLINGS.reduce((text, [letter, ascii]) => text.replace(letter, ascii), called.replace(/\s*\([^)]*\)/g, ''))
  return spelled.replace(/[^A-Za-z0-9]+/g, '-').replace(/^-+|-+$/g, '')
}

/** Latitude and longitude by AGS. A JSON file has no tuples. */
const POSITIONS = new Map<string, readonly number[]>(Object.entries(positions.positions))

/** Where a municipality is drawn; nothing where the gazetteer has no place of it. */
function pointOf(ags: string): Pick<Place, 'position'> {
  const [lat, lon] = POSITIONS.get(ags) ?? []
  return lat === undefined || lon === undefined ? {} : { position: { lat, lon } }
}

/** How a name is looked up: without case, marks and the difference between ü, ue and u. */
const searchForm = (text: string): string =>
  SPELLINGS.reduce((form, [letter, ascii]) => form.replace(letter, ascii), text.normalize('NFC'))
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, ' ')
    .trim()

/** Gemeinde: 8 and the AGS (DWD). Kreis: 1 and the AGS filled up; Land: 1 and the Land's. */
const warncellOf = (kind: Place['kind'], ags: string): string => (kind === 'gemeinde' ? `8${ags}` : `1${ags.padEnd(8, '0')}`)

function build(): readonly Place[] {
  const places: Place[] = [
    {
      region: PREFIX,
      name: LAND.name,
      within: 'Deutschland',
      kind: 'land',
      ags: LAND.ags,
      ars: LAND.ags.padEnd(12, '0'),
      warncell: warncellOf('land', LAND.ags),
      inhabitants: data.gemeinden.reduce((sum, { einwohner }) => sum + einwohner, 0),
    },
  ]
  for (const kreis of data.kreise) {
    const called = calledOf(kreis.name)
    const region = `${PREFIX}.${partOf(called)}`
    const own = data.gemeinden.filter((gemeinde) => gemeinde.kreis === kreis.ags)
    // a kreisfreie Stadt is both: it is one place, with the municipality's keys
    const isCity = kreis.typ === 'Kreisfreie Stadt'
    const [city] = own
    const { ags, ars } = isCity && city ? city : kreis
    places.push({
      region,
      name: called,
      within: LAND.name,
      kind: isCity ? 'gemeinde' : 'kreis',
      ags,
      ars,
      warncell: warncellOf(isCity ? 'gemeinde' : 'kreis', ags),
      inhabitants: own.reduce((sum, { einwohner }) => sum + einwohner, 0),
      ...pointOf(ags),
    })
    if (isCity) continue
    const within = /kreis|region/i.test(called) ? called : `Kreis ${called}`
    for (const { name, ags: key, ars: long, einwohner } of own) {
      places.push({
        region: `${region}.${partOf(calledOf(name))}`,
        name: calledOf(name),
        within,
        kind: 'gemeinde',
        ags: key,
        ars: long,
        warncell: warncellOf('gemeinde', key),
        inhabitants: einwohner,
        ...pointOf(key),
      })
    }
  }
  return places
}

const PLACES = build()
const BY_REGION = new Map(PLACES.map((place) => [place.region, place]))
const BY_KEY = new Map<string, Place>()
for (const place of PLACES) for (const key of [place.ags, place.ars, place.warncell]) BY_KEY.set(key, place)
// a kreisfreie Stadt answers to the keys of its Kreis as well
for (const { ags, ars, typ } of data.kreise) {
  const city = typ === 'Kreisfreie Stadt' ? BY_KEY.get(`${ags}000`) : undefined
  if (city) for (const key of [ags, ars, warncellOf('kreis', ags)]) BY_KEY.set(key, city)
}
const SEARCH = PLACES.map((place) => ({ place, form: searchForm(place.name) }))

/** Levels on which a role of a place exists: a kreisfreie Stadt has those of a Kreis and those of a Gemeinde. */
function levelsOf({ kind, ags, region }: Place): readonly RoleKind['level'][] {
  if (kind !== 'gemeinde') return [kind]
  const isCity = region.split('.').length === 3 && ags.endsWith('000')
  return isCity ? ['gemeinde', 'kreis'] : ['gemeinde']
}

function roleOf(role: string): KnownRole | null {
  const parts = role.split('.')
  // the longest region that is a place; what follows is the role
  for (let length = Math.min(parts.length - 1, 4); length >= 2; length--) {
    const place = BY_REGION.get(parts.slice(0, length).join('.'))
    if (!place) continue
    const path = parts.slice(length).join('.')
    const kind = NRW_ROLES.find((one) => one.path === path && levelsOf(place).includes(one.level))
    if (!kind) return null
    const up = parts.slice(0, Math.max(2, length - 1)).join('.')
    return { role, region: place.region, kind, reach: kind.reach === 'own' ? place.region : up }
  }
  return null
}

const rank = (form: string, wanted: string): number =>
  form === wanted
    ? 0
    : form.startsWith(wanted)
      ? 1
      : form.split(' ').some((word) => word.startsWith(wanted))
        ? 2
        : form.includes(wanted)
          ? 3
          : 4

/** Nordrhein-Westfalen (M31). */
export const nrw: RegionAdapter = {
  prefix: PREFIX,
  name: { de: LAND.name, en: 'North Rhine-Westphalia' },
  source: data.source,
  positionSource: `${positions.source} ${positions.licence}`,
  roles: NRW_ROLES,
  role: roleOf,
  place: (region) => BY_REGION.get(region) ?? null,
  placeByKey: (key) => BY_KEY.get(key) ?? null,

  search(text, limit) {
    const wanted = searchForm(text)
    if (wanted === '') return []
    return SEARCH.filter(({ place }) => place.kind === 'gemeinde')
      .map(({ place, form }) => ({ place, at: rank(form, wanted) }))
      .filter(({ at }) => at < 4)
      .sort((a, b) => a.at - b.at || b.place.inhabitants - a.place.inhabitants)
      .slice(0, limit)
      .map(({ place }) => place)
  },

  municipalities: (region) => PLACES.filter((place) => place.kind === 'gemeinde' && within(place.region, region)),
}
