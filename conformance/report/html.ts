import type { Report, UnsignedReport } from '#protocol/protocol/report.ts'
import type { Placed } from '../harness/run.ts'

export function htmlOf(report: Report | UnsignedReport, _cases: readonly Placed[]): string {
  return `<!doctype html><pre>${JSON.stringify(report, null, 2)}</pre>`
}
