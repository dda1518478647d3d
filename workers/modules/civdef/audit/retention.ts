import type { Epoch } from './verify.ts'

/** Where a run is cut: so many of its first entries are gone afterwards. */
export interface Cut<R extends Epoch> {
  readonly run: R
  readonly size: number
}

/** When an entry was written; empty for what is none: that is never too old. */
function timeOf(text: string): string {
  try {
    const { at }: { readonly at?: unknown } = JSON.parse(text)
    return typeof at === 'string' ? at : '~'
  } catch {
    return '~'
  }
}

/**
 * Which entries are past their time (AUD-6): of the current run its beginning, up to the first that is not; of an earlier one all,
 * once the entry that ended it is. One entry always stays, the one that the chain goes on from.
 * @param limit RFC 3339; older entries are past their time
 */
export function cutsOf<R extends Epoch>(runs: readonly R[], limit: string): readonly Cut<R>[] {
  return runs.map((run, number) => {
    const gone = run.base?.size ?? 0
    const next = runs[number + 1]
    if (next) {
      const [ended = ''] = next.entries
      const isPast = (next.base?.size ?? 0) > 0 || timeOf(ended) < limit
      return { run, size: isPast ? gone + run.entries.length : gone }
    }
    const first = run.entries.findIndex((text) => timeOf(text) >= limit)
    return { run, size: gone + (first === -1 ? Math.max(0, run.entries.length - 1) : first) }
  })
}

/** Before this nothing has to be kept. @param now milliseconds since 1970 */
export function limitOf(now: number, years: number): string {
  const limit = new Date(now)
  limit.setUTCFullYear(limit.getUTCFullYear() - years)
  return limit.toISOString()
}
