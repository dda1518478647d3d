import { transferHandlers } from 'comlink'
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
  readonly bytes: number
  readonly msPerToken: number | null
}

export interface ChatRequest {
  readonly model: string
  readonly messages: readonly ChatMessage[]
  readonly sampling: Sampling
  readonly maxTokens: number
  readonly stops: readonly string[]
}

export interface ChatEnding extends Ending {
  readonly backend: BackendKind
}

/** Takes a piece of text; from another worker it settles once that one has it. */
export type Say = (text: string) => unknown

/** What the compute worker does for the node; everything in it can be cloned. */
export interface ComputePort {
  models(): Promise<readonly ModelSummary[]>
  shards(): Promise<{ readonly backend: BackendKind | null; readonly shards: readonly HostedShard[] }>
  /** Answers, telling `say` each piece of text as it comes. @param id by which it can be stopped */
  chat(id: string, request: ChatRequest, say: Say): Promise<ChatEnding>
  cancel(id: string): Promise<void>
}

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
