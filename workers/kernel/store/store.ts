/**
 * The node's durable tables: keyed values and nothing else. Events are packed into segments and views live in memory
 * (docs/decisions), so no secondary index is needed here. Implementations: Dexie and the twin in memory; one contract
 * test runs on both.
 */
export const TABLES = ['meta', 'segment', 'head', 'snapshot'] as const
export type Table = (typeof TABLES)[number]

/** A key of `meta` and `snapshot` is text, of `segment` and `head` a number that grows. */
export type Key = string | number

export type Write =
  | { readonly table: Table; readonly key: Key; readonly value: unknown }
  | { readonly table: Table; readonly key: Key; readonly remove: true }

export interface StoreUsage {
  readonly usageBytes: number
  readonly quotaBytes: number
  readonly persisted: boolean
}

export interface Store {
  get(table: Table, key: Key): Promise<unknown>
  /** Every entry of a table in key order. */
  entries(table: Table): Promise<readonly (readonly [Key, unknown])[]>
  /**
   * All writes or none, across tables, durable when it resolves.
   * @throws HearthError `capacity_exceeded` when the device has no room; nothing was written then.
   */
  write(writes: readonly Write[]): Promise<void>
  usage(): Promise<StoreUsage>
  /** Forgets everything. */
  erase(): Promise<void>
  close(): Promise<void>
}
