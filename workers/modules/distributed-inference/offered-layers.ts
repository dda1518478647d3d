import { HearthError } from '#protocol/core/errors.ts'
import { hopDtypeOf } from '#protocol/distributed-inference/hop-dtype.ts'
import type { Layers, ShardDescriptor } from '#protocol/distributed-inference/schemas.ts'
import type { ComputeClient } from '../../compute/client.ts'
import type { BackendKind } from '../../compute/engine/backend.ts'
import type { HostedShard } from '../../compute/port.ts'
import type { Room } from './sharing-memory.ts'

export type OfferState = 'loading' | 'ready' | 'paused' | 'failed'

/** What became of layers that were loaded. */
export interface Loaded {
  readonly hosted: HostedShard
  readonly backend: BackendKind
  /** Most tokens that the model reads; null where it does not say. */
  readonly positions: number | null
}

/** A shard that others can use now. */
export interface ReadyShard {
  readonly descriptor: ShardDescriptor
  /** Aborts when it goes: nobody may go on with it (DLM-9). */
  readonly life: AbortSignal
  /** Takes one of its places. @returns what gives it back; null where all are taken */
  enter(): (() => void) | null
  /** Counts tokens that were computed for others. */
  served(tokens: number): void
}

/** Layers of a model that a person offers, in whatever state they are. */
export interface OfferedLayers {
  readonly id: string
  readonly model: string
  readonly weightsHash: string
  readonly layers: Layers
  readonly state: OfferState
  /** Why they failed. */
  readonly code: string | null
  /** Null unless they are ready, or about to be. */
  loaded: Loaded | null
  /** Conversations now. */
  readonly streams: number
  readonly servedTokens: number
  /** How often the compute worker died of them lately, as far as anybody can tell. */
  deaths: number
  /** In every state but `ready` nothing is loaded, and conversations are told to end. */
  become(state: OfferState, code?: string): void
  /** Brings them into memory. @throws HearthError why not; then nothing is */
  load(): Promise<Loaded>
  unload(): Promise<void>
  /** Whether `hosted` is what was loaded for them. */
  isThis(hosted: HostedShard): boolean
  /** For others. @returns null while they cannot use them */
  ready(room: Room | null): ReadyShard | null
}

interface OfferDeps {
  readonly compute: Pick<ComputeClient, 'describe' | 'load' | 'unload' | 'shards'>
  readonly changed: () => void
}

export const offerId = (model: string, { from, to }: Layers): string => `${model}:${from}-${to}`

export function createOffer(
  { compute, changed }: OfferDeps,
  { model, weightsHash, layers }: Pick<OfferedLayers, 'model' | 'weightsHash' | 'layers'>,
): OfferedLayers {
  const id = offerId(model, layers)
  const range = { first: layers.from, end: layers.to + 1 }
  let state: OfferState = 'paused'
  let code: string | null = null
  let loaded: Loaded | null = null
  let life = new AbortController()
  let streams = 0
  let servedTokens = 0
  let deaths = 0

  function descriptorOf({ hosted, backend }: Loaded, { streams: most, maxTokens }: Room): ShardDescriptor {
    return {
      shard_id: id,
      model,
      weights_sha256: weightsHash,
      layers,
      model_layers: hosted.layers,
      hidden_size: hosted.hiddenSize,
      memory_bytes: hosted.bytes,
      max_concurrent_streams: most,
      streams,
      max_tokens: maxTokens,
      dtype: hopDtypeOf(hosted.hiddenSize),
      backend,
      ms_per_token: hosted.msPerToken,
    }
  }

  function count(by: 1 | -1): void {
    streams += by
    changed()
  }

  function enter(most: number): (() => void) | null {
    if (streams >= most) return null
    let inside = true
    count(1)
    return () => {
      if (inside) count(-1)
      inside = false
    }
  }

  return {
    id,
    model,
    weightsHash,
    layers,
    get state() {
      return state
    },
    get code() {
      return code
    },
    get loaded() {
      return loaded
    },
    set loaded(now) {
      loaded = now
    },
    get streams() {
      return streams
    },
    get servedTokens() {
      return servedTokens
    },
    get deaths() {
      return deaths
    },
    set deaths(count) {
      deaths = count
    },
    become(next, why) {
      state = next
      code = why ?? null
      if (next !== 'ready') {
        life.abort(new HearthError('shard_unavailable', 'these layers are not offered any more'))
        life = new AbortController()
        loaded = null
      }
      changed()
    },
    async load() {
      const facts = await compute.describe(model)
      if (facts.weightsHash !== weightsHash)
        throw new HearthError('weights_mismatch', `${model} has other weights than when it was offered`)
      const hosted = await compute.load(model, range, true)
      const { backend } = await compute.shards()
      if (backend === null) throw new HearthError('not_implemented', 'nothing on this device computes')
      return { hosted, backend, positions: facts.positions }
    },
    unload: () => compute.unload(model, range).catch(() => undefined),
    isThis: (hosted) =>
      hosted.model === model && hosted.first === range.first && hosted.end === range.end && !hosted.embed && !hosted.head,
    ready(room) {
      if (state !== 'ready' || !loaded || !room) return null
      return {
        descriptor: descriptorOf(loaded, room),
        life: life.signal,
        enter: () => enter(room.streams),
        served(tokens) {
          servedTokens += tokens
        },
      }
    },
  }
}
