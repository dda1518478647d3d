import { HearthError } from '#protocol/core/errors.ts'
import type { Store } from './store/store.ts'

/** A pair for agreeing on a secret (X25519, RFC 7748). The private half is a CryptoKey that cannot be exported. */
export interface AgreementKey {
  /** 32 bytes. */
  readonly publicKey: Uint8Array<ArrayBuffer>
  readonly privateKey: CryptoKey
}

/** Keys of modules, kept where the identity's key is kept and never readable by a script, as that one (ID-5). */
export interface Keys {
  /**
   * The pair of that name, made the first time it is asked for.
   * @param name `<module>.<thing>`, unique among modules
   * @throws HearthError `not_implemented` where the browser has no X25519
   */
  agreement(name: string): Promise<AgreementKey>
}

async function createPair(): Promise<AgreementKey> {
  let pair: CryptoKeyPair
  try {
    // generateKey answers a pair for this algorithm
    pair = (await crypto.subtle.generateKey({ name: 'X25519' }, false, ['deriveBits'])) as CryptoKeyPair
  } catch (cause) {
    throw new HearthError('not_implemented', 'this browser has no X25519', { cause })
  }
  const publicKey = new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey))
  return { publicKey, privateKey: pair.privateKey }
}

export function createKeys(store: Store): Keys {
  const open = new Map<string, Promise<AgreementKey>>()

  async function load(name: string): Promise<AgreementKey> {
    const at = `key.${name}`
    // written below and nowhere else
    const stored = (await store.get('meta', at)) as AgreementKey | undefined
    if (stored) return stored
    const made = await createPair()
    await store.write([{ table: 'meta', key: at, value: made }])
    return made
  }

  return {
    agreement(name) {
      // two who ask at once get one pair; what failed is tried again
      const pending =
        open.get(name) ??
        load(name).catch((error: unknown) => {
          open.delete(name)
          throw error
        })
      open.set(name, pending)
      return pending
    },
  }
}
