import { multiaddr } from '@multiformats/multiaddr'
import type { NodeId } from '#protocol/core/ids.ts'
import type { Runtime } from '../runtime.ts'
import { type Backoff, createBackoff } from './backoff.ts'
import { withDeadline } from './deadline.ts'
import type { MeshNode } from './libp2p-node.ts'
import type { Links } from './links.ts'
import { peerIdOf } from './private-key.ts'
import type { RendezvousClient } from './rendezvous-client.ts'

const DIAL_MS = 15_000
/** The higher peer id leaves the dialling to the lower, and dials after this if nobody came. */
const WAIT_FOR_LOWER_MS = 5_000
/** After this many direct attempts that failed a peer is taken over the relay, and asked again now and then. */
const DIRECT_TRIES = 2
const RETRY_DIRECT_MS = 180_000

interface Target {
  readonly backoff: Backoff
  cancel: (() => void) | null
  dialling: boolean
  failures: number
}

export interface Dialer {
  start(): void
  stop(): void
  /** Whether an attempt is running or planned. */
  busy(peer: NodeId): boolean
  /** Whether a direct connection may come soon: one is tried, and has not failed so often that the relay is taken. */
  hopeful(peer: NodeId): boolean
  /** Forgets backoffs and tries everyone who is away at once. */
  wake(): void
  /** Gives up on everyone, or on one. */
  drop(peer?: NodeId): void
}

export interface DialerDeps {
  readonly runtime: Runtime
  readonly node: MeshNode
  readonly links: Links
  readonly rendezvous: RendezvousClient
  readonly banished: (peer: NodeId) => boolean
}

/** Connects to everyone at the topic, one dial per pair, direct where it can be, and never gives up (BUS-7). */
export function createDialer({ runtime, node, links, rendezvous, banished }: DialerDeps): Dialer {
  const targets = new Map<NodeId, Target>()
  let unsubscribe: (() => void)[] = []
  let running = false

  const isLower = (peer: NodeId): boolean => node.peerId.toString() < peerIdOf(peer).toString()

  // Through the box that both are connected to, by the address that works here: theirs may name another interface.
  const routes = (peer: NodeId, via: string) =>
    rendezvous.boxesOf(peer).flatMap(({ connection, peer: box }) => {
      if (!connection) return []
      const address = connection.remoteAddr.toString()
      const full = address.endsWith(`/p2p/${box}`) ? address : `${address}/p2p/${box}`
      return [multiaddr(`${full}/p2p-circuit${via}/p2p/${peerIdOf(peer).toString()}`)]
    })

  async function dial(peer: NodeId, via: string): Promise<boolean> {
    try {
      const addresses = routes(peer, via)
      if (addresses.length === 0) return false
      await withDeadline(runtime, DIAL_MS, undefined, (signal) => node.dial(addresses, { signal, force: true }))
      return true
    } catch (failure) {
      // who is away is told by the state, and the caller plans the next attempt; a broken transport is nobody's absence
      if (failure instanceof TypeError) reportError(failure)
      return false
    }
  }

  async function attempt(peer: NodeId, target: Target): Promise<void> {
    target.cancel = null
    target.dialling = true
    const reached = await dial(peer, '/webrtc')
    target.failures = reached ? 0 : target.failures + 1
    if (target.failures >= DIRECT_TRIES && links.get(peer)?.kind !== 'relayed') await dial(peer, '')
    target.dialling = false
    consider(peer)
  }

  function waitMs(peer: NodeId, target: Target): number {
    if (links.get(peer)?.kind === 'relayed' && target.failures >= DIRECT_TRIES) return RETRY_DIRECT_MS
    const patience = isLower(peer) ? 0 : WAIT_FOR_LOWER_MS
    return patience + (target.failures === 0 ? 0 : target.backoff.next())
  }

  function consider(peer: NodeId): void {
    const wanted = running && !banished(peer) && rendezvous.boxesOf(peer).length > 0
    if (!wanted || links.get(peer)?.kind === 'direct') {
      drop(peer)
      return
    }
    const target = targets.get(peer) ?? { backoff: createBackoff(runtime), cancel: null, dialling: false, failures: 0 }
    targets.set(peer, target)
    if (target.dialling || target.cancel) return
    target.cancel = runtime.after(waitMs(peer, target), () => void attempt(peer, target))
  }

  function drop(peer: NodeId): void {
    targets.get(peer)?.cancel?.()
    targets.delete(peer)
  }

  function wake(): void {
    for (const peer of targets.keys()) drop(peer)
    for (const peer of rendezvous.present()) consider(peer)
  }

  return {
    start() {
      running = true
      unsubscribe = [
        rendezvous.joined.on(consider),
        rendezvous.left.on(consider),
        links.changed.on(({ nodeId }) => consider(nodeId)),
      ]
    },
    stop() {
      running = false
      for (const off of unsubscribe) off()
      for (const peer of [...targets.keys()]) drop(peer)
    },
    busy: (peer) => targets.has(peer),
    hopeful(peer) {
      const target = targets.get(peer)
      return target !== undefined && target.failures < DIRECT_TRIES
    },
    wake,
    drop(peer) {
      for (const known of peer ? [peer] : [...targets.keys()]) drop(known)
    },
  }
}
