import type { NodeId } from '#protocol/core/ids.ts'
import { chat, pipelinePlan, pipelineRun } from '#protocol/distributed-inference/pipeline-capabilities.ts'
import type { AnswerFrame, Ending, Failover, StageStatus } from '#protocol/distributed-inference/schemas.ts'
import type { Bus } from '../../workers/kernel/bus/bus.ts'

export interface Question {
  readonly model: string
  /** As many tokens as it has letters. */
  readonly text: string
  /** Of the answer. */
  readonly tokens: number
  /** This device alone, or others without these nodes. */
  readonly by: 'local' | { readonly without: readonly NodeId[] }
}

/** One answer by the clock: milliseconds since 1970, so that pages and the measurement can be compared. */
export interface Answer {
  readonly askedAt: number
  /** When each word was heard; fewer than tokens where a character takes two. */
  readonly heardAt: readonly number[]
  readonly text: string
  readonly tokens: number
  readonly stages: readonly StageStatus[]
  readonly failovers: readonly Failover[]
}

const now = (): number => performance.timeOrigin + performance.now()

/** Asks on the node's bus, as the screen does. */
export function createAsking(busNow: () => Bus) {
  let said = 0
  let waiting: { readonly count: number; resolve(): void }[] = []

  function hear(): void {
    said++
    for (const { resolve } of waiting.filter(({ count }) => said >= count)) resolve()
    waiting = waiting.filter(({ count }) => said < count)
  }

  async function opened({ model, text, tokens, by }: Question): Promise<AsyncGenerator<AnswerFrame, Ending>> {
    const question = { model, messages: [{ role: 'user' as const, content: text }], max_tokens: tokens }
    const bus = busNow()
    if (by === 'local') return bus.stream(chat, { ...question, computed_by: 'local' })
    const { plan } = await bus.call(pipelinePlan, { model, without: [...by.without] })
    return bus.stream(pipelineRun, { ...question, pipeline_id: plan.pipeline_id })
  }

  async function ask(question: Question): Promise<Answer> {
    said = 0
    const askedAt = now()
    const heardAt: number[] = []
    const failovers = new Map<string, Failover>()
    let stages: readonly StageStatus[] = []
    let text = ''
    const answering = await opened(question)
    for (;;) {
      const next = await answering.next()
      if (next.done) return { askedAt, heardAt, text, tokens: next.value.tokens, stages, failovers: [...failovers.values()] }
      const frame = next.value
      if (frame.frame === 'shard_status') stages = frame.stages
      if (frame.frame === 'shard_failover')
        failovers.set(`${frame.failover.layers.from} ${frame.failover.at_token}`, frame.failover)
      if (frame.frame !== 'token_delta') continue
      heardAt.push(now())
      text += frame.text
      hear()
    }
  }

  return {
    ask,
    /** Resolves when the answer under way has so many words. */
    untilSaid: (count: number): Promise<void> =>
      said >= count ? Promise.resolve() : new Promise((resolve) => waiting.push({ count, resolve })),
  }
}
