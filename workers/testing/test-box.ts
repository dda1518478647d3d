import './node-20.ts'
import { circuitRelayServer } from '@libp2p/circuit-relay-v2'
import { generateKeyPair } from '@libp2p/crypto/keys'
import { identify } from '@libp2p/identify'
import type { PrivateKey } from '@libp2p/interface'
import { noise } from '@libp2p/noise'
import { ping } from '@libp2p/ping'
import { webSockets } from '@libp2p/websockets'
import { yamux } from '@libp2p/yamux'
import { createLibp2p } from 'libp2p'
import { utf8 } from '#protocol/core/encoding.ts'
import { HearthError } from '#protocol/core/errors.ts'
import { parseJson } from '#protocol/core/json.ts'
import {
  RENDEZVOUS_MAX_FRAME_BYTES,
  RENDEZVOUS_PROTOCOL,
  RENDEZVOUS_TTL_SECONDS,
  type Registration,
  type RendezvousMessage,
  RendezvousRequestSchema,
} from '#protocol/core/rendezvous.ts'
import { parseAs } from '#protocol/core/schema.ts'
import { requireSignature } from '#protocol/core/signing.ts'
import { createFramedStream } from '../kernel/mesh/framed-stream.ts'
import type { FramedStream } from '../kernel/mesh/mesh.ts'
import { nodeIdOfPeer } from '../kernel/mesh/private-key.ts'

export interface TestBox {
  /** Ends in `/p2p/<peer id>`. */
  readonly multiaddr: string
  /** Everyone registered now. */
  readonly registered: () => readonly Registration[]
  stop(): Promise<void>
}

export interface TestBoxOptions {
  /** For a box that comes back as itself. */
  readonly privateKey?: PrivateKey
  readonly port?: number
}

/** The smallest rendezvous that BUS-7 allows: no expiry, no limits, one topic per stream. */
function createRendezvous() {
  const members = new Map<FramedStream, Registration>()
  const say = (stream: FramedStream, message: RendezvousMessage): void => {
    void stream.send(utf8(JSON.stringify(message))).catch(() => members.delete(stream))
  }
  const others = (self: FramedStream, topic: string) =>
    [...members].filter(([stream, registration]) => stream !== self && registration.topic === topic)

  async function register(stream: FramedStream, registration: Registration): Promise<void> {
    if (registration.node_id !== stream.peer) throw new HearthError('unauthorized', 'not your registration')
    await requireSignature(registration.node_id, registration)
    const isNew = !members.has(stream)
    members.set(stream, registration)
    const peers = others(stream, registration.topic)
    const { topic } = registration
    say(stream, { type: 'registered', topic, ttl_seconds: RENDEZVOUS_TTL_SECONDS, peers: peers.map(([, peer]) => peer) })
    if (isNew) for (const [peer] of peers) say(peer, { type: 'joined', topic, peer: registration })
  }

  function leave(stream: FramedStream): void {
    const registration = members.get(stream)
    members.delete(stream)
    if (!registration) return
    const { topic, node_id } = registration
    for (const [peer] of others(stream, topic)) say(peer, { type: 'left', topic, node_id })
  }

  async function serve(stream: FramedStream): Promise<void> {
    try {
      for await (const frame of stream.frames) {
        const request = parseAs(RendezvousRequestSchema, parseJson(frame), 'bad_request')
        if (request.type === 'register') await register(stream, request.registration)
        else leave(stream)
      }
    } catch {
      stream.abort()
    } finally {
      leave(stream)
    }
  }
  return { serve, registered: () => [...members.values()] }
}

/** A relay and rendezvous on 127.0.0.1. */
export async function createTestBox({ privateKey, port = 0 }: TestBoxOptions = {}): Promise<TestBox> {
  const node = await createLibp2p({
    privateKey: privateKey ?? (await generateKeyPair('Ed25519')),
    addresses: { listen: [`/ip4/127.0.0.1/tcp/${port}/ws`] },
    transports: [webSockets()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    connectionManager: { inboundConnectionThreshold: 1_000 },
    services: { identify: identify(), ping: ping(), relay: circuitRelayServer({ reservations: { maxReservations: 256 } }) },
  })
  const rendezvous = createRendezvous()
  await node.handle(RENDEZVOUS_PROTOCOL, (stream, connection) => {
    const peer = nodeIdOfPeer(connection.remotePeer)
    if (peer) void rendezvous.serve(createFramedStream(stream, peer, RENDEZVOUS_MAX_FRAME_BYTES))
    else stream.abort(new HearthError('unauthorized', 'not an Ed25519 identity'))
  })
  const multiaddr = node.getMultiaddrs()[0]?.toString()
  if (multiaddr === undefined) throw new TypeError('a box that listens has an address')
  return { multiaddr, registered: rendezvous.registered, stop: async () => node.stop() }
}
