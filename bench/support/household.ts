import type { Browser, BrowserContext, Page } from 'playwright'
import type { NodeId } from '#protocol/core/ids.ts'
import type { Box } from '../../relay/box.ts'
import { HELD_FILE } from '../../workers/compute/model/kept.ts'
import type {} from '../household/main.ts'
import { withBrowser } from './browser.ts'
import { buildPage } from './pages.ts'
import { LAYERS, type RandomModel, randomModel, type Weights } from './random-model.ts'
import { until } from './until.ts'

/** Layers, both ends included. */
export interface Range {
  readonly from: number
  readonly to: number
}

/** Layers of one of so many devices that share a model evenly. */
export const partOf = (part: number, parts: number): Range => ({
  from: (part * LAYERS) / parts,
  to: ((part + 1) * LAYERS) / parts - 1,
})

/** A question of so many tokens: the random models read letter by letter. */
export const questionOf = (tokens: number): string =>
  Array.from({ length: tokens }, (_, at) => String.fromCharCode(97 + ((at * 7) % 26))).join('')

const shardOf = (model: string, { from, to }: Range): string => `${model}:${from}-${to}`

/** One device: a browser context with storage of its own, in which a whole node runs. */
export interface Device {
  readonly name: string
  readonly context: BrowserContext
  readonly nodeId: NodeId
  page: Page
}

export interface Household {
  /** The models of the measurement; every device has them, with the layers it offers and both ends. */
  readonly models: ReadonlyMap<Weights, RandomModel>
  /** Who asks, and has all layers. */
  readonly asks: Device
  readonly others: readonly Device[]
  /** Loads a device's page anew, or opens it where it was closed, and waits until it is in reach. @param path of the page on the box */
  comeBack(device: Device, path?: string): Promise<void>
  /** Has a device offer layers, and waits until it is heard. */
  share(device: Device, model: string, range: Range): Promise<void>
  withdraw(device: Device, model: string, range: Range): Promise<void>
}

interface Wanted {
  readonly weights: readonly Weights[]
  /** What layers each of the others has. */
  readonly others: readonly Range[]
  /** Below which paths the page is built once more, and what is changed there. */
  readonly variants?: readonly { readonly name: string; readonly change: (code: string, file: string) => string | null }[]
  /** Of the browser, beside the usual ones. */
  readonly flags?: readonly string[]
}

const NAMES = ['Ada', 'Berta', 'Cem', 'Dora', 'Emil', 'Fatma', 'Gerd', 'Hanna']
const PATIENCE_MS = 60_000

/**
 * Whole nodes in as many browser contexts as there are devices, one community, everybody trusted and directly connected: bus,
 * X08 and orchestrator as in the app, with WebRTC between renderer processes. Everything is taken away afterwards.
 */
export async function withHousehold<T>(wanted: Wanted, task: (household: Household) => Promise<T>): Promise<T> {
  const models = new Map<Weights, RandomModel>()
  const built = await buildPage('bench/household')
  try {
    for (const { name, change } of wanted.variants ?? []) await built.variant(name, change)
    for (const weights of wanted.weights) {
      const model = await randomModel(weights)
      models.set(weights, model)
      for (const [name, bytes] of model.files) await built.write(`${model.id}/${name}`, bytes)
      for (const { from, to } of wanted.others)
        await built.write(`${model.id}/${heldName({ from, to })}`, model.heldWith(from, to + 1))
    }
    return await withBrowser(built.web, async (browser, box) => task(await gather(browser, box, models, wanted)), wanted.flags)
  } finally {
    await built.remove()
  }
}

const heldName = ({ from, to }: Range): string => `held-${from}-${to}`

async function gather(
  browser: Browser,
  box: Box,
  models: ReadonlyMap<Weights, RandomModel>,
  { others }: Wanted,
): Promise<Household> {
  const boxes = [...box.multiaddrs]

  async function open(context: BrowserContext, path: string): Promise<Page> {
    const page = await context.newPage()
    page.setDefaultTimeout(PATIENCE_MS)
    await page.goto(new URL(path, box.url).href)
    await page.waitForFunction(() => document.title === 'ready')
    return page
  }

  async function settle(name: string, held: string): Promise<Device> {
    const context = await browser.newContext()
    const page = await open(context, '/')
    for (const { id, files } of models.values()) {
      const names = [...files.keys()].filter((file) => file !== HELD_FILE)
      await page.evaluate(([model, list, record]) => globalThis.house.installModel(model, list, record), [
        id,
        names,
        held,
      ] as const)
    }
    const nodeId = await page.evaluate((options) => globalThis.house.start(options), { boxes, name })
    return { name, context, nodeId, page }
  }

  const asks = await settle(NAMES[0] ?? '', HELD_FILE)
  await asks.page.evaluate(() => globalThis.house.found())
  const invite = await asks.page.evaluate(() => globalThis.house.invite())
  const devices: Device[] = []
  for (const [at, range] of others.entries()) {
    const device = await settle(NAMES[at + 1] ?? `${at}`, heldName(range))
    await device.page.evaluate((text) => globalThis.house.redeem(text), invite)
    devices.push(device)
    await connected(device)
    await asks.page.evaluate((id) => globalThis.house.trust(id), device.nodeId)
  }

  async function connected({ page, nodeId }: Device): Promise<void> {
    await until(() => page.evaluate(async (id) => (await globalThis.house.directPeers()).includes(id), asks.nodeId))
    await directly({ nodeId }, true)
  }

  async function directly({ nodeId }: Pick<Device, 'nodeId'>, wanted: boolean): Promise<void> {
    const there = (id: NodeId) => asks.page.evaluate(async (peer) => (await globalThis.house.directPeers()).includes(peer), id)
    await until(async () => (await there(nodeId)) === wanted)
  }

  const heardOf = async (device: Device, shard: string, here: boolean): Promise<void> => {
    const line = `${device.nodeId} ${shard}`
    const heard = () => asks.page.evaluate(async (one) => (await globalThis.house.heard()).includes(one), line)
    await until(async () => (await heard()) === here)
  }

  return {
    models,
    asks,
    others: devices,
    async comeBack(device, path = '/') {
      await device.page.close()
      // until then a call to it goes to the page that is gone
      if (device !== asks) await directly(device, false)
      device.page = await open(device.context, path)
      await device.page.evaluate((options) => globalThis.house.start(options), { boxes, name: device.name })
      if (device !== asks) await connected(device)
    },
    async share(device, model, range) {
      await device.page.evaluate(([id, layers]) => globalThis.house.share(id, layers), [model, range] as const)
      await heardOf(device, shardOf(model, range), true)
    },
    async withdraw(device, model, range) {
      await device.page.evaluate((shard) => globalThis.house.withdraw(shard), shardOf(model, range))
      await heardOf(device, shardOf(model, range), false)
    },
  }
}
