import { concatBytes, fromBase64Url, fromHex } from '#protocol/core/encoding.ts'
import { nodeIdOf } from '#protocol/core/ids.ts'
import type { Signer } from '#protocol/core/signing.ts'

/** DER head of an Ed25519 private key in PKCS#8 (RFC 8410, section 7): the 32-byte seed follows. */
const PKCS8_HEAD = fromHex('302e020100300506032b657004220420')

/** A key pair that is the same in every run. @param seed 32-bit number */
export async function testSigner(seed: number): Promise<Signer> {
  const bytes = new Uint8Array(32)
  new DataView(bytes.buffer).setUint32(0, seed)
  const key = await crypto.subtle.importKey('pkcs8', concatBytes(PKCS8_HEAD, bytes), 'Ed25519', true, ['sign'])
  const { x } = await crypto.subtle.exportKey('jwk', key)
  if (x === undefined) throw new TypeError('an Ed25519 JWK has its public key in x (RFC 8037)')
  return {
    nodeId: nodeIdOf(fromBase64Url(x)),
    sign: async (message) => new Uint8Array(await crypto.subtle.sign('Ed25519', key, message)),
  }
}
