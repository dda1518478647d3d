import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { hopDtypeOf } from '#protocol/distributed-inference/hop-dtype.ts'
import type { AnswerFrame, Ending, ShardDescriptor } from '#protocol/distributed-inference/schemas.ts'
import type { ComputeClient } from '../../compute/client.ts'
import type { ChatRequest, ComputePort, ModelFacts } from '../../compute/port.ts'
import { FIXTURES } from '../../compute/testing/fixtures.ts'
import { demonstrationFiles, type Files, fixtureFiles } from '../../compute/testing/folder.ts'
import { ortInNode } from '../../compute/testing/ort-node.ts'
import { GREEDY } from '../../compute/text/sampler.ts'
import { createRealRuntime } from '../../testing/seeded-runtime.ts'
import { type AnswerDeps, type Asked, answer, type Progress } from './answer.ts'
import { type Offer, planPipeline } from './plan.ts'
import { clientOf, computeHere, createDevices, type Device, type Fault } from './testing/devices.ts'

const MODELS: readonly (readonly [string, () => Files])[] = [
  ...FIXTURES.map((name) => [name, () => fixtureFiles(name)] as const),
  ['hearthnet-demonstration', demonstrationFiles],
]
const SEEDED = { temperature: 0.9, topK: 8, topP: 0.95, repetitionPenalty: 1.1, seed: 3 }
const TOKENS = 24
/** How many times a shard is killed here; `HEARTHNET_FULL=1` counts as many as the specification asks for. */
const KILLS = process.env.HEARTHNET_FULL ? 100 : 4

/** Layers of `layers`, in so many runs. */
const inParts = (layers: number, parts: number): readonly { from: number; to: number }[] =>
  Array.from({ length: parts }, (_, part) => ({
    from: Math.floor((part * layers) / parts),
    to: Math.floor(((part + 1) * layers) / parts) - 1,
  }))

function shardOf(facts: ModelFacts, layers: { from: number; to: number }, ms = 1): ShardDescriptor {
  return {
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
  }
}

/** For people who run the long version: how many of the kills met a step, and how long the answer stood still. */
const summaryOf = (id: string, stalls: readonly number[]): string => {
  const [middle, worst] = [stalls[stalls.length >> 1] ?? 0, stalls.at(-1) ?? 0]
  return `${id}: ${stalls.length} of ${KILLS} met a step; stood still for ${middle.toFixed(0)} ms (median), ${worst.toFixed(0)} ms (worst)\n`
}

// one backend for all: what is created at once in one process would get each other's weights
const backend = ortInNode()

describe.each(MODELS)('an answer of %s over several devices', (id, read) => {
  const runtime = createRealRuntime(5)
  let compute: ComputePort
  let client: ComputeClient
  let facts: ModelFacts
  let devices = createDevices(runtime)
  let said: number[] = []
  let whole: ReadonlyMap<string, readonly number[]>
  const request = (change: Partial<ChatRequest> = {}): ChatRequest => ({
    model: id,
    messages: [{ role: 'user', content: 'Was tun bei Stromausfall?' }],
    sampling: GREEDY,
    maxTokens: TOKENS,
    stops: [],
    ...change,
  })

  beforeAll(async () => {
    compute = computeHere({ runtime, backend, models: new Map([[id, read()]]) })
    const here = clientOf(compute)
    client = {
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
    facts = await client.describe(id)
    whole = new Map([
      ['greedy', (await say({})).tokens],
      ['seeded', (await say({}, { sampling: SEEDED })).tokens],
    ])
  })
  beforeEach(() => {
    devices = createDevices(runtime)
    faults.clear()
  })

  /** Devices with the layers in so many parts, each part several times. */
  const settle = (parts: number, times = 1): readonly Device[] =>
    inParts(facts.layers, parts).flatMap((layers, part) =>
      Array.from({ length: times }, (_, copy) => devices.add(`${part}/${copy}`, compute, [shardOf(facts, layers, 1 + copy)])),
    )

  const faults = new Map<string, number>()
  function answerDeps(change: Partial<AnswerDeps> = {}): AnswerDeps {
    const offers = async (): Promise<readonly Offer[]> =>
      devices
        .list()
        .flatMap(({ nodeId, shards }) =>
          shards.map((shard) => ({ nodeId, shard, latencyMs: 1, faults: faults.get(nodeId) ?? 0 })),
        )
    return {
      runtime,
      compute: client,
      openLink: devices.openLink,
      offers,
      plan: async () => planOf(await offers()),
      oneIn: null,
      random: () => (runtime.randomBytes(1)[0] ?? 0) / 256,
      onFault: (nodeId) => void faults.set(nodeId, (faults.get(nodeId) ?? 0) + 1),
      onFailure: () => undefined,
      onFailover: () => undefined,
      ...change,
    }
  }
  const planOf = (offers: readonly Offer[]) =>
    planPipeline({ model: id, weightsHash: facts.weightsHash, modelLayers: facts.layers }, offers, {
      pipelineId: runtime.ulid(),
    })

  async function say(deps: Partial<AnswerDeps>, change: Partial<ChatRequest> = {}, asked: Partial<Asked> = {}) {
    const frames: AnswerFrame[] = []
    const progress: Progress = {
      plan: null,
      state: 'reading',
      tokens: 0,
      firstTokenMs: null,
      tokensPerSecond: null,
      failovers: [],
      stages: () => [],
    }
    const signal = new AbortController().signal
    const answering = answer(
      answerDeps(deps),
      { request: request(change), facts, plan: null, fallsBack: false, signal, ...asked },
      progress,
    )
    let text = ''
    for (;;) {
      const next = await answering.next()
      if (next.done) return { text, tokens: [...said], frames, progress, ending: next.value as Ending }
      frames.push(next.value)
      if (next.value.frame === 'token_delta') text += next.value.text
      if (next.value.frame === 'taken_back') text = next.value.text
    }
  }
  const over = async (deps: Partial<AnswerDeps> = {}, change: Partial<ChatRequest> = {}, asked: Partial<Asked> = {}) =>
    say(deps, change, { plan: await answerDeps(deps).plan(facts), ...asked })
  const open = () => devices.list().reduce((sum, { links }) => sum + links.size, 0)

  it.each([2, 3, 5])('is the same text from %i devices as from one, greedy and seeded (DLM-3)', async (parts) => {
    settle(parts)
    const greedy = await over()
    expect(greedy.tokens).toEqual(whole.get('greedy'))
    expect(greedy.tokens.length).toBeGreaterThan(8)
    expect(greedy.ending).toMatchObject({ computed_by: 'pipeline', failovers: 0 })
    expect((await over({}, { sampling: SEEDED })).tokens).toEqual(whole.get('seeded'))
    expect(open()).toBe(0)
  })

  it(`goes on with the same text when a shard is lost, stalls or gives what cannot be, ${KILLS} times at random (DLM-4)`, async () => {
    const stalls: number[] = []
    const unhurt = new Map<string, readonly number[]>()
    for (const parts of [2, 3]) {
      devices = createDevices(runtime)
      settle(parts)
      unhurt.set(`${parts} greedy`, (await over()).tokens)
      unhurt.set(`${parts} seeded`, (await over({}, { sampling: SEEDED })).tokens)
    }
    const seeds = createRealRuntime(11)
    const pick = (below: number): number => (new DataView(seeds.randomBytes(4).buffer).getUint32(0) / 2 ** 32) * below
    for (let kill = 0; kill < KILLS; kill++) {
      devices = createDevices(runtime)
      faults.clear()
      const parts = 2 + Math.floor(pick(2))
      const spare = Math.floor(pick(3))
      const all = settle(parts, 2)
      const struck = all[2 * Math.floor(pick(parts))]
      if (!struck) throw new Error('no device')
      const at = Math.floor(pick(TOKENS + 8))
      const kinds: readonly Fault[] = [
        { kind: 'lost', at },
        { kind: 'stalled', at },
        { kind: 'gives', at, once: false, change: (hidden) => hidden.fill(Number.NaN) },
        { kind: 'lost', at },
      ]
      struck.fault = kinds[kill % kinds.length] ?? null
      const seeded = kill % 2 === 1
      const after = await over({ oneIn: spare === 0 ? null : 16 }, seeded ? { sampling: SEEDED } : {})
      expect(after.tokens, `${kill}: ${kinds[kill % 4]?.kind} at ${at}`).toEqual(
        unhurt.get(`${parts} ${seeded ? 'seeded' : 'greedy'}`),
      )
      for (const { stall_ms } of after.progress.failovers) if (stall_ms !== null) stalls.push(stall_ms)
      expect(open()).toBe(0)
    }
    expect(stalls.length).toBeGreaterThan(KILLS / 2)
    stalls.sort((a, b) => a - b)
    // a stall lasts as long as a spare is waited for, and a little: never as long as a shard may take at most
    expect(stalls.at(-1)).toBeLessThan(5000)
    if (process.env.HEARTHNET_FULL) process.stdout.write(summaryOf(id, stalls))
  }, 1_800_000)

  // what follows is about who computes, not about what: one model shows it, the long run takes all
  const one = !process.env.HEARTHNET_FULL && id !== 'hearthnet-demonstration'

  it.skipIf(one)(
    'reads a long question in chunks, and goes on when somebody is lost while it reads (DLM-3, DLM-4)',
    async () => {
      const messages = [{ role: 'user' as const, content: 'Was tun bei Stromausfall? '.repeat(20) }]
      const change = { messages, maxTokens: 6 }
      const alone = await say({}, change)
      expect(alone.ending.prompt_tokens).toBeGreaterThan(128)
      const [first] = settle(3, 2)
      expect((await over({}, change)).tokens).toEqual(alone.tokens)
      if (first) first.fault = { kind: 'lost', at: 130 }
      const after = await over({ oneIn: 4 }, change)
      expect(after.tokens).toEqual(alone.tokens)
      expect(after.progress.failovers).toMatchObject([{ reason: 'lost', at_token: 0 }])
      expect(open()).toBe(0)
    },
  )

  const flipped = (at: number) => (hidden: Float32Array<ArrayBuffer>) =>
    hidden.map((value, index) => (index === hidden.length - 1 - at ? value + 8 * rootMeanSquare(hidden) : value))
  const lies: readonly (readonly [string, (liar: Device) => void])[] = [
    ['what is no number', (liar) => gives(liar, (hidden) => hidden.fill(Number.NaN, 0, 1))],
    ['something scaled', (liar) => gives(liar, (hidden) => hidden.map((value) => value * 1.05))],
    ['one element that is wrong', (liar) => gives(liar, flipped(3))],
    ['garbage', (liar) => gives(liar, (hidden) => hidden.map((_, index) => Math.sin(index * index)))],
    ['other layers', (liar) => computes(liar, facts.layers - 1)],
    [
      'the work of other weights',
      (liar) => gives(liar, (hidden) => hidden.map((value, index) => value + 0.05 * Math.sin(index) * rootMeanSquare(hidden))),
    ],
  ]
  const computes = (liar: Device, layer: number): void => {
    liar.computes = { from: layer, to: layer }
  }
  const gives = (liar: Device, change: (hidden: Float32Array<ArrayBuffer>) => Float32Array<ArrayBuffer>): void => {
    liar.fault = { kind: 'gives', at: 12, once: false, change }
  }

  it.skipIf(one).each(lies)('finds out who gives %s, and takes back what was said of it (DLM-6)', async (_, lie) => {
    settle(2)
    const unhurt = (await over()).tokens
    devices = createDevices(runtime)
    const [liar] = settle(2, 3)
    if (!liar) throw new Error('no device')
    lie(liar)
    const found = new Map<string, number>()
    const after = await over({
      oneIn: 1,
      onFault: (nodeId) => {
        faults.set(nodeId, 1)
        found.set(nodeId, (found.get(nodeId) ?? 0) + 1)
      },
    })
    expect([...found.keys()]).toEqual([liar.nodeId])
    expect(after.tokens).toEqual(unhurt)
    expect(after.text).toBe(after.frames.reduce((text, frame) => spoken(text, frame), ''))
    expect(open()).toBe(0)
  })

  it.skipIf(one)('finds out a spare that lies, and goes on with who was right (DLM-6)', async () => {
    const [honest, spare] = settle(1, 3)
    if (!honest || !spare) throw new Error('no devices')
    gives(spare, (hidden) => hidden.map((value) => value * 1.05))
    const after = await over({ oneIn: 1 })
    expect([...faults.keys()]).toEqual([spare.nodeId])
    expect(after.ending).toMatchObject({ failovers: 0, computed_by: 'pipeline' })
    expect(after.tokens).toEqual(whole.get('greedy'))
  })

  it.skipIf(one)('ends where two disagree and nobody can say who is right (DLM-6)', async () => {
    const [liar] = settle(1, 2)
    if (!liar) throw new Error('no device')
    gives(liar, (hidden) => hidden.map((value) => value * 1.05))
    await expect(over({ oneIn: 1 })).rejects.toMatchObject({ code: 'pipeline_failed' })
    expect(faults.size).toBe(0)
    const alone = await over({ oneIn: 1 }, {}, { fallsBack: true })
    expect(alone.ending.computed_by).toBe('fallback')
  })

  it.skipIf(one)('lets a spare at what drips slowly, and goes on with whoever answers first (DLM-4)', async () => {
    const [slow] = settle(2, 2)
    if (!slow) throw new Error('no device')
    slow.fault = { kind: 'slow', at: 14, ms: 4000 }
    const after = await over()
    expect(after.tokens).toEqual(whole.get('greedy'))
    expect(after.progress.failovers).toMatchObject([{ from: slow.nodeId, reason: 'stalled' }])
  })

  it.skipIf(one)('gives up after the second failure (DLM-4)', async () => {
    const all = settle(2, 2)
    for (const [index, device] of all.entries()) if (index % 2 === 0) device.fault = { kind: 'lost', at: 12 + index }
    await expect(over()).rejects.toMatchObject({ code: 'pipeline_failed' })
    expect(open()).toBe(0)
  })

  it.skipIf(one)('puts several in the place of one where nobody has just its layers (DLM-4)', async () => {
    const [only] = settle(1)
    if (!only) throw new Error('no device')
    for (const [part, layers] of inParts(facts.layers, 2).entries())
      devices.add(`half ${part}`, compute, [shardOf(facts, layers, 50)])
    only.fault = { kind: 'lost', at: 15 }
    const after = await over()
    expect(after.progress.failovers).toMatchObject([{ from: only.nodeId, reason: 'lost', stall_ms: expect.any(Number) }])
    expect(after.ending.tokens).toBe(after.tokens.length)
    expect(open()).toBe(0)
  })

  it.skipIf(one)('stands by without computing while nobody is checked (DLM-4)', async () => {
    const [, spare] = settle(1, 2)
    await over()
    expect(spare).toMatchObject({ opened: 1, computed: 0 })
  })
})

const rootMeanSquare = (row: Float32Array): number => Math.sqrt(row.reduce((sum, value) => sum + value * value, 0) / row.length)

const spoken = (text: string, frame: AnswerFrame): string =>
  frame.frame === 'token_delta' ? text + frame.text : frame.frame === 'taken_back' ? frame.text : text
