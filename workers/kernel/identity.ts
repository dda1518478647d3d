import type { Static } from '@sinclair/typebox'
import { concatBytes, fromBase64Url, toBase64Url, utf8 } from '#protocol/core/encoding.ts'
import { HearthError } from '#protocol/core/errors.ts'
import { type NodeId, nodeIdOf } from '#protocol/core/ids.ts'
import type { Signer } from '#protocol/core/signing.ts'
import type { RecoveryFileSchema } from '#protocol/node/capabilities.ts'
import type { Runtime } from './runtime.ts'
import type { Store } from './store/store.ts'

export type RecoveryFile = Static<typeof RecoveryFileSchema>
export type RecoveryState = 'pending' | 'saved' | 'declined' | 'restored'

/** OWASP's floor for PBKDF2-HMAC-SHA-256, which ID-5 names. */
const KDF_ROUNDS = 600_000
const IDENTITY_KEY = 'identity'

/** As stored: the signing key cannot be exported; a seed waits, wrapped, only until the person settles (ID-5). */
interface StoredIdentity {
  readonly nodeId: NodeId
  readonly displayName: string
  readonly createdAt: number
  readonly privateKey: CryptoKey
  readonly recovery: RecoveryState
  readonly wrappedSeed?: { readonly key: CryptoKey; readonly iv: Uint8Array<ArrayBuffer>; readonly bytes: ArrayBuffer }
}

export interface Identity extends Signer {
  readonly displayName: string
  /** Milliseconds since 1970. */
  readonly createdAt: number
  readonly recovery: RecoveryState
}

export interface IdentityKeeper {
  current(): Identity | null
  /** @throws HearthError `bad_request` when there is one already */
  create(displayName: string): Promise<Identity>
  /** @throws HearthError `not_found` once the seed has left the device */
  exportRecovery(passphrase: string): Promise<RecoveryFile>
  settleRecovery(outcome: 'saved' | 'declined'): Promise<void>
  /** @throws HearthError `unauthorized` for a wrong passphrase or a damaged file */
  restore(file: RecoveryFile, passphrase: string): Promise<Identity>
  rename(displayName: string): Promise<void>
}

// RFC 8410: an Ed25519 private key in PKCS #8 is this prefix and the 32-byte seed
const PKCS8_PREFIX = Uint8Array.of(
  0x30,
  0x2e,
  0x02,
  0x01,
  0x00,
  0x30,
  0x05,
  0x06,
  0x03,
  0x2b,
  0x65,
  0x70,
  0x04,
  0x22,
  0x04,
  0x20,
)

async function keysFromSeed(seed: Uint8Array): Promise<{ nodeId: NodeId; privateKey: CryptoKey }> {
  const pkcs8 = concatBytes(PKCS8_PREFIX, seed)
  const exportable = await crypto.subtle.importKey('pkcs8', pkcs8, 'Ed25519', true, ['sign'])
  const { x } = await crypto.subtle.exportKey('jwk', exportable)
  if (x === undefined) throw new HearthError('internal_error', 'the browser made no public key')
  const privateKey = await crypto.subtle.importKey('pkcs8', pkcs8, 'Ed25519', false, ['sign'])
  pkcs8.fill(0)
  return { nodeId: nodeIdOf(fromBase64Url(x)), privateKey }
}

async function passphraseKey(passphrase: string, salt: Uint8Array<ArrayBuffer>, rounds: number): Promise<CryptoKey> {
  const material = await crypto.subtle.importKey('raw', utf8(passphrase.normalize('NFKC')), 'PBKDF2', false, ['deriveKey'])
  return crypto.subtle.deriveKey(
    { name: 'PBKDF2', hash: 'SHA-256', salt, iterations: rounds },
    material,
    { name: 'AES-GCM', length: 256 },
    false,
    ['encrypt', 'decrypt'],
  )
}

function asIdentity(stored: StoredIdentity): Identity {
  return {
    nodeId: stored.nodeId,
    displayName: stored.displayName,
    createdAt: stored.createdAt,
    recovery: stored.recovery,
    sign: async (bytes) => new Uint8Array(await crypto.subtle.sign('Ed25519', stored.privateKey, bytes)),
  }
}

async function wrapSeed(runtime: Runtime, seed: Uint8Array<ArrayBuffer>) {
  const key = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt'])
  const iv = runtime.randomBytes(12)
  return { key, iv, bytes: await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, key, seed) }
}

/** Opens the device's identity, if it has one (ID-1, ID-5). */
export async function openIdentity(runtime: Runtime, store: Store): Promise<IdentityKeeper> {
  // written by this file alone
  let stored = (await store.get('meta', IDENTITY_KEY)) as StoredIdentity | undefined

  let identity = stored ? asIdentity(stored) : null

  async function save(next: StoredIdentity): Promise<Identity> {
    await store.write([{ table: 'meta', key: IDENTITY_KEY, value: next }])
    stored = next
    identity = asIdentity(next)
    return identity
  }

  function required(): StoredIdentity {
    if (!stored) throw new HearthError('not_found', 'this device has no identity yet')
    return stored
  }

  function requireNone(): void {
    if (stored) throw new HearthError('bad_request', 'this device has an identity already')
  }

  return {
    current: () => identity,

    async create(displayName) {
      requireNone()
      const seed = runtime.randomBytes(32)
      const keys = await keysFromSeed(seed)
      const wrappedSeed = await wrapSeed(runtime, seed)
      seed.fill(0)
      return save({ ...keys, displayName, createdAt: runtime.now(), recovery: 'pending', wrappedSeed })
    },

    async exportRecovery(passphrase) {
      const { wrappedSeed, nodeId, displayName } = required()
      if (!wrappedSeed) throw new HearthError('not_found', 'the seed has left this device')
      const seed = await crypto.subtle.decrypt({ name: 'AES-GCM', iv: wrappedSeed.iv }, wrappedSeed.key, wrappedSeed.bytes)
      const salt = runtime.randomBytes(16)
      const iv = runtime.randomBytes(12)
      const key = await passphraseKey(passphrase, salt, KDF_ROUNDS)
      // the file's own id is authenticated with the seed, so that nobody swaps it
      const text = await crypto.subtle.encrypt({ name: 'AES-GCM', iv, additionalData: utf8(nodeId) }, key, seed)
      return {
        format: 'hearthnet-recovery',
        version: 1,
        node_id: nodeId,
        display_name: displayName,
        kdf: { name: 'PBKDF2-SHA-256', rounds: KDF_ROUNDS, salt: toBase64Url(salt) },
        cipher: { name: 'AES-256-GCM', iv: toBase64Url(iv), text: toBase64Url(new Uint8Array(text)) },
      }
    },

    async settleRecovery(outcome) {
      const { wrappedSeed: _, ...rest } = required()
      await save({ ...rest, recovery: outcome })
    },

    async restore(file, passphrase) {
      requireNone()
      const key = await passphraseKey(passphrase, fromBase64Url(file.kdf.salt), file.kdf.rounds)
      let seed: Uint8Array<ArrayBuffer>
      try {
        const additionalData = utf8(file.node_id)
        seed = new Uint8Array(
          await crypto.subtle.decrypt(
            { name: 'AES-GCM', iv: fromBase64Url(file.cipher.iv), additionalData },
            key,
            fromBase64Url(file.cipher.text),
          ),
        )
      } catch (cause) {
        throw new HearthError('unauthorized', 'wrong passphrase or damaged file', { cause })
      }
      const keys = await keysFromSeed(seed)
      seed.fill(0)
      if (keys.nodeId !== file.node_id) throw new HearthError('bad_request', 'the file holds the key of another node')
      return save({ ...keys, displayName: file.display_name, createdAt: runtime.now(), recovery: 'restored' })
    },

    async rename(displayName) {
      await save({ ...required(), displayName })
    },
  }
}
