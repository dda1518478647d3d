import { canonicalBytes } from '#protocol/core/canonical.ts'
import { fromBase64Url, toBase64Url, toHex, utf8 } from '#protocol/core/encoding.ts'
import type { Signer } from '#protocol/core/signing.ts'
import { issueToken, TOKEN_MAX_BYTES, TOKEN_PREFIX, type TokenPayload } from '#protocol/core/token.ts'
import { bad, good } from '../cases.ts'
import { AT_SECONDS } from '../events/make.ts'
import type { Vector, VectorSource } from '../format.ts'
import { type People, ulidOf } from '../seeded.ts'

const HEADER = { alg: 'EdDSA', typ: 'hntoken', v: 1 }

export const payloadOf = (issuer: Signer, audience: Signer, change: Partial<TokenPayload> = {}): TokenPayload => ({
  iss: issuer.nodeId,
  sub: '*',
  aud: audience.nodeId,
  iat: AT_SECONDS,
  nbf: AT_SECONDS,
  exp: AT_SECONDS + 3600,
  jti: ulidOf('token'),
  scope: { capabilities: ['node.echo'] },
  issued_via: 'person',
  ...change,
})

/** A token out of any three parts. */
const joined = (head: string, signature: Uint8Array | string): string =>
  `${TOKEN_PREFIX}${head}.${typeof signature === 'string' ? signature : toBase64Url(signature)}`

const part = (value: object | string): string => toBase64Url(typeof value === 'string' ? utf8(value) : canonicalBytes(value))

/** Signs any header and payload, right or wrong. */
async function crafted(signer: Signer, payload: object | string, header: object | string = HEADER): Promise<string> {
  const head = `${part(header)}.${part(payload)}`
  return joined(head, await signer.sign(utf8(head)))
}

/** Fields that are wrong in a payload, each signed all the same. */
function wrongPayloads(right: TokenPayload): readonly (readonly [name: string, catches: string, payload: object])[] {
  const scope = (change: object): object => ({ ...right, scope: { ...right.scope, ...change } })
  return [
    ['an issuer who is no id', 'any text is an issuer', { ...right, iss: 'anna' }],
    ['a subject who is no id', 'any text is a subject', { ...right, sub: 'bert' }],
    ['no subject', 'a missing subject is anybody', { ...right, sub: undefined }],
    ['any audience', 'a star is an audience, too', { ...right, aud: '*' }],
    ['a list of audiences', 'as a JWT may have it', { ...right, aud: [right.aud] }],
    ['no audience', 'a missing audience is everybody', { ...right, aud: undefined }],
    ['no end', 'a missing end is never', { ...right, exp: undefined }],
    ['an end as text', 'texts are compared with numbers', { ...right, exp: '2026-05-26T09:14:22Z' }],
    ['an end with a fraction', 'as a JWT may have it', { ...right, exp: right.exp + 0.5 }],
    ['a beginning below zero', 'no lower limit', { ...right, nbf: -1 }],
    ['no beginning', 'a missing beginning is always', { ...right, nbf: undefined }],
    [
      'a jti that is a UUID',
      'any text is an id, and revoking by id fails',
      { ...right, jti: '01890a5d-ac96-774b-bcce-b302099a8057' },
    ],
    ['no jti', 'a token without an id cannot be revoked', { ...right, jti: undefined }],
    ['no scope', 'a missing scope is everything', { ...right, scope: undefined }],
    ['an empty scope', 'a missing list is everything', { ...right, scope: {} }],
    ['no capabilities in its scope', 'an empty list is everything', scope({ capabilities: [] })],
    ['nine capabilities', 'no upper limit', scope({ capabilities: Array.from({ length: 9 }, (_, at) => `a.b${at}`) })],
    ['a text for capabilities', 'one and a list of one are the same', scope({ capabilities: 'node.echo' })],
    ['a negative limit of calls', 'no lower limit', scope({ max_calls_total: -1 })],
    ['a limit of calls as text', 'numbers and texts are one', scope({ rate_limit_per_minute: '10' })],
    ['a field nobody knows in its scope', 'what is not in the contract is let in', scope({ admin: true })],
    ['a field nobody knows', 'what is not in the contract is let in', { ...right, admin: true }],
    ['a list as payload', 'any value is a payload', [right]],
  ]
}

/** The longest token of its kind, and the next one. */
async function atTheLimit(signer: Signer, right: TokenPayload): Promise<{ fits: TokenPayload; over: TokenPayload }> {
  const sized = (length: number): TokenPayload => {
    const names = Array.from({ length: Math.ceil(length / 100) }, (_, at) => 'x'.repeat(Math.min(100, length - at * 100)))
    return { ...right, scope: { capabilities: ['node.echo', ...names] } }
  }
  let length = 1
  while ((await crafted(signer, sized(length + 1))).length <= TOKEN_MAX_BYTES) length++
  return { fits: sized(length), over: sized(length + 1) }
}

/** Form, pinned algorithm, signature. */
export async function opening({ anna, bert, carla }: People): Promise<VectorSource> {
  const right = payloadOf(anna, carla)
  const token = await issueToken(anna, right)
  const [header = '', payload = '', signature = ''] = token.slice(TOKEN_PREFIX.length).split('.')
  const yes = async (name: string, comment: string, change: Partial<TokenPayload>, signer = anna): Promise<Vector> => {
    const whole = payloadOf(signer, carla, change)
    return good(name, comment, { token: await issueToken(signer, whole) }, { payload: whole })
  }
  const no = (name: string, catches: string, text: string, error = 'bad_request'): Vector =>
    bad(name, catches, { token: text }, error)
  const forged = (name: string, catches: string, text: string): Vector => no(name, catches, text, 'invalid_signature')
  const { fits, over } = await atTheLimit(anna, right)
  return {
    name: 'open',
    operation: 'token.open',
    rule: 'TOK-1',
    about: 'A token as text: its form, its pinned algorithm, its signature (section 7). Times and scope are asked later.',
    vectors: [
      await yes('a token', 'By anna, for anybody, at carla’s', {}),
      await yes('for one person', 'Whoever else shows it is refused later', { sub: bert.nodeId }),
      await yes('by another issuer', 'The key is the issuer’s', {}, bert),
      await yes('with every limit', 'Constraints may hold any JSON', {
        scope: {
          capabilities: ['node.echo', 'experimental.evidence.*'],
          params_constraints: { payload: 'x', n: { b: [1] } },
          rate_limit_per_minute: 10,
          max_calls_total: 100,
        },
      }),
      await yes('that has long run out', 'Opening asks no clock', { nbf: 0, iat: 0, exp: 1 }),
      await yes('as long as it may be', 'At most 800 bytes', fits),
      good(
        'its payload in another order',
        'The bytes are signed as they stand',
        { token: await crafted(anna, JSON.stringify({ ...right, iss: right.iss })) },
        { payload: right },
      ),
      no('a character longer', 'tokens have no limit', await crafted(anna, over)),
      forged('alg none and no signature', 'alg none', joined(`${part({ ...HEADER, alg: 'none' })}.${payload}`, '')),
      forged(
        'alg none and the signature of another',
        'alg none',
        joined(`${part({ ...HEADER, alg: 'none' })}.${payload}`, signature),
      ),
      forged('alg none, signed', 'the algorithm is the token’s to say', await crafted(anna, right, { ...HEADER, alg: 'none' })),
      forged('alg NONE', 'only the small letters are refused', joined(`${part({ ...HEADER, alg: 'NONE' })}.${payload}`, '')),
      forged(
        'alg HS256',
        'the public key is taken for a shared secret',
        await crafted(anna, right, { ...HEADER, alg: 'HS256' }),
      ),
      forged('alg ES256', 'the algorithm is the token’s to say', await crafted(anna, right, { ...HEADER, alg: 'ES256' })),
      forged(
        'alg Ed25519',
        'another name of the same thing is taken',
        await crafted(anna, right, { ...HEADER, alg: 'Ed25519' }),
      ),
      forged('typ JWT', 'any JWT is a token', await crafted(anna, right, { ...HEADER, typ: 'JWT' })),
      forged('version 2', 'the version is not looked at', await crafted(anna, right, { ...HEADER, v: 2 })),
      forged(
        'a header with a key inside',
        'the key is the token’s to bring',
        await crafted(anna, right, { ...HEADER, jwk: { kty: 'OKP' } }),
      ),
      forged(
        'a header with a key id',
        'what is not in the contract is let in',
        await crafted(anna, right, { ...HEADER, kid: anna.nodeId }),
      ),
      forged('an empty header', 'a missing algorithm is ours', await crafted(anna, right, {})),
      forged('signed by somebody else', 'the signature is checked against whoever it fits', await crafted(bert, right)),
      forged(
        'a forged payload',
        'the payload is read before the signature is checked',
        joined(`${header}.${part({ ...right, exp: right.exp + 1 })}`, signature),
      ),
      forged(
        'a longer life',
        'only part of the payload is signed',
        joined(`${header}.${part({ ...right, exp: 2 ** 40 })}`, signature),
      ),
      forged(
        'another subject',
        'only part of the payload is signed',
        joined(`${header}.${part({ ...right, sub: bert.nodeId })}`, signature),
      ),
      forged(
        'another issuer',
        'the issuer is not signed',
        joined(`${header}.${part({ ...right, iss: bert.nodeId })}`, signature),
      ),
      forged('an empty signature', 'an empty signature passes', joined(`${header}.${payload}`, '')),
      forged(
        'a signature cut short',
        'the length is not checked',
        joined(`${header}.${payload}`, fromBase64Url(signature).slice(0, 63)),
      ),
      forged(
        'a signature with a byte more',
        'the length is not checked',
        joined(`${header}.${payload}`, new Uint8Array([...fromBase64Url(signature), 0])),
      ),
      forged('a signature of zeros', 'an empty signature passes', joined(`${header}.${payload}`, new Uint8Array(64))),
      forged(
        'signed over the payload alone',
        'the header is not signed',
        joined(`${header}.${payload}`, await anna.sign(utf8(payload))),
      ),
      forged(
        'signed over the whole text',
        'the scheme is signed as well',
        joined(`${header}.${payload}`, await anna.sign(utf8(`${TOKEN_PREFIX}${header}.${payload}`))),
      ),
      forged(
        'signed over the canonical payload',
        'the decoded bytes are signed',
        joined(`${header}.${payload}`, await anna.sign(canonicalBytes(right))),
      ),
      no('another scheme', 'the scheme is not looked at', token.replace('hntoken', 'token')),
      no('another version in the scheme', 'the scheme is not looked at', token.replace('v1', 'v2')),
      no('no scheme', 'the scheme is optional', token.slice(TOKEN_PREFIX.length)),
      no('the scheme in capitals', 'schemes are compared without case', token.replace('hntoken', 'HNTOKEN')),
      no('two parts', 'a missing signature passes', `${TOKEN_PREFIX}${header}.${payload}`),
      no('four parts', 'what follows is not looked at', `${token}.${signature}`),
      no('an empty payload', 'an empty part is an empty object', `${TOKEN_PREFIX}${header}..${signature}`),
      no('an empty text', 'an empty token is no token, and no token is a member', ''),
      no('a payload in base64', 'both alphabets are read', `${TOKEN_PREFIX}${header}.${payload}==.${signature}`),
      no(
        'a payload in hexadecimal',
        'any text that decodes',
        `${TOKEN_PREFIX}${header}.${toHex(fromBase64Url(payload))}.${signature}`,
      ),
      no('a payload that is no JSON', 'errors of a parser get out as they are', await crafted(anna, 'iss=anna')),
      no('a space behind it', 'space is skipped', `${token} `),
      ...(await Promise.all(
        wrongPayloads(right).map(async ([name, catches, wrong]) => no(name, catches, await crafted(anna, wrong))),
      )),
    ],
  }
}
