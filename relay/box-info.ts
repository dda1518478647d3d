import { isIPv4 } from 'node:net'
import { type BoxInfo, BoxInfoSchema } from '#protocol/core/rendezvous.ts'
import { parseAs } from '#protocol/core/schema.ts'
import { type Endpoint, isLoopback, originOf, webSocketMultiaddr } from './addresses.ts'

const LOCALHOST = 'localhost'

export interface Reach {
  readonly version: string
  readonly peerId: string
  /** Whether the box itself speaks TLS. */
  readonly tls: boolean
  readonly port: number
  /** Addresses a neighbour can reach, the likeliest first; the loopback address where there is none. */
  readonly hosts: readonly string[]
  readonly announced: Endpoint | null
  /** null when this machine cannot do WebRTC. */
  readonly webrtc: { readonly port: number; readonly certhash: string } | null
}

/** The link people pass on: the announced one, else the one in the local network. */
export function appUrl(reach: Reach): string {
  const near = reach.hosts[0] ?? LOCALHOST
  // one name for this machine: under another a browser would be another device to the app
  const local = { host: isLoopback(near) ? LOCALHOST : near, port: reach.port, secure: reach.tls }
  return originOf(reach.announced ?? local)
}

const unique = <T>(items: readonly T[]): T[] => [...new Set(items)]

/** Addresses without the peer id. @param asked the endpoint by which somebody came; its ways come first. */
export function addressesOf(reach: Omit<Reach, 'peerId'>, asked: Endpoint | null): string[] {
  const came = asked !== null && reach.announced?.host === asked.host ? reach.announced : asked
  const local = reach.hosts.map((host): Endpoint => ({ host, port: reach.port, secure: reach.tls }))
  const sockets = [came, reach.announced, ...local].filter((endpoint) => endpoint !== null)

  const { webrtc } = reach
  if (!webrtc) return unique(sockets.map(webSocketMultiaddr))
  const near = asked === null ? [] : isLoopback(asked.host) ? ['127.0.0.1'] : isIPv4(asked.host) ? [asked.host] : []
  const direct = [...near, ...reach.hosts].map(
    (host) => `/ip4/${host}/udp/${webrtc.port}/webrtc-direct/certhash/${webrtc.certhash}`,
  )
  return unique([...sockets.map(webSocketMultiaddr), ...direct])
}

/**
 * How the browser that asked reaches the box, the way it came first; then the ways that others can take, for invites.
 * @param asked the endpoint of its Host header
 */
export function boxInfo(reach: Reach, asked: Endpoint | null): BoxInfo {
  return parseAs(BoxInfoSchema, {
    name: 'hearthnet-box',
    version: reach.version,
    peer_id: reach.peerId,
    multiaddrs: addressesOf(reach, asked)
      .slice(0, 16)
      .map((address) => `${address}/p2p/${reach.peerId}`),
    app_url: appUrl(reach),
  })
}
