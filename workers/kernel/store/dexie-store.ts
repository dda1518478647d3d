import { Dexie } from 'dexie'
import { HearthError } from '#protocol/core/errors.ts'
import { SCHEMA_VERSIONS } from './schema.ts'
import { type Key, type Store, type StoreUsage, TABLES, type Write } from './store.ts'

function hasName(error: unknown, name: string): boolean {
  if (typeof error !== 'object' || error === null) return false
  if ('name' in error && error.name === name) return true
  return 'inner' in error && hasName(error.inner, name)
}

/** A full device is something a person can act on; anything else the database throws is a bug or a broken disk. */
function translated(error: unknown): unknown {
  if (!hasName(error, 'QuotaExceededError')) return error
  return new HearthError('capacity_exceeded', 'no room left on this device', { cause: error })
}

async function usage(): Promise<StoreUsage> {
  const { usage: used = 0, quota = 0 } = await navigator.storage.estimate()
  return { usageBytes: used, quotaBytes: quota, persisted: await navigator.storage.persisted() }
}

/** Opens the node's tables in IndexedDB, migrating from any earlier version. @throws HearthError `capacity_exceeded` */
export async function openDexieStore(name: string): Promise<Store> {
  const db = new Dexie(name, { chromeTransactionDurability: 'strict' })
  for (const { version, tables } of SCHEMA_VERSIONS) {
    db.version(version).stores(Object.fromEntries(tables.map((table) => [table, ''])))
  }
  try {
    await db.open()
  } catch (error) {
    throw translated(error)
  }

  function apply(write: Write): Promise<unknown> {
    const table = db.table<unknown, Key>(write.table)
    return 'remove' in write ? table.delete(write.key) : table.put(write.value, write.key)
  }

  return {
    get: (table, key) => db.table<unknown, Key>(table).get(key),

    async entries(table) {
      return db.transaction('r', table, async () => {
        const source = db.table<unknown, Key>(table)
        const [keys, values] = await Promise.all([source.toCollection().primaryKeys(), source.toArray()])
        return keys.map((key, index) => [key, values[index]] as const)
      })
    },

    async write(writes) {
      try {
        await db.transaction('rw', [...TABLES], async () => {
          await Promise.all(writes.map(apply))
        })
      } catch (error) {
        throw translated(error)
      }
    },

    usage,

    async erase() {
      await db.delete()
      await db.open()
    },

    async close() {
      db.close()
    },
  }
}
