import type { Browser, BrowserContext, Page } from 'playwright'
import type { BenchReport } from './report.ts'
import { APP, withBrowser } from './support/browser.ts'
import { median, p95 } from './support/statistics.ts'

/** How long joining takes, and the start of a device that was here before: the built app and the real box. No aim, and nothing beside it. */

/** How often each is done; `HEARTHNET_BENCH_ROUNDS` for more, up to the hundred that one invite lets in. */
const ROUNDS = Number(process.env.HEARTHNET_BENCH_ROUNDS ?? 10)
const COMMUNITY = 'Issum'

declare global {
  /** Milliseconds since the page's navigation start at which the awaited words stood on the screen. */
  var seenAt: number | undefined
  var clickedAt: number | undefined
}

const openContext = (browser: Browser): Promise<BrowserContext> => browser.newContext({ locale: 'de-DE' })

async function settleIn(page: Page, name: string): Promise<void> {
  await page.getByLabel('Dein Name').fill(name)
  await page.getByRole('button', { name: 'Los geht’s' }).click()
  await page.getByRole('button', { name: 'Später' }).click()
}

/** @returns the link of an invite for everyone who will come */
async function foundAndInvite(page: Page, url: string): Promise<string> {
  await page.goto(url)
  await settleIn(page, 'Ada')
  await page.getByLabel('Name der Gemeinschaft').fill(COMMUNITY)
  await page.getByRole('button', { name: 'Gründen' }).click()
  await page.getByRole('navigation').first().waitFor()
  await page.goto(new URL('/#/invite', url).href)
  await page.getByRole('combobox', { name: 'Für wie viele Personen' }).click()
  await page.getByRole('option', { name: '100', exact: true }).click()
  await page.getByRole('button', { name: 'Einladung erstellen' }).click()
  return (await page.getByRole('status', { name: 'Einladungslink' }).textContent()) ?? ''
}

/** Notes, inside the page, when a click on “Beitreten” happens and when `words` first stand on the screen after it. */
function watchJoining(words: string): void {
  addEventListener('click', () => (globalThis.clickedAt ??= performance.now()), { capture: true, once: true })
  const observer = new MutationObserver(() => {
    if (globalThis.clickedAt === undefined || !document.body.textContent.includes(words)) return
    globalThis.seenAt = performance.now()
    observer.disconnect()
  })
  observer.observe(document.body, { subtree: true, childList: true, characterData: true })
}

/** Runs before the app: notes when the greeting with the device's name stands there, which takes an answer of the node. */
function watchGreeting(name: string): void {
  const observer = new MutationObserver(() => {
    if (!document.querySelector('h1')?.textContent?.includes(name)) return
    globalThis.seenAt = performance.now()
    observer.disconnect()
  })
  observer.observe(document, { subtree: true, childList: true, characterData: true })
}

/** One newcomer. @returns milliseconds from the click to the words “direkt verbunden” */
async function join(context: BrowserContext, link: string, name: string): Promise<number> {
  const page = await context.newPage()
  await page.goto(link)
  await page.getByRole('button', { name: 'Namen geben und weiter' }).click()
  await settleIn(page, name)
  const button = page.getByRole('button', { name: 'Beitreten' })
  await button.waitFor()
  await page.evaluate(watchJoining, 'direkt verbunden')
  await button.click()
  await page.waitForFunction(() => globalThis.seenAt !== undefined)
  return page.evaluate(() => (globalThis.seenAt ?? Number.NaN) - (globalThis.clickedAt ?? Number.NaN))
}

/** A device that was here before. @returns milliseconds from the navigation's start, for each reload */
async function reloads(page: Page, url: string): Promise<readonly number[]> {
  await page.goto(url)
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined))
  await page.addInitScript(watchGreeting, 'Ada')
  const times: number[] = []
  for (let round = 0; round <= ROUNDS; round++) {
    await page.reload()
    await page.waitForFunction(() => globalThis.seenAt !== undefined)
    times.push(await page.evaluate(() => globalThis.seenAt ?? Number.NaN))
  }
  return times.slice(1) // the first still fills the code cache
}

async function measure(browser: Browser, url: string): Promise<BenchReport> {
  const home = await openContext(browser)
  const page = await home.newPage()
  const link = await foundAndInvite(page, url)
  const joins: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const context = await openContext(browser)
    joins.push(await join(context, link, `Berta ${round}`))
    await context.close()
  }
  const warm = await reloads(page, url)
  const lower = { unit: 'ms', better: 'lower' } as const
  return {
    title: `Joining and starting, ${ROUNDS} times each, built app and real box on loopback`,
    notes: [
      'Joining: from the click on “Beitreten”, the invite open and the device named, to the words “direkt verbunden”; a new browser context each time, the founder’s stays.',
      'Reload: from the start of the navigation to the greeting with the name that the node answered; service worker active.',
    ],
    measurements: [
      { name: 'click to directly connected, median', ...lower, ours: median(joins) },
      { name: 'click to directly connected, p95', ...lower, ours: p95(joins) },
      { name: 'node ready after a warm reload, median', ...lower, ours: median(warm) },
      { name: 'node ready after a warm reload, p95', ...lower, ours: p95(warm) },
    ],
  }
}

export const run = (): Promise<BenchReport> => withBrowser(APP, (browser, box) => measure(browser, box.url))
