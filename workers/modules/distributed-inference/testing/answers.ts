import type { NodeId } from '#protocol/core/ids.ts'
import { hopDtypeOf } from '#protocol/distributed-inference/hop-dtype.ts'
import type { AnswerFrame, Ending, Layers, Plan, ShardDescriptor } from '#protocol/distributed-inference/schemas.ts'
import type { ComputeClient } from '../../../compute/client.ts'
import type { ChatRequest, ModelFacts } from '../../../compute/port.ts'
import { FIXTURES } from '../../../compute/testing/fixtures.ts'
import { demonstrationFiles, type Files, fixtureFiles } from '../../../compute/testing/folder.ts'
import { ortInNode } from '../../../compute/testing/ort-node.ts'
import { otherWeights } from '../../../compute/testing/other-weights.ts'
import { GREEDY } from '../../../compute/text/sampler.ts'
import { createRealRuntime } from '../../../testing/seeded-runtime.ts'
import { type AnswerDeps, type Asked, answer, noProgress, type Progress } from '../answer.ts'
import { type Offer, planPipeline } from '../plan.ts'
import { ASKER, clientOf, computeHere, createDevices, type Device } from './devices.ts'

export type ReadModel = readonly [string, () => Files]

const DEMONSTRATION: ReadModel = ['hearthnet-demonstration', demonstrationFiles]
export const MODELS: readonly ReadModel[] = [
  ...FIXTURES.map((name): ReadModel => [name, () => fixtureFiles(name)]),
  DEMONSTRATION,
]
/** What is about who computes, not about what: one model shows it, the long run takes all. */
export const ONE_OR_ALL: readonly ReadModel[] = process.env.HEARTHNET_FULL ? MODELS : [DEMONSTRATION]
export const TOPOLOGIES = ['star', 'chain'] as const
export type Topology = (typeof TOPOLOGIES)[number]

export const SEEDED = { temperature: 0.9, topK: 8, topP: 0.95, repetitionPenalty: 1.1, seed: 3 }
export const TOKENS = 24
/** A model of the same shape with other weights, on every device. */
export const OTHER_WEIGHTS = 'other-weights'

// one backend for all: what is created at once in one process would get each other's weights
const backend = ortInNode()

/** Layers of `layers`, in so many runs. */
export const inParts = (layers: number, parts: number): readonly Layers[] =>
  Array.from({ length: parts }, (_, part) => ({
    from: Math.floor((part * layers) / parts),
    to: Math.floor(((part + 1) * layers) / parts) - 1,
  }))

export const shardOf = (facts: ModelFacts, layers: Layers, ms = 1): ShardDescriptor => ({
  shard_id: `${facts.id}:${layers.from}-${layers.to}`,
  model: facts.id,
  weights_sha256: facts.weightsHash,
  layers,
  model_layers: facts.layers,
  hidden_size: facts.hiddenSize,
  memory_bytes: 1,
  max_concurrent_streams: 8,
  streams: 0,
  max_tokens: 4096,
  dtype: hopDtypeOf(facts.hiddenSize),
  backend: 'wasm',
  ms_per_token: ms,
})

/** Round trips to who asks and between two devices, in milliseconds. */
export interface Distances {
  readonly toAskerMs: number
  readonly betweenMs: number
}
/** Told, but not there: what is sent has come at once. Half the way between is shorter, so a chain is planned where one can be. */
const NO_DISTANCE: Distances = { toAskerMs: 1, betweenMs: 0.5 }

export interface Said {
  readonly text: string
  readonly tokens: readonly number[]
  readonly frames: readonly AnswerFrame[]
  readonly progress: Progress
  readonly ending: Ending
}

/** One model, one who asks, and devices in one process that compute for it. */
export async function createAnswers([id, read]: ReadModel, distances = NO_DISTANCE) {
  const runtime = createRealRuntime(5)
  const files = read()
  const models = new Map([[id, files]]).set(OTHER_WEIGHTS, otherWeights(files))
  const compute = computeHere({ runtime, backend, models })
  const here = clientOf(compute)
  let said: number[] = []
  const client: ComputeClient = {
    ...here,
    async *chat(...asked) {
      said = [...(asked[1].said ?? [])]
      const answering = here.chat(...asked)
      for (;;) {
        const next = await answering.next()
        if (next.done) return next.value
        said.push(...next.value.tokens)
        yield next.value
      }
    },
  }
  const facts = await client.describe(id)
  const faults = new Map<string, number>()
  const oneWayMs = (one: NodeId, other: NodeId): number => {
    if (distances === NO_DISTANCE) return 0
    return (one === ASKER || other === ASKER ? distances.toAskerMs : distances.betweenMs) / 2
  }
  let devices = createDevices(runtime, oneWayMs)
  let topology: Topology = 'star'

  const random = (): number => (runtime.randomBytes(1)[0] ?? 0) / 256

  const request = (change: Partial<ChatRequest>): ChatRequest => ({
    model: id,
    messages: [{ role: 'user', content: 'Was tun bei Stromausfall?' }],
    sampling: GREEDY,
    maxTokens: TOKENS,
    stops: [],
    ...change,
  })

  async function offers(): Promise<readonly Offer[]> {
    const all = devices.list()
    const others = new Map(all.map(({ nodeId }) => [nodeId, distances.betweenMs]))
    return all.flatMap(({ nodeId, shards }) =>
      shards.map((shard) => ({
        nodeId,
        shard,
        latencyMs: distances.toAskerMs,
        faults: faults.get(nodeId) ?? 0,
        ...(topology === 'chain' && { reach: others }),
      })),
    )
  }

  async function plan(): Promise<Plan> {
    const wanted = { model: id, weightsHash: facts.weightsHash, modelLayers: facts.layers }
    return planPipeline(wanted, await offers(), { pipelineId: runtime.ulid() })
  }

  const depsWith = (change: Partial<AnswerDeps>): AnswerDeps => ({
    runtime,
    compute: client,
    openLink: (...asked) => devices.openLink(...asked),
    offers,
    plan,
    oneIn: null,
    random,
    onFault: (nodeId) => void faults.set(nodeId, (faults.get(nodeId) ?? 0) + 1),
    onFailure: () => undefined,
    onFailover: () => undefined,
    onSilent: () => undefined,
    ...change,
  })

  async function say(deps: Partial<AnswerDeps>, change: Partial<ChatRequest> = {}, asked: Partial<Asked> = {}): Promise<Said> {
    const frames: AnswerFrame[] = []
    const progress = noProgress(null)
    const { signal } = new AbortController()
    const whole = { request: request(change), facts, plan: null, fallsBack: false, signal }
    const answering = answer(depsWith(deps), { ...whole, ...asked }, progress)
    for (;;) {
      const next = await answering.next()
      if (next.done) return { text: frames.reduce(spoken, ''), tokens: [...said], frames, progress, ending: next.value }
      frames.push(next.value)
    }
  }

  const whole = {
    greedy: (await say({})).tokens,
    seeded: (await say({}, { sampling: SEEDED })).tokens,
  }

  return {
    facts,
    runtime,
    compute,
    /** Of wrong results, by device. */
    faults,
    /** Tokens of one whole model. */
    whole,
    random,
    devices: () => devices,
    /** Tokens of the answer that was computed last, also where it did not come to its end. */
    told: (): number => said.length,
    /** Sends everybody home. */
    reset(): void {
      devices = createDevices(runtime, oneWayMs)
      faults.clear()
    },
    /** Devices with the layers in so many parts, each part several times; in a chain all of them reach each other. */
    settle(parts: number, times = 1, as: Topology = 'star'): readonly Device[] {
      topology = as
      return inParts(facts.layers, parts).flatMap((layers, part) =>
        Array.from({ length: times }, (_, copy) => devices.add(`${part}/${copy}`, compute, [shardOf(facts, layers, 1 + copy)])),
      )
    },
    plan,
    say,
    /** As `say`, over a pipeline. */
    over: async (deps: Partial<AnswerDeps> = {}, change: Partial<ChatRequest> = {}, asked: Partial<Asked> = {}) =>
      say(deps, change, { plan: await plan(), ...asked }),
    /** Sessions that are open anywhere. */
    open: (): number => devices.list().reduce((sum, { links, handed }) => sum + links.size + handed.size, 0),
  }
}

export type Answers = Awaited<ReturnType<typeof createAnswers>>

const spoken = (text: string, frame: AnswerFrame): string =>
  frame.frame === 'token_delta' ? text + frame.text : frame.frame === 'taken_back' ? frame.text : text
