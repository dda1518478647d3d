import type { Table } from './store.ts'

/** Name of the database on the device. */
export const DATABASE_NAME = 'hearthnet'

interface SchemaVersion {
  readonly version: number
  readonly tables: readonly Table[]
}

/**
 * Every stored format there was, oldest first; Dexie walks from whichever it finds to the last. A format that was
 * released stays here and has a fixture in `fixtures/` that the contract test opens.
 */
export const SCHEMA_VERSIONS: readonly SchemaVersion[] = [
  { version: 1, tables: ['meta', 'segment', 'head'] },
  // views are rebuilt from the log, so snapshots need no migration
  { version: 2, tables: ['meta', 'segment', 'head', 'snapshot'] },
]
