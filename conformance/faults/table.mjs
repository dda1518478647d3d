// @ts-check
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

// `kills.json`, as measurements write it: a row for each fault, with the measurement it comes from.

/** @typedef {import('./fault.ts').Fault} Fault */
/** @typedef {import('./kills.ts').MeasuredRow} Row */
/** @typedef {import('./kills.ts').Measured} Table */

const ROOT = resolve(import.meta.dirname, '../..')
const TABLE = join(ROOT, 'conformance/faults/kills.json')

/**
 * Of all that makes a fault what it is: its edit, and the file it is made in. A row with another hash is of another fault.
 * @param {Fault} fault
 */
export const hashOf = ({ rule, file, at, original, faulty, statements }) =>
  createHash('sha256')
    .update(JSON.stringify([rule, at, original, faulty, statements]))
    .update(readFileSync(join(ROOT, file)))
    .digest('hex')
    .slice(0, 16)

/**
 * The rows that were measured with this version of the suite; what another version caught says nothing of it.
 * @param {string} suiteVersion
 * @returns {Pick<Table, 'runs' | 'rows'>}
 */
export const readTable = (suiteVersion) => {
  /** @type {Table | null} */
  const table = existsSync(TABLE) ? JSON.parse(readFileSync(TABLE, 'utf8')) : null
  return table?.suite_version === suiteVersion ? table : { runs: [], rows: [] }
}

/**
 * Rows in their order, after new ones have taken the place of those that were known. What belongs to no fault any more goes.
 * @param {readonly Fault[]} faults
 * @param {readonly Row[]} known
 * @param {readonly Row[]} added
 */
export const mergedRows = (faults, known, added) => {
  const rows = new Map([...known, ...added].map((row) => [row.fault, row]))
  return faults.flatMap(({ name }) => rows.get(name) ?? []).sort((a, b) => (a.fault < b.fault ? -1 : 1))
}

/**
 * Of several measurements those that a row comes from, one of each beginning, the last.
 * @param {readonly Row[]} rows
 * @param {Table['runs']} runs
 */
export const runsOf = (rows, runs) => {
  const named = new Set(rows.map(({ run }) => run))
  return [...new Map(runs.map((run) => [run.started_at, run])).values()].filter(({ started_at }) => named.has(started_at))
}

/**
 * @param {string} suiteVersion
 * @param {Table['runs']} runs
 * @param {readonly Row[]} rows
 */
export const writeTable = (suiteVersion, runs, rows) => {
  const head = { format: 'hearthnet-conformance-faults', version: 2, suite_version: suiteVersion }
  const opening = JSON.stringify({ ...head, runs: runsOf(rows, runs) }, null, 2).replace(/\n}$/, ',')
  const lines = rows.map((row) => `    ${JSON.stringify(row)}`).join(',\n')
  writeFileSync(TABLE, `${opening}\n  "rows": [\n${lines}\n  ]\n}\n`)
}
