import type { Browser, Page } from 'playwright'
import type { Box } from '../relay/box.ts'
import type { BenchReport, Measurement } from './report.ts'
import { neighbours, openPageWithClaims, withPages } from './support/bench-page.ts'
import type { ClaimLog } from './support/claims.ts'
import { median } from './support/statistics.ts'

/**
 * How fast a newcomer catches up with signed claims, beside writing the same as records with plain libraries. Aim: four times. Fair: the same
 * events, both sides verify both signatures; unfair to us: the records are in memory already and are checked by no schema.
 */
const EVENTS = 20_000
/** What is compared from memory: JavaScript takes minutes for all of them. */
const SAMPLE = 3_000
const DIFFERING = 50
const ROUNDS = 3

type Reconcile = Awaited<ReturnType<typeof neighbours>>

interface Round {
  readonly memoryMs: number
  readonly recordsMs: number
  readonly webRtcMs: number
}

/** All three within seconds of each other, so that whatever else the machine does bears on all of them. */
async function measureRound(alone: Page, reconcile: Reconcile): Promise<Round> {
  const memoryMs = await alone.evaluate((n) => globalThis.bench.ingestSegments(n), SAMPLE)
  const recordsMs = await alone.evaluate((n) => globalThis.bench.ingestRecords(n), SAMPLE)
  const { ms } = await reconcile(null)
  return { memoryMs, recordsMs, webRtcMs: ms }
}

const rate = (events: number, times: readonly number[]): number => events / (median(times) / 1000)

async function measure(browser: Browser, box: Box, history: ClaimLog): Promise<BenchReport> {
  const alone = await openPageWithClaims(browser, box)
  const reconcile = await neighbours(browser, box, history)
  const rounds: Round[] = []
  for (let round = 0; round < ROUNDS; round++) rounds.push(await measureRound(alone, reconcile))
  const difference = await reconcile(DIFFERING)
  const stages = await alone.evaluate((n) => globalThis.bench.profile(n), SAMPLE)
  const missing = history.claims.slice(-DIFFERING).reduce((sum, claim) => sum + JSON.stringify(claim).length, 0)
  const records = {
    name: 'Dexie, a record each, @noble/curves',
    value: rate(
      SAMPLE,
      rounds.map(({ recordsMs }) => recordsMs),
    ),
  }
  const memory = rounds.map(({ memoryMs }) => memoryMs)
  const webRtc = rounds.map(({ webRtcMs }) => webRtcMs)
  const faster = { unit: 'events/s', better: 'higher', theirs: records, aim: 4 } as const
  return {
    title: 'Catching up with signed claims',
    notes: [
      `From memory: ${SAMPLE} parsed events until both signatures of each are verified and they are durable in IndexedDB and queryable, batches of 256, in a worker; the same events on both sides. Records: bulkAdd, no schema check.`,
      `Over WebRTC: ${EVENTS} events between two browsers, the second empty: compare, transfer, verify, store, first query. The records beside it need no network.`,
      `Median of ${ROUNDS} rounds of all three.`,
      ...stages.map(({ stage, us }) => `  ${us.toFixed(1).padStart(7)} µs  ${stage}`),
    ],
    measurements: [
      { name: 'from memory', ...faster, ours: rate(SAMPLE, memory) },
      { name: `${EVENTS} over WebRTC`, ...faster, ours: rate(EVENTS, webRtc) },
      {
        name: `${DIFFERING} differing in ${EVENTS}, all frames both ways`,
        unit: 'bytes',
        better: 'lower',
        ours: difference.bytes,
        theirs: { name: 'those events alone', value: missing },
      },
      { name: `${DIFFERING} differing in ${EVENTS}, time`, unit: 'ms', better: 'lower', ours: difference.ms },
    ] satisfies Measurement[],
  }
}

export const run = (): Promise<BenchReport> => withPages(EVENTS, measure)
