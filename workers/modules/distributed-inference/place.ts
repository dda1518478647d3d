import { type HearthError, toHearthError } from '#protocol/core/errors.ts'
import type { Layers, StageStatus } from '#protocol/distributed-inference/schemas.ts'
import type { Turn } from '../../kernel/turn.ts'
import { createDisputes, type DisputeDeps } from './dispute.ts'
import { createSeats, type First, type SeatDeps } from './failover.ts'
import type { Feed } from './feed.ts'
import { createLateness } from './lateness.ts'
import type { Ledger } from './ledger.ts'
import { isDue } from './spot-check.ts'

export interface PlaceDeps extends SeatDeps, DisputeDeps {
  /** Of how many tokens one is checked; null: none are (DLM-6). */
  readonly oneIn: number | null
  /** In [0, 1). */
  readonly random: () => number
  /** Of all spares of one pipeline: one reads along at a time. */
  readonly reading: Turn
  /** Nothing can be computed here any more. */
  readonly onEnd: (reason: HearthError) => void
}

/** Layers of a pipeline and whoever computes them just now. */
export interface Place {
  readonly layers: Layers
  /** Resolves when the output has the rows that follow from those of the input up to `to`. @throws HearthError why it never will */
  forward(to: number): Promise<void>
  /** Resolves when no check is under way. */
  checked(): Promise<void>
  status(): readonly StageStatus[]
  /** Nobody hands on to it what goes up to this row; nothing any more where it is infinite (DLM-11). */
  give(to: number): void
  close(reason: HearthError): void
}

/** Where a place is. */
export interface Spot {
  readonly layers: Layers
  readonly input: Ledger
  readonly output: Ledger
  /** Told when rows up to this one come from somebody else than who hands them on; infinite: all from now on. */
  readonly onNotHanded?: (to: number) => void
}

interface Step {
  readonly to: number
  readonly asked: number
  resolve(): void
  reject(reason: HearthError): void
}

/** How long one who reads along may keep the others from it: who does not answer would for ever. */
const READING_MS = 1000

/**
 * Keeps the rows of one place coming, whoever computes them (DLM-4). Whoever gives a row first gives the one that counts; what anybody
 * else makes of it is compared with that (DLM-6), and what a check has the spare compute warms its cache.
 */
export function createPlace(deps: PlaceDeps, at: Spot, first: First): Place {
  const { monotonic, after } = deps.runtime
  const { layers, input, output } = at
  const ends: number[] = []
  const steps: Step[] = []
  let over: HearthError | null = null
  let rechecked = 0
  /** Whether its spare is among those who will read along. */
  let isNext = false
  let waiting: (() => void)[] = []

  const seats = createSeats(
    deps,
    {
      ...{ layers, input, ends, rows: heard },
      onChanged: somethingHappened,
      onSpare() {
        // the sooner it has read what was said, the less there is to read when it is needed
        if (deps.oneIn !== null) readAlong()
        lateness.look()
      },
      onMoved: () => at.onNotHanded?.(Number.POSITIVE_INFINITY),
      stoodStillMs: (feed) => lateness.stoodStillMs(feed),
      late: () => lateness.late,
      onFatal: fatal,
    },
    first,
  )
  const lateness = createLateness(deps.runtime, seats, ends, deps.oneIn !== null)
  const disputes = createDisputes(deps, {
    ...{ layers, input, ends, gone: seats.gone },
    isOver: () => over !== null,
    onLiar: (feed) => seats.fail(feed, 'lied'),
    onUndecided: fatal,
    onSettled: somethingHappened,
  })

  return {
    layers,
    forward(to) {
      if (over) return Promise.reject(over)
      ends.push(to)
      const done = new Promise<void>((resolve, reject) => steps.push({ to, asked: monotonic(), resolve, reject }))
      seats.main?.push(to)
      if (lateness.isBehind()) seats.spare?.push(to)
      lateness.look()
      return done
    },
    checked: () => until(() => !disputes.underWay && (seats.spare?.received ?? rechecked) >= rechecked),
    status: () => seats.status(),
    give: (to) => seats.main?.give(to),
    close: end,
  }

  function end(reason: HearthError): void {
    if (over) return
    over = reason
    lateness.stop()
    seats.close()
    for (const step of steps.splice(0)) step.reject(reason)
    somethingHappened()
  }

  function fatal(error: unknown): void {
    if (over) return
    const reason = toHearthError(error)
    end(reason)
    deps.onEnd(reason)
  }

  function somethingHappened(): void {
    const woken = waiting
    waiting = []
    for (const wake of woken) wake()
    if (!over) lateness.look()
  }

  async function until(isSo: () => boolean): Promise<void> {
    while (!over && !isSo()) await new Promise<void>((resolve) => waiting.push(resolve))
  }

  /** Rows from whoever computes, stands by or catches up: what is known already is compared, what is new counts. */
  function heard(feed: Feed, position: number, rows: Float32Array<ArrayBuffer>): void {
    if (over) return
    const tokens = rows.length / output.width
    const known = Math.min(output.tokens - position, tokens)
    if (known > 0) disputes.compare(feed, position, rows.subarray(0, known * output.width), output.read(position, known))
    if (over) return
    if (known < tokens) put(feed, position, rows)
    somethingHappened()
  }

  function put(feed: Feed, position: number, rows: Float32Array<ArrayBuffer>): void {
    if (feed === seats.spare) lateness.overtaken(position + rows.length / output.width)
    if (over) return
    const before = output.tokens
    output.put(position, rows)
    disputes.wrote(before, feed.runner)
    // who was overtaken hands it on too late, if at all
    if (feed === seats.spare) at.onNotHanded?.(output.tokens)
    settle()
    if (deps.oneIn === null) return
    const isDrawn = isDue(output.tokens - before, deps.oneIn, deps.random)
    // step by step all portions cost the same: the smaller they are, the sooner it can take over
    if (seats.spare && (deps.stepwise || isDrawn)) readAlong()
    // whoever came during the answer can stand by from now on
    if (!seats.spare && isDrawn) seats.seekSpare()
  }

  function settle(): void {
    const [next] = steps
    if (next && next.to <= output.tokens) seats.answered(next.asked)
    for (let step = steps[0]; step && step.to <= output.tokens; step = steps[0]) {
      steps.shift()
      step.resolve()
    }
  }

  /** Lets the spare at what it has not read yet. One spare of a pipeline at a time: together they would slow down who answers. */
  function readAlong(): void {
    rechecked = output.tokens
    if (isNext) return
    isNext = true
    void deps.reading(async () => {
      isNext = false
      const { spare } = seats
      if (over || !spare) return
      const to = rechecked
      const silentMs = monotonic() - (spare.waiting()?.since ?? monotonic())
      spare.push(to)
      if (silentMs >= READING_MS) return
      let stop = (): void => undefined
      const enough = new Promise<void>((resolve) => (stop = after(READING_MS, resolve)))
      await Promise.race([enough, until(() => spare !== seats.spare || spare.received >= to)])
      stop()
    })
  }
}
