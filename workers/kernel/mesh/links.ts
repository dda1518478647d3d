import type { Connection } from '@libp2p/interface'
import type { NodeId } from '#protocol/core/ids.ts'
import type { Runtime } from '../runtime.ts'
import { createSignal, type Signal } from '../signal.ts'
import { isRelayed, type MeshNode } from './libp2p-node.ts'
import { nodeIdOfPeer, peerIdOf } from './private-key.ts'

/** How long a stream may keep a superseded connection open. */
const REPLACE_EVERY_MS = 2_000
const REPLACE_TRIES = 30

export type LinkKind = 'direct' | 'relayed' | 'none'

/** The connections to one peer. */
export interface Link {
  readonly nodeId: NodeId
  kind: LinkKind
  since: number
}

export interface Links {
  start(): void
  stop(): void
  get(peer: NodeId): Link | undefined
  all(): readonly Link[]
  /** The connection to use: direct before relayed, older before newer. */
  best(peer: NodeId): Connection | undefined
  hangUp(peer: NodeId): Promise<void>
  forget(peer: NodeId): void
  readonly changed: Signal<Link>
}

export interface LinksDeps {
  readonly runtime: Runtime
  readonly node: MeshNode
  readonly isBox: (peer: string) => boolean
}

const isHearthStream = (protocol: string | undefined): boolean => protocol?.startsWith('/hearthnet/') === true

/** Watches libp2p's connections, sums them up per peer, and leaves one: the direct one that the lower peer id dialled. */
export function createLinks({ runtime, node, isBox }: LinksDeps): Links {
  const links = new Map<NodeId, Link>()
  const changed = createSignal<Link>()

  const open = (peer: NodeId): Connection[] => node.getConnections(peerIdOf(peer)).filter(({ status }) => status === 'open')

  function ranked(peer: NodeId): Connection[] {
    const outboundFirst = node.peerId.toString() < peerIdOf(peer).toString()
    const rank = (connection: Connection): number =>
      (isRelayed(connection) ? 2 : 0) + ((connection.direction === 'outbound') === outboundFirst ? 0 : 1)
    return open(peer).sort((a, b) => rank(a) - rank(b) || a.timeline.open - b.timeline.open)
  }

  function update(nodeId: NodeId): void {
    const [first] = ranked(nodeId)
    const kind: LinkKind = first === undefined ? 'none' : isRelayed(first) ? 'relayed' : 'direct'
    const link = links.get(nodeId) ?? { nodeId, kind: 'none', since: runtime.now() }
    links.set(nodeId, link)
    if (link.kind === kind) return
    link.kind = kind
    link.since = runtime.now()
    changed.emit(link)
  }

  /** The side with the lower peer id closes what is superseded once no call uses it, so the two sides never close crosswise. */
  function replace(nodeId: NodeId, tries: number): void {
    if (tries === 0 || node.peerId.toString() > peerIdOf(nodeId).toString()) return
    runtime.after(REPLACE_EVERY_MS, () => {
      const [kept, ...rest] = ranked(nodeId)
      if (!kept || isRelayed(kept) || rest.length === 0) return
      for (const old of rest) {
        const busy = old.streams.some(({ protocol }) => isHearthStream(protocol))
        if (!busy || tries === 1) void old.close().catch((cause: Error) => old.abort(cause))
      }
      replace(nodeId, tries - 1)
    })
  }

  /** gossipsub keeps its stream on the connection it saw first and opens no other when that one closes; identify makes it. */
  function reattachGossip(nodeId: NodeId): void {
    const [kept] = ranked(nodeId)
    if (kept) void node.services.identify.identify(kept).catch(() => undefined)
  }

  function onOpen({ detail }: CustomEvent<Connection>): void {
    const nodeId = nodeIdOfPeer(detail.remotePeer)
    if (!nodeId || isBox(detail.remotePeer.toString())) return
    update(nodeId)
    if (open(nodeId).length > 1) replace(nodeId, REPLACE_TRIES)
  }

  function onClose({ detail }: CustomEvent<Connection>): void {
    const nodeId = nodeIdOfPeer(detail.remotePeer)
    if (!nodeId || isBox(detail.remotePeer.toString())) return
    update(nodeId)
    reattachGossip(nodeId)
  }

  return {
    changed,
    start() {
      node.addEventListener('connection:open', onOpen)
      node.addEventListener('connection:close', onClose)
    },
    stop() {
      node.removeEventListener('connection:open', onOpen)
      node.removeEventListener('connection:close', onClose)
    },
    get: (peer) => links.get(peer),
    all: () => [...links.values()],
    best: (peer) => ranked(peer)[0],
    async hangUp(peer) {
      await node.hangUp(peerIdOf(peer)).catch(() => {
        for (const connection of open(peer)) connection.abort(new Error('hung up'))
      })
    },
    forget: (peer) => void links.delete(peer),
  }
}
