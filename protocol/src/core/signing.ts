import { canonicalBytes } from './canonical.ts'
import { toHex } from './encoding.ts'
import { HearthError } from './errors.ts'
import { type NodeId, parseNodeId, publicKeyOf, type Signature, signatureBytes, signatureOf } from './ids.ts'

/** Whoever can sign as one node. The private key stays inside (ID-5). */
export interface Signer {
  readonly nodeId: NodeId
  /** @returns 64 bytes */
  sign(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>>
}

export type Signed<T> = T & { readonly signature: Signature }

// The encodings of all points whose order divides 8. A signature under such a key can verify for any message, so ID-4
// refuses them; WebCrypto does not. RFC 8032 section 5.1 gives the curve; the x sign bit is masked before comparing.
const SMALL_ORDER = new Set([
  '0100000000000000000000000000000000000000000000000000000000000000',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  '0000000000000000000000000000000000000000000000000000000000000000',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  // the same points with a y that is not reduced
  'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
])

/** 2^252 + 27742317777372353535851937790883648493, the order of the base point, little-endian. */
const GROUP_ORDER = [
  0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
  0, 0, 0, 0, 0, 0x10,
]

function isSmallOrder(point: Uint8Array): boolean {
  const masked = point.slice()
  masked[31] = (masked[31] ?? 0) & 0x7f
  return SMALL_ORDER.has(toHex(masked))
}

/** S must be below the group order, or a second signature could be made from the first (RFC 8032, 5.1.7). */
function isCanonicalS(signature: Uint8Array): boolean {
  for (let i = 31; i >= 0; i--) {
    const s = signature[32 + i] ?? 0
    const order = GROUP_ORDER[i] ?? 0
    if (s !== order) return s < order
  }
  return false
}

const MAX_CACHED_KEYS = 1024
const keyCache = new Map<NodeId, Promise<CryptoKey>>()

function importKey(id: NodeId): Promise<CryptoKey> {
  const cached = keyCache.get(id)
  if (cached) return cached
  if (keyCache.size >= MAX_CACHED_KEYS) keyCache.clear()
  const imported = crypto.subtle.importKey('raw', publicKeyOf(id), 'Ed25519', false, ['verify'])
  keyCache.set(id, imported)
  return imported
}

/**
 * Strict Ed25519 (ID-4): canonical S, no small-order key.
 * @param signature 64 bytes
 * @returns false for every malformed input, too.
 */
export async function verifyBytes(
  by: NodeId,
  bytes: Uint8Array<ArrayBuffer>,
  signature: Uint8Array<ArrayBuffer>,
): Promise<boolean> {
  if (signature.length !== 64 || !isCanonicalS(signature) || isSmallOrder(publicKeyOf(by))) return false
  try {
    return await crypto.subtle.verify('Ed25519', await importKey(by), signature, bytes)
  } catch {
    return false // not a point on the curve
  }
}

function unsigned(record: object): Record<string, unknown> {
  const { signature: _, ...rest }: Record<string, unknown> = { ...record }
  return rest
}

/** The bytes a record's signature covers: canonical form without `signature` (ID-4). */
export const signedBytes = (record: object): Uint8Array<ArrayBuffer> => canonicalBytes(unsigned(record))

/** Adds `signature` over everything else in the record (ID-4). */
export async function signRecord<T extends object>(signer: Signer, record: T): Promise<Signed<T>> {
  return { ...record, signature: signatureOf(await signer.sign(signedBytes(record))) }
}

/** @returns whether `record.signature` is `by`'s over the rest of the record (ID-4). */
export async function verifyRecord(by: NodeId, record: Signed<object>): Promise<boolean> {
  return verifyBytes(by, signedBytes(record), signatureBytes(record.signature))
}

/** @throws HearthError `invalid_signature` */
export async function requireSignature(by: string, record: Signed<object>): Promise<void> {
  if (!(await verifyRecord(parseNodeId(by), record))) {
    throw new HearthError('invalid_signature', 'signature does not verify')
  }
}
