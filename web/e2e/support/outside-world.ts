import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Chromium itself asks this one about form fields; it is no request of the app's, and it gets no further than here. */
const BROWSERS_OWN = 'content-autofill.googleapis.com:443'

export interface OutsideWorld {
  /** Proxy for browsers: whatever is not for this machine comes here, whichever page, worker or socket asked. */
  readonly proxy: string
  /** What was asked for, in order. Nothing ever gets out. */
  readonly asked: readonly string[]
  stop(): Promise<void>
}

/** Stands where the internet would be, answers nothing and remembers who called. */
export const startOutsideWorld = async (): Promise<OutsideWorld> => {
  const asked: string[] = []
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`)
    response.writeHead(502).end()
  })
  server.on('connect', (request, socket) => {
    // a browser that is closed resets what it had open, and nobody else listens to a socket that is no request
    socket.on('error', () => socket.destroy())
    if (request.url !== BROWSERS_OWN) asked.push(`CONNECT ${request.url}`)
    socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo // a server that listens on TCP has such an address
  return {
    proxy: `http://127.0.0.1:${port}`,
    asked,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
