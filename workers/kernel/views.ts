import { compareReplay } from '#protocol/core/event.ts'
import type { ContentId } from '#protocol/core/ids.ts'
import type { EventDefinition } from '#protocol/core/module.ts'
import type { VerifiedEvent } from './log/verify.ts'
import { createSignal, type Signal } from './signal.ts'

/** What one event contributes to one entity. */
export interface Part<Item> {
  readonly entity: string
  readonly item: Item
}

/** A part with its place in the replay order. */
export interface Placed<Item> {
  readonly lamport: number
  readonly cid: ContentId
  readonly item: Item
}

/**
 * A view over the log: `map` says what an event contributes to which entities, `fold` makes an entity's row from its parts
 * in replay order. Any order of arrival gives the same rows because nothing else reaches `fold` (EVT-3); what a
 * revocation takes back is taken out of the parts and folded again.
 */
export interface ViewDefinition<Item, Row> {
  readonly id: string
  /** Raised when `map` changes what it gives: snapshots of another version are thrown away. */
  readonly version: number
  readonly events: readonly EventDefinition[]
  map(event: VerifiedEvent): readonly Part<Item>[]
  /** @returns null when nothing is left of the entity. */
  fold(entity: string, parts: readonly Placed<Item>[]): Row | null
  /** Values each row is found by, per index. */
  readonly indexes: Readonly<Record<string, (row: Row) => readonly string[]>>
}

export const defineView = <Item, Row>(definition: ViewDefinition<Item, Row>): ViewDefinition<Item, Row> => definition

export interface View<Row> {
  get(entity: string): Row | null
  /** Rows with exactly this value in an index. */
  equal(index: string, value: string): readonly Row[]
  /** How many rows `equal` would give, without gathering them. */
  count(index: string, value: string): number
  /** Rows with a value that begins so, in the order of the values. */
  prefix(index: string, prefix: string): readonly Row[]
  rows(): readonly Row[]
  readonly size: number
  readonly changed: Signal<readonly string[]>
}

/** A view as the log feeds it. */
export interface FedView<Row> extends View<Row> {
  readonly types: ReadonlySet<string>
  apply(added: readonly VerifiedEvent[], removed: readonly ContentId[]): void
  /** Everything `fold` works from, for a snapshot. */
  parts(): readonly SavedPart[]
  /** Fills an empty view from a snapshot. */
  restore(parts: readonly SavedPart[]): void
}

/** One part as a snapshot keeps it: entity, content id, Lamport time, item. Items are JSON. */
export type SavedPart = readonly [entity: string, cid: ContentId, lamport: number, item: unknown]

interface Index<Row> {
  readonly valuesOf: (row: Row) => readonly string[]
  readonly entities: Map<string, Set<string>>
  /** Sorted values; null when a value came or went since it was sorted. */
  sorted: string[] | null
}

function lowerBound(values: readonly string[], target: string): number {
  let low = 0
  let high = values.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((values[middle] ?? '') < target) low = middle + 1
    else high = middle
  }
  return low
}

/** An empty view in memory. Folding is lazy: an entity that gets ten thousand parts at once is folded once. */
export function createView<Item, Row>(definition: ViewDefinition<Item, Row>): FedView<Row> {
  const parts = new Map<string, Map<ContentId, Placed<Item>>>()
  const entitiesOf = new Map<ContentId, readonly string[]>()
  const rows = new Map<string, Row>()
  const dirty = new Set<string>()
  /** What the present `apply` moves: `dirty` grows until somebody reads, and would be told again with every batch. */
  const touched = new Set<string>()
  const changed = createSignal<readonly string[]>()
  const indexes = new Map<string, Index<Row>>(
    Object.entries(definition.indexes).map(([name, valuesOf]) => [name, { valuesOf, entities: new Map(), sorted: null }]),
  )

  function reindex(entity: string, before: Row | undefined, after: Row | null): void {
    for (const index of indexes.values()) {
      const old = before === undefined ? [] : index.valuesOf(before)
      const now = after === null ? [] : index.valuesOf(after)
      for (const value of old) {
        if (now.includes(value)) continue
        const holders = index.entities.get(value)
        holders?.delete(entity)
        if (holders?.size === 0) {
          index.entities.delete(value)
          index.sorted = null
        }
      }
      for (const value of now) {
        const holders = index.entities.get(value)
        if (holders) holders.add(entity)
        else {
          index.entities.set(value, new Set([entity]))
          index.sorted = null
        }
      }
    }
  }

  function settle(): void {
    for (const entity of dirty) {
      const placed = [...(parts.get(entity)?.values() ?? [])].sort(compareReplay)
      const row = placed.length > 0 ? definition.fold(entity, placed) : null
      reindex(entity, rows.get(entity), row)
      if (row === null) rows.delete(entity)
      else rows.set(entity, row)
    }
    dirty.clear()
  }

  function touch(entity: string): void {
    dirty.add(entity)
    touched.add(entity)
  }

  function place(entity: string, placed: Placed<Item>): void {
    const own = parts.get(entity) ?? new Map<ContentId, Placed<Item>>()
    own.set(placed.cid, placed)
    parts.set(entity, own)
    touch(entity)
  }

  function add({ cid, event }: VerifiedEvent, contributed: readonly Part<Item>[]): void {
    if (entitiesOf.has(cid)) return
    entitiesOf.set(
      cid,
      contributed.map(({ entity }) => entity),
    )
    for (const { entity, item } of contributed) place(entity, { lamport: event.lamport, cid, item })
  }

  function remove(cid: ContentId): void {
    for (const entity of entitiesOf.get(cid) ?? []) {
      const own = parts.get(entity)
      own?.delete(cid)
      if (own?.size === 0) parts.delete(entity)
      touch(entity)
    }
    entitiesOf.delete(cid)
  }

  const rowsOf = (entities: Iterable<string>): Row[] => [...entities].flatMap((entity) => rows.get(entity) ?? [])

  return {
    types: new Set(definition.events.map(({ type }) => type)),

    apply(added, removed) {
      removed.forEach(remove)
      for (const event of added) add(event, definition.map(event))
      const entities = [...touched]
      touched.clear()
      if (entities.length > 0) changed.emit(entities)
    },

    parts: () =>
      [...parts].flatMap(([entity, own]) =>
        [...own.values()].map(({ cid, lamport, item }) => [entity, cid, lamport, item] as const),
      ),

    restore(saved) {
      for (const [entity, cid, lamport, item] of saved) {
        entitiesOf.set(cid, [...(entitiesOf.get(cid) ?? []), entity])
        // a snapshot of this version holds what this version's `map` gave
        place(entity, { lamport, cid, item: item as Item })
      }
      touched.clear()
    },

    get(entity) {
      settle()
      return rows.get(entity) ?? null
    },

    equal(name, value) {
      settle()
      return rowsOf(indexes.get(name)?.entities.get(value) ?? [])
    },

    count(name, value) {
      settle()
      return indexes.get(name)?.entities.get(value)?.size ?? 0
    },

    prefix(name, prefix) {
      settle()
      const index = indexes.get(name)
      if (!index) return []
      index.sorted ??= [...index.entities.keys()].sort()
      const found: Row[] = []
      for (let at = lowerBound(index.sorted, prefix); at < index.sorted.length; at++) {
        const value = index.sorted[at] ?? ''
        if (!value.startsWith(prefix)) break
        found.push(...rowsOf(index.entities.get(value) ?? []))
      }
      return found
    },

    rows() {
      settle()
      return [...rows.values()]
    },

    get size() {
      settle()
      return rows.size
    },
    changed,
  }
}
