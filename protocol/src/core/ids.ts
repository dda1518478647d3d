import { fromBase64Url, toBase32, toBase64Url } from './encoding.ts'
import { HearthError } from './errors.ts'

declare const brand: unique symbol
type Brand<T, B extends string> = T & { readonly [brand]: B }

/** `"ed25519:" + base64url(32-byte public key)` (ID-1). */
export type NodeId = Brand<string, 'NodeId'>
/** The root's NodeId (COM-1). */
export type CommunityId = NodeId
/** `blake3:<64 lowercase hex>` (ENC-5). */
export type ContentId = Brand<string, 'ContentId'>
/** 26 characters of Crockford base32: 48 bits of time, 80 random (EVT-1). */
export type Ulid = Brand<string, 'Ulid'>
/** base32 of SHA-256, 52 characters (EVI-1). */
export type ClaimId = Brand<string, 'ClaimId'>
/** Made as a ClaimId is, over a dispute (EVI-2). */
export type DisputeId = Brand<string, 'DisputeId'>
/** `"ed25519:" + base64url(64 bytes)` (ID-4). */
export type Signature = Brand<string, 'Signature'>

/** Days there are: browsers disagree about a 30th of February, one takes it for a day of March and one for no time at all. */
const DAYS = [
  '\\d{4}-(0[13578]|1[02])-(0[1-9]|[12]\\d|3[01])',
  '\\d{4}-(0[469]|11)-(0[1-9]|[12]\\d|30)',
  '\\d{4}-02-(0[1-9]|1\\d|2[0-8])',
  '(\\d\\d(0[48]|[2468][048]|[13579][26])|([02468][048]|[13579][26])00)-02-29',
].join('|')

export const PATTERNS = {
  nodeId: '^ed25519:[A-Za-z0-9_-]{43}$',
  signature: '^ed25519:[A-Za-z0-9_-]{86}$',
  contentId: '^blake3:[0-9a-f]{64}$',
  ulid: '^[0-7][0-9A-HJKMNP-TV-Z]{25}$',
  claimId: '^[A-Z2-7]{52}$',
  /** RFC 3339, UTC, at most milliseconds (ENC-4). */
  time: `^(${DAYS})T([01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(\\.\\d{1,3})?Z$`,
} as const

const compiled = Object.fromEntries(Object.entries(PATTERNS).map(([name, source]) => [name, new RegExp(source)]))

function parser<T extends string>(pattern: keyof typeof PATTERNS, what: string): (value: unknown) => T {
  return (value) => {
    if (typeof value !== 'string' || !compiled[pattern]?.test(value)) {
      throw new HearthError('bad_request', `not a ${what}`)
    }
    return value as T // the pattern just matched
  }
}

export const parseNodeId = parser<NodeId>('nodeId', 'NodeID')
export const parseContentId = parser<ContentId>('contentId', 'content id')
export const parseUlid = parser<Ulid>('ulid', 'ULID')
export const parseClaimId = parser<ClaimId>('claimId', 'ClaimID')

const TAG = 'ed25519:'

/** @param key 32 bytes. */
export function nodeIdOf(key: Uint8Array): NodeId {
  if (key.length !== 32) throw new HearthError('bad_request', 'an Ed25519 public key has 32 bytes')
  return parseNodeId(TAG + toBase64Url(key))
}

/** The 32-byte public key inside a NodeID. */
export const publicKeyOf = (id: NodeId): Uint8Array<ArrayBuffer> => fromBase64Url(id.slice(TAG.length))

export const signatureOf = (bytes: Uint8Array): Signature =>
  parser<Signature>('signature', 'signature')(TAG + toBase64Url(bytes))
export const signatureBytes = (signature: string): Uint8Array<ArrayBuffer> => fromBase64Url(signature.slice(TAG.length))

/** `ABCD-EFGH-IJKL-MNOP`, for people only: never on the wire, never accepted as an id (ID-2). */
export function displayNodeId(id: NodeId): string {
  const text = toBase32(publicKeyOf(id).subarray(0, 10))
  return [0, 4, 8, 12].map((at) => text.slice(at, at + 4)).join('-')
}

/** RFC 3339 in UTC with milliseconds (ENC-4). @param ms since 1970. */
export const wireTime = (ms: number): string => new Date(ms).toISOString()
