import type { Bbox, Point } from '#protocol/civdef/alert.ts'
import type { Shape } from '../told.ts'

/** Kilometres of a degree of latitude, and of longitude at the equator. */
const KM_PER_DEGREE = 111.2

/** A shape's corners, closed. */
export const cornersOf = ({ polygon, bbox }: Shape): readonly Point[] => {
  if (polygon) return polygon
  if (!bbox) return []
  const { west, south, east, north } = bbox
  return [
    { lat: south, lon: west },
    { lat: south, lon: east },
    { lat: north, lon: east },
    { lat: north, lon: west },
    { lat: south, lon: west },
  ]
}

/** The box around everything that is drawn; null where nothing is. */
export function boundsOf(shapes: readonly Shape[], also: Point | null = null): Bbox | null {
  const points = [...shapes.flatMap(cornersOf), ...(also ? [also] : [])]
  const [first, ...rest] = points
  if (!first) return null
  const start = { west: first.lon, south: first.lat, east: first.lon, north: first.lat }
  return rest.reduce(
    ({ west, south, east, north }, { lat, lon }) => ({
      west: Math.min(west, lon),
      south: Math.min(south, lat),
      east: Math.max(east, lon),
      north: Math.max(north, lat),
    }),
    start,
  )
}

export const middleOf = ({ west, south, east, north }: Bbox): Point => ({ lat: (south + north) / 2, lon: (west + east) / 2 })
const lonScale = (lat: number): number => Math.max(0.01, Math.cos((lat * Math.PI) / 180))

/** Width and height in kilometres, by a flat earth around the middle: good enough for a Land. */
export function sizeKm(bounds: Bbox): { readonly width: number; readonly height: number } {
  const { lat } = middleOf(bounds)
  return {
    width: (bounds.east - bounds.west) * KM_PER_DEGREE * lonScale(lat),
    height: (bounds.north - bounds.south) * KM_PER_DEGREE,
  }
}

export const DIRECTIONS = ['n', 'ne', 'e', 'se', 's', 'sw', 'w', 'nw'] as const

/** How far and in which direction one point lies from another, by a flat earth: good enough for a Land. */
export function bearing(from: Point, to: Point): { readonly km: number; readonly direction: (typeof DIRECTIONS)[number] } {
  const north = (to.lat - from.lat) * KM_PER_DEGREE
  const east = (to.lon - from.lon) * KM_PER_DEGREE * lonScale((from.lat + to.lat) / 2)
  const turn = (Math.atan2(east, north) / (2 * Math.PI) + 1) % 1
  return { km: Math.hypot(north, east), direction: DIRECTIONS[Math.round(turn * 8) % 8] ?? 'n' }
}

/** Whether a point lies in a box, its edges included. */
export const isWithin = ({ lat, lon }: Point, { west, south, east, north }: Bbox): boolean =>
  lat >= south && lat <= north && lon >= west && lon <= east
