import { HearthError } from '#protocol/core/errors.ts'
import type { Plan, StageStatus } from '#protocol/distributed-inference/schemas.ts'
import type { Hops, ModelFacts } from '../../compute/port.ts'
import type { Runtime } from '../../kernel/runtime.ts'
import { createTurn } from '../../kernel/turn.ts'
import { createChain, joined } from './chain.ts'
import type { PlaceDeps } from './place.ts'
import { createRecruiting, type RecruitingDeps } from './recruiting.ts'
import { toleranceFor } from './spot-check.ts'

type Told = Pick<PlaceDeps, 'oneIn' | 'random' | 'atToken' | 'onFailure' | 'onFailover' | 'onFault'>

export interface PipelineDeps extends Told, RecruitingDeps {
  readonly runtime: Pick<Runtime, 'monotonic' | 'after' | 'ulid'>
}

/** One conversation over several devices (DLM-3). */
export interface Pipeline {
  /** As it was opened: where a shard refused, another one stands in its place. */
  readonly plan: Plan
  /** For the compute worker: all stages are one to it, what goes on between them is decided here. */
  readonly hops: Hops
  /** Tokens whose hidden states went in so far. */
  readonly tokens: number
  /** Why it gave up; null while it goes on. */
  readonly ended: HearthError | null
  /** Since which position of the conversation results may be wrong; null while nobody was found to lie (DLM-6). */
  readonly lie: number | null
  /** Resolves when no check is under way. */
  checked(): Promise<void>
  status(): readonly StageStatus[]
  /** Ends every conversation with a shard at once (DLM-10). */
  close(): void
}

/**
 * Opens a conversation with each shard of a plan.
 * @throws HearthError `shard_unavailable`, `weights_mismatch` where what refused cannot be planned around, `pipeline_cancelled`
 */
export async function openPipeline(deps: PipelineDeps, facts: ModelFacts, plan: Plan, signal: AbortSignal): Promise<Pipeline> {
  const closing = new AbortController()
  const recruiting = createRecruiting(deps, facts, AbortSignal.any([signal, closing.signal]))
  const state: { ended: HearthError | null; lie: number | null } = { ended: null, lie: null }

  const placeDeps: PlaceDeps = {
    ...deps,
    stepwise: facts.stepwise,
    tolerance: toleranceFor(facts.stepwise),
    reading: createTurn(),
    standBy: (layers, not) => recruiting.sameLayers(layers, not, false),
    judge: (layers, not) => recruiting.sameLayers(layers, not, true),
    async replace(layers, not) {
      const parts = await recruiting.replace(layers, not)
      const [only, ...more] = parts
      return only && more.length === 0 ? only.runner : joined(placeDeps, facts.hiddenSize, facts.id, layers, parts)
    },
    reopen: (runner) => recruiting.reopen(runner),
    onLie(position) {
      state.lie = Math.min(state.lie ?? position, position)
      end(new HearthError('pipeline_failed', 'a shard gave other results than two others'))
    },
    onEnd: end,
  }

  const opened = await recruiting.fill(plan)
  const chain = createChain(placeDeps, facts.hiddenSize, opened.filled)

  function end(reason: HearthError): void {
    state.ended ??= reason
    closing.abort()
    chain.close(reason)
  }
  const cancel = (): void => end(new HearthError('pipeline_cancelled', 'the answer was stopped'))
  if (signal.aborted) cancel()
  signal.addEventListener('abort', cancel, { once: true })

  return {
    plan: opened.plan,
    hops: { stages: 1, forward: (_, position, hidden) => chain.forward(position, hidden) },
    get tokens() {
      return chain.tokens
    },
    get ended() {
      return state.ended
    },
    get lie() {
      return state.lie
    },
    checked: () => chain.checked(),
    status: () => chain.status(),
    close() {
      signal.removeEventListener('abort', cancel)
      cancel()
    },
  }
}
