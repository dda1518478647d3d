import type { Output } from '#protocol/core/capability.ts'
import { HearthError } from '#protocol/core/errors.ts'
import type { NodeId } from '#protocol/core/ids.ts'
import { DISTRIBUTED_LLM_DEMONSTRATION_MODEL } from '#protocol/distributed-inference/constants.ts'
import { modelChanged, shardAdvertised } from '#protocol/distributed-inference/events.ts'
import * as models from '#protocol/distributed-inference/model-capabilities.ts'
import * as pipelines from '#protocol/distributed-inference/pipeline-capabilities.ts'
import type {
  AnswerFrame,
  Ending,
  Failover,
  Plan,
  ShardDescriptor,
  StageStatus,
} from '#protocol/distributed-inference/schemas.ts'
import * as shards from '#protocol/distributed-inference/shard-capabilities.ts'
import type { FakeClient } from './fake-client.ts'
import { NAMES, nodeIdFor, ulidFor } from './village.ts'

/**
 * What Anna's device can compute: `alone`: only what comes with the app; `together`: a model that three of them hold;
 * `gaps`: layers that nobody has, an import that failed, a device that computed wrongly.
 */
export const INFERENCE_SCENES = ['off', 'alone', 'together', 'gaps'] as const
export type InferenceScene = (typeof INFERENCE_SCENES)[number]

const BIG = 'qwen3-0.6b-onnx'
const LAYERS = 28
const MEGABYTE = 1_000_000
const hash = (digit: string): string => `sha256:${digit.repeat(64)}`
const ago = (minutes: number): string => new Date(Date.now() - minutes * 60_000).toISOString()
const [, BEN, CEM, DOERTE] = NAMES.map(nodeIdFor)
const ben = BEN ?? nodeIdFor('Ben')
const cem = CEM ?? nodeIdFor('Cem')
const doerte = DOERTE ?? nodeIdFor('Dörte')

const shard = (from: number, to: number, patch: Partial<ShardDescriptor> = {}): ShardDescriptor => ({
  shard_id: `${BIG}:${from}-${to}`,
  model: BIG,
  weights_sha256: hash('b'),
  layers: { from, to },
  model_layers: LAYERS,
  hidden_size: 1024,
  memory_bytes: (to - from + 1) * 16 * MEGABYTE,
  max_concurrent_streams: 8,
  streams: 1,
  max_tokens: 4096,
  dtype: 'fp16',
  backend: 'wasm',
  ms_per_token: 3 * (to - from + 1),
  ...patch,
})

const stage = (node_id: NodeId | null, from: number, to: number, ms: number | null): StageStatus => ({
  node_id,
  shard_id: `${BIG}:${from}-${to}`,
  layers: { from, to },
  handed: from === 19,
  last_ms: ms,
  mean_ms: ms,
  tokens: 12,
  sent_bytes: node_id === null || from === 19 ? 0 : 49_152,
  received_bytes: node_id === null ? 0 : 49_152,
  late: [],
})
const STAGES = [stage(null, 0, 9, 31), stage(ben, 10, 18, 24), { ...stage(cem, 19, 27, 80), backend: 'wasm' as const }]
const AFTER = [
  stage(null, 0, 9, 31),
  stage(ben, 10, 18, 24),
  { ...stage(doerte, 19, 27, 38), late: [{ from: cem, to: doerte, steps: 3 }] },
]
const FAILOVER: Failover = {
  layers: { from: 19, to: 27 },
  from: cem,
  taken_over: true,
  to: doerte,
  reason: 'lost',
  at_token: 14,
  stall_ms: 620,
}

const demonstration = (state: models.ModelState['state']): models.ModelState => ({
  model: DISTRIBUTED_LLM_DEMONSTRATION_MODEL,
  weights_sha256: hash('a'),
  bytes: 4_100_000,
  held_bytes: state === 'offered' ? 0 : 4_100_000,
  layers: 6,
  held_layers: state === 'offered' ? [] : [{ from: 0, to: 5 }],
  held_ends: state !== 'offered',
  source: 'app',
  state,
  problem: null,
  refused: null,
})
const big: models.ModelState = {
  model: BIG,
  weights_sha256: hash('b'),
  bytes: 610 * MEGABYTE,
  held_bytes: 330 * MEGABYTE,
  layers: LAYERS,
  held_layers: [{ from: 0, to: 9 }],
  held_ends: true,
  source: 'peers',
  state: 'partial',
  problem: null,
  refused: null,
}
const LOADING: models.ModelState = {
  ...big,
  model: 'llama-3.2-1b-instruct-q8',
  weights_sha256: hash('c'),
  bytes: 1300 * MEGABYTE,
  held_bytes: 410 * MEGABYTE,
  held_layers: [{ from: 0, to: 3 }],
  held_ends: true,
  layers: 16,
  source: 'url',
  state: 'loading',
}
const FAILED: models.ModelState = {
  ...LOADING,
  model: 'gemma-3-270m',
  state: 'failed',
  problem: 'capacity_exceeded',
  weights_sha256: null,
}
const REFUSED: models.ModelState = {
  ...demonstration('ready'),
  model: 'whisper-tiny',
  source: 'folder',
  refused: 'the graph has no past key values',
}

const MODELS: Readonly<Record<InferenceScene, readonly models.ModelState[]>> = {
  off: [],
  alone: [demonstration('offered')],
  together: [demonstration('ready'), LOADING, big],
  gaps: [FAILED, big, REFUSED, demonstration('offered')],
}

type Nodes = Output<typeof pipelines.shardDirectory>['nodes']
const nodesOf = (scene: InferenceScene): Nodes => {
  const node = (node_id: NodeId, own: ShardDescriptor[], faults = 0): Nodes[number] => ({
    node_id,
    heard_at: ago(0),
    latency_ms: 9,
    faults,
    shards: own,
  })
  if (scene === 'together') {
    return [node(ben, [shard(10, 18)]), node(cem, [shard(19, 27, { backend: 'webgpu' })]), node(doerte, [shard(19, 27)])]
  }
  return scene === 'gaps' ? [node(ben, [shard(10, 18)]), node(cem, [shard(19, 22)], 2)] : []
}

const planOf = (scene: InferenceScene, model: string): Plan => {
  if (model === BIG && scene === 'gaps') {
    throw new HearthError('shard_unavailable', 'layers are missing', { data: { uncovered: [{ from: 19, to: 27 }] } })
  }
  const facts = { pipeline_id: ulidFor(77), model, weights_sha256: hash('b'), model_layers: LAYERS }
  if (model !== BIG) {
    const whole = {
      node_id: null,
      shard_id: `${model}:0-5`,
      layers: { from: 0, to: 5 },
      backend: 'wasm' as const,
      compute_ms: 9,
    }
    const stages = [{ ...whole, hop_ms: 0, handed: false, measured: false, spares: 0, reason: 'only' as const }]
    const way = { topology: 'whole', topology_reason: 'only_one', other_topology_ms: null } as const
    return { ...facts, model_layers: 6, stages, left_out: [], expected_ms_per_token: 9, ...way }
  }
  const reasons = ['only', 'only', 'fastest'] as const
  return {
    ...facts,
    stages: STAGES.map(({ node_id, shard_id, layers, handed, mean_ms }, at) => ({
      ...{ node_id, shard_id, layers, handed, backend: 'wasm' as const, compute_ms: mean_ms ?? 0, hop_ms: at === 0 ? 0 : 9 },
      ...{ measured: at !== 1, spares: at === 2 ? 1 : 0, reason: reasons[at] ?? 'only' },
    })),
    left_out: [{ node_id: doerte, shard_id: `${BIG}:19-27`, reason: 'slower' }],
    expected_ms_per_token: 135,
    topology: 'chain',
    topology_reason: 'chain_faster',
    other_topology_ms: 148,
  }
}

const ENDING: Ending = {
  reason: 'end',
  prompt_tokens: 20,
  tokens: 41,
  first_token_ms: 700,
  tokens_per_second: 8.2,
  backend: 'wasm',
  failovers: 0,
  computed_by: 'local',
}
const WORDS =
  'Lass das Wasser drei Minuten lang sprudelnd kochen und dann abkühlen. Trübes Wasser filterst du vorher durch ein sauberes Tuch.'

interface Speech {
  readonly together: boolean
  /** Between two words, ms. */
  readonly pauseMs: number
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

async function* speak({ together, pauseMs }: Speech): AsyncGenerator<AnswerFrame, Ending> {
  const alone = { ...stage(null, 0, 5, 9), shard_id: `${DISTRIBUTED_LLM_DEMONSTRATION_MODEL}:0-5`, backend: 'wasm' as const }
  const status: AnswerFrame = {
    ...{ frame: 'shard_status', topology: together ? 'star' : 'whole', stages: together ? STAGES : [alone] },
  }
  for (const phase of [together ? 'others' : 'engine', 'layers', 'reading'] as const) {
    yield { ...status, phase }
    await pause(pauseMs)
  }
  yield status
  for (const [at, word] of WORDS.split(/(?<= )/).entries()) {
    await pause(pauseMs)
    yield { frame: 'token_delta', text: word }
    if (!together || at !== 6) continue
    yield { frame: 'shard_failover', failover: FAILOVER }
    yield { frame: 'shard_status', topology: 'star', stages: AFTER }
  }
  const ending: Ending = { ...ENDING, ...(together ? { computed_by: 'pipeline', failovers: 1 } : {}) }
  yield { frame: 'done', ending }
  return ending
}

type Status = Output<typeof pipelines.pipelineStatus>
const statusOf = (scene: InferenceScene): Status => {
  const run = (at: number, patch: Partial<Status['pipelines'][number]>): Status['pipelines'][number] => ({
    ...{ pipeline_id: ulidFor(at), model: BIG, state: 'completed', started_at: ago(at * 4), topology: 'star', tokens: 41 },
    ...{ first_token_ms: 710, tokens_per_second: 7.4, stages: STAGES, failovers: [] },
    ...patch,
  })
  const metrics = {
    pipeline_construct_ms: 40,
    failovers_total: 1,
    fallback_to_local_total: 0,
    shard_corruption_detected_total: scene === 'gaps' ? 2 : 0,
    shard_latency_ms: (scene === 'together' ? AFTER : []).map(({ shard_id, layers, mean_ms }, at) => ({
      ...{ shard_id, model: BIG, layers, mean_ms: mean_ms ?? 0, answers: at === 2 ? 1 : 3 },
    })),
  }
  if (scene !== 'together') return { pipelines: [], metrics }
  const running = run(0, { state: 'answering', stages: AFTER, failovers: [FAILOVER], tokens: 21, first_token_ms: 640 })
  return { pipelines: [running, run(1, {}), run(2, { state: 'cancelled', tokens: 3 })], metrics }
}

export interface VillageInferenceOptions {
  readonly scene: InferenceScene
  readonly isOn: () => boolean
  /** Between two words of an answer, ms. */
  readonly pauseMs?: number
}

/** Answers everything about models, who computes them, and questions to them. */
export function answerInference(client: FakeClient, { scene, isOn, pauseMs = 60 }: VillageInferenceOptions): void {
  const whenOn = <T>(answer: T): T => {
    if (!isOn()) throw new HearthError('experimental_disabled', 'distributed_llm is off')
    return answer
  }
  const state = { models: [...MODELS[scene]], share: scene === 'together', memory: 2000 * MEGABYTE, offers: ownOffers(scene) }
  const changeModel = (model: string, patch: Partial<models.ModelState>): Record<string, never> => {
    state.models = state.models.map((each) => (each.model === model ? { ...each, ...patch } : each))
    client.emit(modelChanged)
    return {}
  }
  client.answer(models.modelList, () => whenOn({ models: state.models, free_bytes: 41_000 * MEGABYTE }))
  client.answer(models.modelImport, ({ model }) => changeModel(model, demonstration('ready')))
  client.answer(models.modelPut, ({ offset, data }) => ({ held_bytes: offset + Math.floor((data.length * 3) / 4) }))
  client.answer(models.modelPause, ({ model }) => changeModel(model, { state: 'paused' }))
  client.answer(models.modelResume, ({ model }) => changeModel(model, { state: 'loading', problem: null }))
  client.answer(models.modelDelete, ({ model }) => {
    state.models = state.models.filter((each) => each.model !== model)
    client.emit(modelChanged)
    return {}
  })
  client.answer(models.modelNeighbours, () => whenOn({ models: scene === 'alone' ? [] : NEIGHBOURS }))

  const own = (): ShardDescriptor[] => (scene === 'together' && state.offers.length > 0 ? [shard(0, 9)] : [])
  client.answer(shards.shardList, () => whenOn({ shards: own() }))
  client.answer(shards.sharingGet, () =>
    whenOn({
      ...{
        share: state.share,
        memory_bytes: state.memory,
        used_bytes: own().reduce((sum, { memory_bytes }) => sum + memory_bytes, 0),
      },
      memory_limits: { least_bytes: 64 * MEGABYTE, most_bytes: 8000 * MEGABYTE },
      ...{ backend: scene === 'alone' ? null : ('wasm' as const), offers: state.offers },
    }),
  )
  client.answer(shards.sharingSet, ({ share, memory_bytes }) => {
    state.share = share ?? state.share
    state.memory = memory_bytes ?? state.memory
    client.emit(shardAdvertised)
    return {}
  })
  client.answer(shards.shardOffer, ({ model, layers = { from: 0, to: 2 } }) => {
    const offer = { shard_id: `${model}:${layers.from}-${layers.to}`, model, layers, state: 'ready' as const, code: null }
    state.offers = [...state.offers, { ...offer, memory_bytes: 3 * MEGABYTE, streams: 0, served_tokens: 0 }]
    client.emit(shardAdvertised)
    return { shard_id: offer.shard_id }
  })
  client.answer(shards.shardWithdraw, ({ shard_id }) => {
    state.offers = state.offers.filter((offer) => offer.shard_id !== shard_id)
    client.emit(shardAdvertised)
    return {}
  })

  client.answer(pipelines.shardDirectory, () => whenOn({ nodes: nodesOf(scene) }))
  client.answer(pipelines.pipelineStatus, () => whenOn(statusOf(scene)))
  client.answer(pipelines.pipelinePlan, ({ model }) => whenOn({ plan: planOf(scene, model) }))
  client.answerStream(pipelines.chat, ({ model, others_may_read }) => {
    const together = model === BIG
    if (together && !others_may_read) throw new HearthError('consent_required', 'others would read along')
    if (together) planOf(scene, model)
    return speak({ together, pauseMs })
  })
}

type Offers = Output<typeof shards.sharingGet>['offers']
function ownOffers(scene: InferenceScene): Offers {
  const base = { model: BIG, code: null, memory_bytes: 160 * MEGABYTE, streams: 1, served_tokens: 1204 }
  if (scene === 'together') return [{ ...base, shard_id: `${BIG}:0-9`, layers: { from: 0, to: 9 }, state: 'ready' }]
  if (scene !== 'gaps') return []
  return [
    { ...base, shard_id: `${BIG}:0-27`, layers: { from: 0, to: 27 }, state: 'failed', code: 'capacity_exceeded', streams: 0 },
  ]
}

const NEIGHBOURS: Output<typeof models.modelNeighbours>['models'] = [
  {
    model: BIG,
    weights_sha256: hash('b'),
    bytes: 610 * MEGABYTE,
    layers: LAYERS,
    holders: [
      { node_id: ben, held_layers: [{ from: 0, to: 27 }] },
      { node_id: cem, held_layers: [{ from: 19, to: 27 }] },
    ],
  },
]
