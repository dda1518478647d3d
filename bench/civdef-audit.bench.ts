import type { BenchReport } from './report.ts'
import { openPage } from './support/bench-page.ts'
import { withBrowser } from './support/browser.ts'
import { buildPage } from './support/pages.ts'
import { median } from './support/statistics.ts'

/** `HEARTHNET_BENCH_ENTRIES` for fewer. */
const ENTRIES = Number(process.env.HEARTHNET_BENCH_ENTRIES ?? 100_000)

/** An audit chain by its newest checkpoint beside each of its signatures, in a real browser's worker. */
export async function run(): Promise<BenchReport> {
  const built = await buildPage()
  try {
    const { byCheckpoint, byEntries, signatures } = await withBrowser(built.web, async (browser, box) => {
      const page = await openPage(browser, box)
      return page.evaluate((entries) => globalThis.bench.auditAtScale(entries), ENTRIES)
    })
    const lower = { unit: 'ms', better: 'lower', ours: median(byCheckpoint) } as const
    return {
      title: `${ENTRIES} entries of an audit chain, verified in a browser`,
      notes: [
        'By checkpoint: every entry hashed, the Merkle tree built, each of the checkpoints (one in 1000 entries) checked against its root, signatures of checkpoints and of the witness under the newest. The median of five.',
        'Beside it the same chain once entry by entry (form, number, link, signature, and all of the above), and the signatures alone, by WebCrypto one after the other.',
      ],
      measurements: [
        { name: 'verify', ...lower, theirs: { name: 'entry by entry', value: byEntries } },
        { name: 'verify', ...lower, theirs: { name: 'each signature alone', value: signatures } },
      ],
    }
  } finally {
    await built.remove()
  }
}
