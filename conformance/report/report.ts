import { PROTOCOL_VERSION } from '#protocol/core/version.ts'
import {
  type CaseResult,
  casesHash,
  countSections,
  faultsSummary,
  overallOf,
  type Report,
  type UnsignedReport,
} from '#protocol/protocol/report.ts'
import type { Json } from '../client/encoding.ts'
import { KILLS } from '../faults/kills.ts'
import { isObject, member, outcomeOf, shown } from '../harness/case.ts'
import type { Target } from '../harness/target.ts'
import SUITE_VERSION_TEXT from '../VERSION?raw'

export const SUITE_VERSION = SUITE_VERSION_TEXT.trim()

export interface RunFacts {
  readonly seed: number
  readonly startedAt: string
  readonly endedAt: string
}

const textAt = (value: Json, name: string, longest: number): string =>
  String(member(value, 'output', name) ?? '').slice(0, longest)

/** What the system under test says it is. */
async function implementationOf(
  target: Target,
  asPeer: () => Promise<Json>,
): Promise<UnsignedReport['summary']['implementation']> {
  const said = target.seat ? await target.seat.ask('protocol.self.describe', {}) : await asPeer()
  if (outcomeOf(said) !== 'ok') return { name: 'unknown', vendor: 'unknown', version: '0.0.0' }
  return { name: textAt(said, 'name', 64), vendor: textAt(said, 'vendor', 64), version: textAt(said, 'version', 32) }
}

/** The report before the node under test has signed it (CONF-3). */
export async function makeReport(
  target: Target,
  cases: readonly CaseResult[],
  facts: RunFacts,
  asPeer: () => Promise<Json>,
): Promise<UnsignedReport> {
  const sections = countSections(cases)
  // what another version of the suite caught says nothing of this one
  const faults = KILLS.suite_version === SUITE_VERSION ? { faults: [...KILLS.rows] } : {}
  return {
    format: 'hearthnet-conformance-report',
    version: 1,
    cases: [...cases],
    ...faults,
    summary: {
      // the form was checked where the target was opened
      node_id: target.nodeId as UnsignedReport['summary']['node_id'],
      implementation: await implementationOf(target, asPeer),
      protocol_version: PROTOCOL_VERSION,
      suite_version: SUITE_VERSION,
      target: target.kind,
      seed: facts.seed,
      started_at: facts.startedAt,
      ended_at: facts.endedAt,
      overall: overallOf(sections),
      sections,
      cases_hash: casesHash(cases),
      faults: faults.faults ? faultsSummary(faults.faults) : null,
    },
  }
}

/** Has the system under test sign the report (CONF-4). @returns null with the reason where it does not */
export async function signedBy(
  target: Target,
  report: UnsignedReport,
): Promise<{ readonly report: Report | null; readonly why: string }> {
  if (!target.seat) return { report: null, why: 'nobody sits at the device of this target to have it signed' }
  const answer = await target.seat.ask('protocol.conformance.report', {
    action: 'sign',
    // a report is JSON by its schema
    report: report as unknown as Json,
    share: false,
  })
  const signed = member(answer, 'output', 'report')
  // its own answer; whoever reads the file verifies it
  return isObject(signed) ? { report: signed as unknown as Report, why: '' } : { report: null, why: shown(answer) }
}
