import type { IncomingMessage } from 'node:http'
import { isIP, isIPv4 } from 'node:net'
import { networkInterfaces } from 'node:os'

export interface Endpoint {
  readonly host: string
  readonly port: number
  readonly secure: boolean
}

/** A node on both protocols shows an IPv4 guest as `::ffff:192.0.2.1`. */
const plainIp = (address: string): string =>
  address.startsWith('::ffff:') && isIPv4(address.slice(7)) ? address.slice(7) : address

export const isLoopback = (host: string): boolean => host === '::1' || host.startsWith('127.') || host === 'localhost'

/**
 * Who is calling. A proxy on this machine may name the guest it speaks for, and only such a one is believed, and only
 * its own last word: what stands before it came from outside.
 */
export function remoteAddressOf(
  request: IncomingMessage,
  trustProxy: boolean,
): { readonly host: string; readonly port: number } {
  const host = plainIp(request.socket.remoteAddress ?? '0.0.0.0')
  const port = request.socket.remotePort ?? 0
  if (!trustProxy || !isLoopback(host)) return { host, port }
  const forwarded = String(request.headers['x-forwarded-for'] ?? '')
    .split(',')
    .at(-1)
    ?.trim()
  return { host: forwarded && isIP(forwarded) ? plainIp(forwarded) : host, port }
}

// bridges of containers and virtual machines: an address there helps no neighbour
const VIRTUAL = /^(docker|br-|veth|virbr|vmnet|vboxnet|tun|tap|wg|tailscale|zt)/
const preference = (address: string): number => (address.startsWith('192.168.') ? 0 : address.startsWith('10.') ? 1 : 2)

/** IPv4 addresses of this machine that a neighbour can reach, the likeliest first. */
export function lanAddresses(interfaces = networkInterfaces()): string[] {
  return Object.entries(interfaces)
    .filter(([name]) => !VIRTUAL.test(name))
    .flatMap(([, addresses]) => addresses ?? [])
    .filter(({ family, internal, address }) => family === 'IPv4' && !internal && !address.startsWith('169.254.'))
    .map(({ address }) => address)
    .sort((a, b) => preference(a) - preference(b))
}

export const originOf = ({ host, port, secure }: Endpoint): string => {
  const name = host.includes(':') ? `[${host}]` : host
  const standard = port === (secure ? 443 : 80)
  return `${secure ? 'https' : 'http'}://${name}${standard ? '' : `:${port}`}/`
}

/** @param url as `--announce` takes it: http or https. */
export function endpointOf(url: string): Endpoint {
  const { protocol, hostname, port } = new URL(url)
  const secure = protocol === 'https:'
  return { host: hostname.replace(/^\[|\]$/g, ''), port: port ? Number(port) : secure ? 443 : 80, secure }
}

/** The endpoint the browser used, by its Host header. @returns null for a header no browser sends. */
export function endpointOfRequest(request: IncomingMessage, secure: boolean): Endpoint | null {
  const host = request.headers.host ?? ''
  if (!/^([a-z0-9.-]{1,253}|\[[0-9a-f:.]{2,45}\])(:\d{1,5})?$/i.test(host)) return null
  try {
    return endpointOf(`${secure ? 'https' : 'http'}://${host}`)
  } catch {
    return null // a port above 65535
  }
}

export function webSocketMultiaddr({ host, port, secure }: Endpoint): string {
  // by name, a browser may try IPv6 first, where the box does not listen
  const name = host === 'localhost' ? '127.0.0.1' : host
  const family = ['dns', 'ip4', '', 'ip6'][isIP(name) === 0 ? 0 : isIP(name) === 4 ? 1 : 3]
  return `/${family}/${name}/tcp/${port}${secure ? '/tls' : ''}/ws`
}
