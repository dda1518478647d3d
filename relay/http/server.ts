import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { Socket } from 'node:net'
import type { BoxInfo } from '#protocol/core/rendezvous.ts'
import { LIMITS } from '../limits.ts'
import { securityHeaders } from './headers.ts'
import { BOX_MAPS, createMapFiles } from './map-files.ts'
import { BOX_MODELS, createModelFiles } from './model-files.ts'
import { sendJson, sendText } from './respond.ts'
import { createStaticFiles } from './static-files.ts'

/** Numbers only: what an operator may know of the guests. */
export interface Health {
  readonly status: 'ok' | 'starting'
  readonly version: string
  readonly uptime_seconds: number
  readonly counts: {
    readonly connections: number
    readonly reservations: number
    readonly topics: number
    readonly registrations: number
  }
}

export interface HttpDeps {
  readonly webRoot: string
  /** Directory with a folder for each model; nothing is served where it is missing. */
  readonly modelsRoot: string
  /** Directory with maps (PMTiles); nothing is served where it is missing. */
  readonly mapsRoot: string
  readonly tls: { readonly cert: string; readonly key: string } | null
  /** Origins that the operator named: of a knowledge hub, of a feed of official warnings, of models. */
  readonly named: readonly string[]
  /** @returns null until the box can be reached. */
  boxInfo(request: IncomingMessage): BoxInfo | null
  health(): Health
}

/** Checks an exported audit log from anywhere, also from a disk: its policy is in it, and is stricter than the app's (AUD-5). */
const VERIFIER = '/verify-audit.html'

function createHandler(deps: HttpDeps): RequestListener {
  const files = createStaticFiles(deps.webRoot)
  const models = createModelFiles(deps.modelsRoot)
  const maps = createMapFiles(deps.mapsRoot)
  const headers = Object.entries(securityHeaders(...deps.named))

  const route = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.setHeader('Allow', 'GET, HEAD')
      return sendText(response, 405, 'method not allowed')
    }
    switch (request.url?.split('?', 1)[0]) {
      case '/health':
        return sendJson(response, deps.health())
      case '/box.json': {
        const info = deps.boxInfo(request)
        return info ? sendJson(response, info) : sendText(response, 503, 'starting')
      }
      default:
        if (request.url?.startsWith(BOX_MODELS)) return models(request, response)
        return request.url?.startsWith(BOX_MAPS) ? maps(request, response) : files(request, response)
    }
  }

  return (request, response) => {
    for (const [name, value] of headers) response.setHeader(name, value)
    if (request.url === VERIFIER) response.removeHeader('Content-Security-Policy')
    route(request, response).catch((bug: unknown) => {
      console.error(bug)
      if (response.headersSent) response.destroy()
      else sendText(response, 500, 'internal error')
    })
  }
}

/** Closes what one address opens beyond its share, before a byte of it is read. */
function limitSockets(server: Server): void {
  const open = new Map<string, number>()
  server.on('connection', (socket: Socket) => {
    const address = socket.remoteAddress ?? ''
    const count = (open.get(address) ?? 0) + 1
    if (count > LIMITS.socketsPerAddress) return void socket.destroy()
    open.set(address, count)
    socket.once('close', () => {
      const left = (open.get(address) ?? 1) - 1
      if (left > 0) open.set(address, left)
      else open.delete(address)
    })
  })
}

export function createHttpServer(deps: HttpDeps): Server {
  const handler = createHandler(deps)
  const server = deps.tls ? createSecureServer({ ...deps.tls }, handler) : createServer(handler)
  server.headersTimeout = 10_000
  server.requestTimeout = 30_000
  // what is no HTTP gets an answer without an echo of what it sent
  server.on('clientError', (_error, socket) => socket.destroy())
  limitSockets(server)
  return server
}
