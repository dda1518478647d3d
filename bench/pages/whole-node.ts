import { communityFound, communityInvite, communityRedeem } from '#protocol/community/capabilities.ts'
import type { NodeId } from '#protocol/core/ids.ts'
import { identityCreate, nodeEcho, nodePeers } from '#protocol/node/capabilities.ts'
import { browserTransports } from '../../workers/kernel/mesh/browser-transports.ts'
import { createLibp2pMesh } from '../../workers/kernel/mesh/libp2p-mesh.ts'
import type { Mesh } from '../../workers/kernel/mesh/mesh.ts'
import { type HearthNode, startNode } from '../../workers/kernel/node.ts'
import { createRealRuntime } from '../../workers/kernel/real-runtime.ts'
import { openDexieStore } from '../../workers/kernel/store/dexie-store.ts'
import { echoFrames, serveEcho } from './frame-echo.ts'

let node: HearthNode | null = null
let mesh: Mesh | null = null

function required<T>(value: T | null): T {
  if (value === null) throw new TypeError('start the node first')
  return value
}

/** Starts a whole node, as the app's worker does, with its bus in reach of the measurement. */
export async function startWholeNode(options: { readonly boxes: readonly string[]; readonly name: string }): Promise<NodeId> {
  const runtime = createRealRuntime()
  node = await startNode(
    {
      runtime,
      store: await openDexieStore('bench-node'),
      modules: [],
      async createMesh(signer) {
        const made = await createLibp2pMesh({ runtime, signer }, { transports: browserTransports() })
        serveEcho(made)
        mesh = made
        return made
      },
    },
    { boxes: options.boxes, appUrl: self.location.origin, version: 'bench' },
  )
  return (await node.bus.call(identityCreate, { display_name: options.name })).node_id
}

/** @returns the text of an invite */
export async function foundAndInvite(): Promise<string> {
  const { bus } = required(node)
  await bus.call(communityFound, { name: 'Issum' })
  const { invite } = await bus.call(communityInvite, { level: 'member', valid_seconds: 3600, uses: 1 })
  return invite
}

export async function redeem(invite: string): Promise<void> {
  await required(node).bus.call(communityRedeem, { invite })
}

/** Who is connected directly. */
export async function directPeers(): Promise<readonly NodeId[]> {
  const { peers } = await required(node).bus.call(nodePeers, {})
  return peers.flatMap(({ node_id, connection }) => (connection === 'direct' ? [node_id] : []))
}

/** One `node.echo` there and back, or here with `to` null. @returns milliseconds */
export async function busEcho(to: NodeId | null, bytes: number): Promise<number> {
  const payload = 'x'.repeat(bytes)
  const { bus } = required(node)
  const started = performance.now()
  const answer = await bus.call(nodeEcho, { payload }, to ? { to } : {})
  const ms = performance.now() - started
  if (answer.payload.length !== bytes) throw new Error('another echo')
  return ms
}

/** The mesh below the bus, in milliseconds: a frame on a stream that stays open, and one on a new stream. */
export const streamEcho = (to: NodeId, bytes: number) => echoFrames(required(mesh), to, bytes)
