import { HearthError } from '#protocol/core/errors.ts'
import type { NodeId } from '#protocol/core/ids.ts'
import type { Layers, Plan, ShardDescriptor } from '#protocol/distributed-inference/schemas.ts'
import type { ComputeClient } from '../../compute/client.ts'
import type { ModelFacts } from '../../compute/port.ts'
import type { Runtime } from '../../kernel/runtime.ts'
import type { Filled } from './chain.ts'
import { HARD_LIMIT_MS } from './feed.ts'
import { type Offer, planPipeline } from './plan.ts'
import { type Link, linkedRunner, ownRunner, type Runner } from './runner.ts'

/** How often a stage that cannot be opened is planned around. */
const ATTEMPTS = 6
/**
 * How long a shard may take to begin where others could take its layers: who closed a lid is told of for up to 20 seconds more (DLM-1), and no
 * question is to wait for it as long as a step may take.
 */
const BEGIN_LIMIT_MS = 2500
/** How long an answer waits for its shards to reach each other. */
const HAND_ON_LIMIT_MS = 3000

/** How a shard is opened for an answer. */
interface Opening {
  readonly handedBy?: NodeId | null | undefined
  readonly limitMs?: number
}

interface OpenOptions {
  readonly signal: AbortSignal
  /** Who may hand it its steps (DLM-11). */
  readonly handedBy?: NodeId | undefined
}

/** Begins a conversation with a shard of another device. @throws HearthError what `shard.connect` and X08 say */
export type OpenLink = (peer: NodeId, shard: ShardDescriptor, options: OpenOptions) => Promise<Link>

export interface RecruitingDeps {
  readonly runtime: Pick<Runtime, 'after' | 'ulid'>
  readonly compute: Pick<ComputeClient, 'load' | 'forward' | 'forget'>
  readonly openLink: OpenLink
  /** Who offers what just now. @param alone with what this device could load itself, where nobody else has it */
  readonly offers: (alone: boolean) => Promise<readonly Offer[]>
  /** Told of who did not begin in time. */
  readonly onSilent: (nodeId: NodeId) => void
}

/** Finds who computes layers for one answer, and begins conversations with them. Who could not be reached once is not asked again. */
export interface Recruiting {
  /** Those of a plan, or of another one for the same layers where somebody refuses. @throws HearthError why nobody can */
  fill(plan: Plan): Promise<{ readonly plan: Plan; readonly filled: readonly Filled[] }>
  /** Whoever can compute these layers instead, one or several. @throws HearthError why nobody can */
  replace(layers: Layers, not: readonly Runner[]): Promise<readonly Filled[]>
  /** Somebody with just these layers: only then are the numbers the same to a rounding. @param own whether this device may do it */
  sameLayers(layers: Layers, not: readonly Runner[], own: boolean): Promise<Runner | null>
  /** Begins anew with whoever computed. @throws HearthError where it cannot be reached */
  reopen(runner: Runner): Promise<Runner>
}

/** @param stop nobody wants the answer any more: every conversation ends */
export function createRecruiting(deps: RecruitingDeps, facts: ModelFacts, stop: AbortSignal): Recruiting {
  const wanted = { model: facts.id, weightsHash: facts.weightsHash, modelLayers: facts.layers }
  const avoided = new Set<string>()
  const isUsable = ({ nodeId, shard }: Offer): boolean => !avoided.has(keyOf(nodeId, shard.shard_id))

  return {
    async fill(plan) {
      let opened = plan
      let filled = await tryToFill(plan)
      for (let attempt = 0; !filled; attempt++) {
        if (attempt === ATTEMPTS) throw new HearthError('shard_unreachable', 'too many shards could not be reached')
        opened = { ...(await planned({ from: 0, to: facts.layers - 1 }, [], true)), pipeline_id: plan.pipeline_id }
        filled = await tryToFill(opened)
      }
      filled = await handedOn(filled)
      return { plan: asOpened(opened, filled), filled }
    },
    async replace(layers, not) {
      for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
        const parts = await tryToFill(await planned(layers, not, false))
        if (parts) return parts
      }
      throw new HearthError('shard_unreachable', 'too many shards could not be reached')
    },
    sameLayers,
    async reopen({ nodeId, shardId }) {
      const same = (await deps.offers(true)).find((offer) => offer.nodeId === nodeId && offer.shard.shard_id === shardId)
      if (!same) throw new HearthError('shard_unavailable', 'a shard of the plan is gone')
      return open(nodeId, same.shard)
    },
  }

  /** @returns null where one could not be opened: it is avoided from then on */
  async function tryToFill({ stages }: Pick<Plan, 'stages'>): Promise<readonly Filled[] | null> {
    const offers = await deps.offers(true)
    const opening = stages.map(async (stage, index): Promise<Filled> => {
      const shard = offers.find(({ nodeId, shard }) => nodeId === stage.node_id && shard.shard_id === stage.shard_id)?.shard
      if (!shard) throw new HearthError('shard_unavailable', 'a shard of the plan is gone')
      const handedBy = stage.handed ? stages[index - 1]?.node_id : null
      const runner = await open(stage.node_id, shard, { handedBy, limitMs: limitFor(stage, offers) })
      const expectedMs = stage.measured ? stage.compute_ms + stage.hop_ms : null
      return { layers: stage.layers, runner, expectedMs, handed: stage.handed && runner.handed !== undefined }
    })
    const outcomes = await Promise.allSettled(opening)
    const there = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []))
    if (there.length === stages.length && !stop.aborted) return there
    for (const { runner } of there) runner.close()
    if (stop.aborted) throw new HearthError('pipeline_cancelled', 'the answer was stopped')
    for (const [index, stage] of stages.entries())
      if (outcomes[index]?.status === 'rejected') avoided.add(keyOf(stage.node_id, stage.shard_id))
    return null
  }

  function limitFor({ node_id, layers }: Plan['stages'][number], offers: readonly Offer[]): number {
    const others = offers.filter((offer) => offer.nodeId !== null && isUsable(offer))
    const options = { pipelineId: deps.runtime.ulid(), without: new Set([node_id]), handing: false }
    try {
      planPipeline({ ...wanted, layers }, others, options)
      return BEGIN_LIMIT_MS
    } catch {
      return HARD_LIMIT_MS
    }
  }

  /** Tells each shard whom it hands its results to; where one cannot, they go from here as ever (DLM-11). */
  async function handedOn(filled: readonly Filled[]): Promise<readonly Filled[]> {
    const handing = filled.map(async (stage, index): Promise<Filled> => {
      const { nodeId, handed } = stage.runner
      const handOn = stage.handed ? filled[index - 1]?.runner.handOn : undefined
      if (!handOn || !handed || nodeId === null) return { ...stage, handed: false }
      const outcome = await inTime(handOn({ nodeId, ...handed.grant })).then(
        () => true,
        () => false,
      )
      return { ...stage, handed: outcome }
    })
    return Promise.all(handing)
  }

  /** @throws HearthError `timeout` where a task takes longer than a chain is worth */
  async function inTime(task: Promise<void>): Promise<void> {
    let called = (): void => undefined
    const late = new Promise<never>((_, reject) => {
      called = deps.runtime.after(HAND_ON_LIMIT_MS, () =>
        reject(new HearthError('timeout', 'a shard does not reach the next one')),
      )
    })
    return Promise.race([task, late]).finally(called)
  }

  async function open(
    nodeId: NodeId | null,
    shard: ShardDescriptor,
    { handedBy, limitMs = HARD_LIMIT_MS }: Opening = {},
  ): Promise<Runner> {
    if (nodeId === null) return ownRunner(deps.compute, shard, deps.runtime.ulid())
    const late = new AbortController()
    const called = deps.runtime.after(limitMs, () => late.abort())
    try {
      const signal = AbortSignal.any([stop, late.signal])
      return linkedRunner(await deps.openLink(nodeId, shard, { signal, handedBy: handedBy ?? undefined }))
    } catch (error) {
      if (late.signal.aborted) deps.onSilent(nodeId)
      throw error
    } finally {
      called()
    }
  }

  /** What others offer comes first; what this device would have to load itself is the last resort. */
  async function planned(layers: Layers, not: readonly Runner[], handing: boolean): Promise<Plan> {
    const without = new Set(not.map(({ nodeId }) => nodeId))
    const options = { pipelineId: deps.runtime.ulid(), without, handing }
    const offers = (await deps.offers(false)).filter(isUsable)
    try {
      return planPipeline({ ...wanted, layers }, offers, options)
    } catch (error) {
      const own = (await deps.offers(true)).filter(isUsable)
      if (own.length === offers.length) throw error
      return planPipeline({ ...wanted, layers }, own, options)
    }
  }

  async function sameLayers(layers: Layers, not: readonly Runner[], own: boolean): Promise<Runner | null> {
    const without = new Set(not.map(({ nodeId }) => nodeId))
    for (let attempt = 0; attempt < ATTEMPTS && !stop.aborted; attempt++) {
      const same = (await deps.offers(own)).filter(
        (offer) =>
          (own || offer.nodeId !== null) &&
          offer.shard.layers.from === layers.from &&
          offer.shard.layers.to === layers.to &&
          isUsable(offer),
      )
      let stage: Plan['stages'][number] | undefined
      try {
        const options = { pipelineId: deps.runtime.ulid(), without, handing: false }
        stage = planPipeline({ ...wanted, layers }, same, options).stages[0]
      } catch {
        return null
      }
      const shard = same.find(({ nodeId, shard }) => nodeId === stage?.node_id && shard.shard_id === stage.shard_id)
      if (!stage || !shard) return null
      try {
        return await open(shard.nodeId, shard.shard)
      } catch {
        avoided.add(keyOf(stage.node_id, stage.shard_id))
      }
    }
    return null
  }
}

/** A plan with the ways that there really are. */
function asOpened(plan: Plan, filled: readonly Filled[]): Plan {
  const stages = plan.stages.map((stage, index) => ({ ...stage, handed: filled[index]?.handed ?? false }))
  const topology = plan.topology === 'chain' && stages.every(({ handed }) => !handed) ? 'star' : plan.topology
  return { ...plan, stages, topology }
}

const keyOf = (nodeId: NodeId | null, shardId: string): string => `${nodeId ?? ''} ${shardId}`
