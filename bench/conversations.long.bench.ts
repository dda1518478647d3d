// what Node 20 lacks, before anything is imported
import '../workers/testing/node-20.ts'

import { readFile } from 'node:fs/promises'
import type { Browser } from 'playwright'
import type { BenchReport, Measurement } from './report.ts'
import { type Device, type Household, partOf, withHousehold } from './support/household.ts'
import { median } from './support/statistics.ts'

/**
 * Whether conversations leave anything behind: 200 of them in a row through whole nodes in real pages, the layers on two other devices.
 * Compared is the memory in the last third with that in the second, when everything is loaded that ever is: the medians of three looks each. About four minutes, and only
 * where it is asked for by name: `npm run bench -- conversations`.
 *
 * Memory is what the browser itself counts after a collection (`measureUserAgentSpecificMemory`), page and workers together; beside it what
 * the operating system has given to the page's process, and what the compute worker says of weights and caches.
 */
const CONVERSATIONS = 200
const EVERY = 25
const QUESTION = 'Wo ist Wasser, wenn der Strom weg ist?'
const TOKENS = 8
/** A neighbour takes ten calls of one kind in a second (BUS-6), and more than one after the other is nobody's habit. */
const PACE_MS = 1000
const MB = 1e6

declare global {
  interface Performance {
    /** https://wicg.github.io/performance-measure-memory/ */
    measureUserAgentSpecificMemory(): Promise<{ readonly bytes: number }>
  }
}

interface Memory {
  readonly counted: number
  /** Of weights and caches. */
  readonly computing: number
  readonly streams: number
  readonly process: number
}

const PARTS = [partOf(0, 2), partOf(1, 2)]

/** Resident bytes of each renderer process: the operating system's count, by process id. */
async function residents(browser: Browser): Promise<ReadonlyMap<number, number>> {
  const session = await browser.newBrowserCDPSession()
  const { processInfo } = await session.send('SystemInfo.getProcessInfo')
  await session.detach()
  const renderers = processInfo.filter(({ type }) => type === 'renderer')
  const pages = async (id: number): Promise<number> =>
    Number((await readFile(`/proc/${id}/statm`, 'utf8')).split(' ')[1]) * 4096
  return new Map(await Promise.all(renderers.map(async ({ id }) => [id, await pages(id)] as const)))
}

async function memoryOf({ page }: Device): Promise<Omit<Memory, 'process'>> {
  const counted = await page.evaluate(async () => (await performance.measureUserAgentSpecificMemory()).bytes)
  const { bytes, streams } = await page.evaluate(() => globalThis.house.inUse())
  return { counted, computing: bytes, streams }
}

async function measure(household: Household): Promise<BenchReport> {
  const { asks, others, models } = household
  const model = models.get('int8')
  const browser = asks.context.browser()
  if (!model || !browser) throw new TypeError('nothing to ask')
  for (const [part, device] of others.entries()) await household.share(device, model.id, PARTS[part] ?? partOf(0, 1))
  const devices = [asks, ...others]
  const seen = new Map<number, readonly Memory[]>()
  const texts = new Set<string>()
  for (let count = 1; count <= CONVERSATIONS; count++) {
    const begun = performance.now()
    const { text } = await asks.page.evaluate((asked) => globalThis.house.ask(asked), {
      ...{ model: model.id, text: QUESTION, tokens: TOKENS },
      by: { through: others.map(({ nodeId }) => nodeId) },
    })
    texts.add(text)
    if (count % EVERY === 0) {
      const memories: Omit<Memory, 'process'>[] = []
      for (const device of devices) memories.push(await memoryOf(device))
      const all = [...(await residents(browser)).values()].reduce((sum, bytes) => sum + bytes, 0)
      seen.set(
        count,
        memories.map((memory) => ({ ...memory, process: all })),
      )
      process.stderr.write(
        `${count}: ${memories.map(({ counted }) => (counted / MB).toFixed(1)).join(', ')} MB; all processes ${(all / MB).toFixed(0)} MB\n`,
      )
    }
    await asks.page.waitForTimeout(Math.max(0, PACE_MS - (performance.now() - begun)))
  }
  if (texts.size > 1) throw new Error('the same question had several answers')
  const between = (from: number, to: number): readonly (readonly Memory[])[] =>
    [...seen].flatMap(([count, memories]) => (count >= from && count <= to ? [memories] : []))
  const [early, late] = [between(50, 100), between(150, CONVERSATIONS)]
  const of = (looks: readonly (readonly Memory[])[], at: number, what: keyof Memory): number =>
    median(looks.map((memories) => memories[at]?.[what] ?? Number.NaN))
  const beside = (name: string, ours: number, value: number): Measurement => ({
    name,
    unit: 'MB',
    better: 'lower',
    ours: ours / MB,
    theirs: { name: 'after 50 to 100', value: value / MB },
    // what it grows by is no more than what two counts of the same differ by
    aim: 0.98,
  })
  const measurements = devices.flatMap((device, at): readonly Measurement[] => [
    beside(
      `${device.name}, who ${device === asks ? 'asks' : 'computes'}: page and workers`,
      of(late, at, 'counted'),
      of(early, at, 'counted'),
    ),
    beside(`${device.name}’s weights and caches`, of(late, at, 'computing'), of(early, at, 'computing')),
    {
      name: `conversations still open at ${device.name}`,
      unit: '',
      better: 'lower',
      ours: Math.max(...late.map((memories) => memories[at]?.streams ?? Number.NaN)),
      aim: 0,
    },
  ])
  measurements.push(beside('all processes of pages, by the operating system', of(late, 0, 'process'), of(early, 0, 'process')))
  return {
    title: `${CONVERSATIONS} conversations in a row`,
    notes: [
      `  Whole nodes in ${devices.length} pages, WebRTC between them, ${TOKENS} tokens each, at most one a second; 50 million random parameters in int8.`,
      `  After 150 to ${CONVERSATIONS} beside after 50 to 100; a look after every ${EVERY} is printed while it runs.`,
    ],
    measurements,
  }
}

export const run = (): Promise<BenchReport> =>
  withHousehold({ weights: ['int8'], others: PARTS, flags: ['--enable-blink-features=ForceEagerMeasureMemory'] }, measure)
