import { createReadStream } from 'node:fs'
import { realpath, stat } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { extname, join, sep } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createCompressor } from './compress.ts'
import { sendText } from './respond.ts'

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.jpg': 'image/jpeg',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.onnx': 'application/octet-stream',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json; charset=utf-8',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
}

// Vite puts the content's hash into these names, so a name never changes its content
const HASHED = /^\/assets\/.*-[\w-]{8,}\.\w+$/

const cacheControl = (pathname: string): string => (HASHED.test(pathname) ? 'public, max-age=31536000, immutable' : 'no-cache')

export interface StaticFile {
  readonly path: string
  readonly size: number
  readonly etag: string
}

/** `/` is index.html. @returns null for anything that is no plain visible file inside `root`. */
export async function findFile(root: string, pathname: string): Promise<StaticFile | null> {
  const segments = pathname.split('/').slice(1)
  if (segments.some((segment) => segment.startsWith('.') || /[\\\0]/.test(segment))) return null
  try {
    const realRoot = await realpath(root)
    // a link that leads out of the root is refused, too
    const path = await realpath(join(realRoot, ...(pathname === '/' ? ['index.html'] : segments)))
    if (!path.startsWith(realRoot + sep)) return null
    const info = await stat(path)
    if (!info.isFile()) return null
    return { path, size: info.size, etag: `W/"${info.size.toString(36)}-${Math.trunc(info.mtimeMs).toString(36)}"` }
  } catch {
    return null // no such file, or a name the file system does not take
  }
}

export function decodePath(url: string): string | null {
  try {
    return decodeURIComponent(url.split('?', 1)[0] ?? '')
  } catch {
    return null
  }
}

export function isFresh(request: IncomingMessage, etag: string): boolean {
  const asked = request.headers['if-none-match'] ?? ''
  return asked.split(',').some((tag) => tag.trim() === etag)
}

/** Answers GET and HEAD with a file of the built app, or 404. The app routes by hash, so no other path is a page. */
export function createStaticFiles(root: string): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const compress = createCompressor()
  return async (request, response) => {
    const pathname = decodePath(request.url ?? '/')
    const file = pathname?.startsWith('/') ? await findFile(root, pathname) : null
    if (pathname === null || file === null) return sendText(response, 404, 'not found')

    response.setHeader('Content-Type', TYPES[extname(file.path)] ?? 'application/octet-stream')
    response.setHeader('Cache-Control', cacheControl(pathname))
    response.setHeader('ETag', file.etag)
    response.setHeader('Vary', 'Accept-Encoding')
    if (isFresh(request, file.etag)) return void response.writeHead(304).end()

    const packed = await compress(file, request.headers['accept-encoding'] ?? '')
    if (packed) response.setHeader('Content-Encoding', packed.encoding)
    response.setHeader('Content-Length', packed ? packed.body.length : file.size)
    response.writeHead(200)
    if (request.method === 'HEAD') return void response.end()
    if (packed) return void response.end(packed.body)
    // a browser that goes away in the middle is no failure of ours
    await pipeline(createReadStream(file.path), response).catch(() => response.destroy())
  }
}
