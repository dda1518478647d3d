import type { CaseResult, UnsignedReport } from '#protocol/protocol/report.ts'
import type { Placed } from '../harness/run.ts'

/** What has to be the same for a run to be the same. */
interface Asked {
  readonly target: 'browser' | 'http' | 'loopback'
  readonly url: string | null
  readonly sections: readonly string[]
  readonly seed: number
  readonly lanes: number
}

/** `run_manifest.json`: enough to do the run again and to compare (X09). */
export interface Manifest {
  readonly format: 'hearthnet-conformance-run'
  readonly version: 1
  readonly suite_version: string
  readonly protocol_version: string
  readonly options: Asked
  readonly started_at: string
  readonly ended_at: string
  readonly machine: { readonly node: string; readonly platform: string }
  readonly results: readonly { readonly id: string; readonly state: CaseResult['state'] }[]
}

export function manifestOf(asked: Asked, { summary, cases }: UnsignedReport, chosen: readonly Placed[]): Manifest {
  const { target, url, sections, seed, lanes } = asked
  const states = new Map(cases.map(({ id, state }) => [id, state]))
  return {
    format: 'hearthnet-conformance-run',
    version: 1,
    suite_version: summary.suite_version,
    protocol_version: summary.protocol_version,
    options: { target, url, sections, seed, lanes },
    started_at: summary.started_at,
    ended_at: summary.ended_at,
    machine: { node: process.version, platform: `${process.platform} ${process.arch}` },
    results: chosen.flatMap(({ test }) => {
      const state = states.get(test.id)
      return state ? [{ id: test.id, state }] : []
    }),
  }
}

type Outcome = { readonly id: string; readonly state: string }

/** Where two runs disagree, one line each. */
export function differences(before: readonly Outcome[], now: readonly Outcome[]): string[] {
  const states = new Map(now.map(({ id, state }) => [id, state]))
  const changed = before.flatMap(({ id, state }) => {
    const other = states.get(id) ?? 'not run'
    return other === state ? [] : [`${id}: ${state}, now ${other}`]
  })
  const known = new Set(before.map(({ id }) => id))
  return [...changed, ...now.filter(({ id }) => !known.has(id)).map(({ id, state }) => `${id}: not run before, now ${state}`)]
}
