import type { BrowserContext } from '@playwright/test'

const LOOPBACK = new Set(['localhost', '127.0.0.1'])

/** Whether `url` stays with the box, or leaves the browser at all. */
const staysAtHome = (url: string, box: string): boolean => {
  const { protocol, hostname, port } = new URL(url)
  if (protocol === 'data:' || protocol === 'blob:' || protocol === 'about:') return true
  return LOOPBACK.has(hostname) && port === new URL(box).port
}

/** Runs in the page before the app: a STUN or TURN server would tell an outside host who talks to whom. */
const reportIceServers = (): void => {
  globalThis.RTCPeerConnection = new Proxy(RTCPeerConnection, {
    construct(target, [configuration, ...rest]: [RTCConfiguration?, ...unknown[]]) {
      for (const { urls } of configuration?.iceServers ?? []) console.error(`RTCPeerConnection was given the server ${urls}`)
      return Reflect.construct(target, [configuration, ...rest])
    },
  })
}

/** Collects everything that no journey may cause: errors on the console, uncaught ones, and requests that leave the house. */
export const guard = async (context: BrowserContext, box: string): Promise<string[]> => {
  const problems: string[] = []
  const check = (kind: string, url: string): void => {
    if (!staysAtHome(url, box)) problems.push(`${kind} left the house: ${url}`)
  }
  context.on('console', (message) => {
    if (message.type() === 'error') problems.push(`console: ${message.text()} (${message.location().url})`)
  })
  context.on('weberror', (thrown) => {
    const error = thrown.error()
    // what was no error has an empty stack
    problems.push(`uncaught: ${error.stack || `${error.name} ${error.message}`}`)
  })
  context.on('request', (request) => check('request', request.url()))
  context.on('page', (page) => {
    page.on('websocket', (socket) => check('websocket', socket.url()))
    page.on('crash', () => problems.push('the page crashed'))
  })
  await context.addInitScript(reportIceServers)
  return problems
}
