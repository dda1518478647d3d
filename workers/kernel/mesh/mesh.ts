import type { CommunityId, NodeId } from '#protocol/core/ids.ts'
import type { Signal } from '../signal.ts'

/**
 * A message stream to one peer whose NodeID the connection has proved (ID-3). One frame is one message of at most the
 * protocol's size; framing, chunking and backpressure are the stream's own business.
 */
export interface FramedStream {
  readonly peer: NodeId
  /** Resolves when the frame is on its way and there is room for the next. @throws HearthError `partition` when closed */
  send(frame: Uint8Array<ArrayBuffer>): Promise<void>
  /** Frames in order; ends when the other side closes; throws HearthError (`partition`, `bad_request` for a frame over the limit). */
  readonly frames: AsyncIterable<Uint8Array<ArrayBuffer>>
  /** Says goodbye after what was sent. */
  close(): Promise<void>
  /** Drops the stream at once; the other side sees `partition`. */
  abort(): void
}

export type ConnectionKind = 'direct' | 'relayed' | 'connecting' | 'away'

export interface PeerConnection {
  readonly nodeId: NodeId
  readonly connection: ConnectionKind
  /** Round trip in milliseconds. */
  readonly latencyMs: number | null
  /** Milliseconds since 1970. */
  readonly since: number
}

export interface BoxConnection {
  readonly multiaddr: string
  readonly state: 'connected' | 'connecting' | 'unreachable'
  readonly since: number
}

export type GossipVerdict = 'accept' | 'ignore' | 'reject'

/** `length` before each frame (TRA-5), or `none`: the protocol's own messages delimit themselves, and `frames` are cut anywhere. */
export type Framing = 'length' | 'none'

export interface ProtocolHandler {
  readonly protocol: string
  readonly maxFrameBytes: number
  /** `length` unless said otherwise. */
  readonly framing?: Framing
  handle(stream: FramedStream): void
}

export interface OpenOptions {
  readonly maxFrameBytes: number
  readonly framing?: Framing
  /** Waits a moment for a direct connection that is being made: for a stream that carries much and stays long, which a relay would cut off. */
  readonly direct?: boolean
  readonly signal?: AbortSignal
}

/**
 * Reaching other nodes. Implementations: libp2p (`libp2p-mesh.ts`) and the twin in memory (`memory-mesh.ts`); one
 * contract test runs on both.
 */
export interface Mesh {
  readonly nodeId: NodeId
  start(): Promise<void>
  stop(): Promise<void>
  /** Serves a protocol. @returns a function that withdraws it. */
  handle(handler: ProtocolHandler): () => void
  /** @throws HearthError `partition` when the peer cannot be reached, `timeout`, `not_implemented` when it does not serve the protocol */
  open(peer: NodeId, protocol: string, options: OpenOptions): Promise<FramedStream>
  /** Everyone at the community's topic: registers with every box, dials whom it finds, keeps redialling (SYN-1, BUS-7). */
  enter(community: CommunityId): void
  /** Further topics to be found at while in a community, in place of those before: where other communities are met (FDR-5). */
  meet(topics: readonly string[]): void
  /** Who is at such a topic now. */
  at(topic: string): readonly NodeId[]
  /** Leaves the topics and hangs up on everyone. */
  leave(): void
  /** Replaces the boxes to stay in touch with. Multiaddrs end in `/p2p/<peer id>`. */
  setBoxes(multiaddrs: readonly string[]): void
  /** Multiaddrs others may use to reach a box this node is connected to: for invites. */
  boxAddresses(): readonly string[]
  /** Hangs up and does not redial until `forgive`: for revoked members and abusers. */
  banish(peer: NodeId): void
  /** Takes back `banish`. */
  forgive(peer: NodeId): void
  /** Publishes on the entered community's gossip topic. Resolves when handed to the mesh, whoever listens. */
  publish(bytes: Uint8Array<ArrayBuffer>): Promise<void>
  /** Judges each gossip message before it is forwarded; only `accept` travels on (SYN-1). */
  onGossip(judge: (bytes: Uint8Array<ArrayBuffer>, from: NodeId) => Promise<GossipVerdict>): void
  /** Says who is sent gossip: being connected is not enough (COM-5). Everyone, until it is said. */
  mayHear(judge: (peer: NodeId) => boolean): void
  peers(): readonly PeerConnection[]
  boxes(): readonly BoxConnection[]
  /** A peer or box changed state. */
  readonly changed: Signal<void>
  /** A peer became reachable (connected or reconnected). */
  readonly connected: Signal<NodeId>
}
