import { HearthError } from '#protocol/core/errors.ts'
import { type Key, type Store, TABLES, type Table, type Write } from '../kernel/store/store.ts'

export interface MemoryStore extends Store {
  /** Makes the n-th write from now fail (1 is the next), before or after it took effect: a crash at that point. */
  crashAtWrite(n: number, when: 'before' | 'after'): void
  /** Refuses every write as a full device would, until called with false. */
  setFull(full: boolean): void
  /** The same data as a later start would find it. */
  reopen(): MemoryStore
}

const byKey = ([a]: readonly [Key, unknown], [b]: readonly [Key, unknown]): number => (a < b ? -1 : a > b ? 1 : 0)

/** The store's twin in memory, with the faults a device can have. */
export function createMemoryStore(
  data: Map<Table, Map<Key, unknown>> = new Map(TABLES.map((t) => [t, new Map()])),
): MemoryStore {
  let crash: { left: number; when: 'before' | 'after' } | null = null
  let full = false

  const table = (name: Table): Map<Key, unknown> => {
    const found = data.get(name)
    if (!found) throw new TypeError(`no table ${name}`)
    return found
  }

  function apply(write: Write): void {
    if ('remove' in write) table(write.table).delete(write.key)
    else table(write.table).set(write.key, write.value)
  }

  // a CryptoKey survives IndexedDB's clone but not Node 20's; it is immutable, so sharing it changes nothing
  function clone(value: unknown): unknown {
    if (value instanceof CryptoKey) return value
    if (Array.isArray(value)) return value.map(clone)
    if (typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype) {
      return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, clone(item)]))
    }
    return structuredClone(value)
  }

  return {
    get: async (name, key) => clone(table(name).get(key)),
    entries: async (name) => [...table(name)].map(([key, value]) => [key, clone(value)] as const).sort(byKey),

    async write(writes) {
      const copies = writes.map((write) => ('remove' in write ? write : { ...write, value: clone(write.value) }))
      const crashNow = crash !== null && --crash.left === 0 ? crash.when : null
      if (crashNow === 'before') throw new Error('crashed before the write')
      if (full) throw new HearthError('capacity_exceeded', 'no room left on this device')
      copies.forEach(apply)
      if (crashNow === 'after') throw new Error('crashed after the write')
    },

    usage: async () => ({ usageBytes: 0, quotaBytes: 1, persisted: false }),
    async erase() {
      for (const name of TABLES) table(name).clear()
    },
    async close() {},

    crashAtWrite(n, when) {
      crash = { left: n, when }
    },
    setFull(value) {
      full = value
    },
    reopen: () => createMemoryStore(data),
  }
}
