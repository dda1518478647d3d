import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'

/** Somebody's web server with models: other than the box, and on this machine. */
export interface ModelServer {
  readonly origin: string
  /** Files that were asked for from a place after their beginning, with that place. */
  readonly resumed: readonly { readonly path: string; readonly from: number }[]
  /** Sends no more than so many bytes of any answer from now on, and then nothing; null sends all. */
  stallAfter(bytes: number | null): void
  /** Breaks the next answer off that is longer than so many bytes. */
  breakAfter(bytes: number): void
  /** Says of a file that it is so long. */
  claim(path: string, bytes: number): void
  stop(): Promise<void>
}

/** @param files by their paths, `/tiny/config.json` */
export async function startModelServer(files: ReadonlyMap<string, Uint8Array>): Promise<ModelServer> {
  const resumed: { readonly path: string; readonly from: number }[] = []
  const claimed = new Map<string, number>()
  const stalled = new Set<ServerResponse>()
  let stall: number | null = null
  let breaking: number | null = null

  function answer({ method = 'GET', url = '', headers }: IncomingMessage, response: ServerResponse): void {
    response.setHeader('Access-Control-Allow-Origin', '*')
    response.setHeader('Access-Control-Allow-Headers', 'Range')
    response.setHeader('Access-Control-Expose-Headers', 'Content-Length, Content-Range, ETag')
    const path = decodeURIComponent(url)
    const bytes = files.get(path)
    if (method === 'OPTIONS') return void response.writeHead(204).end()
    if (!bytes) return void response.writeHead(404).end()
    const wanted = /^bytes=(\d+)-(\d*)$/.exec(headers.range ?? '')
    const from = Number(wanted?.[1] ?? 0)
    const to = wanted?.[2] ? Number(wanted[2]) + 1 : bytes.length
    if (from > 0) resumed.push({ path, from })
    const length = claimed.get(path) ?? to - from
    response.writeHead(wanted ? 206 : 200, {
      'Content-Type': 'application/octet-stream',
      'Accept-Ranges': 'bytes',
      'Content-Length': length,
      ETag: `"${bytes.length}"`,
      ...(wanted && { 'Content-Range': `bytes ${from}-${to - 1}/${bytes.length}` }),
    })
    if (method === 'HEAD') return void response.end()
    const body = bytes.subarray(from, to)
    if (breaking !== null && body.length > breaking) {
      const sent = body.subarray(0, breaking)
      breaking = null
      return void response.write(sent, () => response.destroy())
    }
    if (stall === null || body.length <= stall) return void response.end(body)
    response.write(body.subarray(0, stall))
    stalled.add(response)
  }

  const server: Server = createServer(answer)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new TypeError('a TCP server has a port')
  return {
    origin: `http://127.0.0.1:${address.port}`,
    resumed,
    stallAfter(bytes) {
      stall = bytes
      for (const response of stalled) response.destroy()
      stalled.clear()
    },
    breakAfter(bytes) {
      breaking = bytes
    },
    claim: (path, bytes) => void claimed.set(path, bytes),
    async stop() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
