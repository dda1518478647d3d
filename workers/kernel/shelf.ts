import type { Static, TSchema } from '@sinclair/typebox'
import { matches } from '#protocol/core/schema.ts'
import type { Store } from './store/store.ts'

/** One value a module keeps on this device: read once, held in memory, written through. */
export interface Drawer<T> {
  get(): T
  /**
   * Read again at once, so that of two changes made to what was there neither is lost; durable when it resolves.
   * @throws HearthError `capacity_exceeded`; the value is as before then, unless it was set again meanwhile
   */
  set(value: T): Promise<void>
}

/** What modules keep on this device beside the log. It never travels. */
export interface Shelf {
  /**
   * Opens a drawer. What is stored and does not match the schema any more counts as empty.
   * @param key `<module>.<thing>`, unique among modules
   */
  open<S extends TSchema>(key: string, schema: S, empty: Static<S>): Promise<Drawer<Static<S>>>
}

export function createShelf(store: Store): Shelf {
  return {
    async open(key, schema, empty) {
      const at = `shelf.${key}`
      const stored = await store.get('meta', at)
      let durable = matches(schema, stored) ? stored : empty
      let value = durable
      let sets = 0
      return {
        get: () => value,
        async set(next) {
          value = next
          const own = ++sets
          try {
            // a store writes in the order of the calls
            await store.write([{ table: 'meta', key: at, value: next }])
            durable = next
          } catch (failure) {
            if (own === sets) value = durable
            throw failure
          }
        },
      }
    },
  }
}
