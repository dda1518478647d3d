import { type NodeId, parseNodeId, type Ulid } from '#protocol/core/ids.ts'
import { chat, pipelinePlan, pipelineRun, shardDirectory } from '#protocol/distributed-inference/pipeline-capabilities.ts'
import type { AnswerFrame, Ending, Failover, StageStatus } from '#protocol/distributed-inference/schemas.ts'
import type { Bus } from '../../workers/kernel/bus/bus.ts'

/** How long who came back may take to be heard of, and between two looks. */
const PATIENCE_MS = 45_000
const AGAIN_MS = 200

export interface Question {
  readonly model: string
  /** As many tokens as it has letters. */
  readonly text: string
  /** Of the answer. */
  readonly tokens: number
  /** This device alone, or just these one after the other; null is this device. */
  readonly by: 'local' | { readonly through: readonly (NodeId | null)[] }
}

/** One answer by the clock: milliseconds since 1970, so that pages and the measurement can be compared. */
export interface Answer {
  readonly askedAt: number
  /** When each word was heard; fewer than tokens where a character takes two. */
  readonly heardAt: readonly number[]
  readonly text: string
  readonly tokens: number
  /** Who hands on to whom, as the plan has it. */
  readonly topology: string
  readonly stages: readonly StageStatus[]
  readonly failovers: readonly Failover[]
}

/** An answer that was stopped; milliseconds since 1970. */
export interface Stopped {
  readonly stoppedAt: number
  readonly endedAt: number
  readonly words: number
}

const now = (): number => performance.timeOrigin + performance.now()

/** Asks on the node's bus, as the screen does. */
export function createAsking(busNow: () => Bus) {
  let said = 0
  let waiting: { readonly count: number; resolve(): void; reject(reason: Error): void }[] = []

  function hear(): void {
    said++
    for (const { resolve } of waiting.filter(({ count }) => said >= count)) resolve()
    waiting = waiting.filter(({ count }) => said < count)
  }

  /** Waits until the plan is the one that is wanted: who came back a moment ago may not have been heard of yet. */
  async function planThrough(model: string, through: readonly (NodeId | null)[]): Promise<Ulid> {
    const bus = busNow()
    for (let tries = 0; ; tries++) {
      const { nodes } = await bus.call(shardDirectory, {})
      const without = nodes.map(({ node_id }) => node_id).filter((id) => !through.includes(parseNodeId(id)))
      const plan = await bus.call(pipelinePlan, { model, without }).then(
        (output) => output.plan,
        () => null,
      )
      // who takes two runs of layers that follow each other is one device all the same
      const stages = plan?.stages.map(({ node_id }) => node_id).filter((id, at, all) => at === 0 || id !== all[at - 1])
      if (plan && stages?.join() === through.join()) return plan.pipeline_id
      if (tries * AGAIN_MS > PATIENCE_MS) throw new Error(`no such plan, but ${JSON.stringify(plan)}`)
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS))
    }
  }

  async function opened({
    model,
    text,
    tokens,
    by,
  }: Question): Promise<(signal?: AbortSignal) => AsyncGenerator<AnswerFrame, Ending>> {
    const question = { model, messages: [{ role: 'user' as const, content: text }], max_tokens: tokens }
    if (by === 'local')
      return (signal) => busNow().stream(chat, { ...question, computed_by: 'local' }, { ...(signal && { signal }) })
    const pipeline_id = await planThrough(model, by.through)
    return (signal) => busNow().stream(pipelineRun, { ...question, pipeline_id }, { ...(signal && { signal }) })
  }

  async function ask(question: Question): Promise<Answer> {
    said = 0
    try {
      return await heard(question)
    } finally {
      for (const { count, reject } of waiting.splice(0)) reject(new Error(`the answer ended before word ${count}`))
    }
  }

  async function heard(question: Question): Promise<Answer> {
    const heardAt: number[] = []
    const failovers = new Map<string, Failover>()
    let stages: readonly StageStatus[] = []
    let topology = ''
    let text = ''
    const open = await opened(question)
    const askedAt = now()
    const answering = open()
    for (;;) {
      const next = await answering.next()
      if (next.done)
        return { askedAt, heardAt, text, tokens: next.value.tokens, topology, stages, failovers: [...failovers.values()] }
      const frame = next.value
      if (frame.frame === 'shard_status') ({ stages, topology } = frame)
      if (frame.frame === 'shard_failover')
        failovers.set(`${frame.failover.layers.from} ${frame.failover.at_token}`, frame.failover)
      if (frame.frame !== 'token_delta') continue
      heardAt.push(now())
      text += frame.text
      hear()
    }
  }

  /** Asks, and says stop when so many words were heard or so long after it asked. @returns when it said so, and when the answer was over */
  async function askAndStop(question: Question, when: { readonly words: number } | { readonly ms: number }): Promise<Stopped> {
    const open = await opened(question)
    const stop = new AbortController()
    let stoppedAt = Number.NaN
    const say = (): void => {
      stoppedAt = now()
      stop.abort()
    }
    if ('ms' in when) setTimeout(say, when.ms)
    let words = 0
    try {
      for await (const frame of open(stop.signal)) {
        if (frame.frame !== 'token_delta') continue
        words++
        if ('words' in when && words === when.words) say()
      }
    } catch {
      // that it ends in an error is what was asked for
    }
    return { stoppedAt, endedAt: now(), words }
  }

  return {
    ask,
    askAndStop,
    /** Words of the answer under way. */
    said: (): number => said,
    /** Resolves when it has so many; rejects where it ends before. */
    untilSaid: (count: number): Promise<void> =>
      said >= count ? Promise.resolve() : new Promise((resolve, reject) => waiting.push({ count, resolve, reject })),
  }
}
