import { HearthError, toHearthError } from '#protocol/core/errors.ts'
import type { NodeId } from '#protocol/core/ids.ts'
import type { Failover, Layers, StageStatus } from '#protocol/distributed-inference/schemas.ts'
import type { Runtime } from '../../kernel/runtime.ts'
import { createFeed, type Feed, HARD_LIMIT_MS } from './feed.ts'
import { createHandedFeed } from './handed-feed.ts'
import type { Ledger } from './ledger.ts'
import type { Runner } from './runner.ts'
import { firstDifference, isDue, type Tolerance, type Verdict, whoLied } from './spot-check.ts'

type Reason = Failover['reason']

export interface PlaceDeps {
  readonly runtime: Pick<Runtime, 'monotonic' | 'after'>
  readonly stepwise: boolean
  readonly tolerance: Tolerance
  /** Of how many tokens one is checked; null: none are (DLM-6). */
  readonly oneIn: number | null
  /** In [0, 1). */
  readonly random: () => number
  /** Token of the answer that is computed now; 0 while the question is read. */
  readonly atToken: () => number
  /** Whoever can stand by for the same layers. @returns null where nobody can */
  readonly standBy: (layers: Layers, not: readonly Runner[]) => Promise<Runner | null>
  /** Whoever can say what these layers make of a row, this device, too. @returns null where nobody can */
  readonly judge: (layers: Layers, not: readonly Runner[]) => Promise<Runner | null>
  /** Whoever can compute these layers, be it several. @throws HearthError `shard_unavailable` and what opening it throws */
  readonly replace: (layers: Layers, not: readonly Runner[]) => Promise<Runner>
  /** Begins anew with whoever computed, with nothing in its cache. @throws HearthError where it cannot be reached */
  readonly reopen: (runner: Runner) => Promise<Runner>
  /** Told at once. @throws HearthError `pipeline_failed` where it was one failure too many */
  readonly onFailure: (failure: Failover, runner: Runner) => void
  /** Told when another one has taken over, and when it has answered: `stall_ms` is known then. */
  readonly onFailover: (failover: Failover) => void
  /** A device gave what it cannot have computed, or computed otherwise than two others. */
  readonly onFault: (nodeId: NodeId, reason: 'corrupt' | 'lied') => void
  /** What was computed since this position of the conversation may be wrong. */
  readonly onLie: (position: number, runner: Runner) => void
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
  /** Nobody hands on to it any more (DLM-11). */
  release(): void
  close(reason: HearthError): void
}

/** Where a place is, and what happens when who computes there is not the one any more that did. */
export interface Spot {
  readonly layers: Layers
  readonly input: Ledger
  readonly output: Ledger
  readonly onMoved?: () => void
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

interface Step {
  readonly to: number
  readonly asked: number
  resolve(): void
  reject(reason: HearthError): void
}

/**
 * Keeps the rows of one place coming, whoever computes them (DLM-4). A spare stands by where there is one; what a spot check has it
 * compute warms its cache (DLM-6). A shard that is lost, or that gives what cannot be, is replaced at once; one that is slow races its
 * spare, and whoever answers first goes on.
 */
export function createPlace(deps: PlaceDeps, at: Spot, first: First): Place {
  const { monotonic, after } = deps.runtime
  const { layers, input, output } = at
  const ends: number[] = []
  const steps: Step[] = []
  const authors: { readonly from: number; readonly runner: Runner }[] = []
  const gone: Runner[] = []
  let spare: Feed | null = null
  let seeking: Promise<void> | null = null
  let stalled: { failover: Failover; since: number } | null = null
  let disputing: Promise<void> | null = null
  let stopWatching = (): void => undefined
  let over: HearthError | null = null
  let rechecked = 0
  let wakeChecked = (): void => undefined

  const feedOf = (runner: Runner, expectedMs: number | null = null, stepwise = deps.stepwise): Feed =>
    createFeed({ monotonic, rows: heard, failed }, { runner, input, ends, stepwise, expectedMs })
  let main: Feed | null = firstFeed()
  let newest = main
  authors.push({ from: 0, runner: first.runner })
  seekSpare()

  return {
    layers,
    forward(to) {
      if (over) return Promise.reject(over)
      ends.push(to)
      const done = new Promise<void>((resolve, reject) => steps.push({ to, asked: monotonic(), resolve, reject }))
      main?.push(to)
      watch()
      return done
    },
    async checked() {
      while (!over && (disputing || (spare && spare.received < rechecked)))
        await (disputing ?? new Promise<void>((resolve) => (wakeChecked = resolve)))
    },
    status: () =>
      newest.runner.stages?.() ?? [
        {
          node_id: newest.runner.nodeId,
          shard_id: newest.runner.shardId,
          layers: { ...layers },
          last_ms: newest.lastMs,
          mean_ms: newest.meanMs,
          tokens: newest.received,
          handed: newest.handed,
          sent_bytes: newest.runner.stats?.().sent.tensorBytes ?? 0,
          received_bytes: newest.runner.stats?.().received.tensorBytes ?? 0,
        },
      ],
    release: () => main?.release(),
    close: end,
  }

  function firstFeed(): Feed {
    const { runner, expectedMs, handed = false, handsOn = false } = first
    if (!runner.handed) return feedOf(runner, expectedMs, handsOn || deps.stepwise)
    const fed = { runner, input, ends, expectedMs, handed: runner.handed, atFirst: handed }
    return createHandedFeed({ monotonic, rows: heard, failed, estranged }, fed)
  }

  function end(reason: HearthError): void {
    if (over) return
    over = reason
    stopWatching()
    main?.close()
    spare?.close()
    for (const step of steps.splice(0)) step.reject(reason)
    wakeChecked()
  }

  function fatal(error: unknown): void {
    if (over) return
    const reason = toHearthError(error)
    end(reason)
    deps.onEnd(reason)
  }

  /** Rows from whoever computes, stands by or catches up: what is known already is compared, what is new counts if it is the first. */
  function heard(feed: Feed, position: number, rows: Float32Array<ArrayBuffer>): void {
    if (over) return
    const known = Math.min(output.tokens - position, rows.length / output.width)
    if (known > 0) compare(feed, position, rows.subarray(0, known * output.width), output.read(position, known))
    if (over) return
    if (feed === spare && position + rows.length / output.width > output.tokens && main) {
      // it won the race for a step that the other one is too slow with
      fail(main, 'stalled')
      if (over) return
    }
    if (feed === spare) wakeChecked()
    if (feed !== main) return
    const before = output.tokens
    output.put(position, rows)
    settle()
    const fresh = output.tokens - before
    if (fresh === 0 || deps.oneIn === null || !isDue(fresh, deps.oneIn, deps.random)) return
    if (spare) {
      rechecked = output.tokens
      spare.push(rechecked)
    } else seekSpare() // whoever came during the answer can stand by from now on
  }

  function settle(): void {
    const [next] = steps
    if (next && stalled && next.to <= output.tokens) {
      const { failover, since } = stalled
      stalled = null
      failover.stall_ms = monotonic() - Math.max(since, next.asked)
      deps.onFailover({ ...failover })
    }
    for (let step = steps[0]; step && step.to <= output.tokens; step = steps[0]) {
      steps.shift()
      step.resolve()
    }
    watch()
  }

  /** Looks at the step under way when it should be done: first lets the spare at it, then gives its shard up. */
  function watch(): void {
    stopWatching()
    const feed = main
    if (over || steps.length === 0 || !feed) return
    const waiting = feed.waiting()
    if (!waiting) return
    const spent = monotonic() - waiting.since
    if (spent >= HARD_LIMIT_MS) {
      fail(feed, 'stalled')
      return
    }
    if (spent >= waiting.softMs) {
      // first it is looked whether who was to hand it the step did
      if (feed.handed) {
        feed.release()
        watch()
        return
      }
      if (spare) spare.push(ends.at(-1) ?? 0)
      else seekSpare()
    }
    const due = spent < waiting.softMs ? waiting.softMs : HARD_LIMIT_MS
    stopWatching = after(Math.max(1, due - spent), watch)
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
    stopWatching()
    at.onMoved?.()
    deps.reopen(feed.runner).then(
      (runner) => (over ? runner.close() : takeOver(feedOf(runner))),
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
      wakeChecked()
      seekSpare()
    }
    if (feed !== main) return
    main = null
    stopWatching()
    at.onMoved?.()
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
      fatal(error)
      return
    }
    if (spare) {
      const next = spare
      spare = null
      takeOver(next)
      return
    }
    deps.replace(layers, gone).then(
      (runner) => (over ? runner.close() : takeOver(feedOf(runner))),
      (error: unknown) => fatal(new HearthError('pipeline_failed', `nobody takes over: ${toHearthError(error).message}`)),
    )
  }

  function takeOver(feed: Feed): void {
    main = feed
    newest = feed
    authors.push({ from: output.tokens, runner: feed.runner })
    if (stalled) {
      stalled.failover.taken_over = true
      stalled.failover.to = feed.runner.nodeId
      deps.onFailover({ ...stalled.failover })
    }
    feed.push(ends.at(-1) ?? 0)
    wakeChecked()
    watch()
    seekSpare()
  }

  /** Opens whoever could take over, so that a failover costs no negotiation: standing by costs an idle session. */
  function seekSpare(): void {
    if (over || spare || seeking) return
    seeking = deps
      .standBy(layers, main ? [...gone, main.runner] : gone)
      .then(
        (runner) => {
          if (!runner) return
          if (over || spare || !main) runner.close()
          else spare = feedOf(runner)
          // the sooner it has read what was said, the less there is to read when it is needed
          if (deps.oneIn !== null) spare?.push(output.tokens)
          watch()
        },
        () => undefined,
      )
      .finally(() => {
        seeking = null
      })
  }

  function compare(feed: Feed, position: number, theirs: Float32Array<ArrayBuffer>, ours: Float32Array): void {
    if (disputing) return
    // several in the place of one round once more between them
    if (feed.runner.stages || authors.some(({ runner }) => runner.stages)) return
    const row = firstDifference(ours, theirs, output.width, deps.tolerance)
    if (row < 0) return
    const { width } = output
    const said = theirs.slice(row * width, (row + 1) * width)
    disputing = decide(feed, position + row, ours.slice(row * width, (row + 1) * width), said)
      .catch(fatal)
      .finally(() => {
        disputing = null
        wakeChecked()
      })
  }

  /** Two computed a row differently: a third one says who lied. */
  async function decide(feed: Feed, position: number, first: Float32Array, second: Float32Array): Promise<void> {
    const author = authors.findLast(({ from }) => from <= position)?.runner
    if (!author) return
    const runner = await deps.judge(layers, [...gone, author, feed.runner])
    if (over) return runner?.close()
    const third = runner && (await rowOf(runner, position))
    const verdict: Verdict = third ? whoLied({ first, second, third }, deps.tolerance) : 'nobody'
    if (over) return
    if (verdict === 'nobody') throw new HearthError('pipeline_failed', 'two devices disagree and nobody can say who is right')
    const liar = verdict === 'first' ? author : feed.runner
    if (liar.nodeId) deps.onFault(liar.nodeId, 'lied')
    if (verdict === 'first') return deps.onLie(position, author)
    fail(feed, 'lied')
  }

  /** What a third one makes of the conversation up to a row. */
  function rowOf(runner: Runner, position: number): Promise<Float32Array | null> {
    return new Promise((resolve) => {
      const { width } = output
      const settled = (row: Float32Array | null): void => {
        giveUp()
        feed.close()
        resolve(row)
      }
      const feed = createFeed(
        {
          monotonic,
          rows: (_, from, rows) => {
            const row = position - from
            if ((row + 1) * width <= rows.length) settled(rows.slice(row * width, (row + 1) * width))
          },
          failed: () => settled(null),
        },
        { runner, input, ends, stepwise: deps.stepwise, expectedMs: null },
      )
      const giveUp = after(HARD_LIMIT_MS, () => settled(null))
      // whole steps, where they have to be the same
      feed.push(deps.stepwise ? (ends.find((end) => end > position) ?? position + 1) : position + 1)
    })
  }
}
