import { issueToken } from '#protocol/core/token.ts'
import { issueSessionToken } from '#protocol/tensor-transport/session-token.ts'
import { bad, good } from '../cases.ts'
import type { Vector, VectorSource } from '../format.ts'
import { type People, ulidOf } from '../seeded.ts'

const NOW = '2026-05-26T08:14:22Z'
const nowMs = Date.parse(NOW)
const SECOND = 1000

/** Anna offered Bert a session; HELLOs that reach her. */
export async function openings({ anna, bert, carla }: People): Promise<VectorSource> {
  const session_id = ulidOf('tensor session')
  const jti = ulidOf('tensor token')
  const purpose = 'shard.forward'
  const grant = { session_id, purpose, peer: bert.nodeId, nowMs, jti }
  const session_token = await issueSessionToken(anna, grant)
  const hello = {
    session_id,
    session_token,
    from: bert.nodeId,
    to: anna.nodeId,
    purpose,
    negotiation: { preferred_dtype: 'fp16', compression: 'zstd', max_chunk_bytes: 262_144, flow_window: 16 },
  }
  const input = (change: object, at = NOW, peer = bert.nodeId) => ({
    node_id: anna.nodeId,
    peer,
    at,
    hello: { ...hello, ...change },
  })
  const no = (name: string, catches: string, value: object, error = 'unauthorized'): Vector => bad(name, catches, value, error)
  const later = (seconds: number): string => new Date(nowMs + seconds * SECOND).toISOString()
  const payload = {
    aud: anna.nodeId,
    iat: nowMs / SECOND,
    nbf: nowMs / SECOND,
    exp: nowMs / SECOND + 3600,
    jti,
    issued_via: 'tensor.session',
  }
  const capabilities = ['tensor.session']
  const wide = await issueToken(anna, { ...payload, iss: anna.nodeId, sub: '*', scope: { capabilities } })
  const own = await issueToken(bert, {
    ...payload,
    iss: bert.nodeId,
    sub: bert.nodeId,
    scope: { capabilities, params_constraints: { session_id, purpose } },
  })
  return {
    name: 'open',
    operation: 'tensor.open',
    rule: 'TEN-5',
    about:
      'A HELLO that reaches `node_id` over a connection with `peer` at the time `at`: whether its token opens the session it names.',
    vectors: [
      good('as it was offered', 'For one session, one purpose, one peer', input({})),
      good('at the last second', 'A token lasts as long as a session can, and ten seconds', input({}, later(3609))),
      no('a second later', 'tokens do not end', input({}, later(3610)), 'expired'),
      no('a second too early', 'a token counts from any time', input({}, later(-1)), 'expired'),
      no('another session', 'a token opens any session', input({ session_id: ulidOf('another tensor session') })),
      no('another purpose', 'a token is good for any purpose', input({ purpose: 'adapter.fetch' })),
      no('over the connection of another', 'a token is good for who has it', input({}, NOW, carla.nodeId)),
      no(
        'the token of another session',
        'the session in the token is not compared',
        input({
          session_token: await issueSessionToken(anna, { ...grant, session_id: ulidOf('another tensor session') }),
        }),
      ),
      no(
        'signed by who wants in',
        'any signature that verifies will do',
        input({ session_token: await issueSessionToken(bert, grant) }),
      ),
      no(
        'for her who is asked, by who wants in',
        'that the audience is right is taken for her having issued it',
        input({ session_token: own }),
      ),
      no('for everybody, for everything', 'a token without constraints has none', input({ session_token: wide })),
      no(
        'a signature that was changed',
        'the signature is not verified',
        input({
          session_token: `${session_token.slice(0, -6)}AAAAAA`,
        }),
        'invalid_signature',
      ),
    ],
  }
}
