import { HearthError, toHearthError } from '#protocol/core/errors.ts'
import type { Failover, Late, Layers, StageStatus } from '#protocol/distributed-inference/schemas.ts'
import type { DisputeDeps } from './dispute.ts'
import { createFeed, type Feed, type FeedDeps } from './feed.ts'
import { createHandedFeed } from './handed-feed.ts'
import type { Ledger } from './ledger.ts'
import type { Runner } from './runner.ts'

type Reason = Failover['reason']

export interface SeatDeps extends Pick<DisputeDeps, 'runtime' | 'stepwise' | 'onFault'> {
  /** Token of the answer that is computed now; 0 while the question is read. */
  readonly atToken: () => number
  /** Whoever can stand by for the same layers. @returns null where nobody can */
  readonly standBy: (layers: Layers, not: readonly Runner[]) => Promise<Runner | null>
  /** Whoever can compute these layers, be it several. @throws HearthError `shard_unavailable` and what opening it throws */
  readonly replace: (layers: Layers, not: readonly Runner[]) => Promise<Runner>
  /** Begins anew with whoever computed, with nothing in its cache. @throws HearthError where it cannot be reached */
  readonly reopen: (runner: Runner) => Promise<Runner>
  /** Told at once. @throws HearthError `pipeline_failed` where it was one failure too many */
  readonly onFailure: (failure: Failover, runner: Runner) => void
  /** Told when another one has taken over, and when it has answered: `stall_ms` is known then. */
  readonly onFailover: (failover: Failover) => void
}

/** Who computes at a place at first. */
export interface First {
  readonly runner: Runner
  readonly expectedMs: number | null
  /** Whether the shard before hands it its steps (DLM-11). */
  readonly handed?: boolean
  /** Whether it hands its results on: steps then go through one by one, as those of the conversation. */
  readonly handsOn?: boolean
}

interface SeatsAt {
  readonly layers: Layers
  readonly input: Ledger
  /** Where the conversation's own steps ended. */
  readonly ends: readonly number[]
  readonly rows: FeedDeps['rows']
  /** Somebody else sits somewhere. */
  readonly onChanged: () => void
  /** Somebody can stand by from now on. */
  readonly onSpare: () => void
  /** Who computes now is not the one that hands its results on. */
  readonly onMoved: () => void
  /** How long the answer stood still before the spare went on without this one, in milliseconds; null where it did not. */
  readonly stoodStillMs: (feed: Feed) => number | null
  /** Steps that the spare has said first. */
  readonly late: () => readonly Late[]
  readonly onFatal: (error: unknown) => void
}

/** Who computes the layers of a place, who stands by for them, and what happens when one of them goes (DLM-4). */
export interface Seats {
  /** Null while nobody computes: somebody new is on their way. */
  readonly main: Feed | null
  readonly spare: Feed | null
  /** Who computes here no more. */
  readonly gone: readonly Runner[]
  status(): readonly StageStatus[]
  fail(feed: Feed, reason: Reason): void
  /** Who computed stands by, and the other way round: nobody failed. */
  changePlaces(): void
  /** Opens whoever could take over, so that a failover costs no negotiation: standing by costs an idle session. */
  seekSpare(): void
  /** A step is done that was asked for then. */
  answered(asked: number): void
  close(): void
}

export function createSeats(deps: SeatDeps, at: SeatsAt, first: First): Seats {
  const { monotonic } = deps.runtime
  const { layers, input, ends, rows } = at
  const gone: Runner[] = []
  let over = false
  let spare: Feed | null = null
  let seeking: Promise<void> | null = null
  let stalled: { readonly failover: Failover; readonly since: number } | null = null

  const feedOf = (runner: Runner, expectedMs: number | null = null, stepwise = deps.stepwise): Feed =>
    createFeed({ monotonic, rows, failed }, { runner, input, ends, stepwise, expectedMs })
  let main: Feed | null = firstFeed()
  let newest = main
  seekSpare()

  return {
    get main() {
      return main
    },
    get spare() {
      return spare
    },
    gone,
    status() {
      const [first, ...rest] = newest.runner.stages?.() ?? [stageOf(newest)]
      // several that stand for one were late as one
      return first ? [{ ...first, late: [...first.late, ...at.late().map((late) => ({ ...late }))] }, ...rest] : []
    },
    fail,
    changePlaces() {
      const [slow, next] = [main, spare]
      if (over || !slow || !next) return
      at.onMoved()
      // part of a chain it would hand on what it only reads: it begins anew, where nobody else can stand by
      const isChained = slow.runner.handed || (slow.runner === first.runner && first.handsOn)
      spare = isChained ? null : slow
      if (isChained) slow.close()
      goOn(next)
    },
    seekSpare,
    answered(asked) {
      if (stalled && main) tellStall(monotonic() - Math.max(stalled.since, asked))
    },
    close() {
      over = true
      main?.close()
      spare?.close()
    },
  }

  function firstFeed(): Feed {
    const { runner, expectedMs, handed = false, handsOn = false } = first
    if (!runner.handed) return feedOf(runner, expectedMs, handsOn || deps.stepwise)
    const fed = { runner, input, ends, expectedMs, handed: runner.handed, atFirst: handed }
    return createHandedFeed({ monotonic, rows, failed, estranged }, fed)
  }

  function stageOf({ runner, lastMs, meanMs, received, handed }: Feed): StageStatus {
    return {
      node_id: runner.nodeId,
      shard_id: runner.shardId,
      layers: { ...layers },
      last_ms: lastMs,
      mean_ms: meanMs,
      tokens: received,
      handed,
      sent_bytes: runner.stats?.().sent.tensorBytes ?? 0,
      received_bytes: runner.stats?.().received.tensorBytes ?? 0,
      late: [],
    }
  }

  function failed(feed: Feed, reason: 'lost' | 'corrupt'): void {
    if (reason === 'corrupt' && feed.runner.nodeId) deps.onFault(feed.runner.nodeId, reason)
    fail(feed, reason)
  }

  /** Who computed from something else than what is known here begins anew: nobody can say whose doing it was (DLM-11). */
  function estranged(feed: Feed): void {
    feed.runner.close()
    if (over || feed !== main) return
    main = null
    at.onMoved()
    deps.reopen(feed.runner).then(
      (runner) => (over ? runner.close() : goOn(feedOf(runner))),
      () => {
        if (over) return
        main = feed
        fail(feed, 'lost')
      },
    )
  }

  function fail(feed: Feed, reason: Reason): void {
    if (over) return
    feed.close()
    gone.push(feed.runner)
    if (feed === spare) {
      spare = null
      at.onChanged()
      seekSpare()
    }
    if (feed !== main) return
    const stoodStillMs = at.stoodStillMs(feed)
    main = null
    at.onMoved()
    const failover: Failover = {
      layers: { ...layers },
      from: feed.runner.nodeId,
      taken_over: false,
      to: null,
      reason,
      at_token: deps.atToken(),
      stall_ms: null,
    }
    // who was too slow had failed when its step began
    stalled = { failover, since: (reason === 'stalled' ? feed.waiting()?.since : null) ?? monotonic() }
    try {
      deps.onFailure({ ...failover }, feed.runner)
    } catch (error) {
      at.onFatal(error)
      return
    }
    if (spare) {
      const next = spare
      spare = null
      takeOver(next)
      if (stoodStillMs !== null) tellStall(stoodStillMs)
      return
    }
    deps.replace(layers, gone).then(
      (runner) => (over ? runner.close() : takeOver(feedOf(runner))),
      (error: unknown) => at.onFatal(new HearthError('pipeline_failed', `nobody takes over: ${toHearthError(error).message}`)),
    )
  }

  function takeOver(feed: Feed): void {
    sit(feed)
    if (stalled) {
      stalled.failover.taken_over = true
      stalled.failover.to = feed.runner.nodeId
      deps.onFailover({ ...stalled.failover })
    }
    goOn(feed)
  }

  function sit(feed: Feed): void {
    main = feed
    newest = feed
  }

  function goOn(feed: Feed): void {
    sit(feed)
    feed.push(ends.at(-1) ?? 0)
    at.onChanged()
    seekSpare()
  }

  function tellStall(ms: number): void {
    if (stalled) deps.onFailover({ ...stalled.failover, stall_ms: ms })
    stalled = null
  }

  function seekSpare(): void {
    if (over || spare || seeking) return
    seeking = deps
      .standBy(layers, main ? [...gone, main.runner] : gone)
      .then(
        (runner) => {
          if (!runner) return
          if (over || spare || !main) return runner.close()
          spare = feedOf(runner)
          at.onSpare()
        },
        () => undefined,
      )
      .finally(() => {
        seeking = null
      })
  }
}
