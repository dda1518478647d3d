import { nodeIdOf } from '../../core/ids.ts'
import type { Signer } from '../../core/signing.ts'

/** Somebody new, for tests in which it does not matter who. */
export async function freshSigner(): Promise<Signer> {
  const pair = await crypto.subtle.generateKey('Ed25519', false, ['sign', 'verify'])
  return {
    nodeId: nodeIdOf(new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey))),
    sign: async (bytes) => new Uint8Array(await crypto.subtle.sign('Ed25519', pair.privateKey, bytes)),
  }
}
