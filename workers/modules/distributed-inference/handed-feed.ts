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
 * that it says it was handed. Where nobody hands it anything any more it is given the steps from here; one that it has already it lets pass.
 */
export function createHandedFeed({ monotonic, rows, failed, estranged }: HandedFeedDeps, fed: FedByOther): Feed {
  const { runner, input, ends, handed } = fed
  const pace = createPace(fed.expectedMs)
  const early: HandedResult[] = []
  let closed = false
  let quietSince = 0
  /** Steps whose results count, and their tokens. */
  let [steps, received] = [0, 0]
  /** The first step that went from here; null while all are handed. */
  let from: number | null = fed.atFirst ? null : 0
  let toSend = 0

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
      return end === undefined ? null : { since: quietSince, softMs: pace.softMs(end - received) }
    },
    get lastMs() {
      return pace.lastMs
    },
    get meanMs() {
      return pace.meanMs
    },
    get handed() {
      return from === null
    },
    release() {
      if (from !== null || closed) return
      from = toSend = steps + early.length
      quietSince = monotonic()
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
    () => feed.release(),
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
    const went = from !== null && steps >= from && steps < toSend
    if (!result.receipt && !went) return 'corrupt'
    if (result.receipt && !isSame(result.receipt, input.digest(received, tokens))) return 'estranged'
    if (!isPlausible(input.read(received, tokens), result.rows, input.width)) return 'corrupt'
    if (tokens === 1) pace.measure(monotonic() - quietSince)
    quietSince = monotonic()
    const position = received
    steps += 1
    received = end
    rows(feed, position, result.rows)
    return 'taken'
  }

  function pump(): void {
    for (let end = ends[toSend]; !closed && from !== null && end !== undefined; end = ends[toSend]) {
      if (toSend - steps >= UNDER_WAY) return
      const start = ends[toSend - 1] ?? 0
      handed.send(toSend, input.read(start, end - start))
      toSend += 1
    }
  }
}

const isSame = (one: Uint8Array, other: Uint8Array): boolean => one.every((byte, at) => byte === other[at])
