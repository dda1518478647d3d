import { circuitRelayTransport } from '@libp2p/circuit-relay-v2'
import { generateKeyPairFromSeed } from '@libp2p/crypto/keys'
import { type GossipSub, gossipsub, StrictNoSign } from '@libp2p/gossipsub'
import { identify } from '@libp2p/identify'
import type { Libp2p } from '@libp2p/interface'
import { noise } from '@libp2p/noise'
import { ping } from '@libp2p/ping'
import { webRTC } from '@libp2p/webrtc'
import { webSockets } from '@libp2p/websockets'
import { yamux } from '@libp2p/yamux'
import { sha256 } from '@noble/hashes/sha2.js'
import { createLibp2p } from 'libp2p'

const DAY_MS = 86_400_000
const MAX_GOSSIP_BYTES = 1024 * 1024

export type PeerNode = Libp2p & { readonly services: { readonly pubsub: GossipSub } }

/** A node as `protocol/core/transport.md` asks for, and nothing more: the suite says what is sent over it. */
export async function createPeerNode(seed: Uint8Array): Promise<PeerNode> {
  return createLibp2p({
    privateKey: await generateKeyPairFromSeed('Ed25519', seed),
    addresses: { listen: ['/webrtc'] },
    transports: [webSockets(), circuitRelayTransport(), webRTC({ rtcConfiguration: { iceServers: [] } })],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    connectionManager: { reconnectRetries: 0, dialTimeout: 20_000, addressDialTimeout: 15_000 },
    connectionMonitor: { enabled: false },
    connectionGater: { denyDialMultiaddr: () => false },
    services: {
      identify: identify(),
      ping: ping({ timeout: DAY_MS, maxInboundStreams: 8 }),
      pubsub: gossipsub({
        globalSignaturePolicy: StrictNoSign,
        msgIdFn: ({ data }) => sha256(data),
        allowPublishToZeroTopicPeers: true,
        ignoreDuplicatePublishError: true,
        floodPublish: true,
        fallbackToFloodsub: false,
        runOnLimitedConnection: true,
        maxInboundDataLength: MAX_GOSSIP_BYTES,
      }),
    },
  })
}
