import type { Static, TSchema } from '@sinclair/typebox'
import type { JsonValue } from '../core/json.ts'
import { ClaimIdSchema, NodeIdSchema, OneOf, Strict, TimeSchema } from '../core/schema.ts'
import * as Type from '../core/type.ts'
import { AttestationSchema, ClaimSchema, DisputeSchema, SYNC_DIRECTIONS } from './events.ts'

/** Seconds a hub has for one answer. */
export const EBKH_TIMEOUT_SECONDS = 10
/** How often a call is tried where the hub is unreachable, slow or answers 5xx. */
export const EBKH_TRIES = 3
/** Largest answer a node reads. */
export const EBKH_MAX_ANSWER_BYTES = 4 * 1024 * 1024
/** Most pages of one sync: a hub cannot keep a node busy for ever. */
export const EBKH_MAX_PAGES = 100
/** Scope a hub's token carries. */
export const EBKH_SCOPE = 'ebkh.*'

/** One method of the hub's JSON-RPC. */
export interface HubMethod<P extends TSchema = TSchema, R extends TSchema = TSchema> {
  readonly name: string
  readonly params: P
  readonly result: R
}
const method = <P extends TSchema, R extends TSchema>(name: string, params: P, result: R): HubMethod<P, R> => ({
  name,
  params,
  result,
})

// what a hub sends beside the known fields is passed over, so that a newer hub can serve an older node
const Open = Type.Object
/** Unchecked on purpose: one broken item must not cost the others (each is checked on its own). */
const Items = Type.Array(Type.Unsafe<JsonValue>(Type.Unknown()), { maxItems: 500 })
const Cursor = Type.Union([Type.String({ maxLength: 512 }), Type.Null()])
const PageSchema = Open({
  claims: Items,
  /** Where to go on; null when this was the last page. */
  cursor: Cursor,
})

/** A claim as a hub sends it: its own, under its own signature. */
export const HubClaimSchema = Type.Object({ claim_id: ClaimIdSchema, claim: ClaimSchema })

/** Hands a claim over, with what is said of it. */
export const pushClaim = method(
  'push_claim',
  Strict({
    claim_id: ClaimIdSchema,
    claim: ClaimSchema,
    attestations: Type.Array(AttestationSchema),
    disputes: Type.Array(DisputeSchema),
  }),
  Open({ status: OneOf(['stored', 'known']) }),
)

/** What the hub knows of a subject. */
export const pullEntity = method('pull_entity', Strict({ subject: ClaimSchema.properties.subject, cursor: Cursor }), PageSchema)

/** Claims whose object is a place, `geo:<lat>,<lon>` (RFC 5870), within a box. */
export const querySpatial = method(
  'query_spatial',
  Strict({
    /** West, south, east, north in degrees (WGS 84). */
    bbox: Type.Array(Type.Number(), { minItems: 4, maxItems: 4 }),
    predicate: ClaimSchema.properties.predicate,
    cursor: Cursor,
  }),
  PageSchema,
)

/** What changed at the hub since `cursor`, and which of the claims the node names the hub would like. */
export const sync = method(
  'sync',
  Strict({
    direction: OneOf(SYNC_DIRECTIONS),
    cursor: Cursor,
    /** Claims the node offers, in `push` and `bidi`. */
    have: Type.Array(ClaimIdSchema, { maxItems: 1000 }),
  }),
  Open({ claims: Items, cursor: Cursor, more: Type.Boolean(), want: Type.Array(ClaimIdSchema, { maxItems: 1000 }) }),
)

/** JSON-RPC 2.0 answer. */
export const HubAnswerSchema = Type.Union([
  Open({ jsonrpc: Type.Literal('2.0'), id: Type.String(), result: Type.Unsafe<JsonValue>(Type.Unknown()) }),
  Open({
    jsonrpc: Type.Literal('2.0'),
    id: Type.Union([Type.String(), Type.Null()]),
    error: Open({ code: Type.Integer(), message: Type.String({ maxLength: 1000 }) }),
  }),
])

/**
 * What `HearthNet-Proof` carries, signed by the node the token was issued to: base64url of the canonical object, a dot,
 * base64url of the signature. A stolen token alone is worth nothing.
 */
export const HubProofSchema = Strict({
  node_id: NodeIdSchema,
  issued_at: TimeSchema,
  /** base64url of SHA-256 of the request's body. */
  body_sha256: Type.String({ pattern: '^[A-Za-z0-9_-]{43}$' }),
})
export type HubProof = Static<typeof HubProofSchema>
