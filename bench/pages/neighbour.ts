import type { NodeId } from '#protocol/core/ids.ts'
import { browserTransports } from '../../workers/kernel/mesh/browser-transports.ts'
import { createLibp2pMesh } from '../../workers/kernel/mesh/libp2p-mesh.ts'
import type { Mesh } from '../../workers/kernel/mesh/mesh.ts'
import { createRealRuntime } from '../../workers/kernel/real-runtime.ts'
import { type SyncReport, serveSync, syncWith } from '../../workers/kernel/sync/sync.ts'
import { testSigner } from '../../workers/testing/test-identity.ts'
import type { ClaimLog } from '../support/claims.ts'
import { askOnce, feed, type Household, openHousehold } from './ingest.ts'

const runtime = createRealRuntime()
let mesh: Mesh | null = null
let household: Household | null = null
let seed = 0

function requireMesh(): Mesh {
  if (!mesh) throw new TypeError('join the mesh first')
  return mesh
}

/** Enters the mesh of a community as the member with this key, by the box that served the page. */
export async function joinMesh(options: {
  readonly seed: number
  readonly boxes: readonly string[]
  readonly community: NodeId
}): Promise<NodeId> {
  seed = options.seed
  const signer = await testSigner(seed)
  const made = await createLibp2pMesh({ runtime, signer }, { transports: browserTransports() })
  mesh = made
  serveSync({ runtime, mesh: made, log: () => household?.log ?? null, isMember: () => true, compares: () => {} })
  await made.start()
  made.setBoxes(options.boxes)
  made.enter(options.community)
  return signer.nodeId
}

/** Opens this browser's log and fills it with the people and all claims but the last `without`; with `null` with nothing. */
export async function equip(history: ClaimLog, without: number | null): Promise<void> {
  await household?.store.erase()
  await household?.store.close()
  household = await openHousehold(`bench-neighbour-${seed}`, history, seed)
  if (without === null) return
  await feed(household, history.people)
  await feed(household, history.claims.slice(0, history.claims.length - without))
}

/** Who is connected directly. */
export const peersNow = (): readonly NodeId[] =>
  requireMesh()
    .peers()
    .flatMap(({ nodeId, connection }) => (connection === 'direct' ? [nodeId] : []))

/** Catches up with a neighbour over WebRTC, to the last claim verified, durable and queryable. */
export async function reconcile(peer: NodeId, expected: number): Promise<SyncReport & { readonly ms: number }> {
  if (!household) throw new TypeError('equip first')
  const started = performance.now()
  const report = await syncWith({ runtime, mesh: requireMesh(), log: household.log }, peer)
  askOnce(household, expected)
  return { ...report, ms: performance.now() - started }
}
