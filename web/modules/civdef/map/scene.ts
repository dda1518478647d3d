import type { Bbox, Point } from '#protocol/civdef/alert.ts'
import type { placeMap } from '#protocol/civdef/place-capabilities.ts'
import { within } from '#protocol/civdef/terms.ts'
import type { Output } from '#protocol/core/capability.ts'
import { bearing, boundsOf, cornersOf, middleOf } from '../alert/area.ts'
import type { Told } from '../told.ts'

export type MapPoint = Output<typeof placeMap>['points'][number]

/** A municipality on a map: where an alert holds, or to find one's way by. */
export interface ScenePlace extends Pick<MapPoint, 'name' | 'inhabitants' | 'position'> {
  readonly kind: 'target' | 'other'
}

export interface SceneArea {
  /** Closed. */
  readonly corners: readonly Point[]
  /** `other`: what further alerts hold for. */
  readonly kind: 'target' | 'other'
  readonly drill: boolean
  /** What stands in it; empty for nothing. */
  readonly label: string
}

/** Everything that is on a map, without how it is drawn. */
export interface Scene {
  readonly areas: readonly SceneArea[]
  readonly places: readonly ScenePlace[]
  readonly mine: { readonly position: Point; readonly label: string } | null
}

/** Where a person is, as exactly as their device knows. */
export interface Me {
  readonly position: Point
  /** „Dein Ort: Geldern“. */
  readonly label: string
}

interface SceneInput {
  readonly told: Pick<Told, 'regions' | 'shapes' | 'drill'>
  readonly points: readonly MapPoint[]
  readonly me: Me | null
  /** What stands in the target area. */
  readonly label: string
}

/** The map of an alert: its shapes, its municipalities as points, all others to find one's way by, and the own place. */
export function sceneOf({ told, points, me, label }: SceneInput): Scene {
  const isTarget = ({ region }: MapPoint): boolean => told.regions.some((target) => within(region, target))
  return {
    areas: told.shapes.map((shape) => ({ corners: cornersOf(shape), kind: 'target', drill: told.drill, label })),
    places: points.map((point) => ({ ...point, kind: isTarget(point) ? 'target' : 'other' })),
    mine: me,
  }
}

/** Degrees of latitude that a map shows at least: about 11 km, a municipality and its neighbours. */
const LEAST_HEIGHT = 0.1

/** The box grown to at least that height and a width to match, around its middle. */
export function roomy(box: Bbox, least = LEAST_HEIGHT): Bbox {
  const { lat, lon } = middleOf(box)
  const high = Math.max(least, box.north - box.south) / 2
  const wide = Math.max(least * 1.5, box.east - box.west) / 2
  return { west: lon - wide, east: lon + wide, south: lat - high, north: lat + high }
}

/** What a map shows first: what is drawn, else the municipalities it is for, and the own place; null where there is neither. */
export function viewOf({ areas, places, mine }: Scene): Bbox | null {
  const drawn = areas.filter(({ kind }) => kind === 'target').flatMap(({ corners }) => corners)
  const targets = places.filter(({ kind }) => kind === 'target').map(({ position }) => position)
  const bounds = boundsOf([{ polygon: [...(drawn.length > 0 ? drawn : targets), ...(mine ? [mine.position] : [])] }])
  return bounds && roomy(bounds)
}

export interface Away {
  readonly name: string
  readonly km: number
  readonly direction: ReturnType<typeof bearing>['direction']
}

/** Municipalities of a kind, the nearest first, with how far they are and in which direction. */
export const awayFrom = (from: Point, places: readonly Pick<ScenePlace, 'name' | 'position'>[]): readonly Away[] =>
  places.map(({ name, position }) => ({ name, ...bearing(from, position) })).sort((a, b) => a.km - b.km)
