import type { Bbox, Point } from '#protocol/civdef/alert.ts'

/** Ten metres: finer than a finger, and short enough to be read out. */
const DECIMALS = 4

const rounded = (degrees: number): number => Number(degrees.toFixed(DECIMALS))

/** The box between two corners, whichever they are; null where it has no width or no height. */
export function boxBetween(a: Point, b: Point): Bbox | null {
  const [west = 0, east = 0] = [a.lon, b.lon].map(rounded).sort((x, y) => x - y)
  const [south = 0, north = 0] = [a.lat, b.lat].map(rounded).sort((x, y) => x - y)
  return west < east && south < north ? { west, south, east, north } : null
}

const MOVES: Readonly<Record<string, readonly [east: number, north: number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, 1],
  ArrowDown: [0, -1],
}
/** Of the view's width and height. */
const STEP = 1 / 20
const SMALL_STEP = 1 / 200

/** Where a key moves a point to; null for a key that moves nothing. */
export function moved(point: Point, key: string, view: Bbox, small: boolean): Point | null {
  const move = MOVES[key]
  if (!move) return null
  const share = small ? SMALL_STEP : STEP
  return {
    lat: Math.min(90, Math.max(-90, point.lat + move[1] * share * (view.north - view.south))),
    lon: Math.min(180, Math.max(-180, point.lon + move[0] * share * (view.east - view.west))),
  }
}
