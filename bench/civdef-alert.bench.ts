import type { Browser, BrowserContext, Page } from 'playwright'
import { alertList, alertPublish } from '#protocol/civdef/capabilities.ts'
import { ceremonyAccept, ceremonyIssue, ceremonyRequest } from '#protocol/civdef/desk-capabilities.ts'
import { rootList, rootSet } from '#protocol/civdef/place-capabilities.ts'
import { type CertId, secondsTime } from '#protocol/civdef/terms.ts'
import { communityFound, communityInvite, communityRedeem } from '#protocol/community/capabilities.ts'
import { configSet } from '#protocol/config/capabilities.ts'
import { nodePeers, nodeStatus } from '#protocol/node/capabilities.ts'
// biome-ignore lint/style/noRestrictedImports: how journeys call the bus of a page, and nothing of the app
import { busOf, type PageBus } from '../web/e2e/support/bus.ts'
import type { BenchReport } from './report.ts'
import { APP, withBrowser } from './support/browser.ts'
import { median, p95 } from './support/statistics.ts'
import { until } from './support/until.ts'

/** How long an alert takes from who publishes it to a neighbour's list and notification: the built app, two browsers. No aim, and nothing beside it. */

/** How many alerts; `HEARTHNET_BENCH_ROUNDS` for more. */
const ROUNDS = Number(process.env.HEARTHNET_BENCH_ROUNDS ?? 30)
/** Between two alerts: the next begins when the last is over for everyone. */
const PACE_MS = 700
const ISSUM = 'DE.NRW.Kleve.Issum'
const HOUR = 3_600_000

declare global {
  /** By title: when the page asked the browser to show a notification, in milliseconds since 1970. */
  var notifiedAt: Map<string, number> | undefined
}

/** Runs before the app: notes when a notification is asked for, and lets it be shown. */
function watchNotifications(): void {
  const seen = new Map<string, number>()
  globalThis.notifiedAt = seen
  const { prototype } = ServiceWorkerRegistration
  const show = prototype.showNotification
  prototype.showNotification = function (title, options) {
    seen.set(`${title} ${options?.body ?? ''}`, Date.now())
    return show.call(this, title, options)
  }
}

/** A context in which what tsx compiled runs: it names functions by a helper that pages do not have. */
async function openContext(browser: Browser, permissions: string[]): Promise<BrowserContext> {
  const context = await browser.newContext({ locale: 'de-DE', permissions })
  // as a text, or it would be named as well
  await context.addInitScript('globalThis.__name ??= (named) => named')
  return context
}

async function settleIn(context: BrowserContext, url: string, name: string): Promise<{ page: Page; bus: PageBus }> {
  const page = await context.newPage()
  await page.goto(url)
  await page.getByLabel('Dein Name').fill(name)
  await page.getByRole('button', { name: 'Los geht’s' }).click()
  await page.getByRole('button', { name: 'Später' }).click()
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined))
  return { page, bus: busOf(page) }
}

interface Pair {
  readonly publisher: PageBus
  readonly resident: { readonly page: Page; readonly bus: PageBus }
  readonly certificate: CertId
}

/** Two browsers of the built app: the fire service of Issum, which is its own root, and a resident who lets it notify. */
async function acquaint(browser: Browser, url: string): Promise<Pair> {
  const wehr = await settleIn(await openContext(browser, []), url, 'Wehr')
  const allowed = await openContext(browser, ['notifications'])
  await allowed.addInitScript(watchNotifications)
  const resident = await settleIn(allowed, url, 'Issum')
  await wehr.bus.call(communityFound, { name: 'Issum' })
  const { invite } = await wehr.bus.call(communityInvite, { level: 'member', valid_seconds: 3600, uses: 1 })
  await resident.bus.call(communityRedeem, { invite })
  const policy = { research: { enable: true } }
  await wehr.bus.call(configSet, { civdef: { enabled: true }, policy })
  await resident.bus.call(configSet, { civdef: { enabled: true, municipality: ISSUM, sound: false }, policy })

  const { identity } = await wehr.bus.call(nodeStatus, {})
  if (!identity) throw new Error('somebody')
  await wehr.bus.call(rootSet, { root: identity.node_id, name: 'Kreis Kleve', region: 'DE.NRW.Kleve' })
  const role = `${ISSUM}.Feuerwehr.Wehrleiter`
  const { text } = await wehr.bus.call(ceremonyRequest, { role, region: ISSUM, title: 'Wehr Issum', scopes: ['alert.publish'] })
  const expires_at = secondsTime(Date.now() + 300 * 24 * HOUR)
  const issued = await wehr.bus.call(ceremonyIssue, { text, under: null, scopes: ['alert.publish'], expires_at })
  await wehr.bus.call(ceremonyAccept, { text: issued.text })
  await until(async () => (await resident.bus.call(rootList, {})).roots.length === 1)
  await until(async () => (await wehr.bus.call(nodePeers, {})).peers.some(({ connection }) => connection === 'direct'))
  return { publisher: wehr.bus, resident, certificate: issued.cert_id }
}

interface Times {
  readonly listed: number[]
  readonly notified: number[]
}

async function publishAll({ publisher, resident, certificate }: Pair): Promise<Times> {
  const times: Times = { listed: [], notified: [] }
  for (let round = 0; round < ROUNDS; round++) {
    const title = `Pegel ${round} an der Issumer Fleuth`
    const draft = {
      ...{ severity: 'warning' as const, language: 'de-DE', title, body: 'Der Pegel steigt.', instructions: [], variants: [] },
      target: { region: ISSUM, roles: [], channels: ['local' as const, 'push' as const] },
      expires_at: secondsTime(Date.now() + 6 * HOUR),
      publisher_cert: certificate,
      drill: false,
    }
    const started = Date.now()
    const published = publisher.call(alertPublish, { draft })
    await until(async () => {
      const { alerts } = await resident.bus.call(alertList, { state: 'active', limit: 1 })
      return alerts[0]?.alert?.title === title
    })
    times.listed.push(Date.now() - started)
    await published
    const shown = await resident.page.waitForFunction(
      (words) => [...(globalThis.notifiedAt ?? [])].find(([text]) => text.includes(words))?.[1],
      title,
    )
    times.notified.push(Number(await shown.jsonValue()) - started)
    await resident.page.waitForTimeout(PACE_MS)
  }
  return times
}

/** From pressing “publish” to the list and the notification of somebody else, two browsers of the built app. */
export async function run(): Promise<BenchReport> {
  const { listed, notified } = await withBrowser(APP, async (browser, box) => publishAll(await acquaint(browser, box.url)))
  const lower = { unit: 'ms', better: 'lower' } as const
  return {
    title: `An alert from one browser to another, ${ROUNDS} times, built app and real box on loopback`,
    notes: [
      'From the call to publish at the fire service (signed, recorded, kept, sent) to the resident’s own answer to `alert.list`, asked again and again, and to the moment in which the resident’s page has the service worker show the notification. Directly connected, both windows open.',
    ],
    measurements: [
      { name: 'publish to alert.list there, median', ...lower, ours: median(listed) },
      { name: 'publish to alert.list there, p95', ...lower, ours: p95(listed) },
      { name: 'publish to notification there, median', ...lower, ours: median(notified) },
      { name: 'publish to notification there, p95', ...lower, ours: p95(notified) },
    ],
  }
}
