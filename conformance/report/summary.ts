import type { Report, UnsignedReport } from '#protocol/protocol/report.ts'
import type { Span } from '../harness/run.ts'

interface Around {
  /** Milliseconds of each part of the run, in its order. */
  readonly parts: ReadonlyMap<string, number>
  readonly times: ReadonlyMap<string, Span>
  /** Why the report carries no signature; empty where it does. */
  readonly why: string
  readonly problems: readonly string[]
  readonly seconds: number
  readonly out: string
}

const SLOWEST = 5

/** What somebody at a terminal reads after a run. */
export function summaryLines({ summary, cases }: Report | UnsignedReport, around: Around): string[] {
  const failed = cases.filter(({ state }) => state === 'failed')
  const width = Math.max(...summary.sections.map(({ section }) => section.length), 8)
  const reasons = new Map<string, number>()
  for (const { reason } of cases) if (reason !== undefined) reasons.set(reason, (reasons.get(reason) ?? 0) + 1)
  const inSeconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`
  const slowest = [...around.times].sort(([, a], [, b]) => b.ms - a.ms).slice(0, SLOWEST)
  return [
    '',
    ...failed.flatMap(({ id, expected, observed, reproduce }) => [
      `✗ ${id}`,
      `  expected: ${expected ?? ''}`,
      `  observed: ${observed ?? ''}`,
      ...(reproduce ?? '').split('\n').map((line) => `  ${line}`),
      '',
    ]),
    ...summary.sections.map(
      ({ section, passed, failed: bad, skipped }) =>
        `${bad > 0 ? '✗' : passed > 0 ? '✓' : '–'} ${section.padEnd(width)}  ${String(passed).padStart(4)} passed ${String(bad).padStart(3)} failed ${String(skipped).padStart(4)} skipped`,
    ),
    '',
    ...[...reasons].map(([reason, count]) => `${count} skipped: ${reason}`),
    ...around.problems.map((problem) => `✗ the system under test: ${problem}`),
    `Slowest: ${slowest.map(([id, { ms }]) => `${id} ${inSeconds(ms)}`).join(', ')}`,
    `Time: ${[...around.parts].map(([part, ms]) => `${part} ${inSeconds(ms)}`).join(', ')}; each case in times.json`,
    `${summary.overall.toUpperCase()}  ${cases.length} cases in ${around.seconds.toFixed(1)} s, seed ${summary.seed}, target ${summary.target}`,
    around.why === '' ? `Signed by ${summary.node_id}` : `Not signed: ${around.why}`,
    `Report: ${around.out}/report.html`,
    '',
  ]
}
