import type { Static, TSchema } from '@sinclair/typebox'
import { type ErrorCode, HearthError } from './errors.ts'
import { type ClaimId, type ContentId, type DisputeId, type NodeId, PATTERNS, type Signature, type Ulid } from './ids.ts'
import { mismatch } from './mismatch.ts'
import * as Type from './type.ts'

// JSON Schema for the wire, the branded type for the compiler: one declaration for both
const text = <T extends string>(pattern: string, description: string) => Type.Unsafe<T>(Type.String({ pattern, description }))

export const NodeIdSchema = text<NodeId>(PATTERNS.nodeId, 'Ed25519 public key (ID-1)')
export const ContentIdSchema = text<ContentId>(PATTERNS.contentId, 'BLAKE3-256 (ENC-5)')
export const UlidSchema = text<Ulid>(PATTERNS.ulid, 'ULID')
export const ClaimIdSchema = text<ClaimId>(PATTERNS.claimId, 'base32 of SHA-256 (EVI-1)')
export const DisputeIdSchema = text<DisputeId>(PATTERNS.claimId, 'base32 of SHA-256 (EVI-2)')
export const SignatureSchema = text<Signature>(PATTERNS.signature, 'Ed25519 signature (ID-4)')
export const TimeSchema = Type.String({ pattern: PATTERNS.time, description: 'RFC 3339, UTC, at most milliseconds (ENC-4)' })
export const NameSchema = Type.String({ minLength: 1, maxLength: 64, description: 'A name people chose' })
/** Non-negative 53-bit integer. */
export const CountSchema = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })

/** An object that accepts no other fields: what is not in the contract is an error, not a guess. */
export const Strict = <P extends Record<string, TSchema>>(properties: P) =>
  Type.Object(properties, { additionalProperties: false })

/** One of a fixed list of words. */
export const OneOf = <const T extends readonly string[]>(words: T) =>
  Type.Unsafe<T[number]>(Type.Union(words.map((word) => Type.Literal(word))))

/** Whether a value matches; narrows it. */
export const matches = <T extends TSchema>(schema: T, value: unknown): value is Static<T> => mismatch(schema, value) === null

/**
 * Parses an untrusted value into the schema's type, once, at the edge.
 * @param code the code a mismatch has where it is parsed: `schema_mismatch` for a call, `bad_request` for a frame.
 * @throws HearthError `code`, with `data.field` the JSON pointer of the first offence.
 */
export function parseAs<T extends TSchema>(schema: T, value: unknown, code: ErrorCode = 'schema_mismatch'): Static<T> {
  if (matches(schema, value)) return value
  const field = mismatch(schema, value) || '/'
  throw new HearthError(code, `${field}: does not match`, { data: { field } })
}
