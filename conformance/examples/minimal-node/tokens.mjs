// protocol/core/tokens.md
import { canonical, fromBase64Url, parse, Refusal, toBase64Url, utf8 } from './encoding.mjs'
import { verifies } from './identity.mjs'
import { MESSAGES, requireMatch } from './schema.mjs'

export const SCHEME = 'hntoken://v1/'
const MAX_CHARS = 800
const HEADER = canonical({ alg: 'EdDSA', typ: 'hntoken', v: 1 })

export function issue(identity, payload) {
  const head = `${toBase64Url(utf8(HEADER))}.${toBase64Url(utf8(canonical(payload)))}`
  return `${SCHEME}${head}.${toBase64Url(identity.signBytes(utf8(head)))}`
}

/** TOK-1. @returns the payload */
export function open(token) {
  const [header, payload, signature, ...more] = token.slice(SCHEME.length).split('.')
  if (
    token.length > MAX_CHARS ||
    !token.startsWith(SCHEME) ||
    !header ||
    !payload ||
    signature === undefined ||
    more.length > 0
  ) {
    throw new Refusal('bad_request', 'not a token')
  }
  if (canonical(parse(fromBase64Url(header))) !== HEADER) throw new Refusal('invalid_signature', 'another algorithm')
  const read = parse(fromBase64Url(payload))
  requireMatch(MESSAGES.get('TokenPayload'), read, 'bad_request')
  if (!verifies(read.iss, utf8(`${header}.${payload}`), fromBase64Url(signature))) {
    throw new Refusal('invalid_signature', 'the token does not verify')
  }
  return read
}

const covers = (granted, name) =>
  granted.some((one) => one === name || (one.endsWith('.*') && name.startsWith(one.slice(0, -1))))

/** TOK-3 without issuer and revocation, which the log knows. */
export function requireGrant({ exp, nbf, aud, sub, scope }, { capability, caller, audiences, nowMs }) {
  const now = Math.floor(nowMs / 1000)
  if (now >= exp || now < nbf) throw new Refusal('expired', 'the token does not hold now')
  if (!audiences.includes(aud)) throw new Refusal('unauthorized', 'the token is for somewhere else')
  if (sub !== '*' && sub !== caller) throw new Refusal('unauthorized', 'the token is somebody else’s')
  if (!covers(scope.capabilities, capability)) throw new Refusal('unauthorized', 'the token does not cover this')
}

/** The rest of TOK-3: what the input must say. */
export function requireConstraints({ scope }, input) {
  for (const [name, wanted] of Object.entries(scope.params_constraints ?? {})) {
    const given = typeof input === 'object' && input !== null ? input[name] : undefined
    if (given === undefined || canonical(given) !== canonical(wanted)) {
      throw new Refusal('unauthorized', 'the token does not cover these parameters')
    }
  }
}
