import type { Output } from '#protocol/core/capability.ts'
import { type NodeId, type Ulid, wireTime } from '#protocol/core/ids.ts'
import type { pipelineStatus } from '#protocol/distributed-inference/pipeline-capabilities.ts'
import type { Plan } from '#protocol/distributed-inference/schemas.ts'
import type { Runtime } from '../../kernel/runtime.ts'
import { noProgress, type Progress } from './answer.ts'

/** Answers that are remembered for each caller; and of so many callers at most. */
const REMEMBERED = 16

interface Answering {
  readonly id: Ulid
  readonly caller: NodeId | null
  readonly startedAt: number
  readonly model: string
  readonly progress: Progress
}

type PipelineStatus = Output<typeof pipelineStatus>['pipelines'][number]

/** The newest answers of this device and how each of them stands, told to whoever asked for it and to nobody else. */
export interface PipelineRecord {
  /** @param caller null for the person at this device. @param plan null: this device alone. @returns what the answering writes to */
  begin(caller: NodeId | null, model: string, plan: Plan | null): Pick<Answering, 'id' | 'progress'>
  /** Oldest first. */
  of(caller: NodeId | null): PipelineStatus[]
}

const isOver = ({ progress: { state } }: Answering): boolean => state !== 'reading' && state !== 'answering'

export function createPipelineRecord({ now, ulid }: Pick<Runtime, 'now' | 'ulid'>): PipelineRecord {
  let remembered: readonly Answering[] = []
  return {
    begin(caller, model, plan) {
      const progress = noProgress(plan)
      const entry = { id: plan?.pipeline_id ?? ulid(), caller, startedAt: now(), model, progress }
      const over = remembered.filter((each) => each.caller === caller && isOver(each))
      const forgotten = new Set(over.slice(0, Math.max(0, over.length - REMEMBERED + 1)))
      remembered = [...remembered.filter((each) => !forgotten.has(each)), entry].slice(-REMEMBERED * REMEMBERED)
      return entry
    },
    of: (caller) => remembered.filter((each) => each.caller === caller).map(statusOf),
  }
}

const statusOf = ({ id, model, startedAt, progress }: Answering): PipelineStatus => ({
  pipeline_id: progress.plan?.pipeline_id ?? id,
  model,
  state: progress.state,
  started_at: wireTime(startedAt),
  topology: progress.plan?.topology ?? 'whole',
  tokens: progress.tokens,
  first_token_ms: progress.firstTokenMs,
  tokens_per_second: progress.tokensPerSecond,
  stages: [...progress.stages()],
  failovers: [...progress.failovers],
})
