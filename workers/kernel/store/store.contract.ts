import { describe, expect, it } from 'vitest'
import type { Store } from './store.ts'

export interface StoreUnderTest {
  open(): Promise<Store>
  /** Opens the same data again, as the next start would. */
  reopen(store: Store): Promise<Store>
}

/** What every implementation of the store does; each runs it (house style 7). */
export function testStore(name: string, make: () => StoreUnderTest): void {
  describe(`the store in ${name}`, () => {
    it('gives back what was written, by key, and undefined for the rest', async () => {
      const store = await make().open()
      await store.write([
        { table: 'meta', key: 'a', value: { n: 1, bytes: Uint8Array.of(1, 2) } },
        { table: 'segment', key: 7, value: ['x'] },
      ])
      expect(await store.get('meta', 'a')).toEqual({ n: 1, bytes: Uint8Array.of(1, 2) })
      expect(await store.get('segment', 7)).toEqual(['x'])
      expect(await store.get('meta', 'b')).toBeUndefined()
      expect(await store.get('head', 7)).toBeUndefined()
    })

    it('lists a table in the order of its numbers, not of their digits', async () => {
      const store = await make().open()
      await store.write([10, 9, 100, 1].map((key) => ({ table: 'head', key, value: `v${key}` }) as const))
      expect(await store.entries('head')).toEqual([
        [1, 'v1'],
        [9, 'v9'],
        [10, 'v10'],
        [100, 'v100'],
      ])
    })

    it('replaces and removes', async () => {
      const store = await make().open()
      await store.write([{ table: 'meta', key: 'a', value: 1 }])
      await store.write([
        { table: 'meta', key: 'a', value: 2 },
        { table: 'meta', key: 'gone', remove: true },
      ])
      expect(await store.get('meta', 'a')).toBe(2)
      await store.write([{ table: 'meta', key: 'a', remove: true }])
      expect(await store.entries('meta')).toEqual([])
    })

    it('keeps what is stored apart from what the caller still holds', async () => {
      const store = await make().open()
      const value = { list: [1] }
      await store.write([{ table: 'meta', key: 'a', value }])
      value.list.push(2)
      expect(await store.get('meta', 'a')).toEqual({ list: [1] })
    })

    it('writes all or nothing across tables (EVT-6)', async () => {
      const store = await make().open()
      const unstorable = { table: 'snapshot', key: 'x', value: () => {} } as const
      await expect(store.write([{ table: 'meta', key: 'a', value: 1 }, unstorable])).rejects.toThrow()
      expect(await store.get('meta', 'a')).toBeUndefined()
    })

    it('finds everything again after it was closed', async () => {
      const underTest = make()
      const store = await underTest.open()
      await store.write([{ table: 'meta', key: 'a', value: 1 }])
      const again = await underTest.reopen(store)
      expect(await again.get('meta', 'a')).toBe(1)
    })

    it('keeps a signing key that nobody can export (ID-5)', async () => {
      const underTest = make()
      const store = await underTest.open()
      const { privateKey } = await generate()
      await store.write([{ table: 'meta', key: 'key', value: { privateKey } }])
      const again = await underTest.reopen(store)
      const stored = await again.get('meta', 'key')
      expect(stored).toMatchObject({ privateKey: { extractable: false, type: 'private' } })
    })

    it('forgets everything when erased, and can be used again', async () => {
      const store = await make().open()
      await store.write([{ table: 'meta', key: 'a', value: 1 }])
      await store.erase()
      expect(await store.entries('meta')).toEqual([])
      await store.write([{ table: 'meta', key: 'b', value: 2 }])
      expect(await store.get('meta', 'b')).toBe(2)
    })
  })
}

async function generate(): Promise<CryptoKeyPair> {
  const pair = await crypto.subtle.generateKey('Ed25519', false, ['sign', 'verify'])
  if (!('privateKey' in pair)) throw new TypeError('Ed25519 makes a pair')
  return pair
}
