import { HearthError } from '#protocol/core/errors.ts'
import { DISTRIBUTED_LLM_CHUNK_TOKENS } from '#protocol/distributed-inference/constants.ts'
import { cut } from './cut/cut.ts'
import { embedOnly, headOnly, layersOnly, nameOf, type Span, wholeOf } from './cut/span.ts'
import type { Engine, LoadedShard } from './engine/engine.ts'
import type { ModelFolder, ReadyModel } from './model/open-model.ts'
import { isOp, MICROSOFT } from './onnx/model.ts'
import { generate, type Stage } from './pipeline/generate.ts'
import { isStepwise } from './pipeline/stepwise.ts'
import {
  type ChatEnding,
  type ChatRequest,
  type ComputePort,
  type Hops,
  type HostedShard,
  type LayerRange,
  type ModelSummary,
  moving,
  type Say,
  type Wait,
} from './port.ts'

interface ComputeDeps {
  /** Names of the models on this device. */
  readonly stored: () => Promise<readonly string[]>
  readonly folder: (id: string) => Promise<ModelFolder>
  /** Reads a folder; apart, so that its libraries load with the first model. */
  readonly open: (folder: ModelFolder) => Promise<ReadyModel>
  /** Started with the first model that is computed. */
  readonly startEngine: () => Promise<Engine>
  readonly monotonic: () => number
}

/** Unpacked, an int4 model takes eight times the room: only where that is little beside the budget. */
const UNPACKED_SHARE = 0.25
const UNPACKED_TIMES = 8

/** The most that weights take in memory, beside what there is of them (measured with WebAssembly). */
const MEMORY_TIMES = 1.55

/** Computing on this device: whole models, from their folders to sentences, and layers of them for conversations of others. */
export function createCompute(deps: ComputeDeps): ComputePort {
  const opened = new Map<string, Promise<ReadyModel>>()
  const running = new Map<string, AbortController>()
  let starting: Promise<Engine> | null = null
  /** Once it has started: what is asked of it then keeps its order. */
  let engine: Engine | null = null
  /** Set before there was anything to set it for. */
  let budgetBytes: number | null = null

  const engineOf = (): Promise<Engine> => {
    starting ??= start()
    // what failed may succeed the next time, with the engine's files in reach
    starting.catch(() => {
      starting = null
    })
    return starting
  }

  async function start(): Promise<Engine> {
    const started = await deps.startEngine()
    if (budgetBytes !== null) await started.setBudget(budgetBytes)
    engine = started
    return started
  }

  function ready(id: string): Promise<ReadyModel> {
    const known = opened.get(id)
    if (known) return known
    const opening = deps.folder(id).then(deps.open)
    opened.set(id, opening)
    opening.catch(() => opened.delete(id))
    return opening
  }

  async function summary(id: string): Promise<ModelSummary> {
    try {
      const { weightsHash, bytes, decoder } = await ready(id)
      return { id, weightsHash, bytes, layers: decoder.layers, refused: null }
    } catch (error) {
      if (!(error instanceof HearthError)) throw error
      return { id, weightsHash: null, bytes: 0, layers: 0, refused: error.message }
    }
  }

  async function hosted({ model, span, ...numbers }: LoadedShard): Promise<HostedShard> {
    const { weightsHash, decoder, shape } = await ready(model)
    const { bytes, cacheBytes, cacheBytesPerToken, sequences, msPerToken } = numbers
    const memory = { bytes, cacheBytes, cacheBytesPerToken, sequences }
    return { model, weightsHash, layers: decoder.layers, hiddenSize: shape.hiddenSize, ...span, ...memory, msPerToken }
  }

  return {
    models: async () => Promise.all((await deps.stored()).map(summary)),

    async shards() {
      if (!engine) return { backend: null, shards: [] }
      const { backend, shards } = engine.status()
      return { backend, shards: await Promise.all(shards.map(hosted)) }
    },

    async describe(id) {
      const { weightsHash, decoder, shape, config, bytes, heldLayers } = await ready(id)
      const { layers } = decoder
      const held = await heldLayers()
      const loaded = cut(decoder, layersOnly(0, layers), positionsOf(config)).weightsBytes
      return {
        id,
        weightsHash,
        layers,
        hiddenSize: shape.hiddenSize,
        positions: config.positions,
        bytes,
        whole: held.length === layers,
        stepwise: isStepwise(decoder),
        held: runsOf(held),
        layerBytes: Math.ceil((loaded / layers) * MEMORY_TIMES),
      }
    },

    async load(id, { first, end }, keep = false) {
      const model = await ready(id)
      const started = await engineOf()
      const shard = await loadedShard(started, model, layersOnly(first, end), keep)
      const loaded = started.status().shards.find((one) => one.id === shard)
      if (!loaded) throw new HearthError('capacity_exceeded', `${shard} had to go again at once`)
      return hosted(loaded)
    },

    async unload(model, layers) {
      await engine?.unload(layersOf(model, layers))
    },

    async forward({ model, first, end, sequence, position, hidden }) {
      if (!engine) throw new HearthError('not_found', 'nothing is loaded')
      const outcome = await engine.forward(layersOf(model, { first, end }), sequence, position, { kind: 'hidden', hidden })
      return moving(outcome.data)
    },

    async forget({ model, first, end, sequence }) {
      engine?.forget(layersOf(model, { first, end }), sequence)
    },

    async setBudget(bytes) {
      budgetBytes = bytes
      await engine?.setBudget(bytes)
    },

    async drop(model) {
      opened.delete(model)
      for (const shard of engine?.status().shards ?? []) if (shard.model === model) await engine?.unload(shard.id)
    },

    async chat(id, request, say, stages = 0, hop = undefined) {
      if (running.has(id)) throw new HearthError('bad_request', 'an answer of this name is under way')
      const stop = new AbortController()
      running.set(id, stop)
      try {
        return await answer(id, request, say, hop ? { stages, forward: hop } : null, stop.signal)
      } finally {
        running.delete(id)
      }
    },

    async ping() {},
    async cancel(id) {
      running.get(id)?.abort()
    },
  }

  async function answer(
    id: string,
    request: ChatRequest,
    say: Say,
    hops: Hops | null,
    signal: AbortSignal,
  ): Promise<ChatEnding> {
    const waitFor = (phase: Wait['phase']): unknown =>
      say({ text: '', tokens: [], wait: { phase, backend: engine?.status().backend ?? null } })
    const model = await ready(request.model)
    if (!engine) waitFor('engine')
    const started = await engineOf()
    if (!spansOf(model, hops).every((span) => isLoaded(started, model, span))) waitFor('layers')
    const stages = await stagesOf(started, model, hops, id)
    waitFor('reading')
    const { backend } = started.status()
    const prompt = model.codec.prompt(request.messages)
    const room = (model.config.positions ?? Number.POSITIVE_INFINITY) - prompt.length
    if (room < 1) throw new HearthError('bad_request', 'the conversation is longer than the model can read')
    const answering = generate(
      { stages, codec: model.codec, hiddenSize: model.shape.hiddenSize, monotonic: deps.monotonic },
      {
        ...request,
        maxTokens: Math.min(request.maxTokens, room),
        prompt,
        chunk: DISTRIBUTED_LLM_CHUNK_TOKENS,
        stepwise: isStepwise(model.decoder),
        signal,
      },
    )
    let heard: unknown
    for (;;) {
      const next = await answering.next()
      if (next.done) {
        // text goes another way than the ending, which would overtake the last piece of it
        await heard
        return { ...next.value, backend }
      }
      heard = say({ text: next.value.text, tokens: [next.value.token] })
    }
  }
}

/** As the engine names them. */
const layersOf = (model: string, { first, end }: LayerRange): string => `${model}:${nameOf(layersOnly(first, end))}`

/** Layers that follow each other, together. */
function runsOf(layers: readonly number[]): readonly LayerRange[] {
  const runs: { first: number; end: number }[] = []
  for (const layer of layers) {
    const last = runs.at(-1)
    if (last?.end === layer) last.end += 1
    else runs.push({ first: layer, end: layer + 1 })
  }
  return runs
}

/** What of a model is computed here. */
const spansOf = ({ decoder }: ReadyModel, hops: Hops | null): readonly [first: Span, ...rest: Span[]] =>
  hops ? [embedOnly, headOnly(decoder)] : [wholeOf(decoder)]

const isLoaded = (engine: Engine, { id }: ReadyModel, span: Span): boolean =>
  engine.status().shards.some((shard) => shard.model === id && nameOf(shard.span) === nameOf(span))

async function stagesOf(engine: Engine, model: ReadyModel, hops: Hops | null, sequence: string): Promise<readonly Stage[]> {
  const [first, ...rest] = spansOf(model, hops)
  const begin = await stageFor(engine, model, first, sequence)
  if (!hops) return [begin]
  const ends: Stage[] = []
  for (const span of rest) ends.push(await stageFor(engine, model, span, sequence))
  const between = Array.from({ length: hops.stages }, (_, stage) => elsewhere(hops, stage, model.shape.hiddenSize))
  return [begin, ...between, ...ends]
}

/** Whoever computes it also frees what it keeps of the conversation. */
const elsewhere = (hops: Hops, stage: number, hiddenSize: number): Stage => ({
  overlaps: true,
  async forward(position, step) {
    if (step.kind !== 'hidden') throw new HearthError('internal_error', 'tokens between layers')
    const tokens = step.hidden.length / hiddenSize
    return { kind: 'hidden', data: await hops.forward(stage, position, moving(step.hidden)), tokens }
  },
  forget: () => undefined,
})

async function stageFor(engine: Engine, model: ReadyModel, span: Span, sequence: string): Promise<Stage> {
  const shard = await loadedShard(engine, model, span)
  return {
    forward: (position, step) => engine.forward(shard, sequence, position, step),
    forget: () => engine.forget(shard, sequence),
  }
}

/** Loads what is not loaded yet, cut in the same way for whoever asks. */
const loadedShard = (engine: Engine, model: ReadyModel, span: Span, keep = false): Promise<string> =>
  engine.load(model, span, {
    ...positionsOf(model.config),
    dequantise: unpacks(engine, model, span),
    keep,
  })

const positionsOf = ({ positions }: ReadyModel['config']) => (positions === null ? {} : { positions })

/** On a processor int4 is about ten times slower than what it is unpacked to. */
function unpacks(engine: Engine, { decoder, bytes }: ReadyModel, { first, end, embed, head }: Span): boolean {
  const { backend, budgetBytes } = engine.status()
  const packed = decoder.graph.node.some((node) => isOp(node, 'MatMulNBits', MICROSOFT))
  const share = embed || head ? 1 : (end - first) / decoder.layers
  return packed && backend === 'wasm' && bytes * share * UNPACKED_TIMES <= budgetBytes * UNPACKED_SHARE
}
