import './polyfill.ts'
import { readFile } from 'node:fs/promises'
import type { IncomingMessage, Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { endpointOf, endpointOfRequest, isLoopback, lanAddresses, originOf } from './addresses.ts'
import { addressesOf, appUrl, boxInfo, type Reach } from './box-info.ts'
import { type Clock, systemClock } from './clock.ts'
import { createHttpServer, type Health } from './http/server.ts'
import { loadCertificate } from './identity/certificate.ts'
import { loadPeerKey } from './identity/peer-key.ts'
import { LIMITS } from './limits.ts'
import { DEFAULTS, type Options } from './options.ts'
import { type BoxNode, createNode, isUdpPortFree, loadWebRtc } from './p2p/libp2p-node.ts'
import { createRegistry, type Registry } from './rendezvous/registry.ts'
import { createRendezvous } from './rendezvous/service.ts'
import { VERSION } from './version.ts'

export interface Box {
  /** Where a browser on this machine opens the app. */
  readonly url: string
  /** The link to pass on. */
  readonly appUrl: string
  readonly peerId: string
  /** As `/box.json` tells a browser that opened `url`. */
  readonly multiaddrs: readonly string[]
  /** Whether browsers can reach it by webrtc-direct. */
  readonly webrtc: boolean
  health(): Health
  stop(): Promise<void>
}

export interface BoxDeps {
  readonly clock: Clock
  readonly loadWebRtc: typeof loadWebRtc
  readonly connectionsPerAddress: number
}

const DEPS: BoxDeps = { clock: systemClock, loadWebRtc, connectionsPerAddress: LIMITS.connectionsPerAddress }

const STOP_WITHIN_MS = 3000

function listen(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve((server.address() as AddressInfo).port) // a server that listens on TCP has such an address
    })
  })
}

async function readTls(tls: Options['tls']): Promise<Options['tls']> {
  return tls && { cert: await readFile(tls.cert, 'utf8'), key: await readFile(tls.key, 'utf8') }
}

/** Where it can be reached. @param port on which the HTTP server listens */
async function findReach(options: Options, port: number, certhash: string, canWebRtc: boolean): Promise<Omit<Reach, 'peerId'>> {
  const lan = options.host === '0.0.0.0' ? lanAddresses() : [options.host]
  const udpPort = options.webrtcPort || port
  return {
    version: VERSION,
    tls: options.tls !== null,
    port,
    hosts: lan.length > 0 ? lan : ['127.0.0.1'],
    announced: options.announce === null ? null : endpointOf(options.announce),
    webrtc: canWebRtc && (await isUdpPortFree(options.host, udpPort)) ? { port: udpPort, certhash } : null,
  }
}

async function startNode(options: Options, deps: BoxDeps, server: Server, port: number) {
  const module = await deps.loadWebRtc()
  const certificate = await loadCertificate(options.data, deps.clock.now())
  const reach = await findReach(options, port, certificate.certhash, module !== null)
  const node = await createNode({
    privateKey: await loadPeerKey(options.data),
    host: options.host,
    port,
    webSockets: { server, tls: reach.tls, trustProxy: options.announce !== null },
    webrtc: module && reach.webrtc && { module, certificate, port: reach.webrtc.port },
    connectionsPerAddress: deps.connectionsPerAddress,
    announce: addressesOf(reach, null),
  })
  return { node, reach: { ...reach, peerId: node.peerId.toString() } }
}

function healthOf(node: BoxNode | null, registry: Registry, uptimeMs: number): Health {
  return {
    status: node ? 'ok' : 'starting',
    version: VERSION,
    uptime_seconds: Math.trunc(uptimeMs / 1000),
    counts: {
      connections: node?.getConnections().length ?? 0,
      reservations: node?.services.relay.reservations.size ?? 0,
      ...registry.counts(),
    },
  }
}

/** Connections of guests may not answer any more: what is not closed in time is cut. */
async function stopAll(node: BoxNode, server: Server): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve))
  try {
    await Promise.race([node.stop(), new Promise((resolve) => setTimeout(resolve, STOP_WITHIN_MS).unref())])
  } finally {
    server.closeAllConnections()
  }
  await closed
}

/** Serves the app, introduces browsers to each other and relays between those that cannot connect directly. */
export async function createBox(given: Partial<Options> = {}, givenDeps: Partial<BoxDeps> = {}): Promise<Box> {
  const deps = { ...DEPS, ...givenDeps }
  const { clock } = deps
  const options: Options = { ...DEFAULTS, ...given }
  const tls = await readTls(options.tls)
  const registry = createRegistry({ clock })
  const started = clock.now()
  let node: BoxNode | null = null
  let reach: Reach | null = null

  const health = (): Health => healthOf(node, registry, clock.now() - started)
  const infoFor = (request: IncomingMessage) => reach && boxInfo(reach, endpointOfRequest(request, tls !== null))
  const named = [options.hub, options.feed, options.models].filter((origin) => origin !== null)
  const server = createHttpServer({
    webRoot: options.web,
    modelsRoot: join(options.data, 'models'),
    mapsRoot: join(options.data, 'maps'),
    tls,
    named,
    boxInfo: infoFor,
    health,
  })
  const port = await listen(server, options.port, options.host)
  try {
    const running = await startNode(options, deps, server, port)
    await createRendezvous({ node: running.node, registry, clock }).start()
    node = running.node
    reach = running.reach
    return boxOf(node, server, reach, options.host, health)
  } catch (failure) {
    server.close()
    throw failure
  }
}

function boxOf(node: BoxNode, server: Server, reach: Reach, host: string, health: () => Health): Box {
  const here = { host: host === '0.0.0.0' || isLoopback(host) ? 'localhost' : host, port: reach.port, secure: reach.tls }
  let stopping: Promise<void> | null = null
  return {
    url: originOf(here),
    appUrl: appUrl(reach),
    peerId: reach.peerId,
    multiaddrs: boxInfo(reach, here).multiaddrs,
    webrtc: reach.webrtc !== null,
    health,
    stop() {
      stopping ??= stopAll(node, server)
      return stopping
    },
  }
}
