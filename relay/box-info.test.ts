import type { IncomingMessage } from 'node:http'
import { describe, expect, it } from 'vitest'
import { endpointOf, endpointOfRequest, lanAddresses, originOf, remoteAddressOf } from './addresses.ts'
import { appUrl, boxInfo, type Reach } from './box-info.ts'

const reach: Reach = {
  version: '3.0.0',
  peerId: '12D3KooWBox',
  tls: false,
  port: 8080,
  hosts: ['192.168.1.5'],
  announced: null,
  webrtc: { port: 8081, certhash: 'uEiX' },
}
// the parts of a request that addresses are read from
const requestWith = (headers: Record<string, string>, remoteAddress = '127.0.0.1'): IncomingMessage =>
  ({ headers, socket: { remoteAddress, remotePort: 5 } }) as unknown as IncomingMessage
const multiaddrsVia = (host: string, given: Reach = reach): string[] =>
  boxInfo(given, endpointOfRequest(requestWith({ host }), given.tls)).multiaddrs

describe('box.json', () => {
  it('leads with the way the browser came, and adds the way for neighbours', () => {
    expect(multiaddrsVia('localhost:8080')).toEqual([
      '/ip4/127.0.0.1/tcp/8080/ws/p2p/12D3KooWBox',
      '/ip4/192.168.1.5/tcp/8080/ws/p2p/12D3KooWBox',
      '/ip4/127.0.0.1/udp/8081/webrtc-direct/certhash/uEiX/p2p/12D3KooWBox',
      '/ip4/192.168.1.5/udp/8081/webrtc-direct/certhash/uEiX/p2p/12D3KooWBox',
    ])
    expect(multiaddrsVia('box.local:9000')[0]).toBe('/dns/box.local/tcp/9000/ws/p2p/12D3KooWBox')
    expect(multiaddrsVia('192.168.1.5:8080')).toHaveLength(2)
  })

  it('speaks TLS where the box does', () => {
    expect(multiaddrsVia('box.local', { ...reach, tls: true })[0]).toBe('/dns/box.local/tcp/443/tls/ws/p2p/12D3KooWBox')
  })

  it('announces the public address, and takes its word for the scheme behind a proxy', () => {
    const behind = { ...reach, announced: endpointOf('https://box.example.org/') }
    expect(multiaddrsVia('box.example.org', behind)[0]).toBe('/dns/box.example.org/tcp/443/tls/ws/p2p/12D3KooWBox')
    expect(appUrl(behind)).toBe('https://box.example.org/')
    expect(appUrl(reach)).toBe('http://192.168.1.5:8080/')
  })

  it.each(['a/b', 'x y', 'host:99999', '"><script>', ''])('is not led astray by the Host header %j', (host) => {
    expect(multiaddrsVia(host)[0]).toBe('/ip4/192.168.1.5/tcp/8080/ws/p2p/12D3KooWBox')
  })

  it('leaves out webrtc-direct where the machine cannot do it', () => {
    expect(multiaddrsVia('localhost:8080', { ...reach, webrtc: null }).join()).not.toContain('webrtc')
  })
})

describe('addresses', () => {
  it('writes links without standard ports', () => {
    expect(originOf({ host: '::1', port: 80, secure: false })).toBe('http://[::1]/')
    expect(originOf({ host: 'box', port: 8443, secure: true })).toBe('https://box:8443/')
  })

  it('prefers a home network and leaves out loopback, link-local and container bridges', () => {
    const at = (address: string, internal = false) => [
      { address, internal, family: 'IPv4' as const, netmask: '', mac: '', cidr: null },
    ]
    const interfaces = {
      lo: at('127.0.0.1', true),
      docker0: at('172.17.0.1'),
      wan: at('203.0.113.9'),
      x: at('169.254.1.1'),
      lan: at('192.168.0.2'),
    }
    expect(lanAddresses(interfaces)).toEqual(['192.168.0.2', '203.0.113.9'])
  })

  it('believes a proxy on this machine about the guest, and nobody else', () => {
    const headers = { 'x-forwarded-for': '203.0.113.1, 198.51.100.7' }
    expect(remoteAddressOf(requestWith(headers), true).host).toBe('198.51.100.7')
    expect(remoteAddressOf(requestWith(headers), false).host).toBe('127.0.0.1')
    expect(remoteAddressOf(requestWith(headers, '::ffff:192.168.1.9'), true).host).toBe('192.168.1.9')
    expect(remoteAddressOf(requestWith({ 'x-forwarded-for': 'me' }), true).host).toBe('127.0.0.1')
  })
})
