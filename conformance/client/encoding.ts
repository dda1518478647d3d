import { ed25519 } from '@noble/curves/ed25519.js'
import { blake3 } from '@noble/hashes/blake3.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { base32nopad, base64urlnopad, hex } from '@scure/base'
import canonicalize from 'canonicalize'

// The suite's own reading of section 1 and 2 of the foundations, from published libraries. It shares no code with any
// implementation, so that a mistake there is not repeated here.

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }
export type Bytes = Uint8Array<ArrayBuffer>

export const utf8 = (text: string): Bytes => new TextEncoder().encode(text)
export const text = (bytes: Uint8Array): string => new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
export const toBase64Url = (bytes: Uint8Array): string => base64urlnopad.encode(bytes)
export const fromBase64Url = (value: string): Bytes => new Uint8Array(base64urlnopad.decode(value))
export const toHex = (bytes: Uint8Array): string => hex.encode(bytes)
export const fromHex = (value: string): Bytes => new Uint8Array(hex.decode(value))

export function concat(...parts: readonly Uint8Array[]): Bytes {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    out.set(part, at)
    at += part.length
  }
  return out
}

/** RFC 8785 (ENC-2). */
export function canonical(value: unknown): string {
  const form = canonicalize(value)
  if (form === undefined) throw new TypeError('only JSON has a canonical form')
  return form
}

/** `blake3:<64 hex>` over the canonical form (ENC-5). */
export const contentId = (value: unknown): string => `blake3:${toHex(blake3(utf8(canonical(value))))}`
export const topicOf = (community: string): string => toHex(blake3(utf8(`hearthnet-topic${community}`)))
export const gossipTopic = (community: string): string => `/hearthnet/3/${topicOf(community)}/events`

const TAG = 'ed25519:'
const nodeIdOf = (publicKey: Uint8Array): string => TAG + toBase64Url(publicKey)
export const publicKeyOf = (nodeId: string): Bytes => fromBase64Url(nodeId.slice(TAG.length))

/** Everything but `signature` (ID-4). */
function unsigned(record: object): Record<string, unknown> {
  const { signature: _, ...rest }: Record<string, unknown> = { ...record }
  return rest
}

/** A key pair of the suite: no secret, it is derived from the seed of the run. */
export interface Identity {
  readonly seed: Bytes
  readonly nodeId: string
  signBytes(bytes: Uint8Array): Bytes
  /** Adds `signature` over everything else (ID-4). */
  sign<T extends object>(record: T): T & { readonly signature: string }
}

export function identityFrom(seed: Bytes): Identity {
  const publicKey = ed25519.getPublicKey(seed)
  const signBytes = (bytes: Uint8Array): Bytes => new Uint8Array(ed25519.sign(bytes, seed))
  return {
    seed,
    nodeId: nodeIdOf(publicKey),
    signBytes,
    sign: (record) => ({ ...record, signature: TAG + toBase64Url(signBytes(utf8(canonical(unsigned(record))))) }),
  }
}

/** Strict verification: RFC 8032, no small-order key, canonical S (ID-4). */
export function verify(nodeId: string, record: object): boolean {
  const signature: unknown = Reflect.get(record, 'signature')
  if (typeof signature !== 'string' || !signature.startsWith(TAG)) return false
  try {
    const bytes = fromBase64Url(signature.slice(TAG.length))
    return ed25519.verify(bytes, utf8(canonical(unsigned(record))), publicKeyOf(nodeId), { zip215: false })
  } catch {
    return false
  }
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

interface ClaimLike {
  readonly subject: string
  readonly predicate: string
  readonly object: string
  readonly asserted_by: string
  readonly asserted_at: string
  readonly sources: readonly { readonly source_id: string; readonly accessed_at: string; readonly content_sha?: string }[]
  readonly confidence: number
  readonly derived_from: readonly string[]
}

const hashed = (identity: object): string => base32nopad.encode(sha256(utf8(canonical(identity))))

/** EVI-1. */
export function claimId(claim: ClaimLike): string {
  const sources = claim.sources
    .map(({ source_id, accessed_at, content_sha }) => ({
      source_id,
      accessed_at,
      ...(content_sha === undefined ? {} : { content_sha }),
    }))
    .sort((a, b) =>
      compare(
        JSON.stringify([a.source_id, a.accessed_at, a.content_sha ?? '']),
        JSON.stringify([b.source_id, b.accessed_at, b.content_sha ?? '']),
      ),
    )
  const { subject, predicate, object, asserted_by, asserted_at } = claim
  return hashed({
    ...{ subject, predicate, object, asserted_by, asserted_at, sources },
    confidence: claim.confidence.toFixed(5),
    derived_from: [...claim.derived_from].sort(compare),
  })
}

/** EVI-2: the id of a dispute, over everything but its signature. */
export const disputeId = (dispute: object): string => hashed(unsigned(dispute))

const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/** A ULID of a time and 80 given bits. */
export function ulidOf(ms: number, random: Uint8Array): string {
  let bits = BigInt(ms) << 80n
  for (const [index, byte] of random.subarray(0, 10).entries()) bits |= BigInt(byte) << BigInt(72 - 8 * index)
  let out = ''
  for (let at = 0; at < 26; at++) {
    out = `${CROCKFORD[Number(bits & 31n)]}${out}`
    bits >>= 5n
  }
  return out
}

export const wireTime = (ms: number): string => new Date(ms).toISOString()
