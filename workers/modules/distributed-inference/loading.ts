import { HearthError, toHearthError } from '#protocol/core/errors.ts'
import type { ComputeClient } from '../../compute/client.ts'
import type { Turn } from '../../kernel/turn.ts'
import type { OfferedLayers } from './offered-layers.ts'
import type { Room } from './sharing-memory.ts'

interface LoadingDeps {
  readonly compute: Pick<ComputeClient, 'shards'>
  /** What takes long goes one after the other. */
  readonly inTurn: Turn
  readonly offers: ReadonlyMap<string, OfferedLayers>
  readonly roomOf: (offer: OfferedLayers) => Room | null
  /** Whether a person shares now. */
  readonly wanted: () => boolean
  readonly stopped: () => boolean
}

/** Beats between two tries of what did not fit: other models may have gone meanwhile. */
const BEATS_BETWEEN_TRIES = 12
/** Layers of which the compute worker died so often rest; a death is forgiven in as many beats. */
const MOST_DEATHS = 3

/** Brings what is offered into memory, and back there when it had to go (DLM-8). */
export function createLoading({ compute, inTurn, offers, roomOf, wanted, stopped }: LoadingDeps) {
  let beats = 0
  let underWay: OfferedLayers | null = null

  /** @throws HearthError why it cannot be offered */
  async function load(offer: OfferedLayers): Promise<void> {
    offer.become('loading')
    underWay = offer
    offer.loaded = await offer.load().finally(() => {
      underWay = null
    })
    const fits = roomOf(offer) !== null
    if (stopped()) return
    if (fits && offers.get(offer.id) === offer && wanted()) return offer.become('ready')
    // a person changed their mind while it loaded, or there is no room for even one conversation
    offer.become('paused')
    await offer.unload()
    if (!fits) throw new HearthError('capacity_exceeded', `${offer.id} leaves no room for conversations`)
    if (offers.get(offer.id) !== offer) throw new HearthError('shard_unavailable', `${offer.id} was taken back meanwhile`)
  }

  async function tryToLoad(offer: OfferedLayers): Promise<void> {
    // the words of this code say what may help: a page that is loaded anew
    if (offer.deaths >= MOST_DEATHS) return offer.become('failed', 'internal_error')
    await load(offer).catch((error: unknown) => {
      const { code } = toHearthError(error)
      if (code === 'internal_error') reportError(error)
      offer.become('failed', code)
    })
  }

  async function loadAll(which: (offer: OfferedLayers) => boolean): Promise<void> {
    for (const offer of [...offers.values()]) if (!stopped() && wanted() && which(offer)) await tryToLoad(offer)
  }

  /** Whoever asked is not kept waiting for a model to load: the offers say how far it is. */
  function loadSoon(which: (offer: OfferedLayers) => boolean): void {
    const chosen = [...offers.values()].filter(which)
    for (const offer of chosen) offer.become('loading')
    void inTurn(() => loadAll((offer) => chosen.includes(offer) && offer.state !== 'ready'))
  }

  return {
    load,
    loadAll,
    loadSoon,

    async look(): Promise<void> {
      if (!wanted()) return
      beats += 1
      const isTime = beats % BEATS_BETWEEN_TRIES === 0
      const { backend, shards } = await compute.shards()
      for (const offer of [...offers.values()]) {
        const { state, loaded, code } = offer
        if (stopped() || state === 'loading' || state === 'paused') continue
        const hosted = shards.find(offer.isThis)
        if (loaded && isTime) offer.deaths = Math.max(0, offer.deaths - 1)
        if (loaded && hosted && backend) offer.loaded = { ...loaded, hosted, backend }
        // another model needed the room, or the graphics card was lost
        else if (loaded || (code === 'capacity_exceeded' && isTime)) await tryToLoad(offer)
      }
    },

    /** The compute worker is gone: nobody goes on with what it held (DLM-9), which comes back into a fresh one unless it dies of it. */
    followLoss(): void {
      if (!wanted() || stopped()) return
      const had = [...offers.values()].filter(({ loaded }) => loaded !== null)
      // what was just being loaded is what it died of, as far as anybody can tell
      for (const offer of underWay ? [underWay] : had) offer.deaths += 1
      loadSoon((offer) => had.includes(offer) || offer === underWay)
    },
  }
}
