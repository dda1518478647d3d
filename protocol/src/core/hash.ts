import { blake3 as blake3Bytes } from '@noble/hashes/blake3.js'
import { sha256 as sha256Bytes } from '@noble/hashes/sha2.js'
import { canonicalBytes } from './canonical.ts'
import { toHex } from './encoding.ts'
import type { ContentId } from './ids.ts'

/** BLAKE3-256, 32 bytes. */
export const blake3 = (bytes: Uint8Array): Uint8Array => blake3Bytes(bytes)
/** SHA-256, 32 bytes. */
export const sha256 = (bytes: Uint8Array): Uint8Array => sha256Bytes(bytes)

/** Content id of bytes (ENC-5): `blake3:<64 lowercase hex>`. */
export function hashOf(bytes: Uint8Array): ContentId {
  // the one place a ContentId is made from a digest: its form is right by construction
  return `blake3:${toHex(blake3(bytes))}` as ContentId
}

/** Content id of a JSON value over its canonical form. */
export const contentIdOf = (value: unknown): ContentId => hashOf(canonicalBytes(value))
