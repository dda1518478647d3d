/** A frame of bulk; by so much the window is turned up or down in a round trip. */
const STEP_BYTES = 65_536
const MOST_BYTES = 4 * 1024 * 1024
/** What a queue on the way may hold: less, and the road is not full; more, and urgent frames wait behind it. */
const QUEUE_BYTES = [16_384, 65_536] as const
/** The end of a tensor travels faster than a piece, and says nothing of the way. */
const TELLING_BYTES = 4096
/** How long the shortest round trip is believed; routes and machines change. */
const BASE_MS = 10_000
/** How long after an urgent frame bulk is held back; then only its credits bound it. */
const SHY_MS = 2000

/** One frame with tensor data on its way. */
export interface Trip {
  readonly bytes: number
  readonly urgent: boolean
  readonly at: number
}

/**
 * The way to one peer, which all sessions with it share (TEN-11). Bulk is kept to what fills the way and no more: its window
 * follows the round trip (Vegas: Brakmo, O'Malley, Peterson 1994), so that an urgent frame finds a short queue. While an urgent
 * frame is under way, one frame of bulk may be, so neither waits for ever. Where nothing urgent went for a while, bulk has the
 * way to itself, and the first urgent frame waits behind what its credits allow: 1 MiB, unless the sessions agreed on more.
 */
export interface Road {
  /** Whether bulk may go now; where it may not, `wake` is called when it is worth asking again, first come first served. */
  mayBulk(wake: () => void): boolean
  depart(bytes: number, urgent: boolean): Trip
  arrive(trip: Trip): void
  /** It will not be acknowledged. */
  lose(trip: Trip): void
}

/** @param clock milliseconds that never run backwards */
export function createRoad(clock: () => number): Road {
  const waiting: (() => void)[] = []
  let bulkBytes = 0
  let urgentTrips = 0
  let windowBytes = STEP_BYTES
  let urgentAt = Number.NEGATIVE_INFINITY
  let base = { current: Number.POSITIVE_INFINITY, previous: Number.POSITIVE_INFINITY, since: clock() }

  function open(): boolean {
    if (urgentTrips > 0) return bulkBytes === 0
    return bulkBytes < windowBytes || clock() - urgentAt > SHY_MS
  }

  function leave({ bytes, urgent }: Trip): void {
    if (urgent) urgentTrips--
    else bulkBytes -= bytes
    if (urgent) urgentAt = clock()
    // all of them: the first may have ended, or have no credit; who asks again and is late waits at the end
    if (open()) for (const wake of waiting.splice(0)) wake()
  }

  function shortest(roundTrip: number): number {
    if (clock() - base.since > BASE_MS) base = { current: roundTrip, previous: base.current, since: clock() }
    base.current = Math.min(base.current, roundTrip)
    return Math.min(base.current, base.previous)
  }

  function learn({ bytes, at }: Trip): void {
    const roundTrip = Math.max(clock() - at, 0.1)
    const queued = windowBytes * (1 - shortest(roundTrip) / roundTrip)
    const step = (STEP_BYTES * bytes) / windowBytes
    // a window that is not used says nothing about a larger one
    if (queued < QUEUE_BYTES[0] && bulkBytes >= windowBytes - STEP_BYTES) windowBytes = Math.min(MOST_BYTES, windowBytes + step)
    else if (queued > QUEUE_BYTES[1]) windowBytes = Math.max(STEP_BYTES, windowBytes - step)
  }

  return {
    mayBulk(wake) {
      if (open()) return true
      if (!waiting.includes(wake)) waiting.push(wake)
      return false
    },
    depart(bytes, urgent) {
      if (urgent) urgentTrips++
      else bulkBytes += bytes
      return { bytes, urgent, at: clock() }
    },
    arrive(trip) {
      if (!trip.urgent && urgentTrips === 0 && trip.bytes >= TELLING_BYTES) learn(trip)
      leave(trip)
    },
    lose: leave,
  }
}
