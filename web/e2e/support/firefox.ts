import { expect } from '@playwright/test'
import puppeteer from 'puppeteer-core'
import { busOf, type PageBus } from './bus.ts'

/** Where a person's patience ends, ms. */
const PATIENCE_MS = 45_000

/** One person's Firefox. Words are those on the screen, as in `steps.ts`. */
export interface Firefox {
  open(url: string): Promise<void>
  reload(): Promise<void>
  /** Waits until the app is kept for when its box is gone. */
  keptForOffline(): Promise<void>
  /** Opens one of the app's own addresses. */
  visit(path: string): Promise<void>
  fill(label: string, text: string): Promise<void>
  press(name: string): Promise<void>
  /** The text of what is named so. */
  textOf(name: string): Promise<string>
  /** Waits until the page says it. */
  sees(text: string | RegExp): Promise<void>
  readonly bus: PageBus
  /** What went wrong in the page so far. */
  readonly problems: readonly string[]
  close(): Promise<void>
}

/** Nothing by itself: no updates, no experiments, no proxies, and German first. */
const PREFERENCES = {
  'app.normandy.enabled': false,
  'app.update.enabled': false,
  'datareporting.healthreport.uploadEnabled': false,
  'intl.accept_languages': 'de-DE, de',
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
  'network.proxy.type': 0,
}

const named = (name: string): string => `::-p-aria([name="${name}"])`

/** Starts a Firefox as it is published, driven over WebDriver BiDi (decision 0013). */
export async function startFirefox(executablePath: string): Promise<Firefox> {
  const browser = await puppeteer.launch({
    browser: 'firefox',
    executablePath,
    headless: true,
    extraPrefsFirefox: PREFERENCES,
  })
  const page = await browser.newPage()
  page.setDefaultTimeout(PATIENCE_MS)
  const problems: string[] = []
  page.on('pageerror', (error) => problems.push(String(error)))
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text())
  })
  const text = (): Promise<string> => page.evaluate(() => document.body.textContent ?? '')
  async function find(name: string) {
    const found = await page.waitForSelector(named(name), { visible: true })
    if (!found) throw new Error(`nothing is called ${name}`)
    return found
  }
  return {
    problems,
    bus: busOf(page),
    async open(url) {
      await page.goto(url)
    },
    async reload() {
      await page.reload()
    },
    async keptForOffline() {
      await page.evaluate(async () => void (await navigator.serviceWorker.ready))
    },
    async visit(path) {
      await page.evaluate((hash) => location.assign(hash), `#${path}`)
    },
    fill: async (label, value) => (await find(label)).type(value),
    press: async (name) => (await find(name)).click(),
    textOf: async (name) => (await (await find(name)).evaluate((element) => element.textContent)) ?? '',
    sees: (wanted) => expect.poll(text, { timeout: PATIENCE_MS }).toMatch(wanted),
    close: () => browser.close(),
  }
}
