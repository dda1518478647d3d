import type { Late } from '#protocol/distributed-inference/schemas.ts'
import type { Runtime } from '../../kernel/runtime.ts'
import { createAllowance } from './allowance.ts'
import type { Seats } from './failover.ts'
import { type Feed, HARD_LIMIT_MS } from './feed.ts'

/** Of how many steps one may be given to the spare before its time, in the long run, and how many that follow each other at once. */
const ONE_IN = 20
const AT_ONCE = 2

/** Looks at the step that is under way at a place, and does something when it is late (DLM-4). */
export interface Lateness {
  /** Whether the spare has answered steps that who computes has not: then it is given each new one at once. */
  isBehind(): boolean
  /** How long the answer stood still before the spare went on without this one; null where it does not. */
  stoodStillMs(feed: Feed): number | null
  /** Steps that the spare has said first, by who was late. */
  readonly late: readonly Late[]
  /** The spare has answered first, up to this row. */
  overtaken(to: number): void
  /** Looks now, and again when there will be something to see. */
  look(): void
  stop(): void
}

/**
 * A step that takes four times as long as usual is computed by the spare, too, if that has read along: nobody has failed, whoever answers
 * first goes on, and the other answer is compared with it. Who has still not answered when its time is over, by the measure of its best
 * days, has failed; who answers but stays behind changes places with the spare.
 * @param readsAlong whether spares are given what others have computed
 */
export function createLateness(
  { monotonic, after }: Pick<Runtime, 'monotonic' | 'after'>,
  seats: Seats,
  ends: readonly number[],
  readsAlong: boolean,
): Lateness {
  const mayHedge = createAllowance(ONE_IN, AT_ONCE)
  const late: Late[] = []
  let hedged = 0
  let race: { readonly late: Feed; readonly ahead: Feed; readonly since: number; readonly stillMs: number } | null = null
  let stop = (): void => undefined

  const lead = (): typeof race => {
    if (race && (race.late !== seats.main || race.ahead !== seats.spare || race.late.received >= race.ahead.received))
      race = null
    return race
  }
  const newest = (): number => ends.at(-1) ?? 0

  function look(): void {
    stop()
    const { main } = seats
    const waiting = main?.waiting()
    if (!main || !waiting) return
    const { since, softMs } = waiting
    const now = monotonic()
    const spent = now - since
    const behind = lead()
    if (spent >= HARD_LIMIT_MS || (behind && spent >= softMs)) seats.fail(main, 'stalled')
    else if (behind && now - behind.since >= softMs) seats.changePlaces()
    else {
      if (spent >= softMs) help(main)
      else if (spent >= waiting.hedgeMs && !behind) hedge(main)
      stop = after(Math.max(1, untilNextMs(main, now)), look)
    }
  }

  /** @param now when it was looked at: what falls due meanwhile is looked at again, not passed over */
  function untilNextMs(main: Feed, now: number): number {
    const waiting = main.waiting()
    if (!waiting) return HARD_LIMIT_MS
    const { since, hedgeMs, softMs } = waiting
    const next = [hedgeMs, softMs].find((ms) => ms > now - since) ?? HARD_LIMIT_MS
    return Math.min(since + next, (lead()?.since ?? Number.POSITIVE_INFINITY) + softMs) - now
  }

  function help(main: Feed): void {
    // first it is looked whether who was to hand it the step did
    if (main.handed && hedged < newest()) main.give(Number.POSITIVE_INFINITY)
    else if (seats.spare) seats.spare.push(newest())
    else seats.seekSpare()
  }

  function hedge(main: Feed): void {
    const { spare } = seats
    // a spare that has read nothing of much would take longer than what it is to spare
    const isWarm = spare !== null && readsAlong && (spare.received > 0 || main.received === 0)
    if (hedged >= newest() || (!isWarm && !main.handed) || !mayHedge(ends.length)) return
    hedged = newest()
    // maybe it was never handed the step
    main.give(hedged)
    if (isWarm) spare.push(hedged)
  }

  function count(from: Late['from'], to: Late['to']): void {
    const known = late.find((each) => each.from === from && each.to === to)
    if (known) known.steps++
    else late.push({ from, to, steps: 1 })
  }

  return {
    isBehind: () => lead() !== null,
    stoodStillMs: (feed) => (lead()?.late === feed ? (race?.stillMs ?? null) : null),
    late,
    overtaken(to) {
      const { main, spare } = seats
      if (!main || !spare) return
      if (!lead()) {
        const now = monotonic()
        const { since, softMs } = main.waiting() ?? { since: now, softMs: HARD_LIMIT_MS }
        if (now - since >= softMs) return seats.fail(main, 'stalled')
        race = { late: main, ahead: spare, since, stillMs: now - since }
        spare.push(newest())
      }
      if (to >= newest()) count(main.runner.nodeId, spare.runner.nodeId)
    },
    look,
    stop: () => stop(),
  }
}
