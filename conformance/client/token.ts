import { canonical, type Json, toBase64Url, utf8 } from './encoding.ts'
import type { Draft } from './envelopes.ts'
import type { Peer } from './peer.ts'

export const SCHEME = 'hntoken://v1/'
const HOUR_SECONDS = 3600
export const nowSeconds = (): number => Math.floor(Date.now() / 1000)

const part = (value: Json): string => toBase64Url(utf8(canonical(value)))

/** A token of the peer's for anyone (TOK-1, TOK-2). Members of `overrides` are put in before it is signed. */
export function tokenOf(issuer: Peer, capabilities: readonly string[], overrides: Draft = {}, scope: Draft = {}): string {
  const now = nowSeconds()
  const kept: { [key: string]: Json | undefined } = {
    iss: issuer.nodeId,
    sub: '*',
    aud: issuer.community,
    iat: now,
    nbf: now - 5,
    exp: now + HOUR_SECONDS,
    jti: issuer.ulid(),
    scope: JSON.parse(JSON.stringify({ capabilities: [...capabilities], ...scope })),
    issued_via: 'conformance',
    ...overrides,
  }
  return signedToken(issuer, { alg: 'EdDSA', typ: 'hntoken', v: 1 }, JSON.parse(JSON.stringify(kept)))
}

export function signedToken(issuer: Peer, header: Json, payload: Json): string {
  const head = `${part(header)}.${part(payload)}`
  return `${SCHEME}${head}.${toBase64Url(issuer.identity.signBytes(utf8(head)))}`
}

/** Three parts without the scheme. */
export const partsOf = (token: string): readonly [string, string, string] => {
  const [header = '', payload = '', signature = ''] = token.slice(SCHEME.length).split('.')
  return [header, payload, signature]
}

export const spell = (header: string, payload: string, signature: string): string =>
  `${SCHEME}${header}.${payload}.${signature}`
