import type { Output } from '#protocol/core/capability.ts'
import type { nodePeers } from '#protocol/node/capabilities.ts'
import type { Status } from '../kit/status-dot.tsx'

export type Mesh = Output<typeof nodePeers>

/** What can honestly be said about the network right now. */
export type NetworkKind =
  | 'starting'
  | 'stopped'
  | 'noNetwork'
  | 'neighbours'
  | 'searching'
  | 'boxUnreachable'
  | 'alone'
  | 'noBox'
  | 'ready'

export interface NetworkState {
  readonly kind: NetworkKind
  readonly status: Status
  readonly direct: number
  readonly relayed: number
}

const STATUS: Readonly<Record<NetworkKind, Status>> = {
  starting: 'busy',
  stopped: 'bad',
  noNetwork: 'bad',
  neighbours: 'good',
  searching: 'busy',
  boxUnreachable: 'bad',
  alone: 'idle',
  noBox: 'idle',
  ready: 'idle',
}

interface Seen {
  readonly phase: 'starting' | 'ready' | 'failed'
  /** Null while the node has not answered yet. */
  readonly mesh: Mesh | null
  readonly online: boolean
  /** Whether this device is in a community. */
  readonly member: boolean
}

function kindOf({ phase, mesh, online, member }: Seen, reached: number): NetworkKind {
  if (phase === 'failed') return 'stopped'
  if (phase === 'starting' || mesh === null) return 'starting'
  if (reached > 0) return 'neighbours' // whatever the browser thinks of the network: they answer
  if (!online) return 'noNetwork'
  if (!member) return 'ready'
  if (mesh.boxes.some((box) => box.state === 'connected')) return 'alone'
  if (mesh.boxes.some((box) => box.state === 'connecting')) return 'searching'
  return mesh.boxes.length > 0 ? 'boxUnreachable' : 'noBox'
}

export function networkState(seen: Seen): NetworkState {
  const count = (connection: string) => seen.mesh?.peers.filter((peer) => peer.connection === connection).length ?? 0
  const direct = count('direct')
  const relayed = count('relayed')
  const kind = kindOf(seen, direct + relayed)
  return { kind, status: STATUS[kind], direct, relayed }
}
