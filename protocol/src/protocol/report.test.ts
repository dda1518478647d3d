import { describe, expect, it } from 'vitest'
import { contentIdOf } from '../core/hash.ts'
import type { NodeId } from '../core/ids.ts'
import { signRecord } from '../core/signing.ts'
import {
  type CaseResult,
  casesHash,
  checkReport,
  countSections,
  type FaultRow,
  faultsSummary,
  overallOf,
  type Report,
  type UnsignedReport,
} from './report.ts'
import { freshSigner } from './testing/signer.ts'

const one = (id: string, section: string, state: CaseResult['state']): CaseResult => ({
  id,
  rule: id.split('.')[0] ?? id,
  title: 'A requirement.',
  section,
  state,
})
const CASES = [one('ID-1.form', 'core/identity', 'passed'), one('BUS-1.hash', 'core/bus', 'passed')]

function unsignedReport(node_id: NodeId, cases: CaseResult[] = CASES): UnsignedReport {
  const sections = countSections(cases)
  return {
    format: 'hearthnet-conformance-report',
    version: 1,
    summary: {
      node_id,
      implementation: { name: 'A', vendor: 'B', version: '1' },
      protocol_version: '3.0.0-experimental',
      suite_version: '1.0.0',
      target: 'loopback',
      seed: 1,
      started_at: '2026-05-26T08:00:00Z',
      ended_at: '2026-05-26T08:01:00Z',
      overall: overallOf(sections),
      sections,
      cases_hash: casesHash(cases),
      faults: null,
    },
    cases,
  }
}

async function signed(cases: CaseResult[] = CASES, change: Partial<UnsignedReport['summary']> = {}): Promise<Report> {
  const signer = await freshSigner()
  const report = unsignedReport(signer.nodeId, cases)
  return { ...report, summary: await signRecord(signer, { ...report.summary, ...change }) }
}

describe('a report', () => {
  it('verifies with nothing but itself (CONF-4)', async () => {
    const report = await signed()
    expect(await checkReport(JSON.parse(JSON.stringify(report)))).toEqual(report)
  })

  it('is refused when a case was changed, left out, added or doubled after it was signed (CONF-4)', async () => {
    const report = await signed()
    const [first, second] = CASES as [CaseResult, CaseResult]
    const tampered = [
      [{ ...first, title: 'Another.' }, second],
      [first],
      [...CASES, one('X-1.a', 'core/x', 'passed')],
      [first, first],
    ]
    for (const cases of tampered) await expect(checkReport({ ...report, cases })).rejects.toMatchObject({ code: 'bad_request' })
    await expect(checkReport(await signed([first, first]))).rejects.toMatchObject({ data: { field: '/cases' } })
  })

  it('tells how the suite itself was tried, and is refused when that table is not the one that was signed (CONF-7)', async () => {
    const rows = [
      { fault: 'a/seen', rule: 'ID-1', target: 'loopback', by: 'ID-1.form', reason: null },
      { fault: 'a/unseen', rule: 'ID-1', target: null, by: null, reason: 'no case fails' },
    ]
    const report = { ...(await signed(CASES, { faults: faultsSummary(rows) })), faults: rows }
    expect((await checkReport(JSON.parse(JSON.stringify(report)))).summary.faults).toMatchObject({ known: 2, caught: 1 })
    const [seen, unseen] = rows as [FaultRow, FaultRow]
    const tampered = [
      undefined,
      [seen],
      [unseen, seen],
      [seen, { ...unseen, target: 'browser', by: 'ID-1.other', reason: null }],
    ]
    for (const faults of tampered) {
      await expect(checkReport(JSON.parse(JSON.stringify({ ...report, faults })))).rejects.toMatchObject({
        data: { field: '/summary/faults' },
      })
    }
    await expect(checkReport({ ...(await signed()), faults: rows })).rejects.toMatchObject({ code: 'bad_request' })
  })

  it('is refused when its counts or its verdict do not follow from its cases, signed or not (CONF-5)', async () => {
    const failed = [...CASES, one('BUS-2.off', 'core/bus', 'failed')]
    await expect(checkReport(await signed(failed, { overall: 'pass' }))).rejects.toMatchObject({
      data: { field: '/summary/overall' },
    })
    const sections = countSections(CASES)
    await expect(checkReport(await signed(failed, { sections }))).rejects.toMatchObject({
      data: { field: '/summary/sections' },
    })
  })

  it('is refused under another’s name, and when the summary was changed (CONF-4)', async () => {
    const report = await signed()
    const { nodeId } = await freshSigner()
    const forged = [
      { ...report.summary, node_id: nodeId },
      { ...report.summary, suite_version: '2.0.0' },
    ]
    for (const summary of forged) {
      await expect(checkReport({ ...report, summary })).rejects.toMatchObject({ code: 'invalid_signature' })
    }
    await expect(checkReport({ ...report, note: 'hello' })).rejects.toMatchObject({ code: 'bad_request' })
  })

  it('has the verdict of CONF-5', () => {
    const verdict = (...cases: CaseResult[]) => overallOf(countSections(cases))
    const [passed, failed, skipped] = (['passed', 'failed', 'skipped'] as const).map((state) => ({
      core: one('A-1.a', 'core/bus', state),
      other: one('B-1.a', 'experimental/evidence', state),
    })) as [Record<'core' | 'other', CaseResult>, Record<'core' | 'other', CaseResult>, Record<'core' | 'other', CaseResult>]
    expect(verdict()).toBe('skipped')
    expect(verdict(skipped.core, skipped.other)).toBe('skipped')
    expect(verdict(failed.core, passed.other)).toBe('fail')
    expect(verdict(passed.core, failed.other)).toBe('partial')
    expect(verdict(passed.other)).toBe('partial')
    expect(verdict(passed.core, passed.other, skipped.other)).toBe('pass')
  })

  it('counts sections in one order, whatever the order of the cases', () => {
    expect(contentIdOf(countSections(CASES))).toBe(contentIdOf(countSections([...CASES].reverse())))
  })
})
