import type { Bbox, Point } from '#protocol/civdef/alert.ts'
import type { Shape } from '../told.ts'

/** Kilometres of a degree of latitude, and of longitude at the equator. */
const KM_PER_DEGREE = 111.2
/** A drawn area thinner than this is still a picture, degrees: about 100 m. */
const LEAST_DEGREES = 0.001

const cornersOf = ({ polygon, bbox }: Shape): readonly Point[] => {
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

export interface Projection {
  readonly at: (point: Point) => readonly [x: number, y: number]
  readonly from: (x: number, y: number) => Point
  /** Pixels of a kilometre. */
  readonly pxPerKm: number
}

/** Fits a box into a picture, north up, without distorting it at its middle. @param pad pixels left free at every edge */
export function projectionOf(bounds: Bbox, width: number, height: number, pad: number): Projection {
  const middle = middleOf(bounds)
  const scale = lonScale(middle.lat)
  const wide = Math.max(LEAST_DEGREES, bounds.east - bounds.west) * scale
  const high = Math.max(LEAST_DEGREES, bounds.north - bounds.south)
  const px = Math.min((width - 2 * pad) / wide, (height - 2 * pad) / high)
  return {
    at: ({ lat, lon }) => [width / 2 + (lon - middle.lon) * scale * px, height / 2 - (lat - middle.lat) * px],
    from: (x, y) => ({ lat: middle.lat - (y - height / 2) / px, lon: middle.lon + (x - width / 2) / (scale * px) }),
    pxPerKm: px / KM_PER_DEGREE,
  }
}

/** A shape as the points of an SVG polygon. */
export const outline = (shape: Shape, { at }: Projection): string =>
  cornersOf(shape)
    .map((point) =>
      at(point)
        .map((value) => value.toFixed(1))
        .join(','),
    )
    .join(' ')

export const DIRECTIONS = ['n', 'ne', 'e', 'se', 's', 'sw', 'w', 'nw'] as const

/** How far and in which direction a point lies from the middle of an area. */
export function bearingOf(
  bounds: Bbox,
  { lat, lon }: Point,
): { readonly km: number; readonly direction: (typeof DIRECTIONS)[number] } {
  const middle = middleOf(bounds)
  const north = (lat - middle.lat) * KM_PER_DEGREE
  const east = (lon - middle.lon) * KM_PER_DEGREE * lonScale(middle.lat)
  const turn = (Math.atan2(east, north) / (2 * Math.PI) + 1) % 1
  return { km: Math.hypot(north, east), direction: DIRECTIONS[Math.round(turn * 8) % 8] ?? 'n' }
}

/** A length that a scale bar may have, km: the largest of 1, 2, 5, 10 … that is no longer than `most`. */
export function scaleKm(most: number): number {
  const power = 10 ** Math.floor(Math.log10(most))
  return ([5, 2, 1].find((step) => step * power <= most) ?? 1) * power
}
