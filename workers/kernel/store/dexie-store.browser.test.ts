import { describe, expect, it } from 'vitest'
import { EVENTS } from '#protocol/catalogue.ts'
import { parseNodeId } from '#protocol/core/ids.ts'
import { openIdentity } from '../identity.ts'
import { openLog } from '../log/log.ts'
import { createRealRuntime } from '../real-runtime.ts'
import { openDexieStore } from './dexie-store.ts'
import fixture from './fixtures/store-v1.json'
import { SCHEMA_VERSIONS } from './schema.ts'
import { testStore } from './store.contract.ts'

// JSON knows no tuples
const TABLES_V1 = fixture.tables as unknown as Record<string, readonly (readonly [IDBValidKey, unknown])[]>

let count = 0
testStore('IndexedDB', () => {
  const name = `contract-${++count}-${crypto.randomUUID()}`
  return {
    open: () => openDexieStore(name),
    async reopen(store) {
      await store.close()
      return openDexieStore(name)
    },
  }
})

/** Writes the fixture as the first released format did, with IndexedDB itself: Dexie multiplies its versions by ten. */
function writeFixture(name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open(name, fixture.version * 10)
    opening.onerror = () => reject(opening.error)
    opening.onupgradeneeded = () => {
      for (const table of Object.keys(fixture.tables)) opening.result.createObjectStore(table)
    }
    opening.onsuccess = () => {
      const db = opening.result
      const transaction = db.transaction(Object.keys(fixture.tables), 'readwrite')
      for (const [table, entries] of Object.entries(TABLES_V1)) {
        for (const [key, value] of entries) transaction.objectStore(table).put(value, key)
      }
      transaction.oncomplete = () => {
        db.close()
        resolve()
      }
    }
  })
}

describe('a database of an earlier version', () => {
  it('opens, has the tables of today, and its log verifies and goes on', async () => {
    const name = `migrated-${crypto.randomUUID()}`
    await writeFixture(name)
    const store = await openDexieStore(name)
    expect(await store.entries('snapshot')).toEqual([])
    const runtime = createRealRuntime()
    const keeper = await openIdentity(runtime, store)
    const signer = keeper.current() ?? (await keeper.create('Neu'))
    const log = await openLog({ runtime, store, signer, types: EVENTS }, parseNodeId(fixture.community_id))
    expect(log.state()?.name).toBe('Issum')
    expect(log.stats().stored).toBe(fixture.events)
    expect(await log.read(log.offered().map(({ cid }) => cid))).toHaveLength(fixture.events)
    await store.close()
  })

  it('has a fixture for every version but the newest', () => {
    const older = SCHEMA_VERSIONS.slice(0, -1).map(({ version }) => version)
    expect(older).toEqual([fixture.version])
  })
})
