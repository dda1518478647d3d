// Every number that keeps one guest from taking the box away from the others; docs/decisions/0003-the-box.md says why.

const MINUTE = 60_000
const MIB = 1024 * 1024

export const LIMITS = {
  /** TCP connections (HTTP and websocket together) from one address. */
  socketsPerAddress: 128,
  /** libp2p connections from one address, whatever the transport, and in all. */
  connectionsPerAddress: 64,
  connections: 512,
  /** New libp2p connections a second from one address; handshakes under way at once, more than one address can hold up. */
  newConnectionsPerSecond: 20,
  pendingConnections: 256,
  /** Bytes queued towards one slow websocket before its writers wait. */
  websocketBuffer: 4 * MIB,
  /** Bytes in one websocket message; a noise message has 64 KiB. */
  websocketMessage: 4 * MIB,
  reservations: 512,
  reservationMs: 15 * MINUTE,
  /** One relayed connection: bytes both ways together, and how long. */
  relayedBytes: 64 * MIB,
  relayedMs: 60 * MINUTE,
  /** Rendezvous: streams of one connection, frames of one stream, messages one slow stream may owe. */
  rendezvousStreams: 4,
  rendezvousFrames: { burst: 40, perSecond: 10 },
  rendezvousBacklog: 1024,
} as const
