import { createSocket } from 'node:dgram'
import { type CircuitRelayService, circuitRelayServer } from '@libp2p/circuit-relay-v2'
import { identify } from '@libp2p/identify'
import type { Connection, Libp2p, MultiaddrConnection, PrivateKey, ServiceMap } from '@libp2p/interface'
import { noise } from '@libp2p/noise'
import { ping } from '@libp2p/ping'
import { yamux } from '@libp2p/yamux'
import { createLibp2p } from 'libp2p'
import type { DirectCertificate } from '../identity/certificate.ts'
import { LIMITS } from '../limits.ts'
import { hostOf } from './host-of.ts'
import { attachedWebSockets, type WebSocketTransportInit } from './websocket-transport.ts'

type WebRtc = typeof import('@libp2p/webrtc')
type BoxServices = ServiceMap & { readonly relay: CircuitRelayService }
export type BoxNode = Libp2p<BoxServices>

export interface NodeInit {
  readonly privateKey: PrivateKey
  readonly host: string
  readonly port: number
  readonly webSockets: WebSocketTransportInit
  /** null: without webrtc-direct. */
  readonly webrtc: { readonly module: WebRtc; readonly certificate: DirectCertificate; readonly port: number } | null
  readonly connectionsPerAddress: number
  /** How others reach it: libp2p's own list leaves out public addresses that nobody has verified yet. */
  readonly announce: readonly string[]
}

/** @returns null where the native WebRTC library does not load: the box goes on without. */
export async function loadWebRtc(load: () => Promise<WebRtc> = () => import('@libp2p/webrtc')): Promise<WebRtc | null> {
  try {
    return await load()
  } catch {
    return null
  }
}

/** libp2p does not recover from a UDP port that somebody else has, so it is not given one. */
export function isUdpPortFree(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createSocket('udp4')
    probe.once('error', () => resolve(false))
    probe.bind({ port, address: host, exclusive: true }, () => probe.close(() => resolve(true)))
  })
}

/** A reservation ends with its peer: what libp2p keeps until it expires would fill the table with people who left. */
function forgetDeparted(node: BoxNode): void {
  node.addEventListener('peer:disconnect', ({ detail: peer }) => {
    const { reservations } = node.services.relay
    reservations.get(peer)?.signal.clear()
    reservations.delete(peer)
  })
}

/** Relay, introductions by identify, and nothing else: the box dials nobody and is a member of nothing. */
export async function createNode(init: NodeInit): Promise<BoxNode> {
  const overLimit = ({ remoteAddr }: MultiaddrConnection): boolean => {
    const host = hostOf(remoteAddr)
    const same = node.getConnections().filter((connection: Connection) => hostOf(connection.remoteAddr) === host)
    return same.length >= init.connectionsPerAddress
  }
  const { webrtc } = init
  const node: BoxNode = await createLibp2p({
    start: false,
    privateKey: init.privateKey,
    addresses: {
      listen: [
        `/ip4/${init.host}/tcp/${init.port}/ws`,
        ...(webrtc ? [`/ip4/${init.host}/udp/${webrtc.port}/webrtc-direct`] : []),
      ],
      announce: [...init.announce],
    },
    transports: [
      attachedWebSockets(init.webSockets),
      ...(webrtc
        ? [webrtc.module.webRTCDirect({ certificate: webrtc.certificate, rtcConfiguration: { iceServers: [] } })]
        : []),
    ],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    connectionManager: {
      maxConnections: LIMITS.connections,
      maxIncomingPendingConnections: LIMITS.pendingConnections,
      inboundConnectionThreshold: LIMITS.newConnectionsPerSecond,
      reconnectRetries: 0,
    },
    connectionGater: { denyInboundConnection: overLimit, denyDialMultiaddr: () => true },
    services: {
      identify: identify(),
      ping: ping(),
      relay: circuitRelayServer({
        maxOutboundStopStreams: LIMITS.connections,
        reservations: {
          maxReservations: LIMITS.reservations,
          reservationTtl: LIMITS.reservationMs,
          defaultDataLimit: BigInt(LIMITS.relayedBytes),
          defaultDurationLimit: LIMITS.relayedMs,
        },
      }),
    },
  })
  forgetDeparted(node)
  await node.start()
  return node
}
