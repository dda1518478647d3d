import type { Static } from '@sinclair/typebox'
import { wireTime } from '#protocol/core/ids.ts'
import { nodeEcho, nodeErase, nodePeers, nodeStorage, nodeTraces, type PeerSchema } from '#protocol/node/capabilities.ts'
import { meshChanged } from '#protocol/node/events.ts'
import type { Bus, Trace } from '../bus/bus.ts'
import type { Clocks } from '../clocks.ts'
import type { Members } from '../community/members.ts'
import type { Federation } from '../federation/federation.ts'
import type { Mesh, PeerConnection } from '../mesh/mesh.ts'
import type { Notifier } from '../notifier.ts'
import type { Store } from '../store/store.ts'

export interface NodeServiceDeps {
  readonly bus: Bus
  readonly store: Store
  readonly members: Members
  readonly notifier: Notifier
  readonly net: () => { readonly mesh: Mesh; readonly federation: Pick<Federation, 'isAbroad'> } | null
  readonly clocks: Clocks
  readonly traces: (limit: number) => readonly Trace[]
  /** Stops everything and forgets everything. */
  readonly erase: () => Promise<void>
}

type Peer = Static<typeof PeerSchema>

/** Everyone in the community but oneself, reachable or away, and whoever else is connected. */
function listPeers(mesh: Mesh, { isAbroad }: Pick<Federation, 'isAbroad'>, members: Members, clocks: Clocks): Peer[] {
  const connections = new Map(mesh.peers().map((peer) => [peer.nodeId, peer]))
  // devices of other communities are neighbours of another kind: `community.federation.list` counts them
  for (const peer of connections.keys()) if (isAbroad(peer)) connections.delete(peer)
  const others = members.all().filter(({ nodeId, status }) => nodeId !== mesh.nodeId && status === 'active')
  const known = others.map((member) => {
    const away: PeerConnection = {
      nodeId: member.nodeId,
      connection: 'away',
      latencyMs: null,
      since: Date.parse(member.joinedAt),
    }
    const connection = connections.get(member.nodeId) ?? away
    connections.delete(member.nodeId)
    return { connection, name: member.displayName, level: member.level }
  })
  const strangers = [...connections.values()].map((connection) => ({ connection, name: null, level: 'unknown' as const }))
  return [...known, ...strangers].map(({ connection, name, level }) => ({
    node_id: connection.nodeId,
    display_name: name,
    level,
    connection: connection.connection,
    latency_ms: connection.latencyMs,
    clock_ahead_seconds: clocks.aheadSeconds(connection.nodeId),
    since: wireTime(connection.since),
  }))
}

/** `node.*` but the identity's and the manifest's. */
export function serveNode(deps: NodeServiceDeps): void {
  const { bus, store, members, net } = deps

  bus.handle(nodePeers, async () => {
    const now = net()
    if (!now) return { peers: [], boxes: [] }
    const { mesh, federation } = now
    const boxes = mesh.boxes().map(({ multiaddr, state, since }) => ({ multiaddr, state, since: wireTime(since) }))
    return { peers: listPeers(mesh, federation, members, deps.clocks), boxes }
  })

  bus.handle(nodeEcho, async ({ payload }) => ({ payload }))

  bus.handle(nodeStorage, async () => {
    const { usageBytes, quotaBytes, persisted } = await store.usage()
    return { usage_bytes: usageBytes, quota_bytes: quotaBytes, persisted }
  })

  bus.handle(nodeTraces, async ({ limit }) => ({
    traces: deps.traces(limit).map((trace) => ({
      at: wireTime(trace.at),
      capability: trace.capability,
      provider: trace.provider,
      caller: trace.caller,
      ms: trace.ms,
      outcome: trace.outcome,
    })),
  }))

  bus.handle(nodeErase, async () => {
    await deps.erase()
    deps.notifier.device(meshChanged)
    return {}
  })
}
