import { join } from 'node:path'
import { generateKeyPair, privateKeyFromProtobuf, privateKeyToProtobuf } from '@libp2p/crypto/keys'
import type { PrivateKey } from '@libp2p/interface'
import { fromBase64Url, toBase64Url } from '#protocol/core/encoding.ts'
import { readOrCreate } from './secret-file.ts'

/** The box's own Ed25519 key. Kept, because the peer id stands in every invite and QR code. */
export async function loadPeerKey(directory: string): Promise<PrivateKey> {
  const text = await readOrCreate(join(directory, 'peer.key'), async () =>
    toBase64Url(privateKeyToProtobuf(await generateKeyPair('Ed25519'))),
  )
  return privateKeyFromProtobuf(fromBase64Url(text.trim()))
}
