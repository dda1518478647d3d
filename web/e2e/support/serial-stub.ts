import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Page } from '@playwright/test'
import { build } from 'vite'
import { BUILT_APP, type HouseBox, startBox } from './box.ts'

/** Stands in for `navigator.serial` of the node's worker, with simulated sticks behind it. */
const STUB = new URL('../../../workers/modules/lora/testing/stub-serial.ts', import.meta.url)

async function bundled(): Promise<string> {
  const built = await build({
    configFile: false,
    logLevel: 'error',
    build: { write: false, lib: { entry: fileURLToPath(STUB), formats: ['iife'], name: 'stub', fileName: 'stub' } },
  })
  const [output] = Array.isArray(built) ? built : [built]
  if (!output || !('output' in output)) throw new Error('the stub was not built')
  return output.output[0].code
}

/** A box that serves the built app with the stub in front of the node's worker: no init script reaches a worker. */
export async function startBoxWithSticks(): Promise<HouseBox> {
  const web = await mkdtemp(join(tmpdir(), 'hearthnet-web-'))
  await cp(BUILT_APP, web, { recursive: true })
  const workers = join(web, 'assets/workers')
  const node = (await readdir(workers)).find((name) => name.startsWith('node.worker-'))
  if (!node) throw new Error('the built app has no node worker')
  const file = join(workers, node)
  await writeFile(file, `${await bundled()}\n${await readFile(file, 'utf8')}`)
  const box = await startBox(web)
  return {
    ...box,
    async stop() {
      await box.stop()
      await rm(web, { recursive: true, force: true })
    },
  }
}

interface SerialDesk {
  order(order: object): Promise<void>
  readonly air: string[]
}

declare global {
  var serialDesk: SerialDesk
}

/** The page's half: a list of ports in which the person at once chooses the only one, and a desk to plug and pull at. */
export async function layOutSticks(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const channel = new BroadcastChannel('hearthnet-stub-serial')
    const waiting = new Map<number, () => void>()
    const air: string[] = []
    let last = 0
    channel.addEventListener('message', ({ data }) => {
      waiting.get(data.done)?.()
      if (data.air === 'own') air.push(data.hex)
    })
    const order = (what: object): Promise<void> =>
      new Promise((resolve) => {
        const id = ++last
        waiting.set(id, resolve)
        channel.postMessage({ ...what, id })
      })
    globalThis.serialDesk = { order, air }
    const requestPort = async (): Promise<object> => {
      await order({ order: 'grant' })
      return {}
    }
    Object.defineProperty(navigator, 'serial', { configurable: true, value: { requestPort, getPorts: async () => [] } })
  })
}

export const atDesk = (page: Page, order: { order: string; model?: string; hex?: string }): Promise<void> =>
  page.evaluate((what) => globalThis.serialDesk.order(what), order)

/** What this device's stick has sent, in hexadecimal, in order. */
export const onAir = (page: Page): Promise<string[]> => page.evaluate(() => globalThis.serialDesk.air)
