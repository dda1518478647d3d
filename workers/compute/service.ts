import { HearthError } from '#protocol/core/errors.ts'
import { type Span, wholeOf } from './cut/span.ts'
import type { Engine } from './engine/engine.ts'
import type { ModelFolder, ReadyModel } from './model/open-model.ts'
import { isOp, MICROSOFT } from './onnx/model.ts'
import { generate, type Stage } from './pipeline/generate.ts'
import type { ChatEnding, ChatRequest, ComputePort, ModelSummary, Say } from './port.ts'

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

/** Tokens of a prompt that go through together. */
const CHUNK_TOKENS = 128
/** Unpacked, an int4 model takes eight times the room: only where that is little beside the budget. */
const UNPACKED_SHARE = 0.25
const UNPACKED_TIMES = 8

/** Computing on this device alone: whole models, from their folders to sentences. */
export function createCompute(deps: ComputeDeps): ComputePort {
  const opened = new Map<string, Promise<ReadyModel>>()
  const running = new Map<string, AbortController>()
  let starting: Promise<Engine> | null = null

  const engineOf = (): Promise<Engine> => {
    starting ??= deps.startEngine()
    // what failed may succeed the next time, with the engine's files in reach
    starting.catch(() => {
      starting = null
    })
    return starting
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

  return {
    models: async () => Promise.all((await deps.stored()).map(summary)),

    async shards() {
      const engine = await starting?.catch(() => null)
      if (!engine) return { backend: null, shards: [] }
      const { backend, shards } = engine.status()
      const hosted = shards.map(async ({ model, span, bytes, msPerToken }) => {
        const { weightsHash, decoder, shape } = await ready(model)
        return { model, weightsHash, layers: decoder.layers, hiddenSize: shape.hiddenSize, ...span, bytes, msPerToken }
      })
      return { backend, shards: await Promise.all(hosted) }
    },

    async chat(id, request, say) {
      if (running.has(id)) throw new HearthError('bad_request', 'an answer of this name is under way')
      const stop = new AbortController()
      running.set(id, stop)
      try {
        return await answer(id, request, say, stop.signal)
      } finally {
        running.delete(id)
      }
    },

    async cancel(id) {
      running.get(id)?.abort()
    },
  }

  async function answer(id: string, request: ChatRequest, say: Say, signal: AbortSignal): Promise<ChatEnding> {
    const model = await ready(request.model)
    const engine = await engineOf()
    const stage = await stageFor(engine, model, wholeOf(model.decoder), id)
    const { backend } = engine.status()
    const prompt = model.codec.prompt(request.messages)
    const room = (model.config.positions ?? Number.POSITIVE_INFINITY) - prompt.length
    if (room < 1) throw new HearthError('bad_request', 'the conversation is longer than the model can read')
    const answering = generate(
      { stages: [stage], codec: model.codec, hiddenSize: model.shape.hiddenSize, monotonic: deps.monotonic },
      { ...request, maxTokens: Math.min(request.maxTokens, room), prompt, chunk: CHUNK_TOKENS, signal },
    )
    let heard: unknown
    for (;;) {
      const next = await answering.next()
      if (next.done) {
        // text goes another way than the ending, which would overtake the last piece of it
        await heard
        return { ...next.value, backend }
      }
      if (next.value.text !== '') heard = say(next.value.text)
    }
  }
}

/** Loads what is not loaded yet. */
async function stageFor(engine: Engine, model: ReadyModel, span: Span, sequence: string): Promise<Stage> {
  const shard = await engine.load(model, span, {
    ...(model.config.positions !== null && { positions: model.config.positions }),
    dequantise: unpacks(engine, model),
  })
  return {
    forward: (position, step) => engine.forward(shard, sequence, position, step),
    forget: () => engine.forget(shard, sequence),
  }
}

/** On a processor int4 is about ten times slower than what it is unpacked to. */
function unpacks(engine: Engine, { decoder, bytes }: ReadyModel): boolean {
  const { backend, budgetBytes } = engine.status()
  const packed = decoder.graph.node.some((node) => isOp(node, 'MatMulNBits', MICROSOFT))
  return packed && backend === 'wasm' && bytes * UNPACKED_TIMES <= budgetBytes * UNPACKED_SHARE
}
