// libp2p takes RTCPeerConnection from the global scope when it is loaded
import '../../workers/rtc/shim.ts'

import { expose } from 'comlink'
import { communityFound, communityInvite, communityPromote, communityRedeem } from '#protocol/community/capabilities.ts'
import { configSet } from '#protocol/config/capabilities.ts'
import type { NodeId } from '#protocol/core/ids.ts'
import { shardDirectory } from '#protocol/distributed-inference/pipeline-capabilities.ts'
import type { Layers } from '#protocol/distributed-inference/schemas.ts'
import { shardOffer, shardWithdraw, sharingGet, sharingSet } from '#protocol/distributed-inference/shard-capabilities.ts'
import { identityCreate, nodePeers, nodeStatus } from '#protocol/node/capabilities.ts'
import { FOUND_MODULES } from '../../workers/found-modules.ts'
import type { Bus } from '../../workers/kernel/bus/bus.ts'
import { createBrowserMesh } from '../../workers/kernel/mesh/browser-mesh.ts'
import { type HearthNode, startNode } from '../../workers/kernel/node.ts'
import { createRealRuntime } from '../../workers/kernel/real-runtime.ts'
import { createSignal } from '../../workers/kernel/signal.ts'
import { openDexieStore } from '../../workers/kernel/store/dexie-store.ts'
import { attachRtcPort } from '../../workers/rtc/shim.ts'
import { createTensorTransport } from '../../workers/transport/tensor/transport.ts'
import { createAsking } from './asking.ts'
import { installModel } from './install-model.ts'
import { askInOnePage } from './one-page.ts'

/** More than two gigabytes no shard of these measurements takes. */
const MEMORY_BYTES = 2 * 1024 ** 3

const runtime = createRealRuntime()
let node: HearthNode | null = null

function busNow(): Bus {
  if (!node) throw new TypeError('start the node first')
  return node.bus
}

/** Starts a whole node as the app's worker does, with every module; one that was here before is who it was. */
async function start(options: { readonly boxes: readonly string[]; readonly name: string }): Promise<NodeId> {
  node = await startNode(
    {
      runtime,
      store: await openDexieStore('bench-household'),
      modules: FOUND_MODULES,
      createMesh: (signer) => createBrowserMesh({ runtime, signer, online: createSignal<void>() }),
      openTensors: async (deps) => createTensorTransport(deps),
    },
    { boxes: options.boxes, appUrl: self.location.origin, version: 'bench' },
  )
  const known = (await busNow().call(nodeStatus, {})).identity?.node_id
  if (known) return known
  const { node_id } = await busNow().call(identityCreate, { display_name: options.name })
  await busNow().call(configSet, { distributed_llm: { enabled: true }, policy: { research: { enable: true } } })
  return node_id
}

/** Offers layers to those who are trusted. */
async function share(model: string, layers: Layers): Promise<string> {
  const bus = busNow()
  const { share: shares, memory_limits } = await bus.call(sharingGet, {})
  if (!shares) await bus.call(sharingSet, { share: true, memory_bytes: Math.min(MEMORY_BYTES, memory_limits.most_bytes) })
  return (await bus.call(shardOffer, { model, layers })).shard_id
}

/** What of a node and of its person the measurements ask. */
const api = {
  attachRtc: attachRtcPort,
  start,
  stop: async () => node?.stop(),

  found: async () => void (await busNow().call(communityFound, { name: 'Issum' })),
  invite: async () => (await busNow().call(communityInvite, { level: 'member', valid_seconds: 3600, uses: 100 })).invite,
  redeem: async (invite: string) => void (await busNow().call(communityRedeem, { invite })),
  trust: async (subject: NodeId) => void (await busNow().call(communityPromote, { subject, level: 'trusted' })),
  directPeers: async (): Promise<readonly NodeId[]> =>
    (await busNow().call(nodePeers, {})).peers.flatMap(({ node_id, connection }) => (connection === 'direct' ? [node_id] : [])),

  installModel,
  share,
  withdraw: async (shard_id: string) => void (await busNow().call(shardWithdraw, { shard_id })),
  /** Who offers which shards, as this node has heard, as `node shard` each. */
  heard: async (): Promise<readonly string[]> =>
    (await busNow().call(shardDirectory, {})).nodes.flatMap(({ node_id, shards }) =>
      shards.map(({ shard_id }) => `${node_id} ${shard_id}`),
    ),
  /** Bytes of weights and caches in the compute worker, and conversations of others that are under way. */
  inUse: async () => {
    const { used_bytes, offers } = await busNow().call(sharingGet, {})
    return { bytes: used_bytes, streams: offers.reduce((sum, { streams }) => sum + streams, 0) }
  },
  /** Resolves when no conversation of others is left, nor any cache. @returns when that was, in milliseconds since 1970 */
  untilFree: async (weightsBytes: number): Promise<number> => {
    for (;;) {
      const { used_bytes, offers } = await busNow().call(sharingGet, {})
      if (used_bytes <= weightsBytes && offers.every(({ streams }) => streams === 0))
        return performance.timeOrigin + performance.now()
      await new Promise((resolve) => setTimeout(resolve))
    }
  },

  ...createAsking(busNow),
  askInOnePage,
}
export type HouseholdWorker = typeof api

expose(api)
