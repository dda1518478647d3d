import type { Browser } from 'playwright'
import type { Box } from '../relay/box.ts'
import type { BenchReport } from './report.ts'
import { neighbours, openPageWithClaims, withPages } from './support/bench-page.ts'
import type { ClaimLog } from './support/claims.ts'

/**
 * How long a hundred thousand claims take between two cold browsers, beside records from memory with plain libraries. No aim of its own (see
 * `catch-up`). Unfair to us: the other side has no network to cross, no schema and no index.
 */
const CLAIMS = 100_000
/** What is compared: JavaScript takes minutes for all of them. */
const SAMPLE = 3_000

async function measure(browser: Browser, box: Box, history: ClaimLog): Promise<BenchReport> {
  const reconcile = await neighbours(browser, box, history)
  const { ms } = await reconcile(null)
  const alone = await openPageWithClaims(browser, box)
  const recordsMs = await alone.evaluate((n) => globalThis.bench.ingestRecords(n), SAMPLE)
  return {
    title: `${CLAIMS} claims between two cold browsers`,
    notes: [
      'One round: compare, transfer over WebRTC, verify both signatures of each, store durably, fold, index, first query.',
      `Beside it ${SAMPLE} of the same from memory into a record each in Dexie, verified by @noble/curves; no network, no schema.`,
    ],
    measurements: [
      {
        name: 'claims, from nothing to the first answer',
        unit: 'claims/s',
        better: 'higher',
        ours: CLAIMS / (ms / 1000),
        theirs: { name: 'Dexie, @noble/curves', value: SAMPLE / (recordsMs / 1000) },
      },
      { name: 'the same, in all', unit: 's', better: 'lower', ours: ms / 1000 },
    ],
  }
}

export const run = (): Promise<BenchReport> => withPages(CLAIMS, measure)
