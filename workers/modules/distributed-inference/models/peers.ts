import type { Output } from '#protocol/core/capability.ts'
import { fromBase64Url } from '#protocol/core/encoding.ts'
import { HearthError, toHearthError } from '#protocol/core/errors.ts'
import type { NodeId } from '#protocol/core/ids.ts'
import { modelConnect, modelManifest, modelOffers } from '#protocol/distributed-inference/model-capabilities.ts'
import { parseManifest, type Wanted } from '#protocol/distributed-inference/model-manifest.ts'
import { nodePeers } from '#protocol/node/capabilities.ts'
import { holds } from '../../../compute/model/kept.ts'
import type { KeptModel, Library } from '../../../compute/model/library.ts'
import type { Bus } from '../../../kernel/bus/bus.ts'
import type { Runtime } from '../../../kernel/runtime.ts'
import type { TensorTransport } from '../../../kernel/tensors.ts'
import { fetchPieces, PIECES_PURPOSE, PIECES_SESSION, type Wanting } from './pieces.ts'

type Offered = Output<typeof modelOffers>['models'][number]
export interface PeerOffer extends Offered {
  readonly peer: NodeId
}

/** Peers that bring pieces of one model at a time. */
const PEERS_AT_ONCE = 4

/** What peers in reach hold; those who do not answer hold nothing. Only who is trusted is asked, as only they are told (DLM-5). */
export async function offersOfPeers(bus: Bus, signal?: AbortSignal): Promise<readonly PeerOffer[]> {
  const { peers } = await bus.call(nodePeers, {})
  const near = peers.filter(
    ({ connection, level }) => ['direct', 'relayed'].includes(connection) && ['trusted', 'anchor'].includes(level),
  )
  const answers = await Promise.all(
    near.map(async ({ node_id }) => {
      const { models } = await bus.call(modelOffers, {}, { to: node_id, ...(signal && { signal }) }).catch((error: unknown) => {
        if (toHearthError(error).code === 'internal_error') reportError(error)
        return { models: [] }
      })
      return models.map((offered): PeerOffer => ({ ...offered, peer: node_id }))
    }),
  )
  return answers.flat()
}

interface SwarmDeps {
  readonly bus: Bus
  readonly runtime: Runtime
  readonly tensors: TensorTransport
  readonly library: Library
}

/** Peers as they have shown themselves while one model came. */
export interface Shunned {
  /** Sent what was not asked for: not asked again. */
  readonly liars: Set<NodeId>
  /** Took too long: asked when the others have nothing more. */
  readonly slow: Set<NodeId>
}

interface Bringing {
  readonly model: string
  readonly weights: string
  readonly wanted: Wanted
  readonly shunned: Shunned
  readonly signal: AbortSignal
  readonly came: () => void
}

/**
 * Brings pieces from all peers that hold some, several at once.
 * @returns whether everything that is wanted is here; false where what is missing has nobody in reach
 */
export async function bringFromPeers(deps: SwarmDeps, bringing: Bringing): Promise<boolean> {
  const { library } = deps
  const { model, weights, wanted, shunned, signal } = bringing
  for (;;) {
    signal.throwIfAborted()
    const offers = (await offersOfPeers(deps.bus, signal))
      .filter(({ weights_sha256, peer }) => weights_sha256 === weights && !shunned.liars.has(peer))
      .sort((a, b) => Number(shunned.slow.has(a.peer)) - Number(shunned.slow.has(b.peer)))
    const kept = (await library.open(model)) ?? (await beginFrom(deps, bringing, offers))
    if (!kept) return false
    if (kept.manifest.weights_sha256 !== weights)
      throw new HearthError('weights_mismatch', `another model is called ${model} here`)
    const before = library.missing(kept, wanted).length
    if (before > 0) await round(deps, bringing, kept, offers)
    const after = library.missing(kept, wanted).length
    if (after === 0) {
      await library.check(model, kept)
      return true
    }
    // somebody left in the middle or lied: whoever else is there may have the rest
    if (after === before) return false
  }
}

/** A manifest that has the right hash has the right pieces, whoever it comes from. */
async function beginFrom(
  { bus, library }: SwarmDeps,
  { model, weights, wanted, shunned: { liars }, signal }: Bringing,
  offers: readonly PeerOffer[],
): Promise<KeptModel | null> {
  for (const { peer } of offers) {
    let manifest: ReturnType<typeof parseManifest>
    try {
      manifest = parseManifest((await bus.call(modelManifest, { weights_sha256: weights }, { to: peer, signal })).manifest)
    } catch (error) {
      if (['bad_request', 'weights_mismatch', 'schema_mismatch'].includes(toHearthError(error).code)) liars.add(peer)
      continue
    }
    if (manifest.weights_sha256 === weights) return library.begin(model, manifest, wanted)
    liars.add(peer)
  }
  return null
}

async function round(deps: SwarmDeps, bringing: Bringing, kept: KeptModel, offers: readonly PeerOffer[]): Promise<void> {
  const { model, shunned, came } = bringing
  const { library } = deps
  const queue = new Set(library.missing(kept, bringing.wanted))
  const wanting: Wanting = {
    take(held) {
      for (const piece of queue) {
        if (!held(piece)) continue
        queue.delete(piece)
        return piece
      }
      return undefined
    },
    giveBack: (piece) => void queue.add(piece),
    async put(piece, bytes) {
      await library.put(model, kept, piece, bytes)
      came()
    },
  }
  const failures: HearthError[] = []
  await Promise.all(
    offers.slice(0, PEERS_AT_ONCE).map((offer) =>
      fromOne(deps, bringing, kept, wanting, offer).catch((thrown: unknown) => {
        const error = toHearthError(thrown)
        failures.push(error)
        if (error.code === 'weights_mismatch') shunned.liars.add(offer.peer)
        if (error.code === 'timeout') shunned.slow.add(offer.peer)
      }),
    ),
  )
  bringing.signal.throwIfAborted()
  const ours = failures.find(({ code }) => ['capacity_exceeded', 'internal_error', 'not_implemented'].includes(code))
  if (ours) throw ours
}

async function fromOne(
  { bus, runtime, tensors }: SwarmDeps,
  { weights, signal }: Bringing,
  { manifest }: KeptModel,
  wanting: Wanting,
  { peer, held_pieces }: PeerOffer,
): Promise<void> {
  const bits = fromBase64Url(held_pieces)
  const grant = await bus.call(modelConnect, { weights_sha256: weights }, { to: peer, signal })
  const session = await tensors.connect(peer, { ...grant, purpose: PIECES_PURPOSE }, PIECES_SESSION)
  await fetchPieces({ session, manifest, wanting, held: (piece) => holds(bits, piece), runtime, signal })
}
