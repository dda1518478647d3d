import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const START_MS = 30_000

/** A running box with a built app, as its operator starts it. */
export interface System {
  readonly url: string
  stop(): Promise<void>
}

function firstUrl(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = ''
    const timer = setTimeout(() => reject(new Error(`the box does not start: ${said}`)), START_MS)
    child.stdout?.on('data', (chunk) => {
      said += String(chunk)
      const url = /https?:\/\/(?:localhost|127\.0\.0\.1)\S*/.exec(said)?.[0]
      if (url === undefined) return
      clearTimeout(timer)
      resolve(url)
    })
    child.stderr?.on('data', (chunk) => {
      said += String(chunk)
    })
    child.once('exit', (code) => {
      clearTimeout(timer)
      reject(new Error(`the box ended with ${code}: ${said}`))
    })
  })
}

/** Starts the box on a free port of this machine, with keys of its own. @param web the built app */
export async function startSystem(root: string, web: string): Promise<System> {
  const data = await mkdtemp(join(tmpdir(), 'hearthnet-conformance-'))
  const options = ['--host', '127.0.0.1', '--port', '0', '--data', data, '--web', web]
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', '--import', 'tsx', 'relay/main.ts', ...options],
    { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] },
  )
  const url = await firstUrl(child)
  return {
    url,
    async stop() {
      const gone = new Promise((resolve) => child.once('exit', resolve))
      child.kill('SIGTERM')
      await gone
      await rm(data, { recursive: true, force: true })
    },
  }
}
