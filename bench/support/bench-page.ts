import type { Browser, Page } from 'playwright'
import type { Box } from '../../relay/box.ts'
import type {} from '../pages/main.ts'
import { withBrowser } from './browser.ts'
import { type ClaimLog, NEWCOMER_SEED, ROOT_SEED, signClaims } from './claims.ts'
import { buildPage } from './pages.ts'
import { until } from './until.ts'

const CLAIMS = 'claims.json'

/** A browser of its own with the page of the measurements open: `page.evaluate(() => globalThis.bench.…)`. */
export async function openPage(browser: Browser, box: Box): Promise<Page> {
  const context = await browser.newContext()
  const page = await context.newPage()
  await page.goto(box.url)
  await page.waitForFunction(() => document.title === 'ready')
  return page
}

/** As `openPage`, with the signed claims in memory. */
export async function openPageWithClaims(browser: Browser, box: Box): Promise<Page> {
  const page = await openPage(browser, box)
  await page.evaluate((url) => globalThis.bench.load(url), `/${CLAIMS}`)
  return page
}

/** Two browsers, connected directly. @returns what brings the second, cold, up to the first's log */
export async function neighbours(browser: Browser, box: Box, { community, claims }: ClaimLog) {
  const [full, cold] = [await openPageWithClaims(browser, box), await openPageWithClaims(browser, box)]
  const options = { boxes: [...box.multiaddrs], community }
  const peer = await full.evaluate((o) => globalThis.bench.joinMesh(o), { ...options, seed: ROOT_SEED })
  await cold.evaluate((o) => globalThis.bench.joinMesh(o), { ...options, seed: NEWCOMER_SEED })
  await full.evaluate(() => globalThis.bench.equip(0))
  await until(() => cold.evaluate(async (id) => (await globalThis.bench.peersNow()).includes(id), peer))
  return async (without: number | null) => {
    await cold.evaluate((n) => globalThis.bench.equip(n), without)
    return cold.evaluate(([id, count]) => globalThis.bench.reconcile(id, count), [peer, claims.length] as const)
  }
}

/** Builds the page, serves it with `claims` signed claims beside it, and takes everything away afterwards. */
export async function withPages<T>(
  claims: number,
  task: (browser: Browser, box: Box, history: ClaimLog) => Promise<T>,
): Promise<T> {
  const history = await signClaims(claims)
  const built = await buildPage()
  try {
    await built.write(CLAIMS, JSON.stringify(history))
    return await withBrowser(built.web, (browser, box) => task(browser, box, history))
  } finally {
    await built.remove()
  }
}
