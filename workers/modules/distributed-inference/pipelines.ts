import { HearthError, toHearthError } from '#protocol/core/errors.ts'
import { type NodeId, parseNodeId, type Ulid, wireTime } from '#protocol/core/ids.ts'
import { DISTRIBUTED_LLM_SPOT_CHECK_ONE_IN } from '#protocol/distributed-inference/constants.ts'
import {
  pipelineCancelled,
  pipelineCompleted,
  pipelineFailover,
  pipelinePlanned,
  pipelineShardFailed,
  pipelineStarted,
} from '#protocol/distributed-inference/events.ts'
import {
  chat,
  pipelinePlan,
  pipelineRun,
  pipelineStatus,
  shardDirectory,
} from '#protocol/distributed-inference/pipeline-capabilities.ts'
import type { AnswerFrame, Ending, Plan, ShardDescriptor } from '#protocol/distributed-inference/schemas.ts'
import type { ComputeClient } from '../../compute/client.ts'
import type { ModelFacts } from '../../compute/port.ts'
import type { Caller } from '../../kernel/bus/bus.ts'
import type { ModuleDeps } from '../../kernel/modules.ts'
import { type AnswerDeps, type Asked, answer } from './answer.ts'
import { createFaultRecord, type FaultRecord } from './fault-record.ts'
import { loadableOffers, loadedOffers } from './own-offers.ts'
import { createPipelineRecord } from './pipeline-record.ts'
import { type Offer, type PlanOptions, planPipeline } from './plan.ts'
import { requestOf, tokensOf } from './question.ts'
import type { OpenLink } from './recruiting.ts'
import { shardLatencies } from './shard-latency.ts'

/** What is known of another device's shards. */
export interface HeardNode {
  readonly nodeId: NodeId
  /** Milliseconds since 1970. */
  readonly heardAt: number
  readonly latencyMs: number | null
  readonly shards: readonly ShardDescriptor[]
  /** Others that it is directly connected with, and the round trips. */
  readonly reach?: readonly { readonly node_id: NodeId; readonly latency_ms: number }[]
  /** It did not answer in time when it was asked, and said nothing since. */
  readonly silent: boolean
}

export interface PipelinesDeps extends Pick<ModuleDeps, 'bus' | 'runtime' | 'notify'> {
  readonly compute: ComputeClient
  readonly directory: { nodes(): readonly HeardNode[]; markSilent(node: NodeId): void }
  readonly openLink: OpenLink
  /** Kept as long as this runs where nothing is said. */
  readonly faults?: FaultRecord
  /** Of how many tokens one is checked; 16 where nothing is said, null checks none (DLM-6). */
  readonly oneIn?: number | null
}

/** How long a plan holds. */
const PLAN_MS = 60_000
/** Plans that are kept at once. */
const PLANS = 256

/** `experimental.distributed_llm.pipeline.*`, `shard.directory` and `chat`: plans and runs (DLM-2 to DLM-6, DLM-10). @returns what stops it */
export function servePipelines(deps: PipelinesDeps): () => void {
  const { bus, runtime, notify, compute, directory } = deps
  const faults = deps.faults ?? createFaultRecord()
  const plans = new Map<Ulid, { readonly plan: Plan; readonly at: number; readonly caller: NodeId | null }>()
  const metrics = { construct: null as number | null, failovers: 0, fallbacks: 0, corruptions: 0 }
  const closing = new AbortController()
  const record = createPipelineRecord(runtime)

  const random = (): number => new DataView(runtime.randomBytes(4).buffer).getUint32(0) / 2 ** 32

  function heardOffers(): readonly Offer[] {
    const awake = directory.nodes().filter(({ silent }) => !silent)
    return awake.flatMap(({ nodeId, latencyMs, shards, reach: known = [] }) => {
      const reach = new Map(known.map(({ node_id, latency_ms }) => [node_id, latency_ms]))
      return shards.map((shard) => ({ nodeId, latencyMs, reach, shard, faults: faults.of(nodeId) }))
    })
  }

  /** @param alone with this device's own layers, even where it has them all */
  async function offers(facts: ModelFacts, alone: boolean): Promise<readonly Offer[]> {
    const heard = heardOffers()
    const hosted = await compute.shards()
    const loaded = loadedOffers(facts, hosted)
    return alone || !facts.whole ? [...heard, ...loadableOffers(facts, hosted, heard, loaded)] : heard
  }

  /** What others offer comes first where this device has the whole model: whoever asks for a pipeline wants it to rest. */
  async function planFor(facts: ModelFacts, { without, tokens }: Pick<PlanOptions, 'without' | 'tokens'> = {}): Promise<Plan> {
    const start = runtime.monotonic()
    const wanted = { model: facts.id, weightsHash: facts.weightsHash, modelLayers: facts.layers }
    const options = { pipelineId: runtime.ulid(), ...(without && { without }) }
    const heard = await offers(facts, false)
    const ways = [
      () => planPipeline(wanted, heard, { ...options, ...(tokens !== undefined && { tokens }) }),
      // an answer is rarely as long as it may be
      () => planPipeline(wanted, heard, options),
      ...(facts.whole ? [async () => planPipeline(wanted, await offers(facts, true), options)] : []),
    ]
    const plan = await firstThatGoes(ways)
    metrics.construct = runtime.monotonic() - start
    notify(pipelinePlanned)
    return plan
  }

  const answerDeps: AnswerDeps = {
    runtime,
    compute,
    random,
    openLink: deps.openLink,
    oneIn: deps.oneIn === undefined ? DISTRIBUTED_LLM_SPOT_CHECK_ONE_IN : deps.oneIn,
    offers,
    plan: (facts) => planFor(facts),
    onFault(nodeId) {
      faults.add(nodeId)
      metrics.corruptions++
      notify(pipelineShardFailed)
    },
    onFailure: () => notify(pipelineShardFailed),
    onSilent: (nodeId) => directory.markSilent(nodeId),
    onFailover() {
      metrics.failovers++
      notify(pipelineFailover)
    },
  }

  async function* told(caller: Caller, asked: Omit<Asked, 'signal'>, signal: AbortSignal): AsyncGenerator<AnswerFrame, Ending> {
    // a reader who goes away leaves this between two frames: that, too, stops the computing (DLM-10)
    const left = new AbortController()
    const { id, progress } = record.begin(caller.nodeId, asked.facts.id, asked.plan)
    notify(pipelineStarted)
    const stopped = AbortSignal.any([signal, left.signal, closing.signal])
    const answering = answer(answerDeps, { ...asked, signal: stopped }, progress)
    try {
      for (;;) {
        const next = await answering.next()
        if (next.done) {
          progress.state = 'completed'
          notify(pipelineCompleted)
          return next.value
        }
        if (next.value.frame === 'pipeline_aborted' && next.value.falls_back) metrics.fallbacks++
        yield next.value
      }
    } catch (error) {
      progress.state = toHearthError(error).code === 'pipeline_cancelled' ? 'cancelled' : 'failed'
      throw error
    } finally {
      left.abort()
      void answering.return(NO_ENDING).catch(() => undefined)
      if (progress.state === 'reading' || progress.state === 'answering') progress.state = 'cancelled'
      if (progress.state !== 'completed') notify(pipelineCancelled)
      // what was computed where is told afterwards, too, without holding on to who computed it
      const stages = progress.stages()
      progress.stages = () => stages
      plans.delete(id)
    }
  }

  const withdraw = [
    bus.handle(pipelinePlan, async ({ model, without = [] }, { caller }) => {
      const plan = await planFor(await compute.describe(model), { without: new Set(without.map(parseNodeId)) })
      const now = runtime.monotonic()
      for (const [id, { at }] of plans) if (now - at > PLAN_MS || plans.size >= PLANS) plans.delete(id)
      plans.set(plan.pipeline_id as Ulid, { plan, at: now, caller: caller.nodeId })
      return { plan }
    }),

    bus.handleStream(pipelineRun, async function* (input, { caller, signal }) {
      const facts = await compute.describe(input.model)
      const request = requestOf(input)
      const kept = input.pipeline_id ? plans.get(input.pipeline_id as Ulid) : undefined
      const holds =
        kept?.caller === caller.nodeId &&
        kept.plan.model === input.model &&
        kept.plan.weights_sha256 === facts.weightsHash &&
        runtime.monotonic() - kept.at <= PLAN_MS
      const plan = kept && holds ? kept.plan : await planFor(facts, { tokens: tokensOf(facts, request) })
      return yield* told(caller, { request, facts, plan, fallsBack: false }, signal)
    }),

    bus.handleStream(chat, async function* (input, { caller, signal }) {
      const facts = await compute.describe(input.model)
      const request = requestOf(input)
      const how = input.computed_by ?? 'auto'
      const alone = { request, facts, plan: null, fallsBack: false }
      if (how === 'local' && !facts.whole) throw new HearthError('not_found', `not all of ${input.model} is on this device`)
      if (how === 'local') return yield* told(caller, alone, signal)
      if (how === 'auto' && facts.whole) {
        const outcome = yield* unlessTooLarge(told(caller, alone, signal))
        if (outcome) return outcome
      }
      const plan = await planFor(facts, { tokens: tokensOf(facts, request) })
      if (how === 'pipeline' && plan.stages.every(({ node_id }) => node_id === null))
        throw new HearthError('shard_unavailable', `nobody else offers layers of ${input.model}`)
      if (plan.stages.some(({ node_id }) => node_id !== null) && !input.others_may_read)
        throw new HearthError('consent_required', 'those who compute can read along: that has to be said first')
      return yield* told(caller, { request, facts, plan, fallsBack: how !== 'pipeline' && facts.whole }, signal)
    }),

    bus.handle(pipelineStatus, async (_, { caller }) => {
      const pipelines = record.of(caller.nodeId)
      const counts = {
        pipeline_construct_ms: metrics.construct,
        failovers_total: metrics.failovers,
        fallback_to_local_total: metrics.fallbacks,
        shard_corruption_detected_total: metrics.corruptions,
      }
      // of the caller's own only: which shards a device uses is nobody else's business
      return { pipelines, metrics: { ...counts, shard_latency_ms: shardLatencies(pipelines) } }
    }),

    bus.handle(shardDirectory, async () => ({
      nodes: directory.nodes().map(({ nodeId, heardAt, latencyMs, shards }) => ({
        node_id: nodeId,
        heard_at: wireTime(heardAt),
        latency_ms: latencyMs,
        faults: faults.of(nodeId),
        shards: [...shards],
      })),
    })),
  ]
  return () => {
    closing.abort()
    for (const stop of withdraw) stop()
  }
}

/** @returns null where this device has no room for the model, and nothing was told yet */
async function* unlessTooLarge(answering: AsyncGenerator<AnswerFrame, Ending>): AsyncGenerator<AnswerFrame, Ending | null> {
  let began = false
  try {
    for (;;) {
      const next = await answering.next()
      if (next.done) return next.value
      began ||= next.value.frame === 'token_delta'
      yield next.value
    }
  } catch (error) {
    if (began || toHearthError(error).code !== 'capacity_exceeded') throw error
    return null
  } finally {
    await answering.return(NO_ENDING)
  }
}

const NO_ENDING: Ending = {
  reason: 'stop',
  prompt_tokens: 0,
  tokens: 0,
  first_token_ms: 0,
  tokens_per_second: 0,
  backend: 'wasm',
  failovers: 0,
  computed_by: 'local',
}

/** @throws what the last one throws */
async function firstThatGoes<T>(ways: readonly (() => T | Promise<T>)[]): Promise<T> {
  const [way, ...others] = ways
  if (!way) throw new TypeError('there is at least one way')
  try {
    return await way()
  } catch (error) {
    if (others.length === 0) throw error
    return firstThatGoes(others)
  }
}
