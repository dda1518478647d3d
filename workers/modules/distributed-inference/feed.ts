import { toHearthError } from '#protocol/core/errors.ts'
import {
  DISTRIBUTED_LLM_CHUNK_TOKENS,
  DISTRIBUTED_LLM_FAILOVER_TIMEOUT_SECONDS,
  DISTRIBUTED_LLM_STALL_FACTOR,
  DISTRIBUTED_LLM_STALL_LEAST_MS,
} from '#protocol/distributed-inference/constants.ts'
import { isPlausible } from '../../compute/pipeline/sanity.ts'
import type { Ledger } from './ledger.ts'
import type { Runner } from './runner.ts'

/** Longest that anybody is waited for (DLM-4). */
export const HARD_LIMIT_MS = DISTRIBUTED_LLM_FAILOVER_TIMEOUT_SECONDS * 1000
/** Steps that are under way at a time: enough that neither side waits for the other. */
export const UNDER_WAY = 8
/** Of a mean that forgets. */
const NEWEST_SHARE = 0.25
/** How many times its usual time a step may take before the spare computes it, too, and the least milliseconds of that (DLM-4). */
const HEDGE_FACTOR = 4
const HEDGE_LEAST_MS = 150

/** Milliseconds. */
export interface Waiting extends Patience {
  readonly since: number
}

/** How long a step is waited for, in milliseconds, before its spare computes it, too, and before it is given up where the spare has. */
interface Patience {
  readonly hedgeMs: number
  readonly softMs: number
}

/** One runner that is given the rows of a ledger, in order, and what it makes of them. */
export interface Feed {
  readonly runner: Runner
  /** Rows it has answered. */
  readonly received: number
  /** Gives it all rows up to `to`, in chunks of its own. */
  push(to: number): void
  /** How long the step under way may take, and since when it does; null while none is. */
  waiting(): Waiting | null
  readonly lastMs: number | null
  readonly meanMs: number | null
  /** Whether its steps come from another shard (DLM-11). */
  readonly handed: boolean
  /** Gives it from here what nobody hands it: the steps up to this row, all from now on where it is infinite. */
  give(to: number): void
  close(): void
}

export interface FeedDeps {
  readonly monotonic: () => number
  /** Rows of hidden states after its layers, in order. */
  readonly rows: (feed: Feed, position: number, rows: Float32Array<ArrayBuffer>) => void
  readonly failed: (feed: Feed, reason: 'lost' | 'corrupt') => void
}

export interface Fed {
  readonly runner: Runner
  readonly input: Ledger
  /** Where the conversation's own steps ended. */
  readonly ends: readonly number[]
  /** Whether it has to go through in those steps (`isStepwise`). */
  readonly stepwise: boolean
  /** Of one token, as planned; null where nobody measured it. */
  readonly expectedMs: number | null
}

export function createFeed({ monotonic, rows, failed }: FeedDeps, fed: Fed): Feed {
  const { runner, input, ends, stepwise } = fed
  let [target, sent, received, underWay] = [0, 0, 0, 0]
  let closed = false
  let quietSince = 0
  const pace = createPace(fed.expectedMs)

  const feed: Feed = {
    runner,
    get received() {
      return received
    },
    push(to) {
      target = Math.max(target, to)
      pump()
    },
    waiting() {
      if (underWay === 0) return null
      return { since: quietSince, ...pace.patience(sizeOfNext(received)) }
    },
    get lastMs() {
      return pace.lastMs
    },
    get meanMs() {
      return pace.meanMs
    },
    handed: false,
    give: () => undefined,
    close() {
      if (closed) return
      closed = true
      runner.close()
    },
  }
  void runner.ended.then(
    () => fail('lost'),
    () => fail('lost'),
  )
  return feed

  function fail(reason: 'lost' | 'corrupt'): void {
    if (closed) return
    feed.close()
    failed(feed, reason)
  }

  function sizeOfNext(from: number): number {
    if (!stepwise) return Math.min(target - from, DISTRIBUTED_LLM_CHUNK_TOKENS)
    return (ends.find((end) => end > from) ?? target) - from
  }

  function pump(): void {
    while (!closed && sent < target && underWay < UNDER_WAY) {
      const [position, tokens] = [sent, sizeOfNext(sent)]
      const given = input.read(position, tokens)
      sent += tokens
      if (underWay === 0) quietSince = monotonic()
      underWay++
      // copied: what goes to a runner moves, and what comes back is compared with it
      runner.forward(given.slice()).then(
        (gave) => answered(position, given, gave),
        // a link says so of what has another shape, or belongs to nothing
        (error: unknown) => fail(toHearthError(error).code === 'pipeline_failed' ? 'corrupt' : 'lost'),
      )
    }
  }

  function answered(position: number, given: Float32Array, gave: Float32Array<ArrayBuffer>): void {
    if (closed) return
    if (!isPlausible(given, gave, input.width)) {
      fail('corrupt')
      return
    }
    const tokens = given.length / input.width
    pace.measure(monotonic() - quietSince, tokens)
    quietSince = monotonic()
    underWay--
    received = position + tokens
    rows(feed, position, gave)
    pump()
  }
}

/** How long single tokens take, and how long one may. @param expectedMs as planned; null where nobody measured it */
export function createPace(expectedMs: number | null) {
  let lastMs: number | null = null
  let meanMs: number | null = null
  let total = 0
  let singles = 0
  // the least its mean ever was: who gets slower and slower is measured by what it could do
  let bestMs = expectedMs
  return {
    get lastMs() {
      return lastMs
    },
    get meanMs() {
      return singles === 0 ? null : total / singles
    },
    /** @param ms that a step of so many tokens took: one token takes no longer than several */
    measure(ms: number, tokens: number): void {
      if (tokens > 1) {
        bestMs ??= ms
        return
      }
      singles++
      total += ms
      lastMs = ms
      meanMs = meanMs === null ? ms : meanMs + NEWEST_SHARE * (ms - meanMs)
      bestMs = bestMs === null ? meanMs : Math.min(bestMs, meanMs)
    },
    /** With a step of so many tokens. Without a measure there is none for what is late. */
    patience(tokens: number): Patience {
      if (bestMs === null) return { hedgeMs: HARD_LIMIT_MS, softMs: HARD_LIMIT_MS }
      const usualMs = (meanMs ?? bestMs) * tokens
      const stalledMs = Math.max(DISTRIBUTED_LLM_STALL_LEAST_MS, DISTRIBUTED_LLM_STALL_FACTOR * bestMs * tokens)
      const softMs = Math.min(HARD_LIMIT_MS, stalledMs)
      return { softMs, hedgeMs: Math.min(softMs, Math.max(HEDGE_LEAST_MS, HEDGE_FACTOR * usualMs)) }
    },
  }
}
