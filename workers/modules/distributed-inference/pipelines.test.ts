import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { configSet } from '#protocol/config/capabilities.ts'
import type { Frame } from '#protocol/core/capability.ts'
import { HearthError } from '#protocol/core/errors.ts'
import { nodeIdOf } from '#protocol/core/ids.ts'
import { contract } from '#protocol/distributed-inference/contract.ts'
import {
  chat,
  pipelinePlan,
  pipelineRun,
  pipelineStatus,
  shardDirectory,
} from '#protocol/distributed-inference/pipeline-capabilities.ts'
import type { ShardDescriptor } from '#protocol/distributed-inference/schemas.ts'
import type { ComputeClient } from '../../compute/client.ts'
import type { ChatEnding, ChatRequest, ModelFacts, Piece } from '../../compute/port.ts'
import { defineWorkerModule } from '../../kernel/modules.ts'
import { createVillage, type Village, type Villager } from '../../testing/village.ts'
import { servePipelines } from './pipelines.ts'
import type { OpenLink } from './recruiting.ts'

const HASH = `sha256:${'0'.repeat(64)}`
const OTHER_HASH = `sha256:${'9'.repeat(64)}`
const [BEN, CEM] = [nodeIdOf(new Uint8Array(32).fill(1)), nodeIdOf(new Uint8Array(32).fill(2))]
const FACTS: ModelFacts = {
  id: 'tiny',
  weightsHash: HASH,
  layers: 8,
  hiddenSize: 4,
  positions: null,
  bytes: 9,
  whole: true,
  held: [{ first: 0, end: 8 }],
  layerBytes: 1,
  stepwise: false,
}
const ENDING: ChatEnding = { reason: 'end', promptTokens: 3, tokens: 2, firstTokenMs: 5, tokensPerSecond: 40, backend: 'wasm' }
const QUESTION = { model: 'tiny', messages: [{ role: 'user' as const, content: 'Hallo' }] }
const shard = (from: number, to: number, change: Partial<ShardDescriptor> = {}): ShardDescriptor => ({
  shard_id: `tiny:${from}-${to}`,
  model: 'tiny',
  weights_sha256: HASH,
  layers: { from, to },
  model_layers: 8,
  hidden_size: 4,
  memory_bytes: 9,
  max_concurrent_streams: 8,
  streams: 0,
  max_tokens: 4096,
  dtype: 'fp16',
  backend: 'wasm',
  ms_per_token: 1,
  ...change,
})

/** A compute worker that says what it is told to, and sends one token through the hops before it does. */
function createScript() {
  const requests: ChatRequest[] = []
  const state = { stopped: false, facts: FACTS, full: false, waits: [] as readonly Piece[], pause: async () => {} }
  const client: ComputeClient = {
    models: async () => [],
    async shards() {
      await state.pause()
      return { backend: null, shards: [] }
    },
    async describe(model) {
      if (model !== 'tiny') throw new HearthError('not_found', `there is no model ${model} on this device`)
      return state.facts
    },
    load: async () => Promise.reject(new HearthError('capacity_exceeded', 'no room')),
    unload: async () => undefined,
    forward: async ({ hidden }) => hidden,
    forget: () => undefined,
    setBudget: async () => undefined,
    drop: async () => undefined,
    async *chat(_, request, signal, hops) {
      requests.push(request)
      signal.addEventListener('abort', () => {
        state.stopped = true
      })
      yield* state.waits
      if (!hops && state.full) throw new HearthError('capacity_exceeded', 'no room')
      await hops?.forward(0, 0, new Float32Array(12).fill(1))
      const said = request.said?.length ?? 0
      if (said < 1) yield { text: 'Guten ', tokens: [1] }
      await hops?.forward(0, 3, new Float32Array(4).fill(1))
      yield { text: 'Tag', tokens: [2] }
      if (request.maxTokens === 9) await new Promise((resolve) => signal.addEventListener('abort', resolve))
      return ENDING
    },
    close: () => undefined,
  }
  return { client, requests, state }
}

describe('experimental.distributed_llm, as one asks', () => {
  let village: Village
  let ada: Villager
  let script: ReturnType<typeof createScript>
  let shards: Map<typeof BEN, readonly ShardDescriptor[]>
  /** What a step takes at another device. */
  let hopMs: number
  let links: { peer: string; open: boolean }[]
  /** Who does not answer any more, whatever they are asked. */
  let asleep: Set<string>
  /** Who is known to be so. */
  let silent: Set<string>
  /** Tokens after which a device is gone; 0: it never opens. */
  let breaksAt: Map<string, number>
  /** When to ask again, in short. */
  let noticed: string[]
  beforeEach(async () => {
    script = createScript()
    shards = new Map()
    links = []
    breaksAt = new Map()
    asleep = new Set()
    silent = new Set()
    noticed = []
    hopMs = 0
    const openLink: OpenLink = async (peer, of, { signal }) => {
      if (breaksAt.get(peer) === 0) throw new HearthError('partition', 'nobody opens')
      const link = { peer, open: true }
      links.push(link)
      const rest = () =>
        new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(new HearthError('timeout', 'silence'))))
      if (asleep.has(peer)) return rest()
      let end = (): void => undefined
      const ended = new Promise<void>((resolve) => (end = resolve))
      const close = (): void => {
        link.open = false
        end()
      }
      signal.addEventListener('abort', close)
      let position = 0
      return {
        peer,
        shard: of,
        async forward(hidden) {
          if (asleep.has(peer)) return rest()
          if (hopMs > 0) await new Promise<void>((resolve) => void village.runtime.after(hopMs, resolve))
          position += hidden.length / 4
          if (position > (breaksAt.get(peer) ?? Number.POSITIVE_INFINITY)) {
            close()
            throw new HearthError('partition', 'gone')
          }
          return hidden
        },
        ended,
        close,
      }
    }
    const found = defineWorkerModule({
      contract,
      needs: ['bus', 'runtime', 'notify'],
      start: async (deps) =>
        servePipelines({
          ...deps,
          notify(...events) {
            noticed.push(...events.map(({ type }) => type.replace('distributed_llm.pipeline.', '')))
            deps.notify(...events)
          },
          compute: script.client,
          openLink,
          directory: {
            nodes: () =>
              [...shards].map(([nodeId, list]) => ({
                ...{ nodeId, heardAt: deps.runtime.now(), latencyMs: 5, shards: list },
                silent: silent.has(nodeId),
              })),
            markSilent: (node) => void silent.add(node),
          },
        }),
    })
    village = createVillage(1, () => [{ contract, load: async () => found }])
    ada = await village.arrive('Ada')
  })
  afterEach(() => ada.node.stop())
  const turnOn = (enabled: boolean) =>
    village.during(
      ada.node.bus.call(configSet, {
        distributed_llm: { enabled },
        policy: { research: { enable: true, enabled_capabilities: ['experimental.*'] } },
      }),
    )
  const halves = (): void => {
    script.state.facts = { ...FACTS, whole: false, held: [] }
    shards.set(BEN, [shard(0, 3), shard(4, 7)])
  }

  async function say(change: object = {}, signal?: AbortSignal) {
    const frames = ada.node.bus.stream(chat, { ...QUESTION, ...change }, signal ? { signal } : {})
    const heard: Frame<typeof chat>[] = []
    for (;;) {
      const next = await frames.next()
      if (next.done) return { text: textOf(heard), frames: heard, output: next.value }
      heard.push(next.value)
    }
  }
  const textOf = (frames: readonly Frame<typeof chat>[]): string =>
    frames.map((frame) => (frame.frame === 'token_delta' ? frame.text : '')).join('')
  const status = () => ada.node.bus.call(pipelineStatus, {})

  it('is not there until a person switches it on, and gone when they switch it off (BUS-2)', async () => {
    await expect(say()).rejects.toMatchObject({ code: 'experimental_disabled' })
    await turnOn(true)
    await expect(say()).resolves.toMatchObject({ text: 'Guten Tag' })
    await turnOn(false)
    await expect(say()).rejects.toMatchObject({ code: 'experimental_disabled' })
  })

  it('answers alone where this device has the whole model, greedily where nothing else is said (DLM-3)', async () => {
    await turnOn(true)
    const { text, frames, output } = await say()
    expect(text).toBe('Guten Tag')
    expect(output).toMatchObject({
      reason: 'end',
      prompt_tokens: 3,
      tokens: 2,
      backend: 'wasm',
      failovers: 0,
      computed_by: 'local',
    })
    expect(frames[0]).toMatchObject({ frame: 'shard_status', topology: 'whole', stages: [{ node_id: null }] })
    expect(frames.at(-1)).toEqual({ frame: 'done', ending: output })
    await say({ sampling: { temperature: 0.7, seed: 9 }, max_tokens: 5, stop: ['\n'] })
    expect(script.requests).toMatchObject([
      { maxTokens: 512, stops: [], sampling: { temperature: 0, topK: 0, topP: 1, repetitionPenalty: 1, seed: 0 } },
      { maxTokens: 5, stops: ['\n'], sampling: { temperature: 0.7, seed: 9 } },
    ])
  })

  const PHASES = ['engine', 'layers', 'reading'] as const
  const waitsOf = (frames: readonly Frame<typeof chat>[]) =>
    frames.flatMap((frame) => {
      if (frame.frame === 'token_delta') return ['words']
      return frame.frame === 'shard_status' ? [[frame.phase, ...frame.stages.map(({ backend }) => backend)].join(' ')] : []
    })

  it('says what the first word waits for, and what computes it', async () => {
    await turnOn(true)
    script.state.waits = PHASES.map((phase) => ({
      text: '',
      tokens: [],
      wait: { phase, backend: phase === 'engine' ? null : 'wasm' },
    }))
    const told = waitsOf((await say()).frames)
    expect(told).toEqual(['reading ', 'engine ', 'layers wasm', 'reading wasm', 'words', 'words', ' wasm'])

    halves()
    shards.set(BEN, [shard(0, 3, { backend: 'webgpu' }), shard(4, 7)])
    const { frames } = await say({ others_may_read: true })
    expect(waitsOf(frames)).toEqual([
      ...['others webgpu wasm', 'reading webgpu wasm'],
      ...PHASES.map((phase) => `${phase} webgpu wasm`),
      ...['words', 'words', ' webgpu wasm'],
    ])
  })

  it('asks others only where a person said that they may read along (DLM-5)', async () => {
    await turnOn(true)
    halves()
    await expect(say()).rejects.toMatchObject({ code: 'consent_required' })
    expect(links).toEqual([])
    const { text, output, frames } = await say({ others_may_read: true })
    expect({ text, by: output.computed_by }).toEqual({ text: 'Guten Tag', by: 'pipeline' })
    expect(frames[0]).toMatchObject({
      frame: 'shard_status',
      topology: 'star',
      stages: [
        { node_id: BEN, shard_id: 'tiny:0-3' },
        { node_id: BEN, shard_id: 'tiny:4-7' },
      ],
    })
    expect(links.every(({ open }) => !open)).toBe(true)
    await expect(say({ computed_by: 'local', others_may_read: true })).rejects.toMatchObject({ code: 'not_found' })
  })

  it('asks others where its own memory is too small for the model', async () => {
    await turnOn(true)
    shards.set(BEN, [shard(0, 7)])
    script.state.full = true
    expect((await say({ others_may_read: true })).output.computed_by).toBe('pipeline')
  })

  it('goes on with a spare when a shard is lost, and tells how it went (DLM-4)', async () => {
    await turnOn(true)
    halves()
    shards.set(CEM, [shard(4, 7, { ms_per_token: 9 })])
    breaksAt.set(BEN, 3)
    shards.set(BEN, [shard(4, 7)])
    shards.set(nodeIdOf(new Uint8Array(32).fill(3)), [shard(0, 3)])
    const { text, output, frames } = await say({ others_may_read: true })
    expect({ text, failovers: output.failovers }).toEqual({ text: 'Guten Tag', failovers: 1 })
    const failovers = frames.flatMap((frame) => (frame.frame === 'shard_failover' ? [frame.failover] : []))
    expect(failovers[0]).toMatchObject({ from: BEN, to: null, reason: 'lost', layers: { from: 4, to: 7 } })
    expect(failovers.at(-1)).toMatchObject({ from: BEN, to: CEM, stall_ms: expect.any(Number) })
    const begun = frames.slice(frames.findIndex(({ frame }) => frame === 'token_delta'))
    const phases = begun.flatMap((frame) => (frame.frame === 'shard_status' ? [frame.phase] : []))
    expect(new Set(phases), 'words come').toEqual(new Set([undefined]))
    const { pipelines, metrics } = await status()
    expect(pipelines.at(-1)).toMatchObject({ state: 'completed', failovers: [{ to: CEM }], tokens: 2 })
    expect(metrics).toMatchObject({ failovers_total: 1, fallback_to_local_total: 0 })
  })

  it('waits once for who does not begin in time, and not again before they are heard (DLM-1, DLM-4)', async () => {
    await turnOn(true)
    script.state.facts = { ...FACTS, whole: false, held: [] }
    shards.set(BEN, [shard(0, 7)])
    shards.set(CEM, [shard(0, 7, { ms_per_token: 9 })])
    const askedFirst = async () => {
      const before = links.length
      const { text } = await village.during(say({ others_may_read: true }))
      expect(text).toBe('Guten Tag')
      return links[before]?.peer
    }
    asleep.add(BEN)
    expect(await askedFirst()).toBe(BEN)
    expect(await askedFirst()).toBe(CEM)
    asleep.clear()
    expect(await askedFirst()).toBe(CEM)
    silent.clear()
    expect(await askedFirst()).toBe(BEN)
  })

  it('says when to ask again: at each turn that an answer takes, and however it ends (DLM-2, DLM-4, DLM-10)', async () => {
    const took = (): readonly string[] => noticed.splice(0)
    await turnOn(true)
    await say()
    expect(took()).toEqual(['started', 'completed'])

    halves()
    shards.set(BEN, [shard(4, 7)])
    shards.set(CEM, [shard(4, 7, { ms_per_token: 9 })])
    shards.set(nodeIdOf(new Uint8Array(32).fill(3)), [shard(0, 3)])
    breaksAt.set(BEN, 3)
    await say({ others_may_read: true })
    const turns = took()
    expect(turns.slice(0, 3)).toEqual(['planned', 'started', 'shard_failed'])
    expect(turns.slice(3)).toEqual([...turns.slice(3, -1).fill('failover'), 'completed'])
    expect(turns).toContain('failover')

    shards.delete(CEM)
    await expect(say({ others_may_read: true })).rejects.toMatchObject({ code: 'pipeline_failed' })
    expect((await status()).pipelines.at(-1)?.state).toBe('failed')
    expect(took()).toEqual(['planned', 'started', 'shard_failed', 'cancelled'])
  })

  it('goes on alone after the text so far where others fail, when that is allowed (DLM-4)', async () => {
    await turnOn(true)
    shards.set(BEN, [shard(0, 7)])
    breaksAt.set(BEN, 3)
    const { text, output, frames } = await say({ others_may_read: true, computed_by: 'pipeline_first' })
    expect({ text, by: output.computed_by }).toEqual({ text: 'Guten Tag', by: 'fallback' })
    expect(frames).toContainEqual({ frame: 'pipeline_aborted', code: 'pipeline_failed', falls_back: true })
    expect(script.requests.at(-1)?.said).toEqual([1])
    await expect(say({ others_may_read: true, computed_by: 'pipeline' })).rejects.toMatchObject({ code: 'pipeline_failed' })
    expect((await status()).metrics.fallback_to_local_total).toBe(1)
    expect((await status()).pipelines.map(({ state }) => state)).toEqual(['completed', 'failed'])
  })

  it('measures how long a plan took and how long each shard takes, and tells the caller (Metrics)', async () => {
    await turnOn(true)
    halves()
    expect((await status()).metrics).toMatchObject({ pipeline_construct_ms: null, shard_latency_ms: [] })
    script.state.pause = () => new Promise<void>((resolve) => void village.runtime.after(300, resolve))
    hopMs = 40
    for (let times = 0; times < 2; times++) await village.during(say({ others_may_read: true }))
    const { metrics } = await status()
    expect(metrics.pipeline_construct_ms).toBeCloseTo(300)
    expect(metrics.shard_latency_ms).toMatchObject([
      { shard_id: 'tiny:0-3', model: 'tiny', layers: { from: 0, to: 3 }, answers: 2 },
      { shard_id: 'tiny:4-7', answers: 2 },
    ])
    for (const { mean_ms } of metrics.shard_latency_ms) expect(mean_ms).toBeCloseTo(40)
  })

  it('asks nobody else in vain: who wants others where there are none is told (DLM-2)', async () => {
    await turnOn(true)
    await expect(say({ others_may_read: true, computed_by: 'pipeline' })).rejects.toMatchObject({ code: 'shard_unavailable' })
    expect(script.requests).toEqual([])
  })

  it('gives up where one after the other cannot be reached (DLM-2)', async () => {
    await turnOn(true)
    script.state.facts = { ...FACTS, whole: false, held: [] }
    for (let one = 10; one < 20; one++) {
      const peer = nodeIdOf(new Uint8Array(32).fill(one))
      shards.set(peer, [shard(0, 7)])
      breaksAt.set(peer, 0)
    }
    await expect(say({ others_may_read: true })).rejects.toMatchObject({ code: 'shard_unreachable' })
    expect(links).toEqual([])
  })

  it('plans with the fastest, and without whom the caller does not want (DLM-2)', async () => {
    await turnOn(true)
    halves()
    shards.set(BEN, [shard(0, 7)])
    shards.set(CEM, [shard(0, 7, { ms_per_token: 9 })])
    const { plan } = await ada.node.bus.call(pipelinePlan, { model: 'tiny' })
    expect(plan).toMatchObject({
      topology: 'star',
      stages: [{ node_id: BEN, spares: 1, reason: 'fastest' }],
      left_out: [{ node_id: CEM, reason: 'slower' }],
    })
    const { plan: without } = await ada.node.bus.call(pipelinePlan, { model: 'tiny', without: [BEN] })
    expect(without.stages).toMatchObject([{ node_id: CEM, reason: 'only' }])
  })

  it('plans, and runs what was planned; both say which layers nobody has (DLM-2)', async () => {
    await turnOn(true)
    halves()
    const { plan } = await ada.node.bus.call(pipelinePlan, { model: 'tiny' })
    for await (const frame of ada.node.bus.stream(pipelineRun, { ...QUESTION, pipeline_id: plan.pipeline_id })) void frame
    expect((await status()).pipelines).toMatchObject([{ pipeline_id: plan.pipeline_id, state: 'completed', topology: 'star' }])
    shards.set(BEN, [shard(0, 3)])
    await expect(ada.node.bus.call(pipelinePlan, { model: 'tiny' })).rejects.toMatchObject({
      code: 'shard_unavailable',
      data: { uncovered: [{ from: 4, to: 7 }] },
    })
    shards.set(BEN, [shard(0, 7, { weights_sha256: OTHER_HASH })])
    await expect(ada.node.bus.call(pipelinePlan, { model: 'tiny' })).rejects.toMatchObject({ code: 'weights_mismatch' })
    await expect(ada.node.bus.call(pipelinePlan, { model: 'none' })).rejects.toMatchObject({ code: 'not_found' })
  })

  it('ends every conversation with a shard as soon as the caller cancels (DLM-10)', async () => {
    await turnOn(true)
    halves()
    const stop = new AbortController()
    const answer = say({ max_tokens: 9, others_may_read: true }, stop.signal)
    const refused = expect(answer).rejects.toThrow()
    await village.until('it is under way', () => links.length >= 2 && script.requests.length === 1)
    stop.abort()
    await refused
    await village.runtime.settle()
    expect(links.some(({ open }) => open)).toBe(false)
    expect(script.state.stopped).toBe(true)
    await village.until('it is told', async () => (await status()).pipelines[0]?.state === 'cancelled')
  })

  it('stops computing when nobody listens any more', async () => {
    await turnOn(true)
    for await (const frame of ada.node.bus.stream(chat, { ...QUESTION, max_tokens: 9 }))
      if (frame.frame === 'token_delta') break
    await village.until('it stopped', () => script.state.stopped)
  })

  it('tells what others offer, and since when', async () => {
    await turnOn(true)
    halves()
    const { nodes } = await ada.node.bus.call(shardDirectory, {})
    expect(nodes).toMatchObject([{ node_id: BEN, latency_ms: 5, faults: 0, shards: [{ shard_id: 'tiny:0-3' }, {}] }])
  })

  it('carries failures with their code', async () => {
    await turnOn(true)
    await expect(say({ model: 'none' })).rejects.toMatchObject({ code: 'not_found' })
    await expect(say({ model: '../../etc' })).rejects.toMatchObject({ code: 'schema_mismatch' })
    await expect(say({ messages: [] })).rejects.toMatchObject({ code: 'schema_mismatch' })
  })

  it('remembers the last sixteen of a caller, and nothing that was asked', async () => {
    await turnOn(true)
    for (let times = 0; times < 20; times++) await say()
    const { pipelines } = await status()
    expect(pipelines).toHaveLength(16)
    expect(JSON.stringify(pipelines)).not.toContain('Hallo')
  })
})
