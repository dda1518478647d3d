import { CONFORMANCE_MAX_CASES } from '#protocol/protocol/constants.ts'
import type { ConformanceSuite } from '#protocol/protocol/suite.ts'
import { randomOf } from '../harness/random.ts'
import { ALL_CASES, inSections } from '../harness/registry.ts'
import { runCases } from '../harness/run.ts'
import { makeReport, SUITE_VERSION } from '../report/report.ts'
import { openLoopbackTarget } from './target.ts'

/** Cases at once: one worker runs the suite and the node. */
const LANES = 4

/** The suite as the app runs it on itself, against a node in memory (X09). */
export const suite: ConformanceSuite = {
  version: SUITE_VERSION,
  async run(host, { seed, sections = [], signal, progress }) {
    const startedAt = new Date(host.now()).toISOString()
    const target = await openLoopbackTarget(host, randomOf(seed, 'target'))
    try {
      const cases = inSections(ALL_CASES, sections).slice(0, CONFORMANCE_MAX_CASES)
      const results = await runCases(target, cases, {
        seed,
        lanes: LANES,
        signal,
        recipe: `--target loopback --seed ${seed}`,
        progress: (done, total, failed, current) => progress({ done, total, failed, current }),
      })
      signal.throwIfAborted()
      const facts = { seed, startedAt, endedAt: new Date(host.now()).toISOString() }
      return await makeReport(target, results, facts, async () => null)
    } finally {
      await target.stop()
    }
  },
}
