import type { Scale } from './pages/evidence/scale.ts'
import type { BenchReport, Measurement } from './report.ts'
import { openPage } from './support/bench-page.ts'
import { withBrowser } from './support/browser.ts'
import { buildPage } from './support/pages.ts'

/**
 * Every question to the claim store at a hundred thousand claims. Aim: each within 20 ms. Fair: the same claims and questions in one page's worker;
 * unfair to us: ours goes over the bus with its checks, the others are asked directly.
 */
const CLAIMS = 100_000
/** What M30 asks of a query. */
const AIM_MS = 20

function lines({ ours, dexie, quads, afterArrivalMs }: Scale): readonly Measurement[] {
  const lower = { unit: 'ms', better: 'lower' } as const
  const beside = (name: string, value: number | undefined) => (value === undefined ? {} : { theirs: { name, value } })
  const asked = Object.entries(ours.p95Ms).flatMap(([name, value]): Measurement[] => {
    const [theirs, quadStore] = [dexie.p95Ms[name], quads.p95Ms[name]]
    const both = { ...lower, ours: value }
    return [
      { name: `${name}, p95`, ...both, ...beside('Dexie', theirs) },
      ...(quadStore === undefined ? [] : [{ name: `${name}, p95`, ...both, ...beside('N3', quadStore) }]),
    ]
  })
  return [
    { name: 'fold, index and order all', ...lower, ours: ours.fillMs, ...beside('Dexie', dexie.fillMs) },
    { name: 'fold, index and order all', ...lower, ours: ours.fillMs, ...beside('N3', quads.fillMs) },
    { name: 'slowest question, p95', ...lower, ours: Math.max(...Object.values(ours.p95Ms)), aim: AIM_MS },
    { name: 'slowest first time', ...lower, ours: Math.max(...Object.values(ours.firstMs)) },
    { name: 'right after 256 more came, p95', ...lower, ours: afterArrivalMs },
    ...asked,
  ]
}

/** Every question to the claim store, in a real browser, beside what else could keep claims there. */
export async function run(): Promise<BenchReport> {
  const built = await buildPage()
  try {
    const scale = await withBrowser(built.web, async (browser, box) => {
      const page = await openPage(browser, box)
      return page.evaluate((claims) => globalThis.bench.claimsAtScale(claims), CLAIMS)
    })
    return {
      title: `${CLAIMS} claims in a browser`,
      notes: [
        'A page of 25 and the number of all that match, asked over the bus in the worker: schema, handler, records with level, trust and counts.',
        'Dexie: a record for each claim in IndexedDB, with an index for each question and the level worked out before; in the order of its index.',
        'N3: the quad store of the RDF library in memory; subject, predicate, object, parent, without order, level or freshness.',
      ],
      measurements: lines(scale),
    }
  } finally {
    await built.remove()
  }
}
