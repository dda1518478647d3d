import type { Static } from '@sinclair/typebox'
import { HearthError, toHearthError } from '#protocol/core/errors.ts'
import { CountSchema, Strict } from '#protocol/core/schema.ts'
import * as Type from '#protocol/core/type.ts'
import {
  type Layers,
  LayersSchema,
  ModelIdSchema,
  type ShardDescriptor,
  WeightsHashSchema,
} from '#protocol/distributed-inference/schemas.ts'
import type { ComputeClient } from '../../compute/client.ts'
import type { BackendKind } from '../../compute/engine/backend.ts'
import { createTurns } from '../../compute/engine/turns.ts'
import type { HostedShard, ModelFacts } from '../../compute/port.ts'
import type { Drawer, Shelf } from '../../kernel/shelf.ts'
import { createSignal, type Signal } from '../../kernel/signal.ts'
import { chooseLayers } from './choose-layers.ts'
import { type Limits, type Room, roomIn, usualBytes } from './sharing-memory.ts'

/** What a person said of sharing; offers are in the order in which they were made. */
const SharingSchema = Strict({
  share: Type.Boolean(),
  memory_bytes: CountSchema,
  offers: Type.Array(Strict({ model: ModelIdSchema, weights_sha256: WeightsHashSchema, layers: LayersSchema }), {
    maxItems: 64,
  }),
})
type Said = Static<typeof SharingSchema>

/** Set aside for conversations while layers are chosen. */
const SHARE_OF_CACHES = 0.25
const MOST_OFFERS = 64
/** Beats between two tries of what did not fit: other models may have gone meanwhile. */
const BEATS_BETWEEN_TRIES = 12

type State = 'loading' | 'ready' | 'paused' | 'failed'

/** Layers that this device keeps for others. */
export interface Offer {
  readonly id: string
  readonly model: string
  readonly weightsHash: string
  readonly layers: Layers
  readonly state: State
  /** Why it failed. */
  readonly code: string | null
  readonly memoryBytes: number
  /** Conversations now. */
  readonly streams: number
  readonly servedTokens: number
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

export interface Sharing {
  readonly share: boolean
  readonly memoryBytes: number
  readonly limits: Limits
  offers(): readonly Offer[]
  /** What others can use now; nothing while sharing is off. */
  ready(): readonly ShardDescriptor[]
  find(shardId: string): ReadyShard | null
  /** @throws HearthError `not_found`, `bad_request`, `capacity_exceeded`, `weights_mismatch` */
  offer(model: string, layers?: Layers): Promise<string>
  /** @throws HearthError `not_found` */
  withdraw(shardId: string): Promise<void>
  /** @throws HearthError `bad_request` for memory beyond the limits */
  set(change: { readonly share?: boolean; readonly memoryBytes?: number }): Promise<void>
  /** Looks whether what is offered is still loaded, and loads what is not. */
  beat(): Promise<void>
  /** Models came or went: what failed is tried again. */
  retry(): Promise<void>
  /** Something that others or a person can see is different. */
  readonly changed: Signal<void>
  stop(): void
}

interface SharingDeps {
  readonly shelf: Shelf
  readonly compute: Pick<ComputeClient, 'describe' | 'load' | 'unload' | 'shards' | 'setBudget'>
  readonly limits: Limits
  /** Layers of these weights that others offer, as far as is known. */
  readonly elsewhere: (weightsHash: string) => readonly Layers[]
}

interface Entry {
  readonly id: string
  readonly model: string
  readonly weightsHash: string
  readonly layers: Layers
  state: State
  code: string | null
  loaded: { readonly hosted: HostedShard; readonly backend: BackendKind; readonly positions: number | null } | null
  life: AbortController
  streams: number
  servedTokens: number
}

const idOf = (model: string, { from, to }: Layers): string => `${model}:${from}-${to}`
const rangeOf = ({ from, to }: Layers) => ({ first: from, end: to + 1 })

/** Keeps layers ready for others while a person wants that, within the memory they set aside (DLM-8, DLM-9). */
export async function openSharing({ shelf, compute, limits, elsewhere }: SharingDeps): Promise<Sharing> {
  const drawer: Drawer<Said> = await shelf.open('distributed-inference.sharing', SharingSchema, {
    share: false,
    memory_bytes: usualBytes(limits),
    offers: [],
  })
  const inTurn = createTurns()
  const changed = createSignal<void>()
  const entries = new Map<string, Entry>()
  for (const { model, weights_sha256, layers } of drawer.get().offers) keep(model, weights_sha256, layers)
  let beats = 0
  let stopped = false

  function keep(model: string, weightsHash: string, layers: Layers): Entry {
    const id = idOf(model, layers)
    const state = drawer.get().share ? 'loading' : 'paused'
    const rest = { code: null, loaded: null, life: new AbortController(), streams: 0, servedTokens: 0 }
    const entry: Entry = { id, model, weightsHash, layers, state, ...rest }
    entries.set(id, entry)
    return entry
  }

  const save = (change: Partial<Said> = {}): Promise<void> =>
    drawer.set({
      ...drawer.get(),
      offers: [...entries.values()].map(({ model, weightsHash, layers }) => ({ model, weights_sha256: weightsHash, layers })),
      ...change,
    })

  const loadedBytes = (): number => [...entries.values()].reduce((sum, { loaded }) => sum + (loaded?.hosted.bytes ?? 0), 0)

  /** What is left of the memory for a shard's conversations, all shards alike. */
  function roomOf({ loaded }: Entry): Room | null {
    if (!loaded) return null
    const sharers = [...entries.values()].filter((entry) => entry.loaded !== null).length
    const bytes = (drawer.get().memory_bytes - loadedBytes()) / sharers
    return roomIn(bytes, loaded.hosted.cacheBytesPerToken, loaded.positions)
  }

  function become(entry: Entry, state: State, code: string | null = null): void {
    entry.state = state
    entry.code = code
    if (state !== 'ready') {
      entry.life.abort(new HearthError('shard_unavailable', 'these layers are not offered any more'))
      entry.life = new AbortController()
      entry.loaded = null
    }
    changed.emit()
  }

  const unload = ({ model, layers }: Entry): Promise<void> => compute.unload(model, rangeOf(layers)).catch(() => undefined)

  /** @throws HearthError why it cannot be offered */
  async function load(entry: Entry): Promise<void> {
    become(entry, 'loading')
    const { weightsHash, positions } = await compute.describe(entry.model)
    if (weightsHash !== entry.weightsHash)
      throw new HearthError('weights_mismatch', `${entry.model} has other weights than when it was offered`)
    const hosted = await compute.load(entry.model, rangeOf(entry.layers), true)
    const { backend } = await compute.shards()
    if (backend === null) throw new HearthError('not_implemented', 'nothing on this device computes')
    entry.loaded = { hosted, backend, positions }
    if (!roomOf(entry)) {
      entry.loaded = null
      await unload(entry)
      throw new HearthError('capacity_exceeded', `${entry.id} leaves no room for conversations`)
    }
    if (stopped) return
    if (entries.get(entry.id) !== entry) {
      await unload(entry)
      throw new HearthError('shard_unavailable', `${entry.id} was taken back while it was loading`)
    }
    if (!drawer.get().share) {
      await unload(entry)
      return become(entry, 'paused')
    }
    become(entry, 'ready')
  }

  async function tryToLoad(entry: Entry): Promise<void> {
    await load(entry).catch((error: unknown) => {
      const { code } = toHearthError(error)
      if (code === 'internal_error') reportError(error)
      become(entry, 'failed', code)
    })
  }

  async function loadAll(which: (entry: Entry) => boolean): Promise<void> {
    for (const entry of [...entries.values()]) if (!stopped && drawer.get().share && which(entry)) await tryToLoad(entry)
  }

  /** Whoever asked is not kept waiting for a model to load: the offers say how far it is. */
  function loadSoon(which: (entry: Entry) => boolean): void {
    const wanted = [...entries.values()].filter(which)
    for (const entry of wanted) become(entry, 'loading')
    void inTurn(() => loadAll((entry) => wanted.includes(entry) && entry.state !== 'ready'))
  }

  async function remove(entry: Entry): Promise<void> {
    entries.delete(entry.id)
    const was = entry.loaded
    become(entry, 'paused')
    if (was) await unload(entry)
  }

  /** @throws HearthError `bad_request`, `not_found` */
  function requireHeld({ id, layers, held }: ModelFacts, { from, to }: Layers): void {
    if (from > to || to >= layers) throw new HearthError('bad_request', `${id} has no layers ${from} to ${to}`)
    if (!held.some(({ first, end }) => first <= from && to < end))
      throw new HearthError('not_found', `layers ${from} to ${to} of ${id} are not on this device`)
  }

  function choose({ held, layers, layerBytes, weightsHash }: ModelFacts, fewer: number): Layers {
    const own = [...entries.values()].filter((entry) => entry.weightsHash === weightsHash).map((entry) => entry.layers)
    const free = (drawer.get().memory_bytes - loadedBytes()) * (1 - SHARE_OF_CACHES)
    const most = Math.floor(free / Math.max(1, layerBytes)) - fewer
    const chosen = chooseLayers({ modelLayers: layers, held, most, taken: [...own, ...elsewhere(weightsHash)] })
    if (!chosen) throw new HearthError('capacity_exceeded', 'not one more layer fits into the memory that is set aside')
    return chosen
  }

  /** @throws HearthError */
  async function add(model: string, weightsHash: string, layers: Layers): Promise<string> {
    const known = entries.get(idOf(model, layers))
    if (known?.state === 'ready' && known.weightsHash === weightsHash) return known.id
    if (!known && entries.size >= MOST_OFFERS) throw new HearthError('capacity_exceeded', `${MOST_OFFERS} offers are the most`)
    if (known) await remove(known)
    const entry = keep(model, weightsHash, layers)
    try {
      if (drawer.get().share) await load(entry)
      await save()
    } catch (error) {
      await remove(entry)
      throw error
    }
    changed.emit()
    return entry.id
  }

  /** Layers are measured only when they are cut: what turns out too large is tried with one layer less. */
  async function addChosen(facts: ModelFacts): Promise<string> {
    for (let fewer = 0; ; fewer++) {
      const layers = choose(facts, fewer)
      try {
        return await add(facts.id, facts.weightsHash, layers)
      } catch (error) {
        if (toHearthError(error).code !== 'capacity_exceeded' || layers.from === layers.to) throw error
      }
    }
  }

  async function setMemory(bytes: number): Promise<void> {
    const before = drawer.get().memory_bytes
    // the newest goes first: what was there longest is what others rely on
    for (const entry of [...entries.values()].reverse()) if (loadedBytes() > bytes) await remove(entry)
    await save({ memory_bytes: bytes })
    await compute.setBudget(bytes)
    if (bytes > before) loadSoon(({ code }) => code === 'capacity_exceeded')
  }

  /** At once, also while something loads: nothing is computed for others from now on. */
  async function stopSharing(): Promise<void> {
    await save({ share: false })
    const were = [...entries.values()].filter(({ loaded }) => loaded !== null)
    for (const entry of entries.values()) become(entry, 'paused')
    void inTurn(async () => {
      for (const entry of were) if (!drawer.get().share) await unload(entry)
    })
  }

  async function look(): Promise<void> {
    if (!drawer.get().share) return
    beats += 1
    const { backend, shards } = await compute.shards()
    for (const entry of [...entries.values()]) {
      if (stopped || entry.state === 'loading' || entry.state === 'paused') continue
      const { model, layers, loaded } = entry
      const { first, end } = rangeOf(layers)
      const hosted = shards.find(
        (shard) => shard.model === model && shard.first === first && shard.end === end && !shard.embed && !shard.head,
      )
      if (loaded && hosted && backend) entry.loaded = { ...loaded, hosted, backend }
      // another model needed the room, or the graphics card was lost
      else if (loaded || (entry.code === 'capacity_exceeded' && beats % BEATS_BETWEEN_TRIES === 0)) await tryToLoad(entry)
    }
  }

  function descriptorOf(entry: Entry): ShardDescriptor | null {
    const room = roomOf(entry)
    if (entry.state !== 'ready' || !entry.loaded || !room || stopped) return null
    const { hosted, backend } = entry.loaded
    return {
      shard_id: entry.id,
      model: entry.model,
      weights_sha256: entry.weightsHash,
      layers: entry.layers,
      model_layers: hosted.layers,
      hidden_size: hosted.hiddenSize,
      memory_bytes: hosted.bytes,
      max_concurrent_streams: room.streams,
      streams: entry.streams,
      max_tokens: room.maxTokens,
      dtype: 'fp16',
      backend,
      ms_per_token: hosted.msPerToken,
    }
  }

  await compute.setBudget(drawer.get().memory_bytes)
  if (drawer.get().share) loadSoon(() => true)

  return {
    get share() {
      return drawer.get().share
    },
    get memoryBytes() {
      return drawer.get().memory_bytes
    },
    limits,
    changed,
    offers: () =>
      [...entries.values()].map(({ id, model, weightsHash, layers, state, code, loaded, streams, servedTokens }) => ({
        ...{ id, model, weightsHash, layers, state, code, streams, servedTokens },
        memoryBytes: (loaded?.hosted.bytes ?? 0) + (loaded?.hosted.cacheBytes ?? 0),
      })),
    ready: () => [...entries.values()].flatMap((entry) => descriptorOf(entry) ?? []),
    find(shardId) {
      const entry = entries.get(shardId)
      const descriptor = entry && descriptorOf(entry)
      if (!descriptor) return null
      return {
        descriptor,
        life: entry.life.signal,
        enter() {
          if (entry.streams >= descriptor.max_concurrent_streams) return null
          let inside = true
          const step = (by: 1 | -1): void => {
            entry.streams += by
            changed.emit()
          }
          step(1)
          return () => {
            if (inside) step(-1)
            inside = false
          }
        },
        served(tokens) {
          entry.servedTokens += tokens
        },
      }
    },
    offer: (model, layers) =>
      inTurn(async () => {
        const facts = await compute.describe(model)
        if (!layers) return addChosen(facts)
        requireHeld(facts, layers)
        return add(model, facts.weightsHash, layers)
      }),
    async withdraw(shardId) {
      const entry = entries.get(shardId)
      if (!entry) throw new HearthError('not_found', `${shardId} is not offered`)
      // whoever uses it is told before anything else is waited for
      const was = entry.loaded
      entries.delete(shardId)
      become(entry, 'paused')
      await inTurn(async () => {
        await save()
        if (was) await unload(entry)
      })
    },
    async set({ share, memoryBytes }) {
      const { leastBytes, mostBytes } = limits
      if (memoryBytes !== undefined && (memoryBytes < leastBytes || memoryBytes > mostBytes))
        throw new HearthError('bad_request', 'more or less memory than can be set aside', {
          data: { least_bytes: leastBytes, most_bytes: mostBytes },
        })
      if (share === false) await stopSharing()
      if (memoryBytes !== undefined) await inTurn(() => setMemory(memoryBytes))
      if (share === true) {
        await save({ share })
        loadSoon(({ state }) => state !== 'ready')
      }
      changed.emit()
    },
    beat: () => inTurn(look),
    retry: () => inTurn(() => loadAll(({ state }) => state === 'failed')),
    stop() {
      stopped = true
      for (const entry of entries.values()) entry.life.abort(new HearthError('shard_unavailable', 'this node closes'))
      changed.emit()
    },
  }
}
