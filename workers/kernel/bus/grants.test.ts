import { beforeEach, describe, expect, it } from 'vitest'
import { canonicalBytes } from '#protocol/core/canonical.ts'
import type { Capability } from '#protocol/core/capability.ts'
import { toBase64Url } from '#protocol/core/encoding.ts'
import { issueToken, type TokenPayload } from '#protocol/core/token.ts'
import { anchors, ask, type BusWorld, createBusWorld, echo, own, requestFor, type TestNode } from './testing/bus-world.ts'

let world: BusWorld
let server: TestNode
let anchor: TestNode
let guest: TestNode

beforeEach(async () => {
  world = await createBusWorld()
  ;[server, anchor, guest] = await Promise.all([world.node(1), world.node(2), world.node(3)])
  server.levels.set(anchor.nodeId, 'anchor')
  for (const capability of [echo, anchors, own]) server.bus.handle(capability, async ({ text }) => ({ text }))
})

function payload(changes: Partial<TokenPayload> = {}): TokenPayload {
  const now = Math.floor(world.runtime.now() / 1000)
  return {
    iss: anchor.nodeId,
    sub: guest.nodeId,
    aud: server.nodeId,
    iat: now,
    nbf: now,
    exp: now + 3600,
    jti: world.runtime.ulid(),
    scope: { capabilities: ['test.*'] },
    issued_via: 'test',
    ...changes,
  }
}

async function codeWith(token: string, capability: Capability = echo, from = guest): Promise<string> {
  const [answer] = await ask(server, from.nodeId, { ...requestFor(world, capability, from, server), token })
  return /"code":"(\w+)"/.exec(JSON.stringify(answer))?.[1] ?? 'ok'
}
const codeFor = async (changes: Partial<TokenPayload>, capability: Capability = echo, issuer = anchor): Promise<string> =>
  codeWith(await issueToken(issuer.signer, payload(changes)), capability)

describe('a call with a token', () => {
  it('lets a stranger in, also above the level, but never to what is the person’s own (section 7)', async () => {
    expect(await codeFor({})).toBe('ok')
    expect(await codeFor({}, anchors)).toBe('ok')
    expect(await codeFor({ sub: '*' })).toBe('ok')
    expect(await codeFor({}, own)).toBe('unauthorized')
  })

  it('is refused with the code of what is wrong with it (section 7)', async () => {
    const now = Math.floor(world.runtime.now() / 1000)
    expect(await codeFor({ exp: now })).toBe('expired')
    expect(await codeFor({ nbf: now + 1 })).toBe('expired')
    expect(await codeFor({ aud: guest.nodeId })).toBe('unauthorized')
    expect(await codeFor({ sub: anchor.nodeId })).toBe('unauthorized')
    expect(await codeFor({ scope: { capabilities: ['other.*'] } })).toBe('unauthorized')
    expect(await codeFor({ scope: { capabilities: ['test.*'], params_constraints: { text: 'other' } } })).toBe('unauthorized')
    expect(await codeFor({ scope: { capabilities: ['test.*'], params_constraints: { text: 'hi' } } })).toBe('ok')
    const revoked = payload()
    server.revokedTokens.add(revoked.jti)
    expect(await codeWith(await issueToken(anchor.signer, revoked))).toBe('revoked')
  })

  it('is refused when forged: alg none, empty signature, changed payload, another key (section 7)', async () => {
    const token = await issueToken(anchor.signer, payload())
    const [head, body, signature] = token.slice('hntoken://v1/'.length).split('.')
    const none = toBase64Url(canonicalBytes({ alg: 'none', typ: 'hntoken', v: 1 }))
    const changed = toBase64Url(canonicalBytes(payload({ sub: '*' })))
    for (const parts of [
      [none, body, ''],
      [head, body, ''],
      [head, changed, signature],
    ]) {
      expect(await codeWith(`hntoken://v1/${parts.join('.')}`)).toBe('invalid_signature')
    }
    expect(await codeFor({}, echo, guest)).toBe('invalid_signature')
    expect(await codeWith('hntoken://v1/rubbish')).toBe('bad_request')
  })

  it('gives nobody more than its issuer has', async () => {
    server.levels.set(anchor.nodeId, 'member')
    expect(await codeFor({})).toBe('ok')
    expect(await codeFor({}, anchors)).toBe('unauthorized')
  })

  it('is used up and rate limited as its scope says, counted over all calls (section 7)', async () => {
    const twice = await issueToken(anchor.signer, payload({ scope: { capabilities: ['test.*'], max_calls_total: 2 } }))
    expect([await codeWith(twice), await codeWith(twice), await codeWith(twice)]).toEqual(['ok', 'ok', 'expired'])
    const slow = await issueToken(anchor.signer, payload({ scope: { capabilities: ['test.*'], rate_limit_per_minute: 1 } }))
    expect([await codeWith(slow), await codeWith(slow)]).toEqual(['ok', 'rate_limited'])
    await world.runtime.advance(60_000)
    expect(await codeWith(slow)).toBe('ok')
  })

  it('does not help a revoked member', async () => {
    server.levels.set(guest.nodeId, 'revoked')
    expect(await codeFor({})).toBe('revoked')
  })
})
