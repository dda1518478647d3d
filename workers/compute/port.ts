import { transfer, transferHandlers } from 'comlink'
import { HearthError, toHearthError, type WireError } from '#protocol/core/errors.ts'
import type { BackendKind } from './engine/backend.ts'
import type { Ending } from './pipeline/generate.ts'
import type { Sampling } from './text/sampler.ts'
import type { ChatMessage } from './text/tokenizer.ts'

/** What can be said of a model on this device. */
export interface ModelSummary {
  readonly id: string
  /** Null where it could not be read. */
  readonly weightsHash: string | null
  readonly bytes: number
  readonly layers: number
  /** Null where it can be computed here; otherwise why it cannot. */
  readonly refused: string | null
}

/** A shard that is in memory. */
export interface HostedShard {
  readonly model: string
  readonly weightsHash: string
  /** Of the whole model. */
  readonly layers: number
  readonly hiddenSize: number
  readonly embed: boolean
  readonly first: number
  /** The layer after the last one. */
  readonly end: number
  readonly head: boolean
  /** Of weights and what runs them. */
  readonly bytes: number
  /** Of what its conversations have said so far. */
  readonly cacheBytes: number
  readonly cacheBytesPerToken: number
  readonly sequences: number
  readonly msPerToken: number | null
}

/** Layers of a model, from `first` up to and without `end`. */
export interface LayerRange {
  readonly first: number
  readonly end: number
}

/** What a pipeline is planned from: what a model is, whether or not all of it lies here. */
export interface ModelFacts {
  readonly id: string
  readonly weightsHash: string
  readonly layers: number
  readonly hiddenSize: number
  /** Most tokens of a conversation; null where the model does not say. */
  readonly positions: number | null
  readonly bytes: number
  /** The bytes of all layers are here. */
  readonly whole: boolean
  /** Runs of layers whose bytes are here, from the lowest up. */
  readonly held: readonly LayerRange[]
  /** Memory that one layer takes while it is loaded, about. */
  readonly layerBytes: number
  /** Rounds by all tokens of a step (dynamic int8): what is computed anew has to be cut into the same steps (`isStepwise`). */
  readonly stepwise: boolean
}

/** One conversation with loaded layers of a model. */
export interface SequenceOf extends LayerRange {
  readonly model: string
  /** Names the conversation; its cache goes by it. */
  readonly sequence: string
}

/** The next tokens of a conversation, before the first of the layers. */
export interface LayerStep extends SequenceOf {
  /** Tokens of the conversation before this step. */
  readonly position: number
  /** [tokens, hidden], row after row. Moves to the compute worker: nobody else can read it afterwards. */
  readonly hidden: Float32Array<ArrayBuffer>
}

/** Layers between embedding and head that are computed elsewhere, stage after stage. */
export interface Hops {
  readonly stages: number
  /**
   * Takes hidden states through a stage; both arrays move. Several steps of one conversation may be under way at once, in order
   * for each stage: prompts go through in chunks that overlap.
   */
  forward(stage: number, position: number, hidden: Float32Array<ArrayBuffer>): Promise<Float32Array<ArrayBuffer>>
}

/** What an answer waits for; the engine computes with a `backend` from its start on. */
export interface Wait {
  readonly phase: 'engine' | 'layers' | 'reading'
  readonly backend: BackendKind | null
}

/** Text as it comes, with the tokens that it was made of; empty while half a character or a stop string is held back. */
export interface Piece {
  readonly text: string
  readonly tokens: readonly number[]
  /** There is nothing yet, and this is why. */
  readonly wait?: Wait
}

export interface ChatRequest {
  readonly model: string
  readonly messages: readonly ChatMessage[]
  readonly sampling: Sampling
  readonly maxTokens: number
  readonly stops: readonly string[]
  /**
   * Tokens of the answer that were told already: it goes on after them, with the text and the choices that would have come had it
   * never stopped (DLM-4). They count as said, and are not told again.
   */
  readonly said?: readonly number[]
}

export interface ChatEnding extends Ending {
  readonly backend: BackendKind
}

/** Takes a piece of the answer; from another worker it settles once that one has it. */
export type Say = (piece: Piece) => unknown

/** What the compute worker does for the node; everything in it can be cloned. */
export interface ComputePort {
  models(): Promise<readonly ModelSummary[]>
  shards(): Promise<{ readonly backend: BackendKind | null; readonly shards: readonly HostedShard[] }>
  /** @throws HearthError `not_found`, `bad_request` or `not_implemented` where it cannot be computed here */
  describe(model: string): Promise<ModelFacts>
  /**
   * Loads layers without either end, or finds them loaded.
   * @param keep while nobody uses them, too; otherwise they go after ten minutes of rest
   * @throws HearthError `capacity_exceeded` before a byte of weights is read, `not_found` for layers whose bytes are not here
   */
  load(model: string, layers: LayerRange, keep?: boolean): Promise<HostedShard>
  unload(model: string, layers: LayerRange): Promise<void>
  /** @throws HearthError `not_found` for layers that are not loaded or a conversation that was forgotten, `bad_request` out of order */
  forward(step: LayerStep): Promise<Float32Array<ArrayBuffer>>
  /** Frees a conversation's cache, at once or when the step under way is done. */
  forget(conversation: SequenceOf): Promise<void>
  /** Memory for everything that is loaded; the longest unused goes where it is less than before. */
  setBudget(bytes: number): Promise<void>
  /** Unloads whatever is of a model whose files changed or are to go, and reads them anew the next time. */
  drop(model: string): Promise<void>
  /**
   * Answers, telling `say` each piece as it comes; by all layers of the model, or by `hop` between its embedding and its head.
   * @param id by which it can be stopped
   * @param stages of `hop`
   */
  chat(id: string, request: ChatRequest, say: Say, stages?: number, hop?: Hops['forward']): Promise<ChatEnding>
  cancel(id: string): Promise<void>
  /** Settles when the worker listens again, between two pieces of work. */
  ping(): Promise<void>
}

/** What the worker says, once and beside its answers, when it holds the lock of its own name: from then on that tells of its death. */
export const ALIVE = 'alive'

/** Marks an array as one that moves to another worker instead of being copied. */
export const moving = (hidden: Float32Array<ArrayBuffer>): Float32Array<ArrayBuffer> => transfer(hidden, [hidden.buffer])

interface Thrown {
  readonly value: unknown
}
type Carried = { readonly wire: WireError }
const isCarried = (value: unknown): value is Carried => typeof value === 'object' && value !== null && 'wire' in value

/** Sends failures to whoever called with their code (house style 10). For the worker that answers. */
export function sendHearthErrors(): void {
  transferHandlers.set('throw', {
    ...throwing(),
    serialize: (thrown: Thrown) => [{ wire: toHearthError(thrown.value).toWire() }, []],
  })
}

/** Takes failures with their code; others, of other ports, as they come. For whoever calls. */
export function receiveHearthErrors(): void {
  const { canHandle, serialize, deserialize } = throwing()
  transferHandlers.set('throw', {
    canHandle,
    serialize,
    deserialize: (carried) => {
      if (isCarried(carried)) throw HearthError.fromWire(carried.wire)
      return deserialize(carried)
    },
  })
}

function throwing() {
  const handler = transferHandlers.get('throw')
  if (!handler) throw new TypeError('comlink has no way to carry what is thrown')
  return handler
}
