import { toBase64Url, wireTime } from '../../../client/encoding.ts'
import type { Draft } from '../../../client/envelopes.ts'
import type { Peer } from '../../../client/peer.ts'
import { nowSeconds, partsOf, SCHEME, signedToken, spell, tokenOf } from '../../../client/token.ts'
import { type Case, ensure, member, outcomeOf } from '../../../harness/case.ts'

const ECHO = 'node.echo'
const said = { payload: 'x' }

interface Scene {
  readonly issuer: Peer
  readonly holder: Peer
}

/** A stranger shows a token with its call; what it is answered. */
const shown = (id: string, title: string, make: (scene: Scene) => string, expected: string, change: Draft = {}): Case => ({
  id,
  title,
  needs: ['call'],
  async run({ peer }) {
    const scene = { issuer: await peer('member'), holder: await peer('stranger') }
    const answer = await scene.holder.ask(ECHO, said, { token: make(scene), ...change })
    ensure(outcomeOf(answer) === expected, expected, answer)
  },
})

const echo =
  (overrides: (scene: Scene) => Draft = () => ({}), scope: Draft = {}) =>
  (scene: Scene): string =>
    tokenOf(scene.issuer, [ECHO], overrides(scene), scope)

/** Another header over the same payload, signed rightly. */
const header =
  (value: Draft) =>
  ({ issuer }: Scene): string => {
    const [, payload] = partsOf(tokenOf(issuer, [ECHO]))
    const text = new TextDecoder().decode(
      Uint8Array.from(atob(payload.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0)),
    )
    return signedToken(issuer, JSON.parse(JSON.stringify(value)), JSON.parse(text))
  }

const respelt =
  (change: (parts: readonly [string, string, string], scene: Scene) => string) =>
  (scene: Scene): string =>
    change(partsOf(tokenOf(scene.issuer, [ECHO])), scene)

export const cases: readonly Case[] = [
  shown('TOK-3.granted', 'A member’s token lets a stranger make the call it covers', echo(), 'ok'),
  shown(
    'TOK-3.granted-to-me',
    'A token for one holder serves that one',
    echo(({ holder }) => ({ sub: holder.nodeId })),
    'ok',
  ),
  shown(
    'TOK-3.this-node',
    'A token may be for this one node',
    echo(({ issuer }) => ({ aud: issuer.target.nodeId })),
    'ok',
  ),
  shown('TOK-2.prefix', 'A prefix in the scope covers what continues it', ({ issuer }) => tokenOf(issuer, ['node.*']), 'ok'),
  shown(
    'TOK-2.prefix-needs-the-dot',
    'A prefix covers nothing that only begins alike',
    ({ issuer }) => tokenOf(issuer, ['node.ec.*']),
    'unauthorized',
  ),
  shown('TOK-2.no-glob', 'A star inside a name covers nothing', ({ issuer }) => tokenOf(issuer, ['node.ec*']), 'unauthorized'),
  shown('TOK-2.one-of-several', 'Several names may be in one scope', ({ issuer }) => tokenOf(issuer, ['a.b', ECHO]), 'ok'),
  shown(
    'TOK-3.other-name',
    'A token for another call does not cover this one',
    ({ issuer }) => tokenOf(issuer, ['node.status']),
    'unauthorized',
  ),
  shown(
    'TOK-3.other-holder',
    'A token for somebody else is refused',
    echo(({ issuer }) => ({ sub: issuer.nodeId })),
    'unauthorized',
  ),
  shown(
    'TOK-3.other-audience',
    'A token for another community is refused',
    echo(({ holder }) => ({ aud: holder.nodeId })),
    'unauthorized',
  ),
  shown(
    'TOK-3.expired',
    'A token that has run out is expired',
    echo(() => ({ exp: nowSeconds() - 1 })),
    'expired',
  ),
  shown(
    'TOK-3.not-yet',
    'A token that is not yet valid is expired',
    echo(() => ({ nbf: nowSeconds() + 600 })),
    'expired',
  ),
  shown(
    'TOK-3.issuer-no-member',
    'A token by somebody who is no member grants nothing',
    ({ holder }) => tokenOf(holder, [ECHO]),
    'revoked',
  ),
  shown(
    'TOK-3.constraint',
    'A constraint that the input meets is met',
    echo(() => ({}), { params_constraints: { payload: 'x' } }),
    'ok',
  ),
  shown(
    'TOK-3.constraint-unmet',
    'A constraint that the input does not meet refuses',
    echo(() => ({}), { params_constraints: { payload: 'y' } }),
    'unauthorized',
  ),
  shown(
    'TOK-3.constraint-absent',
    'A constraint on a field that the input lacks refuses',
    echo(() => ({}), { params_constraints: { room: 'x' } }),
    'unauthorized',
  ),
  shown(
    'TOK-3.self-never',
    'No token grants what is for the person at the device',
    ({ issuer }) => tokenOf(issuer, ['node.*']),
    'unauthorized',
    { capability: 'node.status', body: { params: {}, input: {} } },
  ),
  shown('TOK-1.alg-none', 'alg none is invalid_signature', header({ alg: 'none', typ: 'hntoken', v: 1 }), 'invalid_signature'),
  shown(
    'TOK-1.alg-other',
    'Another algorithm is invalid_signature',
    header({ alg: 'HS256', typ: 'hntoken', v: 1 }),
    'invalid_signature',
  ),
  shown(
    'TOK-1.typ-other',
    'Another type is invalid_signature',
    header({ alg: 'EdDSA', typ: 'JWT', v: 1 }),
    'invalid_signature',
  ),
  shown(
    'TOK-1.version-other',
    'Another version in the header is invalid_signature',
    header({ alg: 'EdDSA', typ: 'hntoken', v: 2 }),
    'invalid_signature',
  ),
  shown(
    'TOK-1.header-extra',
    'A header with a key of its own is invalid_signature',
    header({ alg: 'EdDSA', typ: 'hntoken', v: 1, jwk: 'mine' }),
    'invalid_signature',
  ),
  shown(
    'TOK-1.empty-signature',
    'An empty signature is invalid_signature',
    respelt(([head, payload]) => spell(head, payload, '')),
    'invalid_signature',
  ),
  shown(
    'TOK-1.forged-payload',
    'A payload that was changed is invalid_signature',
    respelt(([head, , signature], { issuer, holder }) => {
      const [, other] = partsOf(tokenOf(issuer, ['node.*'], { sub: holder.nodeId }))
      return spell(head, other, signature)
    }),
    'invalid_signature',
  ),
  shown(
    'TOK-1.signed-by-another',
    'A token that another signed is invalid_signature',
    ({ issuer, holder }) => tokenOf(holder, [ECHO], { iss: issuer.nodeId }),
    'invalid_signature',
  ),
  shown(
    'TOK-1.short-signature',
    'A signature of 63 bytes is invalid_signature',
    respelt(([head, payload, signature]) => spell(head, payload, signature.slice(0, 84))),
    'invalid_signature',
  ),
  shown(
    'TOK-1.zero-signature',
    'A signature of zeros is invalid_signature',
    respelt(([head, payload]) => spell(head, payload, toBase64Url(new Uint8Array(64)))),
    'invalid_signature',
  ),
  shown(
    'TOK-1.no-scheme',
    'A token without its scheme is bad_request',
    (scene) => echo()(scene).slice(SCHEME.length),
    'bad_request',
  ),
  shown(
    'TOK-1.scheme-v2',
    'A token of another version is bad_request',
    (scene) => echo()(scene).replace('/v1/', '/v2/'),
    'bad_request',
  ),
  shown(
    'TOK-1.two-parts',
    'A token of two parts is bad_request',
    respelt(([head, payload]) => `${SCHEME}${head}.${payload}`),
    'bad_request',
  ),
  shown('TOK-1.four-parts', 'A token of four parts is bad_request', (scene) => `${echo()(scene)}.AAAA`, 'bad_request'),
  shown(
    'TOK-1.not-base64',
    'A payload that is no base64url is bad_request',
    respelt(([head, , signature]) => spell(head, '$$$', signature)),
    'bad_request',
  ),
  shown(
    'TOK-2.payload-extra',
    'A payload with a field of its own is bad_request',
    ({ issuer }) => tokenOf(issuer, [ECHO], { admin: true }),
    'bad_request',
  ),
  shown(
    'TOK-2.no-jti',
    'A payload without jti is bad_request',
    ({ issuer }) => tokenOf(issuer, [ECHO], { jti: undefined }),
    'bad_request',
  ),
  shown(
    'TOK-2.no-exp',
    'A payload without an end is bad_request',
    ({ issuer }) => tokenOf(issuer, [ECHO], { exp: undefined }),
    'bad_request',
  ),
  shown(
    'TOK-2.exp-text',
    'An end that is a text is bad_request',
    ({ issuer }) => tokenOf(issuer, [ECHO], { exp: '2099-01-01T00:00:00Z' }),
    'bad_request',
  ),
  shown('TOK-2.empty-scope', 'A scope of no names is bad_request', ({ issuer }) => tokenOf(issuer, []), 'bad_request'),
  shown(
    'TOK-2.scope-extra',
    'A scope with a field of its own is bad_request',
    ({ issuer }) => tokenOf(issuer, [ECHO], {}, { level: 'anchor' }),
    'bad_request',
  ),
  {
    id: 'TOK-4.used-up',
    title: 'A token for two calls serves two, and is then expired',
    needs: ['call'],
    async run({ peer }) {
      const [issuer, holder] = [await peer('member'), await peer('stranger')]
      const token = tokenOf(issuer, [ECHO], {}, { max_calls_total: 2 })
      const outcomes: string[] = []
      for (let at = 0; at < 3; at++) outcomes.push(outcomeOf(await holder.ask(ECHO, said, { token })))
      ensure(outcomes.join() === 'ok,ok,expired', 'ok, ok, expired', outcomes)
    },
  },
  {
    id: 'TOK-4.per-minute',
    title: 'A token for one call a minute is rate_limited at the second, with a time to wait',
    needs: ['call'],
    async run({ peer }) {
      const [issuer, holder] = [await peer('member'), await peer('stranger')]
      const token = tokenOf(issuer, [ECHO], {}, { rate_limit_per_minute: 1 })
      ensure(outcomeOf(await holder.ask(ECHO, said, { token })) === 'ok', 'the first served', '')
      const second = await holder.deliver(holder.request(ECHO, said, { token }))
      ensure(outcomeOf(second) === 'rate_limited', 'rate_limited', second)
      const wait = Number(member(second, 'error', 'retry_after_ms'))
      ensure(wait > 30_000 && wait <= 60_000, 'a wait within the minute', wait)
    },
  },
  {
    id: 'TOK-5.revoked',
    title: 'A token that the person revoked is revoked',
    needs: ['call', 'person'],
    async run({ peer, does }) {
      const holder = await peer('stranger')
      const made = await does('auth.token.issue', {
        subject: holder.nodeId,
        scope: { capabilities: [ECHO] },
        valid_seconds: 600,
      })
      const token = String(member(made, 'token'))
      ensure(outcomeOf(await holder.ask(ECHO, said, { token })) === 'ok', 'served before', '')
      await does('auth.token.revoke', { jti: member(made, 'jti') ?? null })
      const answer = await holder.ask(ECHO, said, { token })
      ensure(outcomeOf(answer) === 'revoked', 'revoked', answer)
    },
  },
  {
    id: 'TOK-5.by-its-issuer',
    title: 'A member’s token that the member withdrew in the log is revoked',
    needs: ['wire', 'sync'],
    async run({ peer, lent }) {
      const [issuer, holder] = [await lent('member'), await peer('stranger')]
      const jti = issuer.ulid()
      const token = tokenOf(issuer, [ECHO], { jti })
      ensure(outcomeOf(await holder.ask(ECHO, said, { token })) === 'ok', 'served before', '')
      await issuer.write('auth.token.revoked', { jti })
      const answer = await holder.ask(ECHO, said, { token })
      ensure(outcomeOf(answer) === 'revoked', 'revoked', answer)
    },
  },
  {
    id: 'TOK-5.by-another',
    title: 'A member ends no token of another member, not even one it put on record as its own invite',
    needs: ['wire', 'sync'],
    async run({ peer, fresh }) {
      const [issuer, other, holder] = [await peer('member'), await fresh('trusted'), await peer('stranger')]
      const jti = issuer.ulid()
      await other.write('community.invite.issued', { jti, uses: 1, expires_at: wireTime(Date.now() + 600_000) })
      await other.write('auth.token.revoked', { jti })
      const answer = await holder.ask(ECHO, said, { token: tokenOf(issuer, [ECHO], { jti }) })
      ensure(outcomeOf(answer) === 'ok', 'served', answer)
    },
  },
  {
    id: 'TOK-1.length',
    title: 'What the person issues has at most 800 characters',
    needs: ['person'],
    async run({ does }) {
      const made = await does('auth.token.issue', { subject: '*', scope: { capabilities: [ECHO] }, valid_seconds: 60 })
      ensure(String(member(made, 'token')).length <= 800, 'at most 800', made)
    },
  },
  {
    id: 'TOK-1.over-length',
    title: 'A scope that makes the token longer than 800 characters is refused where it is issued',
    needs: ['person'],
    async run({ seat }) {
      const capabilities = Array.from({ length: 8 }, (_, at) => `${'a'.repeat(100)}.${at}`)
      const answer = await seat.ask('auth.token.issue', { subject: '*', scope: { capabilities }, valid_seconds: 60 })
      ensure(outcomeOf(answer) === 'bad_request', 'bad_request', answer)
    },
  },
  {
    id: 'TOK-6.not-by-a-peer',
    title: 'No token begets a token: a peer issues none, whatever it shows',
    needs: ['call'],
    async run({ peer }) {
      const [issuer, holder] = [await peer('member'), await peer('stranger')]
      const input = { subject: holder.nodeId, scope: { capabilities: [ECHO] }, valid_seconds: 60 }
      const answer = await holder.ask('auth.token.issue', input, { token: tokenOf(issuer, ['auth.*']) })
      ensure(outcomeOf(answer) === 'unauthorized', 'unauthorized', answer)
    },
  },
  {
    id: 'TOK-6.longest-life',
    title: 'A token that would live longer than the policy allows is refused',
    needs: ['person'],
    async run({ seat }) {
      const answer = await seat.ask('auth.token.issue', {
        subject: '*',
        scope: { capabilities: [ECHO] },
        valid_seconds: 86_401,
      })
      ensure(outcomeOf(answer) === 'bad_request', 'bad_request', answer)
    },
  },
]
