// what Node 20 lacks, before anything is imported
import '../workers/testing/node-20.ts'

import { type NodeId, nodeIdOf } from '#protocol/core/ids.ts'
import type { Layers, ShardDescriptor } from '#protocol/distributed-inference/schemas.ts'
import { embedOnly, headOnly, layersOnly } from '../workers/compute/cut/span.ts'
import type { ShardRunner } from '../workers/compute/engine/shard-runner.ts'
import { isStepwise } from '../workers/compute/pipeline/stepwise.ts'
import type { ModelFacts } from '../workers/compute/port.ts'
import { runnerFor } from '../workers/compute/testing/chain.ts'
import type { TestModel } from '../workers/compute/testing/fixtures.ts'
import { ortInNode } from '../workers/compute/testing/ort-node.ts'
import { SMALL, type Synthetic, synthesise } from '../workers/compute/testing/synthesise.ts'
import {
  type OpenLink,
  openPipeline,
  type Pipeline,
  type PipelineDeps,
} from '../workers/modules/distributed-inference/orchestrator.ts'
import { type Offer, planPipeline } from '../workers/modules/distributed-inference/plan.ts'
import type { Link } from '../workers/modules/distributed-inference/runner.ts'
import { createRealRuntime } from '../workers/testing/seeded-runtime.ts'
import type { BenchReport, Measurement } from './report.ts'
import { median } from './support/statistics.ts'

/** About 33 million parameters, random: correct in size and meaningless in content. */
const SHAPE: Synthetic = {
  ...SMALL,
  layers: 8,
  hidden: 512,
  heads: 8,
  kvHeads: 4,
  inner: 1536,
  vocabulary: 8000,
  positions: 512,
}
const PROMPT = 96
/** Token of the answer at which a shard goes. */
const KILLED_AT = 48
const KILLS = 7
const TOKENS = 80
/** Round trip between two devices in a house. */
const HOP_MS = 4
/** What others wait before they take a device for gone. */
const TIMEOUT_MS = 5000
const WEIGHTS = `sha256:${'0'.repeat(64)}`

const runtime = createRealRuntime(1)
const random = (): number => (runtime.randomBytes(1)[0] ?? 0) / 256
const delayed = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

interface World {
  readonly facts: ModelFacts
  readonly embed: ShardRunner
  readonly head: ShardRunner
  /** Devices for `parts` runs of layers, each so many times. */
  settle(parts: number, copies: number): Promise<House>
}

interface House {
  readonly parts: readonly Layers[]
  pipeline(oneIn: number | null, without?: NodeId): Promise<Pipeline>
  /** Ends every conversation with the first device of a part, as a closed lid does. */
  kill(part: number): NodeId
  revive(): void
}

async function createWorld(model: TestModel): Promise<World> {
  const backend = ortInNode()
  const { layers } = model.decoder
  const width = model.config.hiddenSize
  const runners = new Map<string, ShardRunner>()
  const facts: ModelFacts = {
    id: 'random',
    weightsHash: WEIGHTS,
    layers,
    hiddenSize: width,
    positions: null,
    bytes: 0,
    whole: false,
    held: [],
    layerBytes: 0,
    stepwise: isStepwise(model.decoder),
  }

  async function runnerOf({ from, to }: Layers): Promise<ShardRunner> {
    const key = `${from}-${to}`
    const known = runners.get(key)
    if (known) return known
    const runner = await runnerFor(backend, model, layersOnly(from, to + 1))
    runners.set(key, runner)
    return runner
  }

  const shardOf = (range: Layers): ShardDescriptor => ({
    shard_id: `random:${range.from}-${range.to}`,
    model: 'random',
    weights_sha256: WEIGHTS,
    layers: range,
    model_layers: layers,
    hidden_size: width,
    memory_bytes: 0,
    max_concurrent_streams: 64,
    streams: 0,
    max_tokens: 4096,
    dtype: 'fp16',
    backend: 'wasm',
    ms_per_token: 2,
  })

  async function settle(count: number, copies: number): Promise<House> {
    const parts = Array.from({ length: count }, (_, part) => ({
      from: Math.floor((part * layers) / count),
      to: Math.floor(((part + 1) * layers) / count) - 1,
    }))
    for (const range of parts) await runnerOf(range)
    const offers: readonly (Offer & { readonly nodeId: NodeId })[] = parts.flatMap((range, part) =>
      Array.from({ length: copies }, (_, copy) => ({
        nodeId: nodeIdOf(new Uint8Array(32).fill(1 + part * 16 + copy)),
        shard: shardOf(range),
        latencyMs: HOP_MS + copy,
        faults: 0,
      })),
    )
    const links = new Map<NodeId, Set<Link>>()
    const gone = new Set<NodeId>()

    const openLink: OpenLink = async (peer, shard, { signal }) => {
      await delayed(2 * HOP_MS)
      const runner = await runnerOf(shard.layers)
      const sequence = runtime.ulid()
      let position = 0
      let turn: Promise<unknown> = Promise.resolve()
      let open = true
      let end = (): void => undefined
      const ended = new Promise<void>((resolve) => (end = resolve))
      const link: Link = {
        peer,
        shard,
        async forward(hidden) {
          const at = position
          position += hidden.length / width
          await delayed(HOP_MS / 2)
          const step = turn.then(async () => {
            if (!open) throw new Error('closed')
            return (await runner.forward(sequence, at, { kind: 'hidden', hidden })).data
          })
          turn = step.catch(() => undefined)
          const data = await step
          await delayed(HOP_MS / 2)
          return Float32Array.from(data)
        },
        ended,
        close() {
          open = false
          links.get(peer)?.delete(link)
          runner.forget(sequence)
          end()
        },
      }
      links.set(peer, (links.get(peer) ?? new Set()).add(link))
      signal.addEventListener('abort', link.close)
      return link
    }

    const deps = (oneIn: number | null): PipelineDeps => ({
      runtime,
      compute: {
        load: () => Promise.reject(new Error('others compute')),
        forward: () => Promise.reject(new Error('others compute')),
        forget: () => undefined,
      },
      openLink,
      offers: async () => offers.filter(({ nodeId }) => !gone.has(nodeId)),
      oneIn,
      random,
      atToken: () => 0,
      onFailure: () => undefined,
      onFailover: () => undefined,
      onFault: () => undefined,
    })
    return {
      parts,
      async pipeline(oneIn) {
        const plan = planPipeline(
          { model: 'random', weightsHash: WEIGHTS, modelLayers: layers },
          offers.filter(({ nodeId }) => !gone.has(nodeId)),
          { pipelineId: runtime.ulid() },
        )
        return openPipeline(deps(oneIn), facts, plan, new AbortController().signal)
      },
      kill(part) {
        const nodeId = nodeIdOf(new Uint8Array(32).fill(1 + part * 16))
        gone.add(nodeId)
        for (const link of [...(links.get(nodeId) ?? [])]) link.close()
        return nodeId
      },
      revive: () => gone.clear(),
    }
  }
  return {
    facts,
    embed: await runnerFor(backend, model, embedOnly),
    head: await runnerFor(backend, model, headOnly({ layers })),
    settle,
  }
}

/** One step of a conversation: embedded, through all layers, to logits. */
async function step({ embed, head }: World, pipeline: Pipeline, position: number, tokens: readonly number[]): Promise<void> {
  const sequence = `${position}`
  const { data } = await embed.forward(sequence, 0, { kind: 'tokens', tokens })
  const hidden = await pipeline.hops.forward(0, position, Float32Array.from(data))
  await head.forward(sequence, 0, { kind: 'hidden', hidden })
  embed.forget(sequence)
  head.forget(sequence)
}

const prompt = (length: number): readonly number[] => Array.from({ length }, (_, at) => (at * 37) % 1000)

async function answered(world: World, house: House, oneIn: number | null, tokens: number) {
  const pipeline = await house.pipeline(oneIn)
  await step(world, pipeline, 0, prompt(PROMPT))
  // whoever stands by has been opened by now, as it has in an answer
  await delayed(4 * HOP_MS)
  const times: number[] = []
  for (let token = 0; token < tokens; token++) {
    const start = performance.now()
    await step(world, pipeline, PROMPT + token, [token])
    times.push(performance.now() - start)
  }
  return { pipeline, times }
}

/** Milliseconds from the loss of a shard to the next token, less what a token takes anyway. */
async function stall(world: World, house: House, oneIn: number | null): Promise<number> {
  const { pipeline, times } = await answered(world, house, oneIn, KILLED_AT)
  house.kill(1)
  const start = performance.now()
  await step(world, pipeline, PROMPT + KILLED_AT, [KILLED_AT])
  const ms = performance.now() - start - median(times)
  pipeline.close()
  house.revive()
  return Math.max(ms, 0.1)
}

/** The same without what was kept: a new pipeline reads everything again. */
async function anew(world: World, house: House, waitMs: number): Promise<number> {
  const { pipeline } = await answered(world, house, null, 2)
  house.kill(1)
  pipeline.close()
  const start = performance.now()
  await delayed(waitMs)
  const again = await house.pipeline(null)
  await step(world, again, 0, prompt(PROMPT + KILLED_AT))
  const ms = performance.now() - start
  again.close()
  house.revive()
  return ms
}

/** Milliseconds of a token for each. They take turns token by token: a machine that is busy with something else slows all of them. */
async function perToken(world: World, ways: readonly { readonly house: House; readonly oneIn: number | null }[]) {
  const pipelines: Pipeline[] = []
  for (const { house, oneIn } of ways) pipelines.push((await answered(world, house, oneIn, 2)).pipeline)
  const all = ways.map((): number[] => [])
  for (let token = 2; token < TOKENS; token++)
    for (const [at, pipeline] of pipelines.entries()) {
      const start = performance.now()
      await step(world, pipeline, PROMPT + token, [token])
      all[at]?.push(performance.now() - start)
    }
  for (const pipeline of pipelines) pipeline.close()
  return all.map(median)
}

async function times(count: number, task: () => Promise<number>): Promise<number> {
  const all: number[] = []
  for (let turn = 0; turn < count; turn++) all.push(await task())
  return median(all)
}

/** What it costs when somebody closes a lid, beside what is usual; and what standing by costs while nobody does. */
export async function run(): Promise<BenchReport> {
  const measurements: Measurement[] = []
  for (const weights of ['fp32', 'int8'] as const) {
    const world = await createWorld(synthesise({ ...SHAPE, weights }))
    const [one, two, three] = [await world.settle(1, 1), await world.settle(2, 1), await world.settle(3, 1)]
    const pairs = await world.settle(2, 2)
    const cold = await times(KILLS, () => anew(world, pairs, 0))
    const waited = await times(2, () => anew(world, pairs, TIMEOUT_MS))
    const warm = await times(KILLS, () => stall(world, pairs, 16))
    const idle = await times(KILLS, () => stall(world, pairs, null))
    const better = 'lower' as const
    const against = (name: string, ours: number): readonly Measurement[] => [
      {
        name: `${weights}, stall, ${name}`,
        unit: 'ms',
        better,
        ours,
        theirs: { name: '5 s and all again', value: waited },
        aim: 10,
      },
      {
        name: `${weights}, stall, ${name}`,
        unit: 'ms',
        better,
        ours,
        theirs: { name: 'all again at once', value: cold },
        aim: 4,
      },
    ]
    measurements.push(...against('spare warmed by checks', warm), ...against('spare idle', idle))
    const [whole = 0, halves = 0, thirds = 0, standing = 0, checked = 0] = await perToken(world, [
      { house: one, oneIn: null },
      { house: two, oneIn: null },
      { house: three, oneIn: null },
      { house: pairs, oneIn: null },
      { house: pairs, oneIn: 16 },
    ])
    const beside = (name: string, ours: number, value: number, what: string, aim?: number): Measurement => ({
      name: `${weights}, a token, ${name}`,
      unit: 'ms',
      better,
      ours,
      theirs: { name: what, value },
      ...(aim !== undefined && { aim }),
    })
    measurements.push(
      beside('two spares idle', standing, halves, 'without spares', 0.95),
      beside('two spares, one in 16 checked', checked, halves, 'without spares'),
      beside('in 2 shards', halves, whole, 'in 1 shard elsewhere'),
      beside('in 3 shards', thirds, whole, 'in 1 shard elsewhere'),
    )
  }
  return {
    title: 'When somebody closes a lid',
    notes: [
      `  33 million random parameters, 2 shards and their spares, ${HOP_MS} ms there and back; a shard is lost at token ${KILLED_AT} after a question of ${PROMPT}.`,
      '  A stall is from the loss to the next token, less a token. All devices are one thread of Node: a check slows the answer here, and not where devices are many.',
    ],
    measurements,
  }
}
