import { beforeEach, describe, expect, it } from 'vitest'
import { signRecord } from '#protocol/core/signing.ts'
import {
  anchors,
  ask,
  type BusWorld,
  createBusWorld,
  echo,
  hello,
  own,
  requestFor,
  type TestNode,
} from './testing/bus-world.ts'

const failed = (code: string, more: object = {}) => [
  expect.objectContaining({ error: expect.objectContaining({ code, ...more }) }),
]

describe('admission of a call from a peer', () => {
  let world: BusWorld
  let server: TestNode
  let member: TestNode
  let stranger: TestNode

  beforeEach(async () => {
    world = await createBusWorld()
    ;[server, member, stranger] = await Promise.all([world.node(1), world.node(2), world.node(3)])
    server.levels.set(member.nodeId, 'member')
    for (const capability of [echo, anchors, own, hello]) server.bus.handle(capability, async ({ text }) => ({ text }))
  })

  const request = (capability = echo, from = member) => requestFor(world, capability, from, server)

  it('serves a member, whatever its clock says, and tells how far it is off (BUS-3)', async () => {
    const asked = { ...request(), timestamp: '1999-01-01T00:00:00Z' }
    expect(await ask(server, member.nodeId, asked)).toEqual([
      { request_id: asked.request_id, output: { text: 'hi' }, meta: { ms: expect.any(Number) } },
    ])
    expect(server.clocks.get(member.nodeId)).toBe(Date.parse('1999-01-01T00:00:00Z') - world.runtime.now())
  })

  it('answers a broken shape with bad_request and names the field (BUS-3)', async () => {
    const { body: _, ...broken } = request()
    expect(await ask(server, member.nodeId, broken)).toEqual(failed('bad_request', { data: { field: '/body' } }))
    expect(await ask(server, member.nodeId, { ...request(), more: 1 })).toEqual(
      failed('bad_request', { data: { field: '/more' } }),
    )
    expect(await ask(server, member.nodeId, 'hello')).toEqual(failed('bad_request'))
  })

  it('believes `from` only with the connection or a signature over all of it (BUS-3)', async () => {
    expect(await ask(server, stranger.nodeId, request())).toEqual(failed('invalid_signature'))
    const signed = await signRecord(member.signer, request())
    expect(await ask(server, stranger.nodeId, { ...signed, community: member.nodeId })).toEqual(failed('invalid_signature'))
    expect(await ask(server, stranger.nodeId, signed)).toEqual([expect.objectContaining({ output: { text: 'hi' } })])
  })

  it('refuses a request_id that was seen, also when the first was refused (BUS-3)', async () => {
    const [first, refused] = [request(), { ...request(), body: { params: {}, input: {} } }]
    await ask(server, member.nodeId, first)
    await ask(server, member.nodeId, refused)
    expect(await ask(server, member.nodeId, first)).toEqual(failed('bad_request'))
    expect(await ask(server, member.nodeId, refused)).toEqual(failed('bad_request'))
  })

  it('tells a stranger apart from a revoked member, and neither what is served here (COM-5)', async () => {
    const names = ['test.echo', 'test.nothing', 'test.disabled']
    server.disabled.add('test.disabled')
    for (const name of names) {
      expect(await ask(server, stranger.nodeId, { ...request(echo, stranger), capability: name })).toEqual(
        failed('unauthorized'),
      )
    }
    expect(await ask(server, stranger.nodeId, request(hello, stranger))).toEqual([
      expect.objectContaining({ output: { text: 'hi' } }),
    ])
    server.levels.set(member.nodeId, 'revoked')
    expect(await ask(server, member.nodeId, request())).toEqual(failed('revoked'))
    expect(await ask(server, member.nodeId, request(hello))).toEqual(failed('revoked'))
  })

  it('refuses a member who calls for another community', async () => {
    expect(await ask(server, member.nodeId, { ...request(), community: member.nodeId })).toEqual(failed('unauthorized'))
    expect(await ask(server, member.nodeId, { ...request(), community: null })).toEqual(failed('unauthorized'))
  })

  it('tells a member what is switched off and what is not there (BUS-2)', async () => {
    server.disabled.add('test.disabled')
    expect(await ask(server, member.nodeId, { ...request(), capability: 'test.disabled' })).toEqual(
      failed('experimental_disabled'),
    )
    expect(await ask(server, member.nodeId, { ...request(), capability: 'test.nothing' })).toEqual(failed('not_implemented'))
    expect(await ask(server, member.nodeId, { ...request(), version: '1.1' })).toEqual(failed('not_implemented'))
  })

  it('holds callers to the trust level, and lets nobody from outside be `self` (section 3)', async () => {
    expect(await ask(server, member.nodeId, request(anchors))).toEqual(failed('unauthorized'))
    server.levels.set(member.nodeId, 'anchor')
    expect(await ask(server, member.nodeId, request(anchors))).toEqual([expect.objectContaining({ output: { text: 'hi' } })])
    expect(await ask(server, member.nodeId, request(own))).toEqual(failed('unauthorized'))
    server.levels.set(member.nodeId, 'self')
    expect(await ask(server, member.nodeId, request(own))).toEqual(failed('unauthorized'))
  })

  it('names the field that does not match the schema, as the last check (BUS-3)', async () => {
    const broken = (capability = echo, from = member) => ({
      ...request(capability, from),
      body: { params: {}, input: { text: 1 } },
    })
    expect(await ask(server, member.nodeId, broken())).toEqual(failed('schema_mismatch', { data: { field: '/text' } }))
    expect(await ask(server, member.nodeId, broken(anchors))).toEqual(failed('unauthorized'))
    for (let i = 0; i < 9; i++) await ask(server, member.nodeId, request())
    expect(await ask(server, member.nodeId, broken())).toEqual(failed('rate_limited'))
  })

  it('checks in the order of BUS-3: each fault hides all that come after it', async () => {
    const revoked = await world.node(4)
    server.levels.set(revoked.nodeId, 'revoked')
    const seen = requestFor(world, own, revoked, server, { text: 1 })
    expect(await ask(server, stranger.nodeId, { ...seen, request_id: 'x' })).toEqual(failed('bad_request'))
    expect(await ask(server, stranger.nodeId, seen)).toEqual(failed('invalid_signature'))
    expect(await ask(server, revoked.nodeId, seen)).toEqual(failed('revoked'))
    expect(await ask(server, revoked.nodeId, seen)).toEqual(failed('bad_request'))
  })
})
