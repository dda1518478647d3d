import { type BrowserContext, type BrowserContextOptions, test as base, expect, type Page } from '@playwright/test'
import { type HouseBox, startBox } from './box.ts'
import { guard } from './guard.ts'
import { type OutsideWorld, startOutsideWorld } from './outside-world.ts'

/** One person's browser: its own storage, its own identity. */
export interface Device {
  readonly name: string
  readonly context: BrowserContext
  readonly page: Page
  /** What went wrong here so far; the journey fails if anything is left at its end that was not tolerated. */
  readonly problems: string[]
}

export interface DeviceOptions {
  /** Problems that belong to the journey, such as failed requests while it has no network. */
  readonly tolerates?: readonly RegExp[]
  /** What is special about this browser: its screen, its colours, its language. */
  readonly browser?: BrowserContextOptions
}

interface Fixtures {
  /**
   * Whether browsers are as in Firefox's private windows, which have no service worker. The app has to do without there; and
   * half of the time to a device's first screen is what a service worker keeps for later. False unless a journey says so.
   */
  withoutServiceWorker: boolean
  /** The real box with the built app, on a free port of this machine. */
  box: HouseBox
  outsideWorld: OutsideWorld
  /** A new device, with the app not yet opened: `await page.goto(box.url)`. */
  device: (name: string, options?: DeviceOptions) => Promise<Device>
}

/** Runs in the page before the app. */
const takeServiceWorkersAway = (): void => void Reflect.deleteProperty(Navigator.prototype, 'serviceWorker')

export const test = base.extend<Fixtures>({
  withoutServiceWorker: [false, { option: true }],

  box: async ({ baseURL: _ }, use) => {
    const box = await startBox()
    await use(box)
    await box.stop()
  },

  outsideWorld: async ({ baseURL: _ }, use) => {
    const outsideWorld = await startOutsideWorld()
    await use(outsideWorld)
    await outsideWorld.stop()
    expect(outsideWorld.asked, 'The app asks no host but its box').toEqual([])
  },

  device: async ({ browser, box, outsideWorld, withoutServiceWorker }, use) => {
    const devices: { readonly device: Device; readonly tolerates: readonly RegExp[] }[] = []
    await use(async (name, { tolerates = [], browser: options = {} } = {}) => {
      const context = await browser.newContext({
        ...options,
        proxy: { server: outsideWorld.proxy, bypass: 'localhost,127.0.0.1' },
      })
      if (withoutServiceWorker) await context.addInitScript(takeServiceWorkersAway)
      const problems = await guard(context, box.url)
      const device = { name, context, page: await context.newPage(), problems }
      devices.push({ device, tolerates })
      return device
    })
    for (const { device } of devices) await device.context.close()
    const left = devices.flatMap(({ device, tolerates }) =>
      device.problems
        .filter((text) => !tolerates.some((pattern) => pattern.test(text)))
        .map((text) => `${device.name}: ${text}`),
    )
    expect(left, 'No device meets an error, and none calls outside').toEqual([])
  },
})
