import { expect, it } from 'vitest'
import { createKeys } from './keys.ts'
import { openDexieStore } from './store/dexie-store.ts'

it('a key of a module stays in IndexedDB over a restart, agrees with another, and cannot be exported (ID-5)', async () => {
  const name = `keys-${crypto.randomUUID()}`
  const first = await openDexieStore(name)
  const made = await createKeys(first).agreement('a.box')
  await first.close()
  const second = await openDexieStore(name)
  const own = await createKeys(second).agreement('a.box')
  expect(own.publicKey).toEqual(made.publicKey)
  const other = await createKeys(second).agreement('b.box')

  const secretOf = async (privateKey: CryptoKey, publicKey: Uint8Array<ArrayBuffer>): Promise<Uint8Array> => {
    const theirs = await crypto.subtle.importKey('raw', publicKey, { name: 'X25519' }, true, [])
    return new Uint8Array(await crypto.subtle.deriveBits({ name: 'X25519', public: theirs }, privateKey, 256))
  }
  expect(await secretOf(own.privateKey, other.publicKey)).toEqual(await secretOf(other.privateKey, own.publicKey))
  await expect(crypto.subtle.exportKey('jwk', own.privateKey)).rejects.toThrow()
  await second.erase()
  await second.close()
})
