import type { Browser } from 'playwright'
import type { Box } from '../relay/box.ts'
import type { Rebuild } from './pages/stores.ts'
import type { BenchReport, Measurement } from './report.ts'
import { openPageWithClaims, withPages } from './support/bench-page.ts'
import { median } from './support/statistics.ts'

/**
 * What the store of segments does, beside a record for each event in IndexedDB by Dexie: writing, starting, one question. No aim. Fair: the same
 * verified events, strict durability and the same indexes on both sides, in turns, in one page's worker.
 */
const EVENTS = 4_000
const ROUNDS = 3
const VIEWS = [20_000, 100_000]

function viewRows(count: number, { replayMs, snapshotMs, queryP95Ms, recordsQueryP95Ms }: Rebuild): readonly Measurement[] {
  const lower = { unit: 'ms', better: 'lower' } as const
  return [
    { name: `${count} claims: start, replaying the log`, ...lower, ours: replayMs },
    { name: `${count} claims: start, from the view’s snapshot`, ...lower, ours: snapshotMs },
    {
      name: `${count} claims: a page of 50 by beginning of the subject, p95`,
      ...lower,
      ours: queryP95Ms,
      ...(recordsQueryP95Ms === null ? {} : { theirs: { name: 'Dexie index', value: recordsQueryP95Ms } }),
    },
  ]
}

async function measure(browser: Browser, box: Box): Promise<BenchReport> {
  const page = await openPageWithClaims(browser, box)
  const [segments, records]: [number[], number[]] = [[], []]
  for (let round = 0; round < ROUNDS; round++) {
    segments.push(await page.evaluate((n) => globalThis.bench.writeSegments(n), EVENTS))
    records.push(await page.evaluate((n) => globalThis.bench.writeRecords(n), EVENTS))
  }
  const views: Measurement[] = []
  for (const count of VIEWS) views.push(...viewRows(count, await page.evaluate((n) => globalThis.bench.rebuildViews(n), count)))
  return {
    title: 'Events in segments and views in memory',
    notes: [
      `Writing: ${EVENTS} verified events in batches of 256, strict durability on both sides; records with the indexes our view has. Median of ${ROUNDS}, alternating.`,
      'Queries: 200, the claims’ events read from the log; the records’ with the event inside. A record each needs no rebuilding.',
    ],
    measurements: [
      {
        name: 'write, packed into segments',
        unit: 'events/s',
        better: 'higher',
        ours: EVENTS / (median(segments) / 1000),
        theirs: { name: 'Dexie, a record each', value: EVENTS / (median(records) / 1000) },
      },
      ...views,
    ],
  }
}

export const run = (): Promise<BenchReport> => withPages(EVENTS, measure)
