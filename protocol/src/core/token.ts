import type { Static } from '@sinclair/typebox'
import { canonicalBytes } from './canonical.ts'
import { fromBase64Url, toBase64Url, utf8 } from './encoding.ts'
import { HearthError } from './errors.ts'
import type { NodeId } from './ids.ts'
import { type JsonValue, parseJson } from './json.ts'
import { CountSchema, matches, NodeIdSchema, parseAs, Strict, UlidSchema } from './schema.ts'
import { type Signer, verifyBytes } from './signing.ts'
import * as Type from './type.ts'

/** Longest token text (section 7). */
export const TOKEN_MAX_BYTES = 800
export const TOKEN_PREFIX = 'hntoken://v1/'

const HeaderSchema = Strict({ alg: Type.Literal('EdDSA'), typ: Type.Literal('hntoken'), v: Type.Literal(1) })
const HEADER: Static<typeof HeaderSchema> = { alg: 'EdDSA', typ: 'hntoken', v: 1 }

/** What a token grants (section 7). `params_constraints` must equal the call's values where they name one. */
export const ScopeSchema = Strict({
  /** Exact names, or a prefix ending in `.*`. */
  capabilities: Type.Array(Type.String({ maxLength: 128 }), { minItems: 1, maxItems: 8 }),
  params_constraints: Type.Optional(Type.Record(Type.String(), Type.Unsafe<JsonValue>(Type.Unknown()))),
  rate_limit_per_minute: Type.Optional(CountSchema),
  max_calls_total: Type.Optional(CountSchema),
})

/** Times are seconds since 1970, as in a JWT (RFC 7519). */
export const TokenPayloadSchema = Strict({
  iss: NodeIdSchema,
  sub: Type.Union([NodeIdSchema, Type.Literal('*')]),
  aud: NodeIdSchema,
  iat: CountSchema,
  nbf: CountSchema,
  exp: CountSchema,
  jti: UlidSchema,
  scope: ScopeSchema,
  issued_via: Type.String({ maxLength: 64 }),
})
export type TokenPayload = Static<typeof TokenPayloadSchema>

/** @throws HearthError `bad_request` when the token would exceed 800 bytes. */
export async function issueToken(signer: Signer, payload: TokenPayload): Promise<string> {
  const head = `${toBase64Url(canonicalBytes(HEADER))}.${toBase64Url(canonicalBytes(payload))}`
  const signature = await signer.sign(utf8(head))
  const token = `${TOKEN_PREFIX}${head}.${toBase64Url(signature)}`
  if (token.length > TOKEN_MAX_BYTES) throw new HearthError('bad_request', `token over ${TOKEN_MAX_BYTES} bytes`)
  return token
}

interface TokenParts {
  readonly signedText: string
  readonly payload: TokenPayload
  readonly signature: Uint8Array<ArrayBuffer>
}

function splitToken(token: string): TokenParts {
  if (token.length > TOKEN_MAX_BYTES || !token.startsWith(TOKEN_PREFIX)) throw new HearthError('bad_request', 'not a token')
  const parts = token.slice(TOKEN_PREFIX.length).split('.')
  const [header, payload, signature] = parts
  if (parts.length !== 3 || !header || !payload || signature === undefined) throw new HearthError('bad_request', 'not a token')
  // `alg: none` and friends: the algorithm is ours to say, not the token's
  if (!matches(HeaderSchema, parseJson(fromBase64Url(header)))) {
    throw new HearthError('invalid_signature', 'token algorithm is not EdDSA')
  }
  return {
    signedText: `${header}.${payload}`,
    payload: parseAs(TokenPayloadSchema, parseJson(fromBase64Url(payload)), 'bad_request'),
    signature: fromBase64Url(signature),
  }
}

/**
 * Reads a token without checking its signature: for tokens that were opened before they were stored.
 * @throws HearthError `bad_request`, `invalid_signature` when the algorithm is not ours
 */
export const readToken = (token: string): TokenPayload => splitToken(token).payload

/**
 * Checks form, pinned algorithm and signature; times and scope are `checkGrant`'s.
 * @throws HearthError `bad_request` for form, `invalid_signature` for anything forged.
 */
export async function openToken(token: string): Promise<TokenPayload> {
  const { signedText, payload, signature } = splitToken(token)
  if (!(await verifyBytes(payload.iss, utf8(signedText), signature))) {
    throw new HearthError('invalid_signature', 'token signature does not verify')
  }
  return payload
}

const covers = (granted: readonly string[], capability: string): boolean =>
  granted.some((name) => name === capability || (name.endsWith('.*') && capability.startsWith(name.slice(0, -1))))

/**
 * Whether an opened token grants this use now (section 7). Revocation and membership of the issuer are the caller's to
 * ask of the log.
 * @throws HearthError `expired` (also not yet valid), `unauthorized` (subject, audience, scope)
 */
export function checkGrant(
  token: TokenPayload,
  use: { readonly capability: string; readonly subject: NodeId; readonly audience: NodeId; readonly nowMs: number },
): void {
  const now = Math.floor(use.nowMs / 1000)
  if (now >= token.exp) throw new HearthError('expired', 'token has expired')
  if (now < token.nbf) throw new HearthError('expired', 'token is not valid yet')
  if (token.aud !== use.audience) throw new HearthError('unauthorized', 'token is for someone else')
  if (token.sub !== '*' && token.sub !== use.subject) throw new HearthError('unauthorized', 'token is held by someone else')
  if (!covers(token.scope.capabilities, use.capability)) throw new HearthError('unauthorized', 'token does not cover this call')
}
