import { fileURLToPath } from 'node:url'
import type { Page, Worker } from '@playwright/test'
import { build } from 'vite'

const ENTRY = fileURLToPath(new URL('../../../workers/modules/lora/testing/stick-in-worker.ts', import.meta.url))

/** What that code leaves in the worker. A frame on its way is JSON, carried here and never looked into. */
interface StickInWorker {
  next(): Promise<string>
  hear(frame: string): void
  plug(): void
  pull(): void
}

let built: Promise<string> | undefined

/** The code that puts a stick into a worker, in one piece; the same for all devices of a run. */
async function buildStick(): Promise<string> {
  const output = await build({
    configFile: false,
    logLevel: 'error',
    build: { write: false, minify: false, target: 'chrome130', lib: { entry: ENTRY, formats: ['iife'], name: 'hearthStick' } },
  })
  const [first] = Array.isArray(output) ? output : [output]
  if (!first || !('output' in first)) throw new TypeError('vite builds once and answers with what it built')
  return first.output[0].code
}

export interface PluggedStick {
  next(): Promise<string>
  hear(frame: string): Promise<void>
  plug(): Promise<void>
  pull(): Promise<void>
}

/**
 * Plugs a Meshtastic stick into this device, before its radio is switched on: simulated, but at the browser's own serial
 * interface, so that everything above it is what it is with a real one.
 */
export async function plugStickIn(page: Page): Promise<PluggedStick> {
  built ??= buildStick()
  // the picker of the browser never settles without a person
  await page.evaluate(() =>
    Object.defineProperty(navigator, 'serial', { value: { requestPort: async () => ({}) }, configurable: true }),
  )
  const node: Worker | undefined = page.workers().find((worker) => worker.url().includes('node.worker'))
  if (!node) throw new TypeError('the node of this page is not running')
  await node.evaluate(await built)
  return {
    next: () => node.evaluate(() => (Reflect.get(globalThis, 'stick') as StickInWorker).next()), // put there above
    hear: (frame) => node.evaluate((heard) => (Reflect.get(globalThis, 'stick') as StickInWorker).hear(heard), frame), // as above
    plug: () => node.evaluate(() => (Reflect.get(globalThis, 'stick') as StickInWorker).plug()), // as above
    pull: () => node.evaluate(() => (Reflect.get(globalThis, 'stick') as StickInWorker).pull()), // as above
  }
}

/** Carries what each of the sticks sends to all others, until the devices are gone. */
export function joinByAir(sticks: readonly PluggedStick[]): void {
  const carry = async (from: PluggedStick): Promise<void> => {
    for (;;) {
      const frame = await from.next()
      await Promise.all(sticks.filter((to) => to !== from).map((to) => to.hear(frame)))
    }
  }
  // a device that is closed ends its carrying
  for (const from of sticks) carry(from).catch(() => undefined)
}
