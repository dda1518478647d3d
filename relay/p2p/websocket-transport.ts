import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import {
  type ComponentLogger,
  type Connection,
  type Listener,
  type ListenerEvents,
  serviceCapabilities,
  type Transport,
  TypedEventEmitter,
  transportSymbol,
  type Upgrader,
} from '@libp2p/interface'
import { getThinWaistAddresses, ipPortToMultiaddr } from '@libp2p/utils'
import type { Multiaddr } from '@multiformats/multiaddr'
import { type WebSocket, WebSocketServer } from 'ws'
import { HearthError } from '#protocol/core/errors.ts'
import { remoteAddressOf } from '../addresses.ts'
import { LIMITS } from '../limits.ts'
import { WebSocketConnection } from './websocket-connection.ts'

export interface WebSocketTransportInit {
  /** The server of the app: libp2p's websockets come in on the same port, as upgrades. */
  readonly server: Server
  readonly tls: boolean
  /** Whether a proxy on this machine says who the guest is. */
  readonly trustProxy: boolean
}

interface Components {
  readonly logger: ComponentLogger
}

/** Takes libp2p's websockets from a server that listens already, with the guest's own address (the limits need it). */
class AttachedListener extends TypedEventEmitter<ListenerEvents> implements Listener {
  readonly #init: WebSocketTransportInit
  readonly #components: Components
  readonly #upgrader: Upgrader
  readonly #sockets = new WebSocketServer({ noServer: true, maxPayload: LIMITS.websocketMessage })
  readonly #shutdown = new AbortController()
  #address: Multiaddr | undefined

  constructor(components: Components, init: WebSocketTransportInit, upgrader: Upgrader) {
    super()
    this.#components = components
    this.#init = init
    this.#upgrader = upgrader
  }

  async listen(address: Multiaddr): Promise<void> {
    this.#address = address
    this.#init.server.on('upgrade', this.#onUpgrade)
    this.safeDispatchEvent('listening')
  }

  readonly #onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    socket.on('error', () => socket.destroy())
    this.#sockets.handleUpgrade(request, socket, head, (websocket) => this.#accept(websocket, request))
  }

  #accept(websocket: WebSocket, request: IncomingMessage): void {
    const { host, port } = remoteAddressOf(request, this.#init.trustProxy)
    const connection = new WebSocketConnection(websocket, {
      remoteAddr: ipPortToMultiaddr(host, port).encapsulate('/ws'),
      direction: 'inbound',
      log: this.#components.logger.forComponent('hearthnet:websocket'),
    })
    this.#upgrader
      .upgradeInbound(connection, { signal: this.#shutdown.signal })
      // a guest who fails the handshake or is over a limit; libp2p's debug log has the reason
      .catch((reason: Error) => connection.abort(reason))
  }

  getAddrs(): Multiaddr[] {
    const suffix = this.#init.tls ? '/tls/ws' : '/ws'
    return getThinWaistAddresses(this.#address).map((address) => address.encapsulate(suffix))
  }

  updateAnnounceAddrs(): void {}

  async close(): Promise<void> {
    this.#init.server.off('upgrade', this.#onUpgrade)
    this.#shutdown.abort()
    for (const websocket of this.#sockets.clients) websocket.terminate()
    this.#sockets.close()
    this.safeDispatchEvent('close')
  }
}

/** A transport that is dialled and never dials: the box calls nobody. */
export function attachedWebSockets(init: WebSocketTransportInit): (components: Components) => Transport {
  const isWebSocket = (address: Multiaddr): boolean => address.getComponents().at(-1)?.name === 'ws'
  return (components) => ({
    [Symbol.toStringTag]: 'hearthnet-websockets',
    [transportSymbol]: true,
    [serviceCapabilities]: ['@libp2p/transport'],
    dial: async (): Promise<Connection> => {
      throw new HearthError('not_implemented', 'the box does not dial')
    },
    createListener: ({ upgrader }) => new AttachedListener(components, init, upgrader),
    listenFilter: (addresses) => addresses.filter(isWebSocket),
    dialFilter: () => [],
  })
}
