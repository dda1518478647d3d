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
import type { ModelFacts } from '../../compute/port.ts'
import type { Drawer, Shelf } from '../../kernel/shelf.ts'
import { createSignal, type Signal } from '../../kernel/signal.ts'
import { createTurn } from '../../kernel/turn.ts'
import { chooseLayers } from './choose-layers.ts'
import { createLoading } from './loading.ts'
import { createOffer, type OfferedLayers, type OfferState, offerId, type ReadyShard } from './offered-layers.ts'
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

/** Layers that this device keeps for others. */
export interface Offer {
  readonly id: string
  readonly model: string
  readonly weightsHash: string
  readonly layers: Layers
  readonly state: OfferState
  /** Why it failed. */
  readonly code: string | null
  readonly memoryBytes: number
  /** Conversations now. */
  readonly streams: number
  readonly servedTokens: number
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
  /** Offers nothing any more, for good; conversations that run go on. */
  close(): void
  /** Ends those, too. */
  stop(): void
}

interface SharingDeps {
  readonly shelf: Shelf
  readonly compute: Pick<ComputeClient, 'describe' | 'load' | 'unload' | 'shards' | 'setBudget' | 'lost'>
  readonly limits: Limits
  /** Layers of these weights that others offer, as far as is known. */
  readonly elsewhere: (weightsHash: string) => readonly Layers[]
}

/** Keeps layers ready for others while a person wants that, within the memory they set aside (DLM-8, DLM-9). */
export async function openSharing({ shelf, compute, limits, elsewhere }: SharingDeps): Promise<Sharing> {
  const drawer: Drawer<Said> = await shelf.open('distributed-inference.sharing', SharingSchema, {
    share: false,
    memory_bytes: usualBytes(limits),
    offers: [],
  })
  const inTurn = createTurn()
  const saving = createTurn()
  const changed = createSignal<void>()
  const offers = new Map<string, OfferedLayers>()
  for (const { model, weights_sha256, layers } of drawer.get().offers) keep(model, weights_sha256, layers)
  let stopped = false

  function keep(model: string, weightsHash: string, layers: Layers): OfferedLayers {
    const offer = createOffer({ compute, changed: () => changed.emit() }, { model, weightsHash, layers })
    offers.set(offer.id, offer)
    return offer
  }

  /** One after the other, each upon what the one before it wrote. */
  const save = (change: Partial<Said> = {}): Promise<void> =>
    saving(() =>
      drawer.set({
        ...drawer.get(),
        offers: [...offers.values()].map(({ model, weightsHash, layers }) => ({ model, weights_sha256: weightsHash, layers })),
        ...change,
      }),
    )

  const loadedBytes = (): number => [...offers.values()].reduce((sum, { loaded }) => sum + (loaded?.hosted.bytes ?? 0), 0)

  /** What is left of the memory for the conversations of layers, all alike. */
  function roomOf({ loaded }: OfferedLayers): Room | null {
    if (!loaded) return null
    const sharers = [...offers.values()].filter((offer) => offer.loaded !== null).length
    const bytes = (drawer.get().memory_bytes - loadedBytes()) / sharers
    return roomIn(bytes, loaded.hosted.cacheBytesPerToken, loaded.positions)
  }

  const { load, loadAll, loadSoon, look, followLoss } = createLoading({
    ...{ compute, inTurn, offers, roomOf },
    wanted: () => drawer.get().share,
    stopped: () => stopped,
  })
  const stopFollowing = compute.lost.on(followLoss)

  /** Tells whoever uses it first. */
  async function remove(offer: OfferedLayers): Promise<void> {
    offers.delete(offer.id)
    const was = offer.loaded
    offer.become('paused')
    if (was) await offer.unload()
  }

  /** @throws HearthError `bad_request`, `not_found` */
  function requireHeld({ id, layers, held }: ModelFacts, { from, to }: Layers): void {
    if (from > to || to >= layers) throw new HearthError('bad_request', `${id} has no layers ${from} to ${to}`)
    if (!held.some(({ first, end }) => first <= from && to < end))
      throw new HearthError('not_found', `layers ${from} to ${to} of ${id} are not on this device`)
  }

  function choose({ held, layers, layerBytes, weightsHash }: ModelFacts, fewer: number): Layers {
    const own = [...offers.values()].filter((offer) => offer.weightsHash === weightsHash).map((offer) => offer.layers)
    const free = (drawer.get().memory_bytes - loadedBytes()) * (1 - SHARE_OF_CACHES)
    const most = Math.floor(free / Math.max(1, layerBytes)) - fewer
    const chosen = chooseLayers({ modelLayers: layers, held, most, taken: [...own, ...elsewhere(weightsHash)] })
    if (!chosen) throw new HearthError('capacity_exceeded', 'not one more layer fits into the memory that is set aside')
    return chosen
  }

  /** @throws HearthError */
  async function add(model: string, weightsHash: string, layers: Layers): Promise<string> {
    const known = offers.get(offerId(model, layers))
    if (known?.state === 'ready' && known.weightsHash === weightsHash) return known.id
    if (!known && offers.size >= MOST_OFFERS) throw new HearthError('capacity_exceeded', `${MOST_OFFERS} offers are the most`)
    if (known) await remove(known)
    const offer = keep(model, weightsHash, layers)
    try {
      if (drawer.get().share) await load(offer)
      await save()
    } catch (error) {
      await remove(offer)
      throw error
    }
    changed.emit()
    return offer.id
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
    await save({ memory_bytes: bytes })
    // the newest goes first: what was there longest is what others rely on
    for (const offer of [...offers.values()].reverse())
      if (loadedBytes() > bytes || (offer.loaded && !roomOf(offer))) await remove(offer)
    await save()
    await compute.setBudget(bytes)
    if (bytes > before) loadSoon(({ code }) => code === 'capacity_exceeded')
  }

  /** At once, also while something loads: nothing is computed for others from now on. */
  async function stopSharing(): Promise<void> {
    await save({ share: false })
    const were = [...offers.values()].filter(({ loaded }) => loaded !== null)
    for (const offer of offers.values()) offer.become('paused')
    void inTurn(async () => {
      for (const offer of were) if (!drawer.get().share) await offer.unload()
    })
  }

  const readyShard = (offer: OfferedLayers): ReadyShard | null => (stopped ? null : offer.ready(roomOf(offer)))

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
      [...offers.values()].map(({ id, model, weightsHash, layers, state, code, loaded, streams, servedTokens }) => ({
        ...{ id, model, weightsHash, layers, state, code, streams, servedTokens },
        memoryBytes: (loaded?.hosted.bytes ?? 0) + (loaded?.hosted.cacheBytes ?? 0),
      })),
    ready: () => [...offers.values()].flatMap((offer) => readyShard(offer)?.descriptor ?? []),
    find(shardId) {
      const offer = offers.get(shardId)
      return offer ? readyShard(offer) : null
    },
    offer: (model, layers) =>
      inTurn(async () => {
        const facts = await compute.describe(model)
        if (!layers) return addChosen(facts)
        requireHeld(facts, layers)
        return add(model, facts.weightsHash, layers)
      }),
    async withdraw(shardId) {
      const offer = offers.get(shardId)
      if (!offer) throw new HearthError('not_found', `${shardId} is not offered`)
      await remove(offer)
      await save()
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
        // a person's word counts more than what it died of
        for (const offer of offers.values()) offer.deaths = 0
        loadSoon(({ state }) => state !== 'ready')
      }
      changed.emit()
    },
    beat: () => inTurn(look),
    retry: () => inTurn(() => loadAll(({ state }) => state === 'failed')),
    close() {
      stopped = true
      changed.emit()
    },
    stop() {
      stopped = true
      stopFollowing()
      for (const offer of offers.values()) offer.become('paused')
    },
  }
}
