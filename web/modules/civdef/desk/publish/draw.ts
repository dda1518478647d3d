import type { Bbox, Point } from '#protocol/civdef/alert.ts'
import { middleOf } from '../../alert/area.ts'

/** The Land as a first view: its outermost points, to a tenth of a degree. */
export const NRW_VIEW: Bbox = { west: 5.8, south: 50.3, east: 9.5, north: 52.6 }
/** Ten metres: finer than a finger, and short enough to be read out. */
const DECIMALS = 4
/** Narrower views would show less than a street. */
const LEAST_DEGREES = 0.005
const MOST_DEGREES = 20
/** Lines of a grid, at most. */
const MOST_LINES = 6

const rounded = (degrees: number): number => Number(degrees.toFixed(DECIMALS))

/** The box between two corners, whichever they are; null where it has no width or no height. */
export function boxBetween(a: Point, b: Point): Bbox | null {
  const [west = 0, east = 0] = [a.lon, b.lon].map(rounded).sort((x, y) => x - y)
  const [south = 0, north = 0] = [a.lat, b.lat].map(rounded).sort((x, y) => x - y)
  return west < east && south < north ? { west, south, east, north } : null
}

/** A view of another scale around a point of it. @param factor above 1 shows more */
export function zoomed(view: Bbox, factor: number, around: Point): Bbox {
  const high = (view.north - view.south) * factor
  if (high < LEAST_DEGREES || high > MOST_DEGREES) return view
  const wide = (view.east - view.west) * factor
  return {
    west: around.lon - wide / 2,
    east: around.lon + wide / 2,
    south: around.lat - high / 2,
    north: around.lat + high / 2,
  }
}

/** A view that has a box in its middle, with room around it. */
export const viewOf = (box: Bbox): Bbox => zoomed(box, 2, middleOf(box))

/** The view moved just so far that a point is in it. */
export function showing(view: Bbox, { lat, lon }: Point): Bbox {
  const x = Math.min(0, lon - view.west) + Math.max(0, lon - view.east)
  const y = Math.min(0, lat - view.south) + Math.max(0, lat - view.north)
  return x === 0 && y === 0 ? view : { west: view.west + x, east: view.east + x, south: view.south + y, north: view.north + y }
}

/** Where lines of a grid lie between two degrees: at round numbers, few enough to be read. */
export function gridLines(from: number, to: number): readonly number[] {
  const least = (to - from) / MOST_LINES
  const power = 10 ** Math.floor(Math.log10(least))
  const step = ([1, 2, 5, 10].find((one) => one * power >= least) ?? 10) * power
  const first = Math.ceil(from / step)
  const count = Math.max(0, Math.floor(to / step) - first + 1)
  return Array.from({ length: count }, (_, at) => Number(((first + at) * step).toFixed(6)))
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
