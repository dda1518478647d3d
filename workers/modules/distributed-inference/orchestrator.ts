import { HearthError } from '#protocol/core/errors.ts'
import type { NodeId } from '#protocol/core/ids.ts'
import type { Layers, Plan, ShardDescriptor, StageStatus } from '#protocol/distributed-inference/schemas.ts'
import type { ComputeClient } from '../../compute/client.ts'
import type { Hops, ModelFacts } from '../../compute/port.ts'
import type { Runtime } from '../../kernel/runtime.ts'
import { createPlace, type Place, type PlaceDeps } from './failover.ts'
import { HARD_LIMIT_MS } from './feed.ts'
import { createLedger } from './ledger.ts'
import { type Offer, planPipeline } from './plan.ts'
import { type Link, linkedRunner, ownRunner, type Runner } from './runner.ts'
import { toleranceFor } from './spot-check.ts'

/** How often a stage that cannot be opened is planned around. */
const ATTEMPTS = 6
/** How long an answer waits for its shards to reach each other. */
const HAND_ON_LIMIT_MS = 3000

interface OpenOptions {
  readonly signal: AbortSignal
  /** Who may hand it its steps (DLM-11). */
  readonly handedBy?: NodeId | undefined
}

/** Begins a conversation with a shard of another device. @throws HearthError what `shard.connect` and X08 say */
export type OpenLink = (peer: NodeId, shard: ShardDescriptor, options: OpenOptions) => Promise<Link>

export interface PipelineDeps extends Pick<PlaceDeps, 'oneIn' | 'random' | 'atToken' | 'onFailure' | 'onFailover' | 'onFault'> {
  readonly runtime: Pick<Runtime, 'monotonic' | 'after' | 'ulid'>
  readonly compute: Pick<ComputeClient, 'load' | 'forward' | 'forget'>
  readonly openLink: OpenLink
  /** Who offers what just now. @param alone with what this device could load itself, where nobody else has it */
  readonly offers: (alone: boolean) => Promise<readonly Offer[]>
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

interface Filled {
  readonly layers: Layers
  readonly runner: Runner
  readonly expectedMs: number | null
  readonly handed: boolean
}

/**
 * Opens a conversation with each shard of a plan.
 * @throws HearthError `shard_unavailable`, `weights_mismatch` where what refused cannot be planned around, `pipeline_cancelled`
 */
export async function openPipeline(deps: PipelineDeps, facts: ModelFacts, plan: Plan, signal: AbortSignal): Promise<Pipeline> {
  const closing = new AbortController()
  const stop = AbortSignal.any([signal, closing.signal])
  const avoided = new Set<string>()
  const state: { ended: HearthError | null; lie: number | null } = { ended: null, lie: null }
  const wanted = { model: facts.id, weightsHash: facts.weightsHash, modelLayers: facts.layers }

  const placeDeps: PlaceDeps = {
    ...deps,
    stepwise: facts.stepwise,
    tolerance: toleranceFor(facts.stepwise),
    standBy: (layers, not) => sameLayers(layers, not, false),
    judge: (layers, not) => sameLayers(layers, not, true),
    replace,
    async reopen({ nodeId, shardId }) {
      const same = (await deps.offers(true)).find((offer) => offer.nodeId === nodeId && offer.shard.shard_id === shardId)
      if (!same) throw new HearthError('shard_unavailable', 'a shard of the plan is gone')
      return open(nodeId, same.shard)
    },
    onLie(position) {
      state.lie = Math.min(state.lie ?? position, position)
      end(new HearthError('pipeline_failed', 'a shard gave other results than two others'))
    },
    onEnd: end,
  }

  let opened = plan
  let filled = await tryToFill(plan)
  for (let attempt = 0; !filled; attempt++) {
    if (attempt === ATTEMPTS) throw new HearthError('shard_unreachable', 'too many shards could not be reached')
    opened = { ...(await planned({ from: 0, to: facts.layers - 1 }, [], true)), pipeline_id: plan.pipeline_id }
    filled = await tryToFill(opened)
  }
  filled = await handedOn(filled)
  opened = asOpened(opened, filled)
  const chain = createChain(placeDeps, facts.hiddenSize, filled)

  function end(reason: HearthError): void {
    state.ended ??= reason
    closing.abort()
    chain.close(reason)
  }
  const cancel = (): void => end(new HearthError('pipeline_cancelled', 'the answer was stopped'))
  if (signal.aborted) cancel()
  signal.addEventListener('abort', cancel, { once: true })

  return {
    plan: opened,
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

  /** @returns null where one could not be opened: it is avoided from then on */
  async function tryToFill({ stages }: Pick<Plan, 'stages'>): Promise<readonly Filled[] | null> {
    const offers = await deps.offers(true)
    const opening = stages.map(async (stage, index): Promise<Filled> => {
      const shard = offers.find(({ nodeId, shard }) => nodeId === stage.node_id && shard.shard_id === stage.shard_id)?.shard
      if (!shard) throw new HearthError('shard_unavailable', 'a shard of the plan is gone')
      const runner = await open(stage.node_id, shard, stage.handed ? stages[index - 1]?.node_id : null)
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

  async function open(nodeId: NodeId | null, shard: ShardDescriptor, handedBy: NodeId | null = null): Promise<Runner> {
    if (nodeId === null) return ownRunner(deps.compute, shard, deps.runtime.ulid())
    const late = new AbortController()
    const called = deps.runtime.after(HARD_LIMIT_MS, () => late.abort())
    try {
      return linkedRunner(
        await deps.openLink(nodeId, shard, { signal: AbortSignal.any([stop, late.signal]), handedBy: handedBy ?? undefined }),
      )
    } finally {
      called()
    }
  }

  /** What others offer comes first; what this device would have to load itself is the last resort. */
  async function planned(layers: Layers, not: readonly Runner[], handing: boolean): Promise<Plan> {
    const without = new Set(not.map(({ nodeId }) => nodeId))
    const options = { pipelineId: deps.runtime.ulid(), without, handing }
    const usable = (offers: readonly Offer[]): readonly Offer[] =>
      offers.filter(({ nodeId, shard }) => !avoided.has(keyOf(nodeId, shard.shard_id)))
    const offers = usable(await deps.offers(false))
    try {
      return planPipeline({ ...wanted, layers }, offers, options)
    } catch (error) {
      const own = usable(await deps.offers(true))
      if (own.length === offers.length) throw error
      return planPipeline({ ...wanted, layers }, own, options)
    }
  }

  async function replace(layers: Layers, not: readonly Runner[]): Promise<Runner> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const part = await planned(layers, not, false)
      const parts = await tryToFill(part)
      const [only] = parts ?? []
      if (parts && only) return parts.length === 1 ? only.runner : joined(layers, parts)
    }
    throw new HearthError('shard_unreachable', 'too many shards could not be reached')
  }

  /** Somebody with just these layers: only then are the numbers the same to a rounding. @param own whether this device may do it */
  async function sameLayers(layers: Layers, not: readonly Runner[], own: boolean): Promise<Runner | null> {
    for (let attempt = 0; attempt < ATTEMPTS && !stop.aborted; attempt++) {
      const same = (await deps.offers(own)).filter(
        ({ nodeId, shard }) =>
          (own || nodeId !== null) &&
          shard.layers.from === layers.from &&
          shard.layers.to === layers.to &&
          !avoided.has(keyOf(nodeId, shard.shard_id)),
      )
      const without = new Set(not.map(({ nodeId }) => nodeId))
      let stage: Plan['stages'][number] | undefined
      try {
        stage = planPipeline({ ...wanted, layers }, same, { pipelineId: deps.runtime.ulid(), without, handing: false })
          .stages[0]
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

  /** Several that compute, one after the other, what one computed before. */
  function joined(layers: Layers, parts: readonly Filled[]): Runner {
    let finish = (): void => undefined
    const ended = new Promise<void>((resolve) => (finish = resolve))
    const inner = createChain({ ...placeDeps, onEnd: finish }, facts.hiddenSize, parts)
    let position = 0
    return {
      nodeId: parts[0]?.runner.nodeId ?? null,
      shardId: `${facts.id}:${layers.from}-${layers.to}`,
      layers,
      forward(hidden) {
        const at = position
        position += hidden.length / facts.hiddenSize
        return inner.forward(at, hidden)
      },
      ended,
      close() {
        inner.close(new HearthError('pipeline_cancelled', 'not needed any more'))
        finish()
      },
      stages: () => inner.status(),
    }
  }
}

/** A plan with the ways that there really are. */
function asOpened(plan: Plan, filled: readonly Filled[]): Plan {
  const stages = plan.stages.map((stage, index) => ({ ...stage, handed: filled[index]?.handed ?? false }))
  const topology = plan.topology === 'chain' && stages.every(({ handed }) => !handed) ? 'star' : plan.topology
  return { ...plan, stages, topology }
}

const keyOf = (nodeId: NodeId | null, shardId: string): string => `${nodeId ?? ''} ${shardId}`

interface Chain {
  readonly tokens: number
  forward(position: number, hidden: Float32Array<ArrayBuffer>): Promise<Float32Array<ArrayBuffer>>
  checked(): Promise<void>
  status(): readonly StageStatus[]
  close(reason: HearthError): void
}

/** Places one after the other, with a ledger at each boundary between them: what one gives is what the next one is given. */
function createChain(deps: PlaceDeps, width: number, filled: readonly Filled[]): Chain {
  const input = createLedger(width)
  let output = input
  const places: Place[] = []
  for (const [index, { layers, ...first }] of filled.entries()) {
    const from = output
    output = createLedger(width)
    const spot = { layers, input: from, output, onMoved: () => places[index + 1]?.release() }
    places.push(createPlace(deps, spot, { ...first, handsOn: filled[index + 1]?.runner.handed !== undefined }))
  }
  const last = output
  return {
    get tokens() {
      return input.tokens
    },
    async forward(position, hidden) {
      const tokens = hidden.length / width
      if (position !== input.tokens) throw new HearthError('bad_request', 'a step that does not follow')
      input.put(position, hidden)
      for (const place of places) await place.forward(position + tokens)
      return last.read(position, tokens)
    },
    async checked() {
      await Promise.all(places.map((place) => place.checked()))
    },
    status: () => places.flatMap((place) => place.status()),
    close(reason) {
      for (const place of places) place.close(reason)
    },
  }
}
