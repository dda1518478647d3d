import type { Static } from '@sinclair/typebox'
import { HearthError } from '../core/errors.ts'
import { contentIdOf } from '../core/hash.ts'
import {
  ContentIdSchema,
  CountSchema,
  NodeIdSchema,
  OneOf,
  parseAs,
  SignatureSchema,
  Strict,
  TimeSchema,
} from '../core/schema.ts'
import { requireSignature } from '../core/signing.ts'
import * as Type from '../core/type.ts'
import { CONFORMANCE_MAX_CASES, CONFORMANCE_MAX_FAULTS } from './constants.ts'
import { ProtocolVersionSchema } from './descriptor.ts'

export const CASE_STATES = ['passed', 'failed', 'skipped'] as const
export const OVERALL = ['pass', 'partial', 'fail', 'skipped'] as const
export type Overall = (typeof OVERALL)[number]

const Text = Type.String({ maxLength: 2000 })

/** How one case went (CONF-3). */
export const CaseResultSchema = Strict({
  /** `<rule>.<what>`, for instance `BUS-3.unknown-field`. */
  id: Type.String({ minLength: 1, maxLength: 160 }),
  rule: Type.String({ minLength: 1, maxLength: 32 }),
  /** What it asserts, as a sentence. */
  title: Text,
  section: Type.String({ minLength: 1, maxLength: 64 }),
  state: OneOf(CASE_STATES),
  /** Why it was skipped. */
  reason: Type.Optional(Text),
  expected: Type.Optional(Text),
  observed: Type.Optional(Text),
  /** How to see it again, for a failure. */
  reproduce: Type.Optional(Text),
})
export type CaseResult = Static<typeof CaseResultSchema>

/** A mistake that the suite was tried against, and the case that catches it (CONF-7). */
export const FaultRowSchema = Strict({
  /** `<area>/<what goes wrong>`. */
  fault: Type.String({ minLength: 1, maxLength: 96 }),
  /** The rule that a node with it breaks. */
  rule: Type.String({ minLength: 1, maxLength: 32 }),
  /** How the suite reached the node that it caught; null for a fault it misses. */
  target: Type.Union([Type.Null(), Type.String({ minLength: 1, maxLength: 32 })]),
  /** Id of the case, or what else gave it away; null for a fault it misses. */
  by: Type.Union([Type.Null(), Type.String({ minLength: 1, maxLength: 300 })]),
  /** Why it is missed; null for one that is caught. */
  reason: Type.Union([Type.Null(), Text]),
})
export type FaultRow = Static<typeof FaultRowSchema>

export const SectionCountSchema = Strict({
  section: Type.String({ minLength: 1, maxLength: 64 }),
  passed: CountSchema,
  failed: CountSchema,
  skipped: CountSchema,
})
export type SectionCount = Static<typeof SectionCountSchema>

const summary = {
  /** The node under test, which signs. */
  node_id: NodeIdSchema,
  /** The implementation, as its descriptor says. */
  implementation: Strict({
    name: Type.String({ maxLength: 64 }),
    vendor: Type.String({ maxLength: 64 }),
    version: Type.String({ maxLength: 32 }),
  }),
  protocol_version: ProtocolVersionSchema,
  suite_version: Type.String({ minLength: 1, maxLength: 32 }),
  /** How the suite reached it: `browser`, `http`, `loopback` or a target of somebody's own. */
  target: Type.String({ minLength: 1, maxLength: 32 }),
  seed: CountSchema,
  started_at: TimeSchema,
  ended_at: TimeSchema,
  overall: OneOf(OVERALL),
  sections: Type.Array(SectionCountSchema, { maxItems: 64 }),
  /** BLAKE3 over the canonical `cases` of the report. */
  cases_hash: ContentIdSchema,
  /**
   * How the suite itself was tried: named faults of a node, how many of them it caught, and the hash of the canonical table
   * (CONF-7). It says nothing of the node under test. Null where that was never measured.
   */
  faults: Type.Union([Type.Null(), Strict({ known: CountSchema, caught: CountSchema, table_hash: ContentIdSchema })]),
}
const UnsignedSummarySchema = Strict(summary)
/** What is signed and shared; it binds the cases by their hash (CONF-4). */
export const ReportSummarySchema = Strict({ ...summary, signature: SignatureSchema })
export type ReportSummary = Static<typeof ReportSummarySchema>

const file = {
  format: Type.Literal('hearthnet-conformance-report'),
  version: Type.Literal(1),
  cases: Type.Array(CaseResultSchema, { maxItems: CONFORMANCE_MAX_CASES }),
  /** The table that `summary.faults` sums up (CONF-7). */
  faults: Type.Optional(Type.Array(FaultRowSchema, { maxItems: CONFORMANCE_MAX_FAULTS })),
}
/** A report before the node under test has signed it: what a suite hands over. */
export const UnsignedReportSchema = Strict({ ...file, summary: UnsignedSummarySchema })
export type UnsignedReport = Static<typeof UnsignedReportSchema>
/** `report.json` (CONF-3). */
export const ReportSchema = Strict({ ...file, summary: ReportSummarySchema })
export type Report = Static<typeof ReportSchema>

export const casesHash = (cases: readonly CaseResult[]) => contentIdOf(cases)

/** What a summary says of the table of faults (CONF-7). */
export const faultsSummary = (rows: readonly FaultRow[]) => ({
  known: rows.length,
  caught: rows.filter(({ by }) => by !== null).length,
  table_hash: contentIdOf(rows),
})

/** Counts of each section, by name. */
export function countSections(cases: readonly CaseResult[]): SectionCount[] {
  const counts = new Map<string, { passed: number; failed: number; skipped: number }>()
  for (const { section, state } of cases) {
    const count = counts.get(section) ?? { passed: 0, failed: 0, skipped: 0 }
    count[state] += 1
    counts.set(section, count)
  }
  return [...counts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([section, count]) => ({ section, ...count }))
}

/**
 * `fail` when a core case failed, `skipped` when nothing ran, `pass` when core ran and nothing failed, else `partial`
 * (CONF-5).
 */
export function overallOf(sections: readonly SectionCount[]): Overall {
  const core = sections.filter(({ section }) => section.startsWith('core/'))
  if (core.some(({ failed }) => failed > 0)) return 'fail'
  if (sections.every(({ passed, failed }) => passed + failed === 0)) return 'skipped'
  const coreRan = core.some(({ passed }) => passed > 0)
  return coreRan && sections.every(({ failed }) => failed === 0) ? 'pass' : 'partial'
}

const wrong = (message: string, field: string): HearthError => new HearthError('bad_request', message, { data: { field } })

/** What of a report follows from its cases. @throws HearthError `bad_request` naming what does not */
function checkSums({ summary: said, cases, faults }: UnsignedReport): void {
  const sections = countSections(cases)
  if (said.cases_hash !== casesHash(cases)) throw wrong('the cases are not those that were summed up', '/summary/cases_hash')
  if (contentIdOf(said.sections) !== contentIdOf(sections))
    throw wrong('the counts are not those of the cases', '/summary/sections')
  if (said.overall !== overallOf(sections)) throw wrong('the verdict does not follow from the cases', '/summary/overall')
  if (contentIdOf(said.faults) !== contentIdOf(faults ? faultsSummary(faults) : null))
    throw wrong('the table of faults is not the one that was summed up', '/summary/faults')
  if (new Set(cases.map(({ id }) => id)).size < cases.length) throw wrong('a case is in it twice', '/cases')
}

/** @throws HearthError `bad_request` */
export function checkUnsignedReport(value: unknown): UnsignedReport {
  const report = parseAs(UnsignedReportSchema, value, 'bad_request')
  checkSums(report)
  return report
}

/**
 * Verifies a report with nothing but itself (CONF-4).
 * @throws HearthError `bad_request`, `invalid_signature`
 */
export async function checkReport(value: unknown): Promise<Report> {
  const report = parseAs(ReportSchema, value, 'bad_request')
  const { signature: _, ...unsigned } = report.summary
  checkSums({ ...report, summary: unsigned })
  await requireSignature(report.summary.node_id, report.summary)
  return report
}
