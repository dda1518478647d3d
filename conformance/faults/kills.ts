import type { FaultRow } from '#protocol/protocol/report.ts'
import measured from './kills.json'

/** One fault and the case that catches it: as it stands in a report (CONF-7). */
export type Kill = FaultRow

/** The last whole measurement of the suite itself, as `npm run conformance -- --faults` wrote it. */
export interface Measured {
  readonly suite_version: string
  readonly started_at: string
  readonly ended_at: string
  /** Cases that a sound node passes, and how often it did between the faulty ones. */
  readonly runs: Readonly<Record<'loopback' | 'browser', { readonly cases: number; readonly sound: number }>>
  readonly rows: readonly Kill[]
}

// the names of targets are plain text to the compiler; a test holds the file to the schema
export const KILLS = measured as Measured
