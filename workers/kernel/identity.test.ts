import { beforeEach, describe, expect, it } from 'vitest'
import { utf8 } from '#protocol/core/encoding.ts'
import { verifyBytes } from '#protocol/core/signing.ts'
import { createMemoryStore, type MemoryStore } from '../memory/memory-store.ts'
import { createSeededRuntime } from '../testing/seeded-runtime.ts'
import { type IdentityKeeper, openIdentity } from './identity.ts'

const PASSPHRASE = 'vier zufällige Wörter hier'
let store: MemoryStore
let keeper: IdentityKeeper

beforeEach(async () => {
  store = createMemoryStore()
  keeper = await openIdentity(createSeededRuntime(1), store)
})

describe('identity (ID-1, ID-5)', () => {
  it('is made once, signs as its node id, and is there again after a restart', async () => {
    expect(keeper.current()).toBeNull()
    const made = await keeper.create('Anna')
    const message = utf8('hallo')
    expect(await verifyBytes(made.nodeId, message, await made.sign(message))).toBe(true)
    await expect(keeper.create('Bert')).rejects.toMatchObject({ code: 'bad_request' })
    const again = await openIdentity(createSeededRuntime(2), store.reopen())
    expect(again.current()).toMatchObject({ nodeId: made.nodeId, displayName: 'Anna', recovery: 'pending' })
  })

  it('keeps its private key where nobody can export it', async () => {
    await keeper.create('Anna')
    const stored = await store.get('meta', 'identity')
    const { privateKey } = stored as { privateKey: CryptoKey }
    expect(privateKey.extractable).toBe(false)
    await expect(crypto.subtle.exportKey('pkcs8', privateKey)).rejects.toThrow()
  })

  it('saves a recovery file that restores the same node elsewhere, with the right passphrase only', async () => {
    const made = await keeper.create('Anna')
    const file = await keeper.exportRecovery(PASSPHRASE)
    expect(file.kdf.rounds).toBeGreaterThanOrEqual(600_000)
    const elsewhere = await openIdentity(createSeededRuntime(3), createMemoryStore())
    await expect(elsewhere.restore(file, 'falsch falsch')).rejects.toMatchObject({ code: 'unauthorized' })
    expect(elsewhere.current()).toBeNull()
    const restored = await elsewhere.restore(file, PASSPHRASE)
    expect(restored).toMatchObject({ nodeId: made.nodeId, displayName: 'Anna', recovery: 'restored' })
    const message = utf8('wieder da')
    expect(await verifyBytes(made.nodeId, message, await restored.sign(message))).toBe(true)
  })

  it('takes a passphrase as the same however its umlauts were typed (NFKC)', async () => {
    await keeper.create('Anna')
    const file = await keeper.exportRecovery('Gr\u00fc\u00dfe aus Issum')
    const elsewhere = await openIdentity(createSeededRuntime(4), createMemoryStore())
    await expect(elsewhere.restore(file, 'Gru\u0308\u00dfe aus Issum')).resolves.toBeDefined()
  })

  it('refuses a file that was changed, also one that names another node', async () => {
    const made = await keeper.create('Anna')
    const file = await keeper.exportRecovery(PASSPHRASE)
    const other = await openIdentity(createSeededRuntime(5), createMemoryStore())
    const bert = await other.create('Bert')
    const fresh = await openIdentity(createSeededRuntime(6), createMemoryStore())
    await expect(fresh.restore({ ...file, node_id: bert.nodeId }, PASSPHRASE)).rejects.toMatchObject({ code: 'unauthorized' })
    const cipher = { ...file.cipher, text: `${file.cipher.text.slice(0, -2)}AA` }
    await expect(fresh.restore({ ...file, cipher }, PASSPHRASE)).rejects.toMatchObject({ code: 'unauthorized' })
    expect(made.nodeId).toBe(file.node_id)
  })

  it('lets the seed leave the device once the person has settled', async () => {
    await keeper.create('Anna')
    expect(await store.get('meta', 'identity')).toHaveProperty('wrappedSeed')
    await keeper.settleRecovery('saved')
    expect(await store.get('meta', 'identity')).not.toHaveProperty('wrappedSeed')
    await expect(keeper.exportRecovery(PASSPHRASE)).rejects.toMatchObject({ code: 'not_found' })
    expect(keeper.current()?.recovery).toBe('saved')
  })
})
