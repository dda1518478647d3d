import '../polyfill.ts'
import { circuitRelayTransport } from '@libp2p/circuit-relay-v2'
import { generateKeyPair } from '@libp2p/crypto/keys'
import { identify } from '@libp2p/identify'
import type { Libp2p, Stream } from '@libp2p/interface'
import { noise } from '@libp2p/noise'
import { ping } from '@libp2p/ping'
import { lpStream } from '@libp2p/utils'
import { webSockets } from '@libp2p/websockets'
import { yamux } from '@libp2p/yamux'
import { multiaddr } from '@multiformats/multiaddr'
import { createLibp2p } from 'libp2p'
import { utf8 } from '#protocol/core/encoding.ts'
import { type NodeId, nodeIdOf, wireTime } from '#protocol/core/ids.ts'
import {
  RENDEZVOUS_PROTOCOL,
  type Registration,
  type RendezvousMessage,
  RendezvousMessageSchema,
} from '#protocol/core/rendezvous.ts'
import { parseAs } from '#protocol/core/schema.ts'
import { type Signer, signRecord } from '#protocol/core/signing.ts'

/** A node as a browser has it, on this machine: for tests of the box. */
export interface TestClient {
  readonly libp2p: Libp2p
  readonly nodeId: NodeId
  readonly signer: Signer
  rendezvous(box: string): Promise<RendezvousClient>
  stop(): Promise<void>
}

export interface RendezvousClient {
  readonly stream: Stream
  send(message: unknown): Promise<void>
  sendBytes(bytes: Uint8Array): Promise<void>
  next(): Promise<RendezvousMessage>
}

/** @param listen such as `<box>/p2p-circuit` */
export async function createTestClient(listen: readonly string[] = []): Promise<TestClient> {
  const privateKey = await generateKeyPair('Ed25519')
  const libp2p = await createLibp2p({
    privateKey,
    addresses: { listen: [...listen] },
    transports: [webSockets(), circuitRelayTransport()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    connectionGater: { denyDialMultiaddr: () => false },
    services: { identify: identify(), ping: ping() },
  })
  const nodeId = nodeIdOf(privateKey.publicKey.raw)
  return {
    libp2p,
    nodeId,
    signer: { nodeId, sign: async (bytes) => new Uint8Array(await privateKey.sign(bytes)) },
    async rendezvous(box) {
      const stream = await libp2p.dialProtocol(multiaddr(box), RENDEZVOUS_PROTOCOL)
      const frames = lpStream(stream)
      return {
        stream,
        send: (message) => frames.write(utf8(JSON.stringify(message))),
        sendBytes: (bytes) => frames.write(bytes),
        next: async () => {
          const bytes = (await frames.read({ signal: AbortSignal.timeout(5000) })).subarray()
          return parseAs(RendezvousMessageSchema, JSON.parse(new TextDecoder().decode(bytes)))
        },
      }
    },
    stop: async () => libp2p.stop(),
  }
}

/** A registration signed by `client`. @param change what a test wants different, before signing */
export async function registrationOf(
  client: TestClient,
  topic: string,
  change: Partial<Registration> = {},
  now = Date.now(),
): Promise<Registration> {
  const { signature: _, ...unsigned }: Partial<Registration> = {
    node_id: client.nodeId,
    multiaddrs: ['/ip4/192.0.2.1/tcp/1'],
    expires_at: wireTime(now + 100_000),
    ...change,
    topic,
  }
  const signed = await signRecord(client.signer, unsigned)
  return { ...signed, ...(change.signature ? { signature: change.signature } : {}) } as Registration // tests also send broken ones
}
