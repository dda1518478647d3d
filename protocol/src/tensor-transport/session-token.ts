import { HearthError } from '../core/errors.ts'
import type { NodeId, Ulid } from '../core/ids.ts'
import type { Signer } from '../core/signing.ts'
import { checkGrant, issueToken, openToken } from '../core/token.ts'
import { TENSOR_HELLO_SECONDS, TENSOR_MAX_SESSION_LIFETIME_SECONDS } from './constants.ts'
import type { TensorHello } from './wire.ts'

/** What a session token grants; no call on the bus is named so. */
const SCOPE = 'tensor.session'

export interface SessionGrant {
  readonly session_id: Ulid
  readonly purpose: string
  /** Who may open the session. */
  readonly peer: NodeId
  readonly nowMs: number
  readonly jti: Ulid
}

/** A token for one session, one purpose and one peer, from whom the session is opened with (TEN-5, section 7). */
export function issueSessionToken(signer: Signer, { session_id, purpose, peer, nowMs, jti }: SessionGrant): Promise<string> {
  const now = Math.floor(nowMs / 1000)
  return issueToken(signer, {
    iss: signer.nodeId,
    sub: peer,
    aud: signer.nodeId,
    iat: now,
    nbf: now,
    exp: now + TENSOR_MAX_SESSION_LIFETIME_SECONDS + TENSOR_HELLO_SECONDS,
    jti,
    scope: { capabilities: [SCOPE], params_constraints: { session_id, purpose } },
    issued_via: SCOPE,
  })
}

/**
 * Whether the HELLO of `peer` may open a session at `self`, which issued its token.
 * @throws HearthError `bad_request`, `invalid_signature`, `expired`, `unauthorized`
 */
export async function checkSessionToken(hello: TensorHello, self: NodeId, peer: NodeId, nowMs: number): Promise<void> {
  const token = await openToken(hello.session_token)
  checkGrant(token, { capability: SCOPE, subject: peer, audience: self, nowMs })
  const { session_id, purpose } = token.scope.params_constraints ?? {}
  const own = token.iss === self && token.sub === peer
  if (!own || session_id !== hello.session_id || purpose !== hello.purpose)
    throw new HearthError('unauthorized', 'the token is for another session')
}
