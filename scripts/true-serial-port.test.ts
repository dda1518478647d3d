import { type ChildProcessByStdio, execFileSync, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { type BrowserContext, chromium, type Page } from 'playwright'
import { build } from 'vite'
import { describe, expect, it } from 'vitest'
import { createRealRuntime } from '../workers/kernel/real-runtime.ts'
import { createEther } from '../workers/modules/lora/ether.ts'
import { createSimulatedRNode } from '../workers/modules/lora/simulated-rnode.ts'
import { AWKWARD } from '../workers/modules/lora/testing/settings.ts'
import { launchOptions } from './lib/browser.mjs'

const TTY = '/dev/ttyS0'
/** Where Debian's Chromium looks for what it is allowed. */
const POLICIES = '/etc/chromium'
/** A frame at SF9 takes 247. */
const ECHO_MS = 400
const { executablePath = '', args = [] } = launchOptions()

function runs(command: string): boolean {
  try {
    execFileSync('sh', ['-c', command], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

const isCommand = (name: string): boolean => runs(`command -v ${name}`)

/** Why this cannot run here; empty where it can. */
function missing(): string {
  if (process.env.HEARTHNET_TTY !== '1') return 'only with HEARTHNET_TTY=1: it mounts over devices, in a namespace of its own'
  if (process.getuid?.() !== 0) return 'needs root'
  for (const path of [TTY, POLICIES]) if (!existsSync(path)) return `needs ${path}`
  const commands = ['unshare', 'nsenter', 'python3'].filter((name) => !isCommand(name))
  if (commands.length > 0) return `needs ${commands.join(', ')}`
  return runs('unshare -m mount -t tmpfs none /mnt') ? '' : 'needs leave to mount in a namespace of its own (CAP_SYS_ADMIN)'
}
const reason = missing()

interface Terminal {
  readonly path: string
  readonly process: ChildProcessByStdio<Writable, Readable, null>
}

/** A stick at the near end of a pseudo-terminal. */
async function plugIn(): Promise<Terminal> {
  const script = fileURLToPath(new URL('../workers/modules/lora/testing/pseudo-terminal.py', import.meta.url))
  const terminal = spawn('python3', [script], { stdio: ['pipe', 'pipe', 'inherit'] })
  const path = await new Promise<string>((resolve) => terminal.stdout.once('data', (line) => resolve(String(line).trim())))
  const runtime = createRealRuntime()
  const ether = createEther({ runtime })
  const firmware = createSimulatedRNode({
    runtime,
    join: (onHeard) => ether.join({ x: 0, y: 0 }, onHeard),
    say: (bytes) => void terminal.stdin.write(bytes),
  })
  // a neighbour on the same settings who says everything back, once it is off the air
  const neighbour = ether.join({ x: 200, y: 0 }, () => undefined)
  ether.onAir.on(({ from, bytes, tuning }) => {
    if (from === neighbour.id) return
    neighbour.tune(tuning)
    runtime.after(ECHO_MS, () => neighbour.transmit(bytes, 14))
  })
  terminal.stdout.on('data', (bytes) => firmware.receive(bytes))
  terminal.stdin.on('error', () => undefined)
  firmware.boot()
  return { path, process: terminal }
}

/** Chromium in a namespace in which the serial port is ours and its policy lets the page use it. */
async function browserWith(terminal: Terminal, origin: string, folder: string): Promise<BrowserContext> {
  const wrapper = join(folder, 'chromium')
  const policy = JSON.stringify({ SerialAllowAllPortsForUrls: [origin] })
  await writeFile(
    wrapper,
    `#!/bin/sh
exec unshare -m sh -c '
mount --bind "${terminal.path}" ${TTY}
mount -t tmpfs none ${POLICIES}
mkdir -p ${POLICIES}/policies/managed
echo '"'"'${policy}'"'"' > ${POLICIES}/policies/managed/serial.json
echo $$ > "${folder}/pid"
exec "$@"' -- ${executablePath} "$@"
`,
  )
  await chmod(wrapper, 0o755)
  return chromium.launchPersistentContext(join(folder, 'profile'), { executablePath: wrapper, args: [...args], headless: true })
}

async function serveWorker(): Promise<{ readonly origin: string; stop(): void }> {
  const entry = fileURLToPath(new URL('../workers/modules/lora/testing/tty.worker.ts', import.meta.url))
  const lib = { entry, formats: ['es' as const], fileName: 'worker' }
  const built = await build({ configFile: false, logLevel: 'error', build: { write: false, lib, minify: false } })
  const files = (Array.isArray(built) ? built : [built]).flatMap((one) => ('output' in one ? one.output : []))
  const server = createServer(({ url = '/' }, response) => {
    const file = files.find(({ fileName }) => `/${fileName}` === url)
    response.setHeader('Content-Type', url === '/' ? 'text/html' : 'text/javascript')
    response.end(file?.type === 'chunk' ? file.code : '<!doctype html><title>serial</title>')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  // an address is there once it listens
  const { port } = server.address() as AddressInfo
  return { origin: `http://127.0.0.1:${port}`, stop: () => server.close() }
}

type Said = Readonly<Record<string, unknown>> & { readonly at: number }

async function attach(page: Page): Promise<void> {
  await page.evaluate(() => {
    const said: unknown[] = []
    const worker = new Worker('/worker.js', { type: 'module' })
    worker.addEventListener('message', ({ data }) => said.push(data))
    Object.assign(globalThis, { said, worker })
    worker.postMessage({ attach: 'rfm95w' })
  })
}

const tell = (page: Page, message: object): Promise<void> =>
  page.evaluate((what) => (globalThis as unknown as { worker: Worker }).worker.postMessage(what), message)

/** Waits until the worker has said it. */
async function hear(page: Page, key: string, value: unknown, after = 0): Promise<Said> {
  const handle = await page.waitForFunction(
    ([name, wanted, since]) =>
      (globalThis as unknown as { said: Said[] }).said.find(
        (one) => (wanted === null ? one[name] !== undefined : one[name] === wanted) && (one.at ?? Infinity) > since,
      ),
    [key, value, after] as [string, unknown, number],
    { timeout: 20_000, polling: 20 },
  )
  return (await handle.jsonValue()) as Said
}

describe('a true serial port given to Chromium (LOR-6)', () => {
  it.skipIf(reason !== '')(
    `is opened, noticed when it goes, and opened again within 2 s${reason && ` [skipped: ${reason}]`}`,
    async () => {
      const folder = await mkdtemp(join(tmpdir(), 'hearthnet-tty-'))
      const { origin, stop } = await serveWorker()
      const first = await plugIn()
      const context = await browserWith(first, origin, folder)
      const running: Terminal[] = [first]
      try {
        const page = await context.newPage()
        await page.goto(origin)
        await attach(page)
        await hear(page, 'state', 'ready')
        await tell(page, { send: [...AWKWARD] })
        expect((await hear(page, 'heard', null)).heard).toEqual([...AWKWARD])

        const pulled = Date.now()
        first.process.kill('SIGKILL')
        const noticed = await hear(page, 'state', 'waiting', pulled)
        const second = await plugIn()
        running.push(second)
        // the same device, another terminal behind it: in the browser's namespace alone. The first one's name is gone with it,
        // and nothing can be mounted over what has no name, so it is taken off
        const replace = `umount ${TTY} && mount --bind ${second.path} ${TTY}`
        execFileSync('sh', ['-c', `nsenter -m -t "$(cat '${folder}/pid')" sh -c '${replace}'`])
        const plugged = Date.now()
        const back = await hear(page, 'state', 'ready', plugged)
        process.stdout.write(
          `a true port: noticed after ${(noticed.at - pulled).toFixed(0)} ms, back after ${(back.at - plugged).toFixed(0)} ms\n`,
        )
        expect(noticed.at - pulled).toBeLessThan(1_000)
        expect(back.at - plugged).toBeLessThan(2_000)
      } finally {
        await context.close()
        for (const terminal of running) terminal.process.kill('SIGKILL')
        stop()
        await rm(folder, { recursive: true, force: true })
      }
    },
    120_000,
  )
})
