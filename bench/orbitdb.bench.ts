import { existsSync } from 'node:fs'
import type { Browser, Page } from 'playwright'
import type { Box } from '../relay/box.ts'
import type { BenchReport } from './report.ts'
import { neighbours, openPage, withPages } from './support/bench-page.ts'
import { withBrowser } from './support/browser.ts'
import type { ClaimLog } from './support/claims.ts'
import { buildPage } from './support/pages.ts'

/**
 * Catching up beside OrbitDB, the usual log for browsers that meet without a server. Aim: ten times. Fair: the same claims, two browsers, the same box
 * to introduce them.
 */

/** As many as OrbitDB brings across within the 30 s after which its own sync gives up, on a busy machine. */
const ENTRIES = 600
/** What the aim is about. */
const MANY = 20_000
const ROOT = 'bench/orbitdb'

/** What `orbitdb/page.mjs` offers. */
interface Orbit {
  start(box: string): Promise<string>
  fill(texts: readonly string[]): Promise<{ readonly address: string; readonly ms: number }>
  addresses(): readonly string[]
  dial(address: string): Promise<string>
  catchUp(address: string, count: number): Promise<number>
}

declare global {
  var orbit: Orbit
}

interface Theirs {
  readonly catchUpMs: number
  readonly connection: string
}

const isWebRtc = (address: string): boolean => address.includes('/webrtc/')

async function orbitPage(browser: Browser, box: Box): Promise<Page> {
  const page = await openPage(browser, box)
  const address = box.multiaddrs.find((candidate) => candidate.includes('/ws'))
  if (address === undefined) throw new Error('a box listens on websockets')
  await page.evaluate((text) => globalThis.orbit.start(text), address)
  return page
}

/** A cold browser catches up with one that holds the entries. */
async function catchUp(browser: Browser, box: Box, { claims }: ClaimLog): Promise<Theirs> {
  const [full, cold] = [await orbitPage(browser, box), await orbitPage(browser, box)]
  const { address } = await full.evaluate(
    (texts) => globalThis.orbit.fill(texts),
    claims.map((claim) => JSON.stringify(claim)),
  )
  await full.waitForFunction(() => globalThis.orbit.addresses().some((text) => text.includes('/webrtc/')))
  const dialled = (await full.evaluate(() => globalThis.orbit.addresses())).find(isWebRtc) ?? ''
  const connection = await cold.evaluate((text) => globalThis.orbit.dial(text), dialled)
  const ask = [address, claims.length] as const
  const catchUpMs = await cold.evaluate(([from, count]) => globalThis.orbit.catchUp(from, count), ask)
  return { catchUpMs, connection }
}

/** The same for us. @returns the claims, and the milliseconds it took */
const ours = (count: number) =>
  withPages(count, async (browser, box, history) => {
    const reconcile = await neighbours(browser, box, history)
    const { ms } = await reconcile(null)
    return { history, ms }
  })

async function theirs(history: ClaimLog): Promise<Theirs> {
  const built = await buildPage(ROOT)
  try {
    return await withBrowser(built.web, (browser, box) => catchUp(browser, box, history))
  } finally {
    await built.remove()
  }
}

async function measure(): Promise<BenchReport> {
  const few = await ours(ENTRIES)
  const { catchUpMs, connection } = await theirs(few.history)
  const many = await ours(MANY)
  const faster = {
    unit: 'events/s',
    better: 'higher',
    theirs: { name: `OrbitDB, ${ENTRIES}`, value: ENTRIES / (catchUpMs / 1000) },
    aim: 10,
  } as const
  return {
    title: 'Catching up between two cold browsers, beside OrbitDB',
    notes: [
      `Both over ${isWebRtc(connection) ? 'WebRTC' : 'the relay'}, introduced by the same box; one run each. Ours verifies two signatures of each, stores durably and indexes; OrbitDB verifies its own and keeps blocks in memory, its index in IndexedDB.`,
      `Few entries for OrbitDB, because it gives up a sync after 30 s: with 1,000 it did so on a busy machine.`,
    ],
    measurements: [
      { name: `${ENTRIES} claims`, ...faster, ours: ENTRIES / (few.ms / 1000) },
      { name: `${MANY} claims`, ...faster, ours: MANY / (many.ms / 1000) },
    ],
  }
}

const notInstalled: BenchReport = {
  title: 'Catching up beside OrbitDB: not measured',
  notes: [`It is installed only on demand: npm ci --ignore-scripts --prefix ${ROOT}`],
  measurements: [],
}

export const run = async (): Promise<BenchReport> => (existsSync(`${ROOT}/node_modules`) ? measure() : notInstalled)
