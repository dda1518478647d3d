import { HearthError, toHearthError } from '#protocol/core/errors.ts'
import { DISTRIBUTED_LLM_FALLBACK_TO_LOCAL_AFTER_FAILURES } from '#protocol/distributed-inference/constants.ts'
import type { AnswerFrame, Ending, Failover, Phase, Plan, StageStatus } from '#protocol/distributed-inference/schemas.ts'
import type { ComputeClient } from '../../compute/client.ts'
import type { BackendKind } from '../../compute/engine/backend.ts'
import type { ChatEnding, ChatRequest, ModelFacts, Piece } from '../../compute/port.ts'
import type { Runtime } from '../../kernel/runtime.ts'
import { openPipeline, type Pipeline, type PipelineDeps } from './orchestrator.ts'
import { plannedStages, wholeStage, withBackends } from './stage-status.ts'

/** Between two pictures of who computes what, in milliseconds. */
const STATUS_MS = 1000
/** How long the end of an answer waits for a check that is under way. */
const LAST_CHECK_MS = 1000

/** What can be told of an answer while it is computed and after, to whoever asked for it. */
export interface Progress {
  plan: Plan | null
  state: 'reading' | 'answering' | 'completed' | 'cancelled' | 'failed'
  tokens: number
  firstTokenMs: number | null
  tokensPerSecond: number | null
  readonly failovers: Failover[]
  stages: () => readonly StageStatus[]
}

/** Of an answer that nothing is told of yet. */
export const noProgress = (plan: Plan | null): Progress => ({
  plan,
  state: 'reading',
  tokens: 0,
  firstTokenMs: null,
  tokensPerSecond: null,
  failovers: [],
  stages: () => [],
})

export interface AnswerDeps extends Pick<PipelineDeps, 'oneIn' | 'random' | 'openLink' | 'onFault' | 'onSilent'> {
  readonly runtime: Runtime
  readonly compute: ComputeClient
  readonly offers: (facts: ModelFacts, alone: boolean) => ReturnType<PipelineDeps['offers']>
  /** Makes a plan with what is offered now. */
  readonly plan: (facts: ModelFacts) => Promise<Plan>
  readonly onFailure: () => void
  readonly onFailover: () => void
}

export interface Asked {
  readonly request: ChatRequest
  readonly facts: ModelFacts
  /** Null: this device alone. */
  readonly plan: Plan | null
  /** Whether this device goes on alone where the pipeline fails (DLM-4). */
  readonly fallsBack: boolean
  readonly signal: AbortSignal
}

/** What was told so far, and where it can be cut: tokens and characters after each piece. */
interface Told {
  text: string
  tokens: number[]
  pieces: { readonly tokens: number; readonly characters: number }[]
}

/**
 * Computes one answer and tells it in frames, whatever happens to those who compute it (DLM-3, DLM-4, DLM-6).
 * @throws HearthError `pipeline_failed`, `pipeline_cancelled`, and what planning, opening and the model say
 */
export async function* answer(deps: AnswerDeps, asked: Asked, progress: Progress): AsyncGenerator<AnswerFrame, Ending> {
  const { runtime, compute } = deps
  const { request, facts, signal } = asked
  const start = runtime.monotonic()
  const notes = createNotes()
  const told: Told = { text: '', tokens: [], pieces: [] }
  let failures = 0
  let firstAt: number | null = null
  let statusAt = Number.NEGATIVE_INFINITY
  /** Null while words come. */
  let phase: Phase | null = null
  /** Of this device, once it has said so. */
  let backend: BackendKind | null = null
  let topology: Plan['topology'] = asked.plan?.topology ?? 'whole'

  const pipelineDeps: PipelineDeps = {
    ...deps,
    offers: (alone) => deps.offers(facts, alone),
    atToken: () => told.tokens.length,
    onFailure(failure) {
      failures++
      progress.failovers.push(failure)
      notes.add({ frame: 'shard_failover', failover: failure })
      deps.onFailure()
      if (failure.reason === 'stalled' && failure.from !== null) deps.onSilent(failure.from)
      if (failures >= DISTRIBUTED_LLM_FALLBACK_TO_LOCAL_AFTER_FAILURES) throw tooMany()
    },
    onFailover(failover) {
      const at = progress.failovers.findLastIndex(
        ({ layers, from }) => layers.from === failover.layers.from && from === failover.from,
      )
      if (at >= 0) progress.failovers[at] = failover
      notes.add({ frame: 'shard_failover', failover }, statusNow())
      if (failover.stall_ms === null) deps.onFailover()
    },
  }

  if (!asked.plan || asked.plan.topology === 'whole') return yield* alone('local')
  for (let plan = asked.plan; ; ) {
    const outcome = yield* over(plan)
    if (outcome) return outcome
    failures++
    try {
      if (failures >= DISTRIBUTED_LLM_FALLBACK_TO_LOCAL_AFTER_FAILURES) throw tooMany()
      plan = await deps.plan(facts)
    } catch (error) {
      return yield* abandoned(error)
    }
  }

  function tooMany(): HearthError {
    return new HearthError('pipeline_failed', `${failures} shards failed in one answer`)
  }

  /** @returns null where somebody lied: what may be wrong is taken back, and all of it is to be computed anew without them */
  async function* over(plan: Plan): AsyncGenerator<AnswerFrame, Ending | null> {
    let pipeline: Pipeline
    phase = 'others'
    topology = plan.topology
    progress.stages = () => plannedStages(plan)
    yield statusNow()
    try {
      pipeline = await openPipeline(pipelineDeps, facts, plan, signal)
    } catch (error) {
      return yield* abandoned(error)
    }
    progress.plan = pipeline.plan
    topology = pipeline.plan.topology
    progress.stages = () => withBackends(pipeline.status(), pipeline.plan)
    // tokens of the question, or a few more: what is under way already counts until it was heard of
    let questionTokens = Number.POSITIVE_INFINITY
    const heard = (): void => {
      questionTokens = Math.min(questionTokens, pipeline.tokens - told.tokens.length + 1)
    }
    let ending: ChatEnding | null = null
    let failure: unknown = null
    try {
      ending = yield* telling(compute.chat(runtime.ulid(), withSaid(), signal, pipeline.hops), heard)
      await Promise.race([pipeline.checked(), waited(runtime, LAST_CHECK_MS)])
    } catch (error) {
      failure = pipeline.ended ?? error
    } finally {
      pipeline.close()
    }
    if (signal.aborted) throw new HearthError('pipeline_cancelled', 'the answer was stopped')
    if (pipeline.lie !== null) {
      yield* takeBack(pipeline.lie - questionTokens + 1)
      return null
    }
    return ending ? yield* done(ending, 'pipeline') : yield* abandoned(failure)
  }

  /** The first tokens stand, as far as they were told in whole pieces; what was told after them is taken back. */
  async function* takeBack(tokens: number): AsyncGenerator<AnswerFrame, void> {
    const before = told.text
    told.pieces = told.pieces.filter((piece) => piece.tokens <= tokens)
    told.tokens = told.tokens.slice(0, told.pieces.at(-1)?.tokens ?? 0)
    told.text = told.text.slice(0, told.pieces.at(-1)?.characters ?? 0)
    if (told.text !== before) yield { frame: 'taken_back', text: told.text }
  }

  async function* abandoned(error: unknown): AsyncGenerator<AnswerFrame, Ending> {
    const { code, message } = toHearthError(error)
    yield* notes.take()
    const fallsBack = asked.fallsBack && !signal.aborted && code !== 'bad_request'
    yield { frame: 'pipeline_aborted', code, falls_back: fallsBack }
    if (!fallsBack) throw error instanceof HearthError ? error : new HearthError('pipeline_failed', message)
    return yield* alone('fallback')
  }

  async function* alone(computedBy: Ending['computed_by']): AsyncGenerator<AnswerFrame, Ending> {
    topology = 'whole'
    const since = { at: runtime.monotonic(), tokens: told.tokens.length }
    progress.stages = () => {
      const tokens = told.tokens.length - since.tokens
      const meanMs = tokens > 1 && firstAt !== null ? (runtime.monotonic() - Math.max(firstAt, since.at)) / tokens : null
      return [wholeStage(facts, { tokens, meanMs, backend })]
    }
    return yield* done(yield* telling(compute.chat(runtime.ulid(), withSaid(), signal)), computedBy)
  }

  function withSaid(): ChatRequest {
    const said = [...told.tokens]
    return said.length === 0 ? request : { ...request, said }
  }

  async function* telling(
    answering: AsyncGenerator<Piece, ChatEnding>,
    heard: () => void = () => undefined,
  ): AsyncGenerator<AnswerFrame, ChatEnding> {
    phase = 'reading'
    yield statusNow()
    try {
      let next = awaited(answering.next())
      for (;;) {
        const piece = await Promise.race([next, notes.added()])
        yield* notes.take()
        if (!piece) continue
        if (piece.done) return piece.value
        next = awaited(answering.next())
        const { wait } = piece.value
        if (wait) {
          phase = wait.phase
          backend = wait.backend
          yield statusNow()
          continue
        }
        yield* tell(piece.value)
        heard()
      }
    } finally {
      // stops the computing where a reader went away between two frames (DLM-10)
      await answering.return?.(NOTHING)
    }
  }

  async function* tell({ text, tokens }: Piece): AsyncGenerator<AnswerFrame, void> {
    const now = runtime.monotonic()
    phase = null
    told.text += text
    told.tokens.push(...tokens)
    told.pieces.push({ tokens: told.tokens.length, characters: told.text.length })
    firstAt ??= now
    progress.state = 'answering'
    progress.tokens = told.tokens.length
    progress.firstTokenMs ??= firstAt - start
    progress.tokensPerSecond = rate(now)
    if (text !== '') yield { frame: 'token_delta', text }
    if (now - statusAt >= STATUS_MS) yield statusNow()
  }

  function statusNow(): AnswerFrame {
    statusAt = runtime.monotonic()
    return { frame: 'shard_status', topology, stages: [...progress.stages()], ...(phase && { phase }) }
  }

  function rate(now: number): number {
    return firstAt === null || now <= firstAt ? 0 : ((told.tokens.length - 1) * 1000) / (now - firstAt)
  }

  async function* done(ending: ChatEnding, computed_by: Ending['computed_by']): AsyncGenerator<AnswerFrame, Ending> {
    const now = runtime.monotonic()
    phase = null
    backend = ending.backend
    const result: Ending = {
      reason: ending.reason,
      prompt_tokens: ending.promptTokens,
      tokens: ending.tokens,
      first_token_ms: (firstAt ?? now) - start,
      tokens_per_second: Math.max(0, rate(now)),
      backend: ending.backend,
      failovers: progress.failovers.length,
      computed_by,
    }
    progress.tokens = ending.tokens
    progress.tokensPerSecond = result.tokens_per_second
    yield* notes.take()
    yield statusNow()
    yield { frame: 'done', ending: result }
    return result
  }
}

/** Looked at later: until then nobody may call its failure unhandled. */
function awaited<T>(task: Promise<T>): Promise<T> {
  task.catch(() => undefined)
  return task
}

const NOTHING: ChatEnding = { reason: 'stop', promptTokens: 0, tokens: 0, firstTokenMs: 0, tokensPerSecond: 0, backend: 'wasm' }

const waited = (runtime: Runtime, ms: number): Promise<void> => new Promise((resolve) => void runtime.after(ms, resolve))

/** Frames that come from elsewhere than the text. */
function createNotes() {
  let notes: AnswerFrame[] = []
  let wake = (): void => undefined
  return {
    add(...frames: readonly AnswerFrame[]): void {
      notes.push(...frames)
      wake()
    },
    /** Resolves with nothing as soon as there is one. */
    added: (): Promise<null> =>
      notes.length > 0 ? Promise.resolve(null) : new Promise((resolve) => (wake = () => resolve(null))),
    *take(): Generator<AnswerFrame, void> {
      const taken = notes
      notes = []
      yield* taken
    },
  }
}
