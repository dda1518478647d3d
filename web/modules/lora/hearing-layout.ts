import { farness, type Signal } from './signal.ts'

export interface Heard {
  readonly id: string
  /** Null for who has not been heard with a measured signal: stands at the rim. */
  readonly signal: Signal | null
}

export interface Place {
  readonly id: string
  readonly x: number
  readonly y: number
}

/** Radius of a dot with its number in it, px. */
export const DOT_PX = 12
/** Room in the middle that belongs to this device, px. */
const CLEAR_PX = 46
const GAP_PX = 3
/** Turning by it spreads any number of dots evenly over the circle. */
const GOLDEN_ANGLE = Math.PI * (3 - Math.sqrt(5))
/** Turns tried on one radius before the next. */
const TRIES = 60
/** How far a dot may stand from its radius where it is crowded, px: less than any word for a distance covers. */
const NUDGES_PX = [0, 8, -8, 16, -16, 24, -24]
const CANDIDATES = NUDGES_PX.flatMap((nudge) => Array.from({ length: TRIES }, (_, turn) => ({ nudge, turn })))

const apart = (a: Place, b: Place): boolean => Math.hypot(a.x - b.x, a.y - b.y) >= 2 * DOT_PX + GAP_PX

/** Radii of the rings that say near, middle and far, px. @param size side of the picture, px */
export function ringsOf(size: number): readonly number[] {
  const rim = size / 2 - DOT_PX - GAP_PX
  return [0.25, 0.6, 0.95].map((far) => CLEAR_PX + far * (rim - CLEAR_PX))
}

/**
 * Places who is heard around this device: the distance says how well, the direction says nothing. The same list gives the
 * same picture.
 * @param size side of the picture, px
 */
export function layoutHearing(heard: readonly Heard[], size: number): readonly Place[] {
  const rim = size / 2 - DOT_PX - GAP_PX
  const places: Place[] = []
  heard.forEach(({ id, signal }, index) => {
    const radius = CLEAR_PX + (signal ? farness(signal) : 1) * (rim - CLEAR_PX)
    const at = (turn: number, nudge: number): Place => {
      const angle = (index + turn) * GOLDEN_ANGLE
      const from = Math.min(rim, Math.max(CLEAR_PX, radius + nudge))
      return { id, x: size / 2 + from * Math.cos(angle), y: size / 2 + from * Math.sin(angle) }
    }
    const free = CANDIDATES.find(({ turn, nudge }) => places.every((other) => apart(at(turn, nudge), other)))
    places.push(free ? at(free.turn, free.nudge) : at(0, 0))
  })
  return places
}
