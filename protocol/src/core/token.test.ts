import { beforeAll, describe, expect, it } from 'vitest'
import { canonicalBytes } from './canonical.ts'
import { COMMUNITY_NAME_MAX_CHARS } from './community.ts'
import { fromBase64Url, toBase64Url, utf8 } from './encoding.ts'
import { type NodeId, nodeIdOf, parseUlid } from './ids.ts'
import { parseJson } from './json.ts'
import type { Signer } from './signing.ts'
import { checkGrant, issueToken, openToken, readToken, TOKEN_MAX_BYTES, type TokenPayload } from './token.ts'

const NOW = 1_780_000_000
const community = nodeIdOf(new Uint8Array(32).fill(9))
const holder = nodeIdOf(new Uint8Array(32).fill(8))
let issuer: Signer
let token: string

const payload = (iss: NodeId): TokenPayload => ({
  iss,
  sub: '*',
  aud: community,
  iat: NOW,
  nbf: NOW,
  exp: NOW + 60,
  jti: parseUlid('01J00000000000000000000000'),
  scope: { capabilities: ['node.echo', 'experimental.evidence.*'] },
  issued_via: 'test',
})

/** The token with one of its three parts replaced. */
function withPart(index: 0 | 1 | 2, part: string): string {
  const parts = token.slice('hntoken://v1/'.length).split('.')
  parts[index] = part
  return `hntoken://v1/${parts.join('.')}`
}

beforeAll(async () => {
  const pair = await crypto.subtle.generateKey('Ed25519', true, ['sign', 'verify'])
  if (!('privateKey' in pair)) throw new TypeError('Ed25519 makes a pair')
  issuer = {
    nodeId: nodeIdOf(new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey))),
    sign: async (bytes) => new Uint8Array(await crypto.subtle.sign('Ed25519', pair.privateKey, bytes)),
  }
  token = await issueToken(issuer, payload(issuer.nodeId))
})

describe('tokens (section 7)', () => {
  it('open to what was issued and stay below the limit', async () => {
    expect(await openToken(token)).toEqual(payload(issuer.nodeId))
    expect(readToken(token)).toEqual(payload(issuer.nodeId))
    expect(token.length).toBeLessThanOrEqual(TOKEN_MAX_BYTES)
  })

  it('refuse alg none, whatever the signature', async () => {
    const header = toBase64Url(canonicalBytes({ alg: 'none', typ: 'hntoken', v: 1 }))
    for (const forged of [withPart(0, header), withPart(0, header).replace(/[^.]*$/, '')]) {
      await expect(openToken(forged)).rejects.toMatchObject({ code: 'invalid_signature' })
    }
  })

  it('refuse an empty signature', async () => {
    await expect(openToken(withPart(2, ''))).rejects.toMatchObject({ code: 'invalid_signature' })
  })

  it('refuse a changed payload', async () => {
    const [, part] = token.slice('hntoken://v1/'.length).split('.')
    const changed = { ...(parseJson(fromBase64Url(part ?? '')) as object), exp: NOW + 999_999 }
    await expect(openToken(withPart(1, toBase64Url(canonicalBytes(changed))))).rejects.toMatchObject({
      code: 'invalid_signature',
    })
  })

  it('refuse another scheme, missing and additional parts, and fields nobody knows', async () => {
    const extra = toBase64Url(utf8(JSON.stringify({ ...payload(issuer.nodeId), admin: true })))
    for (const text of [
      '',
      'x',
      token.replace('v1', 'v2'),
      `${token}.x`,
      token.split('.').slice(0, 2).join('.'),
      withPart(1, extra),
    ]) {
      await expect(openToken(text), text).rejects.toMatchObject({ code: 'bad_request' })
    }
  })

  it('are not issued over 800 bytes', async () => {
    const scope = { capabilities: Array.from({ length: 8 }, (_, n) => `${'x'.repeat(100)}.${n}`) }
    await expect(issueToken(issuer, { ...payload(issuer.nodeId), scope })).rejects.toMatchObject({ code: 'bad_request' })
  })

  it('leave room for the longest community name in any script', async () => {
    const scope = {
      capabilities: ['community.join'],
      params_constraints: { level: 'trusted', community_name: '火'.repeat(COMMUNITY_NAME_MAX_CHARS) },
      max_calls_total: 200,
    }
    await expect(issueToken(issuer, { ...payload(issuer.nodeId), scope })).resolves.toContain('hntoken')
  })
})

describe('grants', () => {
  const use = { capability: 'node.echo', subject: holder, audience: community, nowMs: NOW * 1000 }

  it('cover exact names and prefixes, nothing else', () => {
    const granted = payload(issuer.nodeId)
    expect(() => checkGrant(granted, use)).not.toThrow()
    expect(() => checkGrant(granted, { ...use, capability: 'experimental.evidence.claim.get' })).not.toThrow()
    for (const capability of ['node.echo2', 'experimental.evidence', 'experimental.evidencex.y', 'node.erase']) {
      expect(() => checkGrant(granted, { ...use, capability })).toThrowError(expect.objectContaining({ code: 'unauthorized' }))
    }
  })

  it('hold for their time, their audience and their holder', () => {
    const granted = { ...payload(issuer.nodeId), sub: holder }
    expect(() => checkGrant(granted, use)).not.toThrow()
    const cases = [
      [{ ...use, nowMs: (NOW - 1) * 1000 }, 'expired'],
      [{ ...use, nowMs: (NOW + 60) * 1000 }, 'expired'],
      [{ ...use, audience: holder }, 'unauthorized'],
      [{ ...use, subject: community }, 'unauthorized'],
    ] as const
    for (const [at, code] of cases) expect(() => checkGrant(granted, at)).toThrowError(expect.objectContaining({ code }))
  })
})
