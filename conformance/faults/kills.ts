import type { FaultRow } from '#protocol/protocol/report.ts'
import table from './kills.json'

/** One fault and the case that catches it: as it stands in a report (CONF-7). */
export type Kill = FaultRow

/** A row with where it comes from: the beginning of its measurement, and the hash of the fault as it was then (`table.mjs`). */
export type MeasuredRow = Kill & { readonly run: string; readonly of: string }

/** Cases that a sound node passed in one run, how often one did among the faulty ones, and how often it did not and had to do it again. */
interface Sound {
  readonly cases: number
  readonly sound: number
  readonly failed: number
}

/** One measurement: of one state of suite and node, in one go or in several. */
export interface Measurement {
  readonly started_at: string
  readonly ended_at: string
  /** Of the sources of suite and node (SHA-256, 16 digits). */
  readonly sources: string
  readonly loopback: Sound
  readonly browser: Sound
}

/** The table as `npm run conformance -- --faults` keeps it. */
export interface Measured {
  readonly suite_version: string
  readonly runs: readonly Measurement[]
  readonly rows: readonly MeasuredRow[]
}

// the names of targets are plain text to the compiler; a test holds the file to the schema
export const MEASURED = table as Measured

/** What reports carry of it. */
export const KILLS: { readonly suite_version: string; readonly rows: readonly Kill[] } = {
  suite_version: MEASURED.suite_version,
  rows: MEASURED.rows.map(({ run: _, of: __, ...row }) => row),
}
