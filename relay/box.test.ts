import { execFile, spawn } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { get } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { multiaddr } from '@multiformats/multiaddr'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { type BoxInfo, BoxInfoSchema } from '#protocol/core/rendezvous.ts'
import { parseAs } from '#protocol/core/schema.ts'
import { type Box, createBox } from './box.ts'
import { loadCertificate } from './identity/certificate.ts'
import { LIMITS } from './limits.ts'
import type { Options } from './options.ts'
import { createTestClient, type TestClient } from './testing/client.ts'

const ECHO = '/hearthnet/test-echo/1'
const without = { loadWebRtc: async () => null }

let directory: string
let stops: (() => Promise<void>)[] = []

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'box-'))
  await writeFile(join(directory, 'index.html'), '<!doctype html>')
})
afterEach(async () => {
  for (const stop of stops.reverse()) await stop()
  stops = []
  await rm(directory, { recursive: true })
})

async function start(given: Partial<Options> = {}, deps: Parameters<typeof createBox>[1] = without): Promise<Box> {
  const box = await createBox({ port: 0, host: '127.0.0.1', data: join(directory, 'data'), web: directory, ...given }, deps)
  stops.push(box.stop)
  return box
}
async function guest(listen: readonly string[] = []): Promise<TestClient> {
  const client = await createTestClient(listen)
  stops.push(client.stop)
  return client
}
const infoOf = async (box: Box): Promise<BoxInfo> =>
  parseAs(BoxInfoSchema, await (await fetch(`${box.url.replace('localhost', '127.0.0.1')}box.json`)).json())

describe('the box', () => {
  it('relays a stream between two browsers that both know only the box', async () => {
    const box = await start()
    const way = box.multiaddrs[0] ?? ''
    const anna = await guest([`${way}/p2p-circuit`])
    await expect.poll(() => box.health().counts.reservations).toBe(1)
    await anna.libp2p.handle(
      ECHO,
      async (stream) => {
        for await (const bytes of stream) stream.send(bytes)
        await stream.close()
      },
      { runOnLimitedConnection: true },
    )

    const ben = await guest()
    const address = multiaddr(`${way}/p2p-circuit/p2p/${anna.libp2p.peerId}`)
    const stream = await ben.libp2p.dialProtocol(address, ECHO, { runOnLimitedConnection: true })
    const [relayed] = ben.libp2p.getConnections(anna.libp2p.peerId)
    expect(relayed?.limits?.bytes).toBeGreaterThan(BigInt(LIMITS.relayedBytes) - 100_000n)
    // more than libp2p's own limit of 128 KiB lets through
    const sent = 300 * 1024
    let received = 0
    stream.addEventListener('message', ({ data }) => {
      received += data.byteLength
    })
    stream.send(new Uint8Array(sent))
    await expect.poll(() => received).toBe(sent)
  })

  it('ends a reservation with its peer', async () => {
    const box = await start()
    const anna = await guest([`${box.multiaddrs[0]}/p2p-circuit`])
    await expect.poll(() => box.health().counts.reservations).toBe(1)
    await anna.stop()
    await expect.poll(() => box.health().counts).toMatchObject({ reservations: 0, connections: 0 })
  })

  it('goes on without webrtc-direct where the native library does not load, and says so', async () => {
    const box = await start({}, without)
    expect(box.webrtc).toBe(false)
    expect((await infoOf(box)).multiaddrs.join()).not.toContain('webrtc')
  })

  it('goes on without webrtc-direct where the UDP port is taken', async () => {
    const taken = createSocket('udp4')
    await new Promise<void>((resolve) => taken.bind(0, '127.0.0.1', resolve))
    stops.push(async () => void taken.close())
    const box = await start({ webrtcPort: taken.address().port }, {})
    expect(box.webrtc).toBe(false)
  })

  it('tells a browser by box.json how to reach it', async () => {
    const box = await start()
    const info = await infoOf(box)
    expect(info).toMatchObject({ name: 'hearthnet-box', peer_id: box.peerId, app_url: box.appUrl })
    const client = await guest()
    await client.libp2p.dial(multiaddr(info.multiaddrs[0] ?? ''))
    await expect.poll(() => box.health().counts.connections).toBe(1)
  })

  it('lets one address have so many connections and no more, until one leaves', async () => {
    const box = await start({}, { ...without, connectionsPerAddress: 2 })
    const way = multiaddr(box.multiaddrs[0] ?? '')
    const [first, second, third] = [await guest(), await guest(), await guest()]
    await first.libp2p.dial(way)
    await second.libp2p.dial(way)
    await expect.poll(() => box.health().counts.connections).toBe(2)
    await expect(third.libp2p.dial(way)).rejects.toThrow()
    await first.stop()
    await expect.poll(() => box.health().counts.connections).toBe(1)
    await third.libp2p.dial(way)
  })

  it('serves the app and takes websockets over TLS, where it has a certificate', async () => {
    const { pem, privateKey } = await loadCertificate(directory, Date.now())
    const tls = { cert: join(directory, 'cert.pem'), key: join(directory, 'key.pem') }
    await writeFile(tls.cert, pem)
    await writeFile(tls.key, privateKey)
    const box = await start({ tls })
    expect(box.url).toMatch(/^https:/)
    expect(box.multiaddrs[0]).toMatch(/^\/ip4\/127\.0\.0\.1\/tcp\/\d+\/tls\/ws\/p2p\//)
    const trusting = { rejectUnauthorized: false }
    const socket = new WebSocket(box.url.replace('https:', 'wss:'), trusting)
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject))
    socket.terminate()
    const status = await new Promise((resolve, reject) =>
      get(box.url, trusting, (response) => resolve(response.resume().statusCode)).once('error', reject),
    )
    expect(status).toBe(200)
  })

  it('stops within moments, with guests on it, and frees its port', async () => {
    const box = await createBox({ port: 0, host: '127.0.0.1', data: join(directory, 'data'), web: directory }, without)
    const anna = await guest([`${box.multiaddrs[0]}/p2p-circuit`])
    await expect.poll(() => box.health().counts.reservations).toBe(1)
    await Promise.all([box.stop(), box.stop()])
    await expect.poll(() => anna.libp2p.getConnections().length).toBe(0)
    expect((await start({ port: Number(new URL(box.url).port) })).url).toBe(box.url)
  })
})

describe('the program', () => {
  const command = ['--disable-warning=ExperimentalWarning', '--import', 'tsx', 'relay/main.ts']

  /** Starts it and waits for its welcome. */
  async function run(port: number): Promise<{ output: string; info: BoxInfo; port: number; stop(): Promise<unknown> }> {
    const args = [
      ...command,
      '--port',
      String(port),
      '--host',
      '127.0.0.1',
      '--web',
      directory,
      '--data',
      join(directory, 'data'),
    ]
    const child = spawn(process.execPath, args)
    stops.push(async () => void child.kill('SIGKILL'))
    let output = ''
    const collect = (text: Buffer): void => {
      output += text.toString()
    }
    child.stdout.on('data', collect)
    child.stderr.on('data', collect)
    const exited = new Promise((resolve) => child.once('exit', resolve))
    await expect.poll(() => output, { timeout: 30_000, interval: 100 }).toContain('Ctrl+C')
    const url = /http:\/\/localhost:(\d+)\//.exec(output)
    const info = parseAs(BoxInfoSchema, await (await fetch(`http://127.0.0.1:${url?.[1]}/box.json`)).json())
    const stop = (): Promise<unknown> => {
      child.kill('SIGTERM')
      return exited
    }
    return { output, info, port: Number(url?.[1]), stop }
  }

  it('runs on this Node with its polyfills alone and has the same addresses after a restart', async () => {
    const first = await run(0)
    expect(first.output).toContain('▄▄▄▄▄') // the QR code
    expect(first.output).not.toMatch(/warning|error/i)
    expect(await first.stop()).toBe(0)

    const second = await run(first.port)
    expect(second.info).toEqual(first.info)
    expect(second.info.multiaddrs.filter((address) => address.includes('/webrtc-direct/certhash/uEi'))).toHaveLength(1)
    expect(await second.stop()).toBe(0)
    for (const file of ['peer.key', 'webrtc-direct.pem']) {
      expect((await stat(join(directory, 'data', file))).mode & 0o777).toBe(0o600)
    }
  }, 90_000)

  it('explains a wrong option and exits with 2', async () => {
    const failure: unknown = await promisify(execFile)(process.execPath, [...command, '--prot', '1']).catch(
      (error: unknown) => error,
    )
    expect(failure).toMatchObject({ code: 2, stderr: expect.stringContaining('--prot') })
  }, 60_000)
})
