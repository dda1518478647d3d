import { HearthError } from '#protocol/core/errors.ts'
import type { NodeId } from '#protocol/core/ids.ts'
import type { Layers } from '#protocol/distributed-inference/schemas.ts'
import type { Runtime } from '../../kernel/runtime.ts'
import { createFeed, type Feed, HARD_LIMIT_MS } from './feed.ts'
import type { Ledger } from './ledger.ts'
import type { Runner } from './runner.ts'
import { firstDifference, type Tolerance, type Verdict, whoLied } from './spot-check.ts'

export interface DisputeDeps {
  readonly runtime: Pick<Runtime, 'monotonic' | 'after'>
  /** Whether the conversation has to go through in its own steps (`isStepwise`). */
  readonly stepwise: boolean
  readonly tolerance: Tolerance
  /** Whoever can say what these layers make of a row, this device, too. @returns null where nobody can */
  readonly judge: (layers: Layers, not: readonly Runner[]) => Promise<Runner | null>
  /** A device gave what it cannot have computed, or computed otherwise than two others. */
  readonly onFault: (nodeId: NodeId, reason: 'corrupt' | 'lied') => void
  /** What was computed since this position of the conversation may be wrong. */
  readonly onLie: (position: number, runner: Runner) => void
}

/** The place at which somebody is compared with somebody else. */
interface Scene {
  readonly layers: Layers
  readonly input: Ledger
  /** Where the conversation's own steps ended. */
  readonly ends: readonly number[]
  /** Who computes here no more. */
  readonly gone: readonly Runner[]
  readonly isOver: () => boolean
  /** This one is not believed any more. */
  readonly onLiar: (feed: Feed) => void
  readonly onUndecided: (error: unknown) => void
  /** A dispute is over. */
  readonly onSettled: () => void
}

/** Who computed which rows of a place, and who is right where two computed them differently (DLM-6). */
export interface Disputes {
  /** Settles with the dispute that is under way; null while none is. */
  readonly underWay: Promise<void> | null
  /** Rows from this position on are this one's. */
  wrote(from: number, runner: Runner): void
  /** Compares rows that are known with what somebody else made of them. */
  compare(feed: Feed, position: number, theirs: Float32Array<ArrayBuffer>, ours: Float32Array): void
}

export function createDisputes(deps: DisputeDeps, at: Scene): Disputes {
  const { layers, input } = at
  const { width } = input
  const authors: { readonly from: number; readonly runner: Runner }[] = []
  let underWay: Promise<void> | null = null

  return {
    get underWay() {
      return underWay
    },
    wrote(from, runner) {
      if (authors.at(-1)?.runner !== runner) authors.push({ from, runner })
    },
    compare(feed, position, theirs, ours) {
      if (underWay) return
      // several in the place of one round once more between them
      if (feed.runner.stages || authors.some(({ runner }) => runner.stages)) return
      const row = firstDifference(ours, theirs, width, deps.tolerance)
      if (row < 0) return
      const said = theirs.slice(row * width, (row + 1) * width)
      underWay = decide(feed, position + row, ours.slice(row * width, (row + 1) * width), said)
        .catch(at.onUndecided)
        .finally(() => {
          underWay = null
          at.onSettled()
        })
    },
  }

  /** Two computed a row differently: a third one says who lied. */
  async function decide(feed: Feed, position: number, first: Float32Array, second: Float32Array): Promise<void> {
    const author = authors.findLast(({ from }) => from <= position)?.runner
    if (!author) return
    const runner = await deps.judge(layers, [...at.gone, author, feed.runner])
    if (at.isOver()) return runner?.close()
    const third = runner && (await rowOf(runner, position))
    const verdict: Verdict = third ? whoLied({ first, second, third }, deps.tolerance) : 'nobody'
    if (at.isOver()) return
    if (verdict === 'nobody') throw new HearthError('pipeline_failed', 'two devices disagree and nobody can say who is right')
    const liar = verdict === 'first' ? author : feed.runner
    if (liar.nodeId) deps.onFault(liar.nodeId, 'lied')
    if (verdict === 'first') return deps.onLie(position, author)
    at.onLiar(feed)
  }

  /** What a third one makes of the conversation up to a row. */
  function rowOf(runner: Runner, position: number): Promise<Float32Array | null> {
    const { monotonic, after } = deps.runtime
    const { ends } = at
    return new Promise((resolve) => {
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
