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

/** The smallest rendezvous that BUS-7 allows: no expiry and no limits. */
function createRendezvous() {
  /** By stream, then by topic. */
  const members = new Map<FramedStream, Map<string, Registration>>()
  const say = (stream: FramedStream, message: RendezvousMessage): void => {
    void stream.send(utf8(JSON.stringify(message))).catch(() => members.delete(stream))
  }
  const others = (self: FramedStream, topic: string) =>
    [...members].flatMap(([stream, at]) => {
      const registration = stream === self ? undefined : at.get(topic)
      return registration ? [{ stream, registration }] : []
    })

  async function register(stream: FramedStream, registration: Registration): Promise<void> {
    const { topic, node_id } = registration
    if (node_id !== stream.peer) throw new HearthError('unauthorized', 'not your registration')
    await requireSignature(node_id, registration)
    const own = members.get(stream) ?? new Map<string, Registration>()
    const isNew = !own.has(topic)
    members.set(stream, own.set(topic, registration))
    const there = others(stream, topic)
    const peers = there.map((one) => one.registration)
    say(stream, { type: 'registered', topic, ttl_seconds: RENDEZVOUS_TTL_SECONDS, peers })
    if (isNew) for (const one of there) say(one.stream, { type: 'joined', topic, peer: registration })
  }

  function leave(stream: FramedStream, topic: string): void {
    const own = members.get(stream)
    const registration = own?.get(topic)
    if (!own || !registration) return
    own.delete(topic)
    for (const one of others(stream, topic)) say(one.stream, { type: 'left', topic, node_id: registration.node_id })
  }

  function leaveAll(stream: FramedStream): void {
    for (const topic of [...(members.get(stream)?.keys() ?? [])]) leave(stream, topic)
    members.delete(stream)
  }

  async function serve(stream: FramedStream): Promise<void> {
    try {
      for await (const frame of stream.frames) {
        const request = parseAs(RendezvousRequestSchema, parseJson(frame), 'bad_request')
        if (request.type === 'register') await register(stream, request.registration)
        else leave(stream, request.topic)
      }
    } catch {
      stream.abort()
    } finally {
      leaveAll(stream)
    }
  }
  return { serve, registered: () => [...members.values()].flatMap((own) => [...own.values()]) }
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
