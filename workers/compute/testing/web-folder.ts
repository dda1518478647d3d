import type { WebFolder } from '../model/http.ts'

interface WebOptions {
  /** Whether the server answers ranges; it does unless said otherwise. */
  readonly ranges?: boolean
  /** Bytes of all answers together after which every connection breaks. */
  readonly breakAfter?: number
  /** Nobody answers. */
  readonly away?: boolean
}

export interface TestWeb {
  readonly folder: WebFolder
  readonly asked: { readonly file: string; readonly method: string }[]
  /** Bytes of all answers. */
  sent: number
}

const CHUNK_BYTES = 65_536

/** A web server with one folder, in memory. It answers below any address. */
export function createWebFolder(files: ReadonlyMap<string, Uint8Array<ArrayBuffer>>, options: WebOptions = {}): TestWeb {
  const { ranges = true, breakAfter = Number.POSITIVE_INFINITY, away = false } = options
  const web: TestWeb = { folder: { base: '/models/tiny/', fetch: ask }, asked: [], sent: 0 }

  async function ask(input: RequestInfo | URL, init: RequestInit = {}): Promise<Response> {
    init.signal?.throwIfAborted()
    if (away) throw new TypeError('Failed to fetch')
    // below any model, by its path there; anything else by its whole path
    const name = decodeURIComponent(String(input).replace(/^.*?\/models\/[^/]+\//, ''))
    const method = init.method ?? 'GET'
    web.asked.push({ file: name, method })
    const bytes = files.get(name)
    if (!bytes) return new Response('not found', { status: 404 })
    const wanted = ranges ? /^bytes=(\d+)-(\d*)$/.exec(new Headers(init.headers).get('range') ?? '') : null
    const from = Number(wanted?.[1] ?? 0)
    const to = wanted?.[2] ? Number(wanted[2]) + 1 : bytes.length
    const headers = {
      etag: `"${bytes.length}"`,
      'content-length': String(to - from),
      ...(wanted && { 'content-range': `bytes ${from}-${to - 1}/${bytes.length}` }),
    }
    return new Response(method === 'HEAD' ? null : streamOf(bytes.subarray(from, to), init.signal ?? null), {
      status: wanted ? 206 : 200,
      headers,
    })
  }

  const streamOf = (bytes: Uint8Array<ArrayBuffer>, signal: AbortSignal | null): ReadableStream<Uint8Array<ArrayBuffer>> => {
    let at = 0
    return new ReadableStream({
      pull(controller) {
        if (signal?.aborted) return controller.error(signal.reason)
        if (web.sent >= breakAfter) return controller.error(new TypeError('network error'))
        if (at >= bytes.length) return controller.close()
        const chunk = bytes.slice(at, at + CHUNK_BYTES)
        at += chunk.length
        web.sent += chunk.length
        controller.enqueue(chunk)
      },
    })
  }
  return web
}
