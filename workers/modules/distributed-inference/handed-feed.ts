import { HearthError } from '#protocol/core/errors.ts'
import { DISTRIBUTED_LLM_STEP_NUMBERS } from '#protocol/distributed-inference/constants.ts'
import { isPlausible } from '../../compute/pipeline/sanity.ts'
import { createPace, type Fed, type Feed, type FeedDeps, UNDER_WAY } from './feed.ts'
import type { HandedResult, HandedSteps } from './runner.ts'

interface HandedFeedDeps extends FeedDeps {
  /** It computed from another input than the one that is known here: what its cache has is of no use (DLM-11). */
  readonly estranged: (feed: Feed) => void
}

interface FedByOther extends Pick<Fed, 'runner' | 'input' | 'ends' | 'expectedMs'> {
  readonly handed: HandedSteps
  /** Whether somebody hands it its steps at first; else they go from here, under the same numbers. */
  readonly atFirst: boolean
}

/** Results that came before what they were made of is known here, at most. */
const MOST_EARLY = 64

/**
 * A runner whose steps the shard before hands it (DLM-11). No result of it counts before its input has come here as well, and is the one
 * that it says it was handed. What nobody hands it, it is given from here; a step that it has already it lets pass.
 */
export function createHandedFeed({ monotonic, rows, failed, estranged }: HandedFeedDeps, fed: FedByOther): Feed {
  const { runner, input, ends, handed } = fed
  const pace = createPace(fed.expectedMs)
  const early: HandedResult[] = []
  let closed = false
  let quietSince = 0
  /** Steps whose results count, and their tokens. */
  let [steps, received] = [0, 0]
  /** Steps up to this row go from here, whoever else hands them. */
  let givenTo = fed.atFirst ? 0 : Number.POSITIVE_INFINITY
  /** Steps before it went from here or came without. */
  let next = 0
  const went = new Set<number>()

  const feed: Feed = {
    runner,
    get received() {
      return received
    },
    push() {
      // the newest step is among the ends already: was it the only one?
      if (steps === ends.length - 1) quietSince = monotonic()
      take()
      pump()
    },
    waiting: () => {
      const end = ends[steps]
      return end === undefined ? null : { since: quietSince, ...pace.patience(end - received) }
    },
    get lastMs() {
      return pace.lastMs
    },
    get meanMs() {
      return pace.meanMs
    },
    get handed() {
      return givenTo < Number.POSITIVE_INFINITY
    },
    give(to) {
      if (to <= givenTo || closed) return
      givenTo = to
      // who gets them by another way from now on has its time from now on
      if (!feed.handed) quietSince = monotonic()
      pump()
    },
    close() {
      if (closed) return
      closed = true
      runner.close()
    },
  }
  handed.listen(
    (result) => {
      early.push(result)
      if (early.length > MOST_EARLY) fail('corrupt')
      take()
      pump()
    },
    () => feed.give(Number.POSITIVE_INFINITY),
  )
  const ended = (reason: unknown): void =>
    fail(reason instanceof HearthError && reason.code === 'pipeline_failed' ? 'corrupt' : 'lost')
  void runner.ended.then(ended, ended)
  return feed

  function fail(reason: 'lost' | 'corrupt'): void {
    if (closed) return
    feed.close()
    failed(feed, reason)
  }

  /** Takes what has come, as far as is known what it was made of. */
  function take(): void {
    for (let end = ends[steps]; !closed && early.length > 0 && end !== undefined; end = ends[steps]) {
      const outcome = takeNext(early.shift(), end)
      if (outcome === 'corrupt') fail('corrupt')
      if (outcome !== 'estranged' || closed) continue
      closed = true
      estranged(feed)
    }
  }

  function takeNext(result: HandedResult | undefined, end: number): 'taken' | 'corrupt' | 'estranged' {
    const tokens = end - received
    const isNext = result?.step === steps % DISTRIBUTED_LLM_STEP_NUMBERS && result.rows.length === tokens * input.width
    if (!result || !isNext) return 'corrupt'
    // what it was not handed went from here, or nobody gave it to it
    if (!result.receipt && !went.has(steps)) return 'corrupt'
    if (result.receipt && !isSame(result.receipt, input.digest(received, tokens))) return 'estranged'
    if (!isPlausible(input.read(received, tokens), result.rows, input.width)) return 'corrupt'
    pace.measure(monotonic() - quietSince, tokens)
    quietSince = monotonic()
    const position = received
    went.delete(steps)
    steps += 1
    received = end
    rows(feed, position, result.rows)
    return 'taken'
  }

  function pump(): void {
    next = Math.max(next, steps + early.length)
    for (let end = ends[next]; !closed && end !== undefined && end <= givenTo; end = ends[next]) {
      if (next - steps >= UNDER_WAY) return
      const start = ends[next - 1] ?? 0
      went.add(next)
      handed.send(next, input.read(start, end - start))
      next += 1
    }
  }
}

const isSame = (one: Uint8Array, other: Uint8Array): boolean => one.every((byte, at) => byte === other[at])
