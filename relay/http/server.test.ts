import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { type IncomingHttpHeaders, request, type Server } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { LIMITS } from '../limits.ts'
import { SECURITY_HEADERS, securityHeaders } from './headers.ts'
import { createHttpServer, type Health } from './server.ts'

const SCRIPT = 'export const answer = 42\n'.repeat(200)
const HEALTH: Health = {
  status: 'ok',
  version: '3',
  uptime_seconds: 1,
  counts: { connections: 1, reservations: 2, topics: 3, registrations: 4 },
}

interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

let directory: string
let server: Server
let port: number

function ask(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> {
  return new Promise((resolve, reject) => {
    request({ port, path, method, headers }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) }),
      )
    })
      .on('error', reject)
      .end()
  })
}

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'box-http-'))
  const web = join(directory, 'web')
  await mkdir(join(web, 'assets'), { recursive: true })
  await writeFile(join(directory, 'secret.txt'), 'secret')
  await writeFile(join(web, 'index.html'), '<!doctype html>')
  await writeFile(join(web, 'verify-audit.html'), '<!doctype html>')
  await writeFile(join(web, 'sw.js'), SCRIPT)
  await writeFile(join(web, 'manifest.webmanifest'), '{}')
  await writeFile(join(web, '.env'), 'secret')
  await writeFile(join(web, 'assets/index-Bq3kZ9aX.js'), SCRIPT)
  await writeFile(join(web, 'assets/ort-Cc3kZ9aX.wasm'), 'x')
  await symlink(join(directory, 'secret.txt'), join(web, 'link.txt'))
  server = createHttpServer({
    webRoot: web,
    modelsRoot: join(directory, 'models'),
    mapsRoot: join(directory, 'maps'),
    tls: null,
    named: [],
    boxInfo: () => null,
    health: () => HEALTH,
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  port = (server.address() as AddressInfo).port // it listens on TCP
})
afterAll(async () => {
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
  await rm(directory, { recursive: true })
})

describe('the box over HTTP', () => {
  it('sends the security headers with every kind of answer', async () => {
    const fresh = await ask('/')
    const answers = [
      fresh,
      await ask('/', { 'if-none-match': fresh.headers.etag ?? '' }),
      await ask('/nothing'),
      await ask('/health'),
      await ask('/box.json'),
      await ask('/', {}, 'POST'),
      await ask('/', {}, 'HEAD'),
    ]
    expect(answers.map(({ status }) => status)).toEqual([200, 304, 404, 200, 503, 405, 200])
    for (const { headers } of answers) {
      for (const [name, value] of Object.entries(SECURITY_HEADERS)) expect(headers[name.toLowerCase()]).toBe(value)
    }
  })

  it('allows no script but its own, no frame around it and WASM', () => {
    const policy = SECURITY_HEADERS['Content-Security-Policy']
    expect(policy).toContain("script-src 'self' 'wasm-unsafe-eval';")
    expect(policy).toContain("frame-ancestors 'none'")
    expect(policy).not.toContain("'unsafe-eval'")
  })

  it('leaves the page that checks an audit log to the stricter policy inside it (AUD-5)', async () => {
    const { status, headers } = await ask('/verify-audit.html')
    expect(status).toBe(200)
    expect(headers['content-security-policy']).toBeUndefined()
    expect(headers['cross-origin-opener-policy']).toBe('same-origin')
  })

  it('lets the app ask the hub and the feed that the operator named, and nothing else is different', () => {
    const [without, withHub] = [SECURITY_HEADERS, securityHeaders('https://hub.example.org', 'https://feed.example.org')].map(
      (headers) => (headers['Content-Security-Policy'] ?? '').split('; '),
    )
    expect(withHub?.filter((directive) => !without?.includes(directive))).toEqual([
      "connect-src 'self' ws: wss: https://hub.example.org https://feed.example.org",
    ])
    expect(withHub).toHaveLength(without?.length ?? 0)
  })

  it('serves types that browsers insist on', async () => {
    expect((await ask('/')).headers['content-type']).toBe('text/html; charset=utf-8')
    expect((await ask('/sw.js')).headers['content-type']).toBe('text/javascript; charset=utf-8')
    expect((await ask('/assets/ort-Cc3kZ9aX.wasm')).headers['content-type']).toBe('application/wasm')
    expect((await ask('/manifest.webmanifest')).headers['content-type']).toMatch(/^application\/manifest\+json/)
  })

  it('lets browsers keep what carries its hash, and ask again for all else', async () => {
    expect((await ask('/assets/index-Bq3kZ9aX.js')).headers['cache-control']).toContain('immutable')
    for (const path of ['/', '/sw.js', '/manifest.webmanifest'])
      expect((await ask(path)).headers['cache-control']).toBe('no-cache')
  })

  it.each([
    ['br', brotliDecompressSync],
    ['gzip', gunzipSync],
  ] as const)('packs text with %s for those who take it', async (encoding, unpack) => {
    const answer = await ask('/assets/index-Bq3kZ9aX.js', { 'accept-encoding': `${encoding};q=1.0, identity` })
    expect(answer.headers['content-encoding']).toBe(encoding)
    expect(answer.body.length).toBeLessThan(SCRIPT.length / 10)
    expect(unpack(answer.body).toString()).toBe(SCRIPT)
  })

  it('packs nothing for those who refuse it', async () => {
    const answer = await ask('/assets/index-Bq3kZ9aX.js', { 'accept-encoding': 'br;q=0, gzip;q=0' })
    expect(answer.headers['content-encoding']).toBeUndefined()
    expect(answer.body.toString()).toBe(SCRIPT)
  })

  it('serves the new file after it changed', async () => {
    const path = join(directory, 'web/changing.js')
    const unpacked = async (): Promise<string> =>
      gunzipSync((await ask('/changing.js', { 'accept-encoding': 'gzip' })).body).toString()
    await writeFile(path, SCRIPT)
    expect(await unpacked()).toBe(SCRIPT)
    await writeFile(path, `${SCRIPT}//`)
    expect(await unpacked()).toBe(`${SCRIPT}//`)
  })

  it.each([
    '/../secret.txt',
    '/%2e%2e/secret.txt',
    '/assets/..%2f..%2fsecret.txt',
    '/..\\secret.txt',
    '//secret.txt/..',
    '/link.txt',
    '/.env',
    '/sw.js%00.txt',
    '/%zz',
    '/assets',
    'http://elsewhere/secret.txt',
  ])('gives nothing outside of the app away: %s', async (path) => {
    const answer = await ask(path)
    expect(answer.status).toBe(404)
    expect(answer.body.toString()).not.toContain('secret')
  })

  it('reports its health in numbers', async () => {
    expect(JSON.parse((await ask('/health')).body.toString())).toEqual(HEALTH)
  })

  it('closes the sockets that one address opens beyond its share', async () => {
    const sockets = Array.from({ length: LIMITS.socketsPerAddress + 8 }, () => connect(port, '127.0.0.1'))
    const closed = sockets.map(
      (socket) => new Promise<void>((resolve) => socket.once('close', () => resolve()).on('error', () => {})),
    )
    await Promise.any(closed)
    expect(sockets.filter((socket) => !socket.destroyed).length).toBeGreaterThan(0)
    for (const socket of sockets) socket.destroy()
    await Promise.all(closed)
    await expect.poll(async () => (await ask('/health').catch(() => null))?.status).toBe(200)
  })
})
