import { describe, expect, it } from 'vitest'
import { awayFrom, roomy, sceneOf, viewOf } from './scene.ts'

const point = (region: string, name: string, lat: number, lon: number) => ({
  region,
  name,
  inhabitants: 1000,
  position: { lat, lon },
})
const ISSUM = point('DE.NRW.Kleve.Issum', 'Issum', 51.5333, 6.4333)
const GELDERN = point('DE.NRW.Kleve.Geldern', 'Geldern', 51.5191, 6.3236)
const KOELN = point('DE.NRW.Koeln', 'Köln', 50.9333, 6.95)
const POINTS = [ISSUM, GELDERN, KOELN]
const BOX = { west: 6.4, south: 51.5, east: 6.5, north: 51.6 }
const told = (regions: readonly string[], shapes = [] as readonly { bbox: typeof BOX }[], drill = false) => ({
  regions,
  shapes,
  drill,
})
const me = { position: GELDERN.position, label: 'Dein Ort: Geldern' }

describe('the map of an alert', () => {
  it('marks the municipalities that it is for, and has the others to find the way by (CIV-5)', () => {
    const scene = sceneOf({ told: told(['DE.NRW.Kleve']), points: POINTS, me, label: 'hier' })
    expect(scene.places.map(({ name, kind }) => [name, kind])).toEqual([
      ['Issum', 'target'],
      ['Geldern', 'target'],
      ['Köln', 'other'],
    ])
    expect(scene.mine).toEqual(me)
    expect(scene.areas).toEqual([])
  })

  it('shows what is drawn and the own place first, else the municipalities', () => {
    const drawn = sceneOf({ told: told(['DE.NRW.Kleve'], [{ bbox: BOX }]), points: POINTS, me: null, label: 'hier' })
    const view = viewOf(drawn)
    expect([view?.south, view?.north].map((degrees) => degrees?.toFixed(6))).toEqual(['51.500000', '51.600000'])
    const both = viewOf(sceneOf({ told: told(['DE.NRW.Kleve.Issum'], [{ bbox: BOX }]), points: POINTS, me, label: '' }))
    expect(both?.west).toBeCloseTo(6.3236, 6)
    const whole = viewOf(sceneOf({ told: told(['DE.NRW']), points: POINTS, me: null, label: '' }))
    expect(whole).toMatchObject({ south: 50.9333, north: 51.5333 })
  })

  it('of one place alone is wide enough for its neighbours, and of nothing there is none', () => {
    const view = viewOf(sceneOf({ told: told(['DE.NRW.Kleve.Issum']), points: POINTS, me: null, label: '' }))
    expect((view?.north ?? 0) - (view?.south ?? 0)).toBeCloseTo(0.1, 6)
    expect(roomy({ west: 6, east: 8, south: 51, north: 52 })).toEqual({ west: 6, east: 8, south: 51, north: 52 })
    expect(viewOf(sceneOf({ told: told(['DE.BY']), points: POINTS, me: null, label: '' }))).toBeNull()
  })

  it('marks a drill in every area of it (CIV-9)', () => {
    const scene = sceneOf({ told: told(['DE.NRW.Kleve'], [{ bbox: BOX }], true), points: [], me: null, label: 'hier' })
    expect(scene.areas).toMatchObject([{ kind: 'target', drill: true, label: 'hier' }])
    expect(scene.areas[0]?.corners).toHaveLength(5)
  })

  it('says the nearest first, with how far and where', () => {
    const away = awayFrom(GELDERN.position, [KOELN, ISSUM])
    expect(away.map(({ name, direction }) => [name, direction])).toEqual([
      ['Issum', 'e'],
      ['Köln', 'se'],
    ])
    expect(away[0]?.km).toBeCloseTo(7.8, 1)
  })
})
