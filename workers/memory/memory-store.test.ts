import { describe, expect, it } from 'vitest'
import { testStore } from '../kernel/store/store.contract.ts'
import { createMemoryStore, type MemoryStore } from './memory-store.ts'

let last: MemoryStore
testStore('memory', () => ({
  open: async () => {
    last = createMemoryStore()
    return last
  },
  reopen: async () => last.reopen(),
}))

describe('the faults of the store in memory', () => {
  it('crashes before or after the n-th write, once', async () => {
    const store = createMemoryStore()
    store.crashAtWrite(2, 'before')
    await store.write([{ table: 'meta', key: 'a', value: 1 }])
    await expect(store.write([{ table: 'meta', key: 'b', value: 2 }])).rejects.toThrow('before')
    expect(await store.get('meta', 'b')).toBeUndefined()
    store.crashAtWrite(1, 'after')
    await expect(store.write([{ table: 'meta', key: 'c', value: 3 }])).rejects.toThrow('after')
    expect(await store.get('meta', 'c')).toBe(3)
  })

  it('refuses every write while it is full', async () => {
    const store = createMemoryStore()
    store.setFull(true)
    await expect(store.write([{ table: 'meta', key: 'a', value: 1 }])).rejects.toMatchObject({ code: 'capacity_exceeded' })
  })
})
