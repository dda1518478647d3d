import type { CaseResult } from '#protocol/protocol/report.ts'
import type { Placed } from './run.ts'
import type { Feature } from './target.ts'

/**
 * Ids of cases that were skipped although nothing of what they need is missing: neither a feature of the target nor the
 * capability or the protocol (CONF-2). A run with one of these has failed.
 */
export function unexpectedSkips(
  features: ReadonlySet<Feature>,
  cases: readonly Placed[],
  results: readonly CaseResult[],
): readonly string[] {
  const tests = new Map(cases.map(({ test }) => [test.id, test]))
  return results
    .filter(({ id, state, reason = '' }) => {
      const test = tests.get(id)
      if (state !== 'skipped' || !test) return false
      const lacks = test.needs.some((feature) => !features.has(feature))
      const missing = [test.capability, test.protocol].some((name) => name !== undefined && reason.includes(name))
      return !lacks && !missing
    })
    .map(({ id }) => id)
}
