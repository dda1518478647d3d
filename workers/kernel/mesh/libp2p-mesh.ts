import type { Connection } from '@libp2p/interface'
import { HearthError } from '#protocol/core/errors.ts'
import type { CommunityId, NodeId } from '#protocol/core/ids.ts'
import type { Signer } from '#protocol/core/signing.ts'
import { topicOf } from '#protocol/core/sync.ts'
import type { Runtime } from '../runtime.ts'
import { createSignal, type Signal } from '../signal.ts'
import { createBoxes } from './boxes.ts'
import { withDeadline } from './deadline.ts'
import { createDialer } from './dialer.ts'
import { closedError } from './frame-queue.ts'
import { createFramedStream } from './framed-stream.ts'
import { createGossip } from './gossip.ts'
import { createLatency } from './latency.ts'
import { createMeshNode, MAX_STREAMS, type MeshNode, type Transports } from './libp2p-node.ts'
import { createLinks, type Link } from './links.ts'
import type { FramedStream, Mesh, PeerConnection, ProtocolHandler } from './mesh.ts'
import { nodeIdOfPeer } from './private-key.ts'
import { createRendezvousClient } from './rendezvous-client.ts'
import { wayTo } from './way.ts'

const OPEN_MS = 10_000
const STREAM_LIMITS = { maxInboundStreams: MAX_STREAMS, maxOutboundStreams: MAX_STREAMS, runOnLimitedConnection: true }

export interface MeshDeps {
  readonly runtime: Runtime
  readonly signer: Signer
  /** The network came back: whoever is away is tried at once. */
  readonly online?: Signal<void>
}

export interface MeshOptions {
  /** `browserTransports()` in a browser. */
  readonly transports: Transports
}

/** libp2p names a protocol the other side does not speak, and a signal that fired; everything else is a lost connection. */
function openError(failure: unknown): unknown {
  if (failure instanceof HearthError) return failure
  if (failure instanceof Error && failure.name === 'UnsupportedProtocolError') {
    return new HearthError('not_implemented', 'the peer does not serve this protocol', { cause: failure })
  }
  return closedError('the peer cannot be reached', failure)
}

function serve(
  node: MeshNode,
  { protocol, maxFrameBytes, framing, handle }: ProtocolHandler,
  heard: (connection: Connection) => void,
): () => void {
  const accepted = node.handle(
    protocol,
    (stream, connection) => {
      stream.addEventListener('message', () => heard(connection))
      const peer = nodeIdOfPeer(connection.remotePeer)
      if (peer) handle(createFramedStream(stream, peer, maxFrameBytes, framing))
      else stream.abort(new HearthError('unauthorized', 'not an Ed25519 identity'))
    },
    STREAM_LIMITS,
  )
  return () => void accepted.then(() => node.unhandle(protocol))
}

/** The mesh over libp2p: WebRTC between neighbours, introduced by boxes that the connections then outlive. */
export async function createLibp2pMesh({ runtime, signer, online }: MeshDeps, { transports }: MeshOptions): Promise<Mesh> {
  const banished = new Set<NodeId>()
  let mayHear = (_peer: NodeId): boolean => true
  const node = await createMeshNode(signer, transports, {
    denied: (peer) => {
      const nodeId = nodeIdOfPeer(peer)
      return nodeId !== null && banished.has(nodeId)
    },
    mayHear: (peer) => {
      const nodeId = nodeIdOfPeer(peer)
      return nodeId !== null && mayHear(nodeId)
    },
  })
  const boxes = createBoxes({ runtime, node })
  const links = createLinks({ runtime, node, isBox: boxes.has })
  const rendezvous = createRendezvousClient({ runtime, node, signer, boxes })
  const dialer = createDialer({ runtime, node, links, rendezvous, banished: (peer) => banished.has(peer) })
  const latency = createLatency({ runtime, node })
  const gossip = createGossip({ node })
  const changed = createSignal<void>()
  const connected = createSignal<NodeId>()
  const reachable = new Set<NodeId>()
  let community: CommunityId | null = null
  let abroad: readonly string[] = []
  const parts = [latency, links, dialer, rendezvous, boxes]

  function onLink({ nodeId, kind }: Link): void {
    if (kind === 'none') reachable.delete(nodeId)
    else if (!reachable.has(nodeId)) {
      reachable.add(nodeId)
      connected.emit(nodeId)
    }
    const connection = links.best(nodeId)
    if (connection) void latency.probe(connection).then(() => changed.emit())
    changed.emit()
  }
  function onLeft(peer: NodeId): void {
    // the box sees a closed tab at once; WebRTC takes seconds
    const connection = links.best(peer)
    if (connection) void latency.probe(connection)
    changed.emit()
  }

  /** After the parts have subscribed, so that whoever is told of a change finds the parts changed. */
  function listen(): void {
    links.changed.on(onLink)
    boxes.changed.on(() => changed.emit())
    rendezvous.joined.on(() => changed.emit())
    rendezvous.left.on(onLeft)
  }
  online?.on(() => {
    boxes.wake()
    dialer.wake()
  })

  function stateOf(nodeId: NodeId): PeerConnection {
    const link = links.get(nodeId)
    if (link && link.kind !== 'none') {
      return { nodeId, connection: link.kind, latencyMs: latency.of(links.best(nodeId)), since: link.since }
    }
    const connection = dialer.busy(nodeId) ? 'connecting' : 'away'
    return { nodeId, connection, latencyMs: null, since: link?.since ?? runtime.now() }
  }

  function showUp(): void {
    if (community !== null) rendezvous.setTopics([topicOf(community), ...abroad])
  }

  async function hangUpOnAll(): Promise<void> {
    await Promise.all(links.all().map(({ nodeId }) => links.hangUp(nodeId)))
  }

  return {
    nodeId: signer.nodeId,
    changed,
    connected,
    async start() {
      await node.start()
      for (const part of parts) part.start()
      listen()
    },
    async stop() {
      for (const part of [...parts].reverse()) part.stop()
      gossip.leave()
      await hangUpOnAll()
      await node.stop()
    },
    handle: (handler) => serve(node, handler, latency.heard),
    async open(peer, protocol, { maxFrameBytes, framing, direct = false, signal }): Promise<FramedStream> {
      if (!links.best(peer) && !dialer.busy(peer)) throw closedError('the peer is away')
      try {
        const { stream, connection } = await withDeadline(runtime, OPEN_MS, signal, async (deadline) => {
          const connection = await wayTo({ runtime, links, dialer }, peer, direct, deadline)
          return { connection, stream: await connection.newStream(protocol, { ...STREAM_LIMITS, signal: deadline }) }
        })
        // together with the reader: what came before is given to whoever listens first
        stream.addEventListener('message', () => latency.heard(connection))
        return createFramedStream(stream, peer, maxFrameBytes, framing)
      } catch (failure) {
        throw signal?.aborted ? failure : openError(failure)
      }
    },
    enter(next) {
      community = next
      gossip.enter(next)
      showUp()
    },
    meet(topics) {
      const before = abroad.flatMap(rendezvous.present)
      abroad = topics
      showUp()
      // nothing is left to say to who was met at a topic that is over
      for (const peer of before) if (rendezvous.boxesOf(peer).length === 0) void links.hangUp(peer)
    },
    at: (topic) => rendezvous.present(topic),
    leave() {
      community = null
      rendezvous.setTopics([])
      dialer.drop()
      gossip.leave()
      void hangUpOnAll().then(() => {
        for (const { nodeId } of links.all()) links.forget(nodeId)
        changed.emit()
      })
    },
    setBoxes: boxes.set,
    boxAddresses: () => boxes.list().flatMap(({ addresses, connection }) => (connection ? addresses : [])),
    banish(peer) {
      banished.add(peer)
      dialer.drop(peer)
      void links.hangUp(peer)
    },
    forgive(peer) {
      banished.delete(peer)
      dialer.wake()
    },
    publish: gossip.publish,
    onGossip: gossip.setJudge,
    mayHear(judge) {
      mayHear = judge
    },
    peers: () => [...new Set([...rendezvous.present(), ...links.all().map(({ nodeId }) => nodeId)])].map(stateOf),
    boxes: boxes.states,
  }
}
