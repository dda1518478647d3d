import { readFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import { join } from 'node:path'
import type { Browser } from 'playwright'
import { type WebSocket, WebSocketServer } from 'ws'
import { type Bytes, fromBase64Url, type Identity, toBase64Url } from '../../client/encoding.ts'
import { FrameReader, frame } from '../../client/frames.ts'
import { TENSOR } from '../../client/tensor.ts'
import { Inbox } from '../../harness/inbox.ts'
import type { Framing, Heard, Stream, Wire } from '../../harness/target.ts'
import type { Ask, FromPage } from './bridge.ts'

const SECURE = { 'Cache-Control': 'no-store' }

export interface PeerPage {
  connect(identity: Identity, to: string, boxes: readonly string[]): Promise<Wire>
  close(): Promise<void>
}

async function listen(directory: string): Promise<Server> {
  const files: Readonly<Record<string, { readonly type: string; readonly body: string | Buffer }>> = {
    '/': { type: 'text/html', body: '<!doctype html><meta charset="utf-8"><script type="module" src="/peer.js"></script>' },
    '/peer.js': { type: 'text/javascript', body: await readFile(join(directory, 'peer.js')) },
  }
  const server = createServer((request, response) => {
    const file = files[request.url ?? '']
    if (file) response.writeHead(200, { 'Content-Type': file.type, ...SECURE }).end(file.body)
    else response.writeHead(404).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return server
}

function portOf(server: Server): number {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new TypeError('a TCP server has a port')
  return address.port
}

/**
 * Opens a page that nobody watches. Of one of its own Playwright hears each frame of each WebSocket, and all that peers say comes over one:
 * the browser would tell everything twice.
 */
async function openUnwatched(browser: Browser, url: string): Promise<{ close(): Promise<void> }> {
  const session = await browser.newBrowserCDPSession()
  const { browserContextId } = await session.send('Target.createBrowserContext')
  await session.send('Target.createTarget', { url, browserContextId })
  return {
    async close() {
      await session.send('Target.disposeBrowserContext', { browserContextId })
    },
  }
}

/** Opens the suite's own page and speaks to it over a WebSocket. @param directory where the built page lies */
export async function openPeerPage(browser: Browser, directory: string): Promise<PeerPage> {
  const server = await listen(directory)
  const sockets = new WebSocketServer({ server, path: '/bridge', maxPayload: 64 * 1024 * 1024 })
  const attached = new Promise<WebSocket>((resolve) => sockets.once('connection', resolve))
  const page = await openUnwatched(browser, `http://127.0.0.1:${portOf(server)}/`)
  const socket = await attached

  const asked = new Map<number, { resolve(value: string | boolean | null): void; reject(error: Error): void }>()
  const streams = new Map<string, Inbox<Bytes | 'end' | 'reset'>>()
  const incoming = new Map<string, Inbox<Stream>>()
  const takers = new Map<string, (stream: Stream) => void>()
  const gossip = new Map<string, Inbox<Bytes>>()
  let next = 0

  function inbox<T>(map: Map<string, Inbox<T>>, key: string): Inbox<T> {
    const known = map.get(key) ?? new Inbox<T>()
    map.set(key, known)
    return known
  }

  function ask(op: Ask): Promise<string | boolean | null> {
    const id = ++next
    return new Promise((resolve, reject) => {
      asked.set(id, { resolve, reject })
      socket.send(JSON.stringify({ id, ...op }))
    })
  }

  function streamOf(stream: string, framing: Framing = 'length'): Stream {
    const heard = inbox(streams, stream)
    const reader = framing === 'length' ? new FrameReader() : null
    const ready: Bytes[] = []
    let over: Heard | null = null
    const write = async (bytes: Uint8Array): Promise<void> => {
      await ask({ op: 'write', stream, bytes: toBase64Url(bytes) })
    }

    async function next(waitMs: number): Promise<Heard> {
      const until = Date.now() + waitMs
      for (;;) {
        const bytes = ready.shift()
        if (bytes) return { kind: 'frame', bytes }
        if (over) return over
        const found = await heard.take(Math.max(0, until - Date.now()))
        if (found === null) return { kind: 'silence' }
        if (typeof found === 'string') {
          over = { kind: found }
          streams.delete(stream)
        } else ready.push(...(reader?.push(found) ?? [found]))
      }
    }

    return {
      write,
      next,
      send: (body) => write(reader ? frame(body) : body),
      async end() {
        await ask({ op: 'end', stream }).catch(() => undefined)
      },
      abort() {
        void ask({ op: 'abort', stream }).catch(() => undefined)
      },
    }
  }

  socket.on('message', (data) => {
    const message: FromPage = JSON.parse(String(data))
    switch (message.kind) {
      case 'done':
        asked.get(message.id)?.resolve(message.value)
        asked.delete(message.id)
        break
      case 'failed': {
        const error = new Error(message.message)
        error.name = message.name
        asked.get(message.id)?.reject(error)
        asked.delete(message.id)
        break
      }
      case 'bytes':
        inbox(streams, message.stream).push(fromBase64Url(message.bytes))
        break
      case 'ended':
        inbox(streams, message.stream).push(message.how)
        break
      case 'incoming': {
        const key = `${message.node} ${message.protocol}`
        const stream = streamOf(message.stream, message.protocol === TENSOR ? 'none' : 'length')
        const take = takers.get(key)
        if (take) take(stream)
        else inbox(incoming, key).push(stream)
        break
      }
      case 'gossip':
        inbox(gossip, message.node).push(fromBase64Url(message.bytes))
    }
  })

  async function open(node: string, peer: string, protocol: string, framing?: Framing): Promise<Stream> {
    const stream = `out-${++next}`
    const opened = streamOf(stream, framing)
    await ask({ op: 'open', node, peer, protocol, stream })
    return opened
  }

  return {
    async connect(identity, to, boxes) {
      const node = `${identity.nodeId}-${++next}`
      await ask({ op: 'create', node, seed: toBase64Url(identity.seed), boxes })
      const reconnect = async (): Promise<void> => {
        await ask({ op: 'dial', node, peer: to })
      }
      await reconnect()
      return {
        boxAddresses: boxes,
        open: (protocol, framing) => open(node, to, protocol, framing),
        openAtBox: (protocol) => open(node, 'box', protocol),
        incoming: (protocol, waitMs) => inbox(incoming, `${node} ${protocol}`).take(waitMs),
        serve(protocol, take) {
          takers.set(`${node} ${protocol}`, take)
        },
        async subscribe(topic) {
          await ask({ op: 'subscribe', node, topic })
        },
        async publish(topic, bytes) {
          await ask({ op: 'publish', node, topic, bytes: toBase64Url(bytes) })
        },
        heard: (waitMs) => inbox(gossip, node).take(waitMs),
        async connected() {
          return (await ask({ op: 'connected', node, peer: to })) === true
        },
        reconnect,
        async leaveBoxes() {
          await ask({ op: 'leave-boxes', node }).catch(() => undefined)
        },
        async stop() {
          await ask({ op: 'stop', node }).catch(() => undefined)
        },
      }
    },
    async close() {
      await page.close()
      sockets.close()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
