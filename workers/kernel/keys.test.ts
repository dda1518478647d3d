import { describe, expect, it } from 'vitest'
import { createMemoryStore } from '../memory/memory-store.ts'
import { createKeys } from './keys.ts'

describe('a key of a module', () => {
  it('is made once, also when two ask at the same time, and is the same after a restart', async () => {
    const store = createMemoryStore()
    const keys = createKeys(store)
    const [one, two] = await Promise.all([keys.agreement('a.box'), keys.agreement('a.box')])
    expect(two).toBe(one)
    const again = await createKeys(store.reopen()).agreement('a.box')
    expect(again.publicKey).toEqual(one.publicKey)
    expect((await keys.agreement('b.box')).publicKey).not.toEqual(one.publicKey)
  })

  it('never leaves its CryptoKey (ID-5)', async () => {
    const { publicKey, privateKey } = await createKeys(createMemoryStore()).agreement('a.box')
    expect(publicKey).toHaveLength(32)
    expect(privateKey.extractable).toBe(false)
    await expect(crypto.subtle.exportKey('jwk', privateKey)).rejects.toThrow()
  })

  it('is tried again after a write that failed, and is not half there', async () => {
    const store = createMemoryStore()
    const keys = createKeys(store)
    store.setFull(true)
    await expect(keys.agreement('a.box')).rejects.toMatchObject({ code: 'capacity_exceeded' })
    store.setFull(false)
    const made = await keys.agreement('a.box')
    expect((await createKeys(store.reopen()).agreement('a.box')).publicKey).toEqual(made.publicKey)
  })
})
