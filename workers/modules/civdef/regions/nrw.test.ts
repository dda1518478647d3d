import { describe, expect, it } from 'vitest'
import type { Point } from '#protocol/civdef/alert.ts'
import { PlaceSchema } from '#protocol/civdef/place-capabilities.ts'
import { RegionSchema, within } from '#protocol/civdef/terms.ts'
import { matches } from '#protocol/core/schema.ts'
import { createRegions } from './adapters.ts'
import { nrw } from './nrw.ts'
import data from './nrw-positions.json' with { type: 'json' }
import type { RegionAdapter } from './region.ts'

const regions = createRegions()

describe('the places of Nordrhein-Westfalen', () => {
  it('are 53 Kreise and 396 Gemeinden with their official keys, each region once (CIV-5)', () => {
    const towns = nrw.municipalities('DE.NRW')
    expect(towns).toHaveLength(396)
    expect(new Set(towns.map(({ region }) => region)).size).toBe(396)
    const kreise = new Set(towns.map(({ region }) => region.split('.').slice(0, 3).join('.')))
    expect(kreise.size).toBe(53)
    for (const town of towns) {
      expect(matches(PlaceSchema, town), town.region).toBe(true)
      expect(matches(RegionSchema, town.region), town.region).toBe(true)
      expect(town.ags).toMatch(/^05\d{6}$/)
      expect(town.ars.slice(0, 5) + town.ars.slice(9)).toBe(town.ags)
      expect(town.warncell).toBe(`8${town.ags}`)
      for (const key of [town.ags, town.ars, town.warncell]) expect(nrw.placeByKey(key)).toBe(town)
    }
  })

  it('carry the source wherever they go', () => {
    expect(nrw.source).toContain('Statistisches Bundesamt')
    expect(nrw.source).toContain('GV100AD')
  })

  it('match by whole parts (CIV-5)', () => {
    expect(nrw.municipalities('DE.NRW.Kleve').map(({ name }) => name)).toContain('Issum')
    expect(nrw.municipalities('DE.NRW.Kleve2')).toEqual([])
    expect(nrw.municipalities('DE.NRW.Kleve.Issum')).toHaveLength(1)
    const steinfurt = nrw.municipalities('DE.NRW.Steinfurt')
    expect(steinfurt.every(({ region }) => within(region, 'DE.NRW.Steinfurt'))).toBe(true)
  })

  it('know the Verband that is in the middle of an ARS', () => {
    expect(nrw.placeByKey('053340002002')).toMatchObject({ region: 'DE.NRW.Staedteregion-Aachen.Aachen', ags: '05334002' })
  })

  it('have a city without a Kreis once, under either key', () => {
    const city = nrw.place('DE.NRW.Duesseldorf')
    expect(city).toMatchObject({ kind: 'gemeinde', ags: '05111000', name: 'Düsseldorf' })
    expect(nrw.placeByKey('05111')).toBe(city)
    expect(nrw.place('DE.NRW.Duesseldorf.Duesseldorf')).toBeNull()
  })

  it.each([
    ['issum', 'DE.NRW.Kleve.Issum'],
    ['Issum ', 'DE.NRW.Kleve.Issum'],
    ['geld', 'DE.NRW.Kleve.Geldern'],
    ['düsseldorf', 'DE.NRW.Duesseldorf'],
    ['duesseldorf', 'DE.NRW.Duesseldorf'],
    ['köln', 'DE.NRW.Koeln'],
    ['emmerich am', 'DE.NRW.Kleve.Emmerich-am-Rhein'],
    ['ruhr mülheim', ''],
    ['mulheim', ''],
    ['rhein', 'DE.NRW.Steinfurt.Rheine'],
    ['Kleve', 'DE.NRW.Kleve.Kleve'],
    ['lüdenscheid', 'DE.NRW.Maerkischer-Kreis.Luedenscheid'],
    ['', ''],
    ['...', ''],
  ])('are found by name: %s (CIV-5)', (text, region) => {
    expect(nrw.search(text, 5)[0]?.region ?? '').toBe(region)
  })
})

/** Kilometres by a flat earth: enough between neighbours. */
function kmBetween(a: Point, b: Point): number {
  const east = (a.lon - b.lon) * Math.cos(((a.lat + b.lat) / 2) * (Math.PI / 180))
  return Math.hypot(a.lat - b.lat, east) * 111.2
}
const pointOf = (region: string): Point => {
  const point = nrw.place(region)?.position
  if (!point) throw new TypeError(`${region} has a position`)
  return point
}

describe('where the municipalities of Nordrhein-Westfalen lie', () => {
  const placed = nrw.municipalities('DE.NRW').filter(({ position }) => position)

  it('is known of all but those that the gazetteer has no place of, and these are listed', () => {
    const missing = nrw.municipalities('DE.NRW').filter(({ position }) => !position)
    expect(missing.map(({ ags, name }) => `${ags} ${name}`).sort()).toEqual([...data.missing].sort())
    expect([placed.length, missing.length]).toEqual([376, 20])
    expect(nrw.positionSource).toContain('GeoNames')
    expect(nrw.positionSource).toContain('CC BY 4.0')
  })

  it('is within the Land, no two in one spot, and none far from its Kreis', () => {
    const spots = placed.map(({ region }) => ({ region, at: pointOf(region) }))
    for (const { region, at } of spots) {
      expect(at.lat, region).toBeGreaterThan(50.32)
      expect(at.lat, region).toBeLessThan(52.54)
      expect(at.lon, region).toBeGreaterThan(5.86)
      expect(at.lon, region).toBeLessThan(9.47)
      const others = spots.filter((one) => one.region !== region)
      expect(Math.min(...others.map((one) => kmBetween(one.at, at))), region).toBeGreaterThan(2)
      // the widest Kreis is 80 km across: a namesake elsewhere in the Land would be further from all of its own
      const kreis = region.split('.').slice(0, 3).join('.')
      const own = others.filter((one) => one.region.startsWith(`${kreis}.`))
      if (own.length > 0) expect(Math.min(...own.map((one) => kmBetween(one.at, at))), region).toBeLessThan(25)
    }
  })

  it.each([
    ['DE.NRW.Kleve.Issum', 'DE.NRW.Kleve.Geldern', 8],
    ['DE.NRW.Koeln', 'DE.NRW.Duesseldorf', 34],
    ['DE.NRW.Muelheim-an-der-Ruhr', 'DE.NRW.Essen', 10],
    ['DE.NRW.Kleve.Kleve', 'DE.NRW.Wesel.Wesel', 37],
    ['DE.NRW.Guetersloh.Halle', 'DE.NRW.Bielefeld', 13],
    ['DE.NRW.Staedteregion-Aachen.Aachen', 'DE.NRW.Minden-Luebbecke.Minden', 258],
  ])('%s and %s are %i km apart', (a, b, km) => {
    expect(Math.abs(kmBetween(pointOf(a), pointOf(b)) - km)).toBeLessThan(Math.max(2, km / 50))
  })
})

describe('the roles of Nordrhein-Westfalen', () => {
  it.each([
    ['DE.NRW.Kleve.Issum.Feuerwehr.Wehrleiter', 'DE.NRW.Kleve.Issum', 'extreme'],
    ['DE.NRW.Kleve.THW.OV.Leiter', 'DE.NRW.Kleve', 'warning'],
    ['DE.NRW.Kleve.DRK.Ortsverein.Bereitschaftsleiter', 'DE.NRW.Kleve', 'advisory'],
    ['DE.NRW.Kleve.KatS.Stabsleiter', 'DE.NRW.Kleve', 'extreme'],
    ['DE.NRW.Duesseldorf.KatS.Stabsleiter', 'DE.NRW.Duesseldorf', 'extreme'],
    ['DE.NRW.Duesseldorf.Feuerwehr.Wehrleiter', 'DE.NRW.Duesseldorf', 'extreme'],
    ['DE.NRW.KatS.Landesstab', 'DE.NRW', 'extreme'],
  ])('%s is known, with its region and its cap (CIV-1, CIV-4)', (role, region, cap) => {
    expect(regions.role(role)).toMatchObject({ role, region, reach: region, kind: { cap } })
  })

  it.each([
    ['a place that is none', 'DE.NRW.Kleve.Entenhausen.Feuerwehr.Wehrleiter'],
    ['a role that is none', 'DE.NRW.Kleve.Issum.Feuerwehr.Koenig'],
    ['a role of another level', 'DE.NRW.Kleve.Issum.KatS.Stabsleiter'],
    ['no role at all', 'DE.NRW.Kleve.Issum'],
    ['a Kreis with a longer name', 'DE.NRW.Kleve2.KatS.Stabsleiter'],
    ['another Land', 'DE.BY.Muenchen.Feuerwehr.Wehrleiter'],
  ])('%s is not known', (_what, role) => {
    expect(regions.role(role)).toBeNull()
  })

  it('never have a place called like an organisation, or a role could be read in two ways', () => {
    const organisations = new Set(nrw.roles.map(({ path }) => path.split('.')[0]))
    for (const { region } of nrw.municipalities('DE.NRW')) expect(organisations).not.toContain(region.split('.').at(-1))
  })

  it('may do less the lower their tier is (CIV-4)', () => {
    for (const { scopes, cap, path } of nrw.roles) {
      expect(scopes.includes('alert.publish'), path).toBe(cap !== null)
      if (scopes.includes('role.issue')) expect(scopes, path).toContain('acks.read')
    }
  })
})

describe('further Länder', () => {
  it('are one adapter more', () => {
    const other: RegionAdapter = { ...nrw, prefix: 'DE.BY', role: () => null, place: () => null, placeByKey: () => null }
    const both = createRegions([nrw, other])
    expect(both.adapterOf('DE.BY.Muenchen')).toBe(other)
    expect(both.adapterOf('DE.NRW.Kleve')).toBe(nrw)
    expect(both.adapterOf('DE.NRW2')).toBeNull()
    expect(both.placeByKey('05154028')).toBe(nrw.placeByKey('05154028'))
  })
})
