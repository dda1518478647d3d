import type { FaultRow } from '#protocol/protocol/report.ts'
import table from './kills.json'

/** One fault and the case that catches it: as it stands in a report (CONF-7). */
export type Kill = FaultRow

/** A row with where it comes from: the beginning of its measurement, and the hash of the fault as it was then (`table.mjs`). */
export type MeasuredRow = Kill & { readonly run: string; readonly of: string }

/** What a sound node did among the faulty ones. */
interface Sound {
  /** Cases that it passed where they run by themselves, before the others; in older measurements they did not. */
  readonly early: number
  /** Cases of the whole suite that it passed; 0 where no faulty node met the whole. */
  readonly cases: number
  /** Runs that it passed, and those that it did not and had to do again. */
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
