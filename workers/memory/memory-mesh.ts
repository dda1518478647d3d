import { toHex } from '#protocol/core/encoding.ts'
import { HearthError } from '#protocol/core/errors.ts'
import { blake3 } from '#protocol/core/hash.ts'
import type { CommunityId, NodeId } from '#protocol/core/ids.ts'
import { topicOf } from '#protocol/core/sync.ts'
import { closedError } from '../kernel/mesh/frame-queue.ts'
import type { BoxConnection, GossipVerdict, Mesh, PeerConnection, ProtocolHandler } from '../kernel/mesh/mesh.ts'
import type { Runtime } from '../kernel/runtime.ts'
import { createSignal } from '../kernel/signal.ts'
import { createPipe, createStreamPair, type MemoryStreamPair } from './memory-stream.ts'

/** Where nodes meet that were given no box. */
const COMMON_BOX = '/memory/p2p/common'
/** Gossip neighbours besides the two next to a node in the ring of ids, which keep the graph connected; what others wrote goes on to them alone. */
const RANDOM_NEIGHBOURS = 2

export interface MemoryNetwork {
  /** A node's mesh; one per node id. */
  node(nodeId: NodeId): Mesh
  /** Cuts every link between nodes of different groups. A node in no group is alone. */
  partition(...groups: readonly (readonly NodeId[])[]): void
  heal(): void
  /** A box goes away, or comes back. Links outlive it; none begins without one. */
  killBox(multiaddr?: string): void
  reviveBox(multiaddr?: string): void
  /** One way, in milliseconds. */
  setLatency(ms: number): void
  /** Share of gossip messages lost on each hop, 0 to 1. Streams lose nothing. */
  setGossipLoss(share: number): void
}

interface Link {
  readonly ends: readonly [MemoryNode, MemoryNode]
  readonly since: number
  readonly streams: Set<MemoryStreamPair>
  /** 0 to 1: the heaviest links of a node carry gossip. */
  readonly weight: number
}

interface MemoryNode {
  readonly id: NodeId
  readonly handlers: Map<string, ProtocolHandler>
  readonly boxes: Map<string, number>
  readonly banished: Set<NodeId>
  readonly known: Map<NodeId, number>
  readonly seen: Set<string>
  readonly changed: Mesh['changed']
  readonly connected: Mesh['connected']
  judge: (bytes: Uint8Array<ArrayBuffer>, from: NodeId) => Promise<GossipVerdict>
  mayHear: (peer: NodeId) => boolean
  running: boolean
  community: CommunityId | null
  /** Topics beside the community's. */
  abroad: readonly string[]
  /** All of them: asked for at every pair of nodes, so not made anew each time. */
  topics: readonly string[]
}

function shows(node: MemoryNode, { community, abroad }: Pick<MemoryNode, 'community' | 'abroad'>): void {
  Object.assign(node, { community, abroad, topics: community === null ? [] : [topicOf(community), ...abroad] })
}

const keyOf = (a: NodeId, b: NodeId): string => (a < b ? `${a} ${b}` : `${b} ${a}`)

/** Meshes that reach each other through memory, with the failures of a network to order. Deterministic with a seeded runtime. */
export function createMemoryNetwork(runtime: Runtime): MemoryNetwork {
  const nodes = new Map<NodeId, MemoryNode>()
  const links = new Map<string, Link>()
  const deadBoxes = new Set<string>()
  let groupOf: ((id: NodeId) => number) | null = null
  let latency = 0
  let gossipLoss = 0
  let planned = false

  const random = (): number => (runtime.randomBytes(1)[0] ?? 0) / 256
  const boxesOf = (node: MemoryNode): string[] => (node.boxes.size > 0 ? [...node.boxes.keys()] : [COMMON_BOX])
  const linkOf = (a: NodeId, b: NodeId): Link | undefined => links.get(keyOf(a, b))

  const together = (a: MemoryNode, b: MemoryNode): boolean =>
    a.running && b.running && a.topics.some((topic) => b.topics.includes(topic))

  function introduced(a: MemoryNode, b: MemoryNode): boolean {
    if (!together(a, b)) return false
    const mine = new Set(boxesOf(a))
    return boxesOf(b).some((box) => mine.has(box) && !deadBoxes.has(box))
  }

  function allowed(a: MemoryNode, b: MemoryNode): boolean {
    if (!together(a, b) || a.banished.has(b.id) || b.banished.has(a.id)) return false
    if (groupOf === null) return true
    const group = groupOf(a.id)
    return group !== -1 && group === groupOf(b.id)
  }

  function connect(a: MemoryNode, b: MemoryNode): void {
    links.set(keyOf(a.id, b.id), { ends: [a, b], since: runtime.now(), streams: new Set(), weight: random() })
    a.known.set(b.id, runtime.now())
    b.known.set(a.id, runtime.now())
    a.connected.emit(b.id)
    b.connected.emit(a.id)
  }

  function cut(a: MemoryNode, b: MemoryNode, link: Link): void {
    links.delete(keyOf(a.id, b.id))
    for (const pair of link.streams) pair.sever()
    if (a.community !== null) a.known.set(b.id, runtime.now())
    if (b.community !== null) b.known.set(a.id, runtime.now())
  }

  function reconcile(): void {
    planned = false
    for (const link of [...links.values()]) if (!allowed(...link.ends)) cut(...link.ends, link)
    // who is away for good stays in the list, and there may be hundreds
    const here = [...nodes.values()].filter(({ running }) => running)
    for (const [at, a] of here.entries()) {
      for (const b of here.slice(at + 1)) {
        if (allowed(a, b) && !linkOf(a.id, b.id) && introduced(a, b)) connect(a, b)
      }
    }
    for (const node of nodes.values()) node.changed.emit()
  }

  function plan(): void {
    if (planned) return
    planned = true
    runtime.after(latency, reconcile)
  }

  const listeners = (node: MemoryNode): MemoryNode[] =>
    [...nodes.values()].filter(
      (other) => linkOf(node.id, other.id) && other.community === node.community && node.mayHear(other.id),
    )

  /** The next and the previous id among those linked, and the links of the highest weight: the same from either end. */
  function gossipNeighbours(node: MemoryNode): MemoryNode[] {
    const linked = listeners(node)
    const ring = [...linked, node].sort((a, b) => (a.id < b.id ? -1 : 1))
    const at = ring.indexOf(node)
    const beside = [ring.at(at - 1), ring.at((at + 1) % ring.length)]
    const heavy = linked.sort((a, b) => (linkOf(node.id, b.id)?.weight ?? 0) - (linkOf(node.id, a.id)?.weight ?? 0))
    const chosen = new Set([...beside, ...heavy.slice(0, RANDOM_NEIGHBOURS)])
    return [...chosen].filter((other) => other !== undefined && other !== node) as MemoryNode[] // undefined was filtered
  }

  function send(from: MemoryNode, hearers: readonly MemoryNode[], bytes: Uint8Array<ArrayBuffer>): void {
    for (const to of hearers) {
      if (random() < gossipLoss) continue
      runtime.after(latency, () => void hear(to, from, bytes.slice()))
    }
  }

  async function hear(node: MemoryNode, from: MemoryNode, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    const id = toHex(blake3(bytes))
    if (!linkOf(node.id, from.id) || node.seen.has(id)) return
    node.seen.add(id)
    if ((await node.judge(bytes, from.id)) !== 'accept') return
    const hearers = gossipNeighbours(node).filter((other) => other !== from)
    send(node, hearers, bytes)
  }

  async function open(node: MemoryNode, to: NodeId, protocol: string, maxFrameBytes: number) {
    await createPipe(runtime, () => latency)(() => undefined)
    const other = nodes.get(to)
    const link = linkOf(node.id, to)
    if (!other || !link) throw closedError('the peer is away')
    const handler = other.handlers.get(protocol)
    if (!handler) throw new HearthError('not_implemented', 'the peer does not serve this protocol')
    const pair = createStreamPair(runtime, () => latency, [to, node.id], [maxFrameBytes, handler.maxFrameBytes])
    for (const old of link.streams) if (old.over) link.streams.delete(old)
    link.streams.add(pair)
    handler.handle(pair.ends[1])
    return pair.ends[0]
  }

  function peersOf(node: MemoryNode): PeerConnection[] {
    const present = [...nodes.values()].filter((other) => other !== node && introduced(node, other)).map(({ id }) => id)
    return [...new Set([...present, ...node.known.keys()])].map((nodeId) => {
      const link = linkOf(node.id, nodeId)
      const other = nodes.get(nodeId)
      const coming = other !== undefined && allowed(node, other) && introduced(node, other)
      const connection = link ? 'direct' : coming ? 'connecting' : 'away'
      const since = link?.since ?? node.known.get(nodeId) ?? runtime.now()
      return { nodeId, connection, latencyMs: link ? 2 * latency : null, since }
    })
  }

  function boxStates(node: MemoryNode): BoxConnection[] {
    return [...node.boxes].map(([multiaddr, since]) => {
      const state = !node.running ? 'connecting' : deadBoxes.has(multiaddr) ? 'unreachable' : 'connected'
      return { multiaddr, state, since }
    })
  }

  function create(id: NodeId): MemoryNode {
    const node: MemoryNode = {
      id,
      handlers: new Map(),
      boxes: new Map(),
      banished: new Set(),
      known: new Map(),
      seen: new Set(),
      changed: createSignal(),
      connected: createSignal(),
      judge: async () => 'ignore',
      mayHear: () => true,
      running: false,
      community: null,
      abroad: [],
      topics: [],
    }
    nodes.set(id, node)
    return node
  }

  /** Links follow a change a moment later, as they would on a network. */
  function settle(change: () => void): void {
    change()
    plan()
  }

  function touchBox(multiaddr: string, dead: boolean): void {
    if (dead) deadBoxes.add(multiaddr)
    else deadBoxes.delete(multiaddr)
    for (const { boxes } of nodes.values()) if (boxes.has(multiaddr)) boxes.set(multiaddr, runtime.now())
    plan()
  }

  function meshOf(node: MemoryNode): Mesh {
    return {
      nodeId: node.id,
      changed: node.changed,
      connected: node.connected,
      start: async () => settle(() => (node.running = true)),
      stop: async () => settle(() => (node.running = false)),
      handle(handler) {
        node.handlers.set(handler.protocol, handler)
        return () => void node.handlers.delete(handler.protocol)
      },
      open: (peer, protocol, { maxFrameBytes, signal }) => {
        if (signal?.aborted) return Promise.reject(signal.reason)
        return open(node, peer, protocol, maxFrameBytes)
      },
      enter: (community) => settle(() => shows(node, { community, abroad: node.abroad })),
      meet: (topics) => settle(() => shows(node, { community: node.community, abroad: topics })),
      at: (topic) =>
        [...nodes.values()]
          .filter((other) => other !== node && introduced(node, other))
          .filter((other) => [node, other].every(({ topics }) => topics.includes(topic)))
          .map(({ id }) => id),
      leave: () =>
        settle(() => {
          shows(node, { community: null, abroad: node.abroad })
          node.known.clear()
        }),
      setBoxes: (multiaddrs) =>
        settle(() => {
          node.boxes.clear()
          for (const multiaddr of multiaddrs) node.boxes.set(multiaddr, runtime.now())
        }),
      boxAddresses: () => boxStates(node).flatMap(({ multiaddr, state }) => (state === 'connected' ? [multiaddr] : [])),
      banish: (peer) => settle(() => node.banished.add(peer)),
      forgive: (peer) => settle(() => node.banished.delete(peer)),
      async publish(bytes) {
        if (node.community === null) throw new HearthError('partition', 'not in a community')
        node.seen.add(toHex(blake3(bytes)))
        // as gossipsub floods what is its own: everybody who is linked hears it from who wrote it
        send(node, listeners(node), bytes)
      },
      onGossip(judge) {
        node.judge = judge
      },
      mayHear(judge) {
        node.mayHear = judge
      },
      peers: () => peersOf(node),
      boxes: () => boxStates(node),
    }
  }

  return {
    node: (nodeId) => meshOf(nodes.get(nodeId) ?? create(nodeId)),
    partition: (...groups) =>
      settle(() => {
        groupOf = (id) => groups.findIndex((group) => group.includes(id))
      }),
    heal: () =>
      settle(() => {
        groupOf = null
      }),
    killBox: (multiaddr = COMMON_BOX) => touchBox(multiaddr, true),
    reviveBox: (multiaddr = COMMON_BOX) => touchBox(multiaddr, false),
    setLatency(ms) {
      latency = ms
    },
    setGossipLoss(share) {
      gossipLoss = share
    },
  }
}
