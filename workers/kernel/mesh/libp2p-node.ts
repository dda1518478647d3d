import { type GossipSub, gossipsub, StrictNoSign } from '@libp2p/gossipsub'
import { type Identify, identify } from '@libp2p/identify'
import type { Connection, Libp2p, PeerId } from '@libp2p/interface'
import { noise } from '@libp2p/noise'
import { peerIdFromString } from '@libp2p/peer-id'
import { type Ping, ping } from '@libp2p/ping'
import { yamux } from '@libp2p/yamux'
import { createLibp2p, type Libp2pOptions } from 'libp2p'
import { sha256 } from '#protocol/core/hash.ts'
import type { Signer } from '#protocol/core/signing.ts'
import { privateKeyOf } from './private-key.ts'

export type MeshServices = { identify: Identify; ping: Ping; pubsub: GossipSub }
export type MeshNode = Libp2p<MeshServices>
export type Transports = NonNullable<Libp2pOptions['transports']>

/** Boxes a node keeps a relay reservation with at once; each takes one search. */
export const MAX_BOXES = 4
/**
 * Connections that may begin within one second, and be under way at once. libp2p counts by address, and whoever is
 * introduced by a box comes from the box's: its own limit of five would turn neighbours away when all come back at once.
 */
const MAX_ARRIVING = 64
/** Calls at once on one connection and protocol, either way; the bus has its own limit below this. */
export const MAX_STREAMS = 256
/** A peer's ping stream stays open (`pinger.ts`); libp2p would end it after ten seconds. */
const PING_STREAM_MS = 24 * 3_600_000
/** Room for one event of 256 KiB (EVT-4) and what carries it. */
const MAX_GOSSIP_BYTES = 512 * 1024

/** Whether a connection goes through a box all the way; WebRTC only begins there. */
export function isRelayed(connection: Connection): boolean {
  const names = connection.remoteAddr.getComponents().map(({ name }) => name)
  return names.includes('p2p-circuit') && !names.includes('webrtc')
}

/**
 * Score of a peer that is sent no gossip: below the threshold for publishing (-50), above the one from which even what it
 * subscribes to goes unheard (-80), so that it is told everything as soon as it is a member.
 */
const UNTOLD_SCORE = -60

const PRUNE_MS = 5_000

export interface PeerJudges {
  /** Neither dialled nor let in. */
  readonly denied: (peer: PeerId) => boolean
  readonly mayHear: (peer: PeerId) => boolean
}

/** libp2p, made for us: no bootstrap, no STUN, no DHT, no discovery of its own; who is dialled is decided by us. */
export function createMeshNode(signer: Signer, transports: Transports, { denied, mayHear }: PeerJudges): Promise<MeshNode> {
  return createLibp2p<MeshServices>({
    start: false,
    privateKey: privateKeyOf(signer),
    addresses: { listen: [...Array.from({ length: MAX_BOXES }, () => '/p2p-circuit'), '/webrtc'] },
    transports,
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    connectionManager: {
      reconnectRetries: 0,
      dialTimeout: 20_000,
      addressDialTimeout: 15_000,
      inboundConnectionThreshold: MAX_ARRIVING,
      maxIncomingPendingConnections: MAX_ARRIVING,
    },
    connectionMonitor: { enabled: false },
    connectionGater: {
      // the browser's default refuses ws:// and private addresses, which is what a box in the village hall has
      denyDialMultiaddr: () => false,
      denyDialPeer: denied,
      denyInboundUpgradedConnection: denied,
      denyOutboundUpgradedConnection: denied,
    },
    services: {
      identify: identify(),
      ping: ping({ timeout: PING_STREAM_MS, maxInboundStreams: 4 }),
      pubsub: gossipsub({
        // every message is a signed event that each hop verifies (SYN-1): a second signature would prove nothing
        globalSignaturePolicy: StrictNoSign,
        msgIdFn: (message) => sha256(message.data),
        allowPublishToZeroTopicPeers: true,
        ignoreDuplicatePublishError: true,
        floodPublish: true,
        fallbackToFloodsub: false,
        runOnLimitedConnection: true,
        maxInboundDataLength: MAX_GOSSIP_BYTES,
        // who was no member a moment ago and is one now is not kept waiting for a minute
        pruneBackoff: PRUNE_MS,
        // neighbours behind one router share an address, and the receiver judges content, not behaviour
        scoreParams: {
          IPColocationFactorWeight: 0,
          behaviourPenaltyWeight: 0,
          appSpecificWeight: 1,
          appSpecificScore: (peer) => (mayHear(peerIdFromString(peer)) ? 0 : UNTOLD_SCORE),
        },
      }),
    },
  })
}
