import { publicKeyFromRaw } from '@libp2p/crypto/keys'
import type { Ed25519PrivateKey, Ed25519PublicKey, PeerId } from '@libp2p/interface'
import { peerIdFromPublicKey } from '@libp2p/peer-id'
import { HearthError } from '#protocol/core/errors.ts'
import { type NodeId, nodeIdOf, publicKeyOf } from '#protocol/core/ids.ts'
import type { Signer } from '#protocol/core/signing.ts'
import { createBoundedMap } from '../bus/bounded-map.ts'

/** A peer id keeps its base58 once it was written, and writing it costs more than most that is done with it. */
const KEPT_PEER_IDS = 1024
const peerIds = createBoundedMap<NodeId, PeerId>(KEPT_PEER_IDS)

function libp2pKeyOf(id: NodeId): Ed25519PublicKey {
  const key = publicKeyFromRaw(publicKeyOf(id))
  if (key.type !== 'Ed25519') throw new HearthError('bad_request', 'not an Ed25519 key')
  return key
}

/** The libp2p peer id derived from the node's key (ID-3). */
export const peerIdOf = (id: NodeId): PeerId => peerIds.getOrMake(id, () => peerIdFromPublicKey(libp2pKeyOf(id)))

/** @returns null for a peer whose key is not Ed25519: no node of ours (ID-1, ID-3). */
export function nodeIdOfPeer(peer: PeerId): NodeId | null {
  const key = peer.publicKey
  return key?.type === 'Ed25519' ? nodeIdOf(key.raw) : null
}

/**
 * The node's key as libp2p wants it. Noise, peer records and the relay only sign with it, so the private key stays a
 * non-extractable CryptoKey (ID-5); whatever asks for `raw` is told no.
 */
export function privateKeyOf(signer: Signer): Ed25519PrivateKey {
  const publicKey = libp2pKeyOf(signer.nodeId)
  return {
    type: 'Ed25519',
    publicKey,
    get raw(): never {
      throw new HearthError('unauthorized', 'the private key does not leave its CryptoKey')
    },
    equals: (other?: Partial<Ed25519PrivateKey>) => publicKey.equals(other?.publicKey),
    sign: (data) => signer.sign(new Uint8Array(data.subarray())),
  }
}
