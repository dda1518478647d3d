import { afterEach, describe, expect, it } from 'vitest'
import { eventsList } from '#protocol/events/capabilities.ts'
import { claimAssert, claimGet, claimQuery, ebkhSync } from '#protocol/evidence/capabilities.ts'
import {
  ebkhAdmission,
  ebkhConnect,
  ebkhGet,
  ebkhPull,
  quarantineAdmit,
  quarantineList,
  quarantineReject,
} from '#protocol/evidence/desk-capabilities.ts'
import { type HubServer, startHubServer } from '../../testing/ebkh-server.ts'
import { testSigner } from '../../testing/test-identity.ts'
import { createVillage } from '../../testing/village.ts'

const running: HubServer[] = []
afterEach(async () => {
  for (const server of running.splice(0)) await server.stop()
})

async function connected(seed: number) {
  const village = createVillage(seed)
  const [anna, bert] = await village.settle('Anna', 'Bert')
  if (!anna || !bert) throw new Error('villagers')
  const server = await startHubServer(village.runtime, await testSigner(seed + 7000))
  running.push(server)
  await anna.node.bus.call(ebkhConnect, { endpoint: server.endpoint, token: await server.tokenFor(anna.id) })
  const quarantine = async () => (await anna.node.bus.call(quarantineList, { limit: 200 })).items
  const lastEvent = async () => (await anna.node.bus.call(eventsList, { limit: 1 })).events[0]?.event
  return { village, anna, bert, server, quarantine, lastEvent }
}
const said = { subject: 'Turnhalle', predicate: 'ist', object: 'Sammelpunkt', sources: [], confidence: 1, derived_from: [] }

describe('the hub bridge', () => {
  it('does nothing at all without a hub, and says so', async () => {
    const village = createVillage(50)
    const [anna] = await village.settle('Anna')
    if (!anna) throw new Error('a villager')
    await expect(anna.node.bus.call(ebkhSync, { direction: 'bidi' })).rejects.toMatchObject({ code: 'ebkh_unavailable' })
    expect(await anna.node.bus.call(ebkhGet, {})).toEqual({
      endpoint: '',
      hub: null,
      token_expires_at: null,
      quarantined: 0,
      admit: 'ask',
      last: null,
    })
    await anna.node.bus.call(claimAssert, said)
  })

  it('pulls into quarantine, pushes the own claims, and a second time changes nothing', async () => {
    const { village, anna, bert, server, quarantine, lastEvent } = await connected(51)
    for (const at of [1, 2, 3, 4, 5]) await server.know('Pegel', 'steht bei', `${at} m`)
    const own = await anna.node.bus.call(claimAssert, said)
    await bert.node.bus.call(claimAssert, { ...said, subject: 'Von Bert' })
    await village.until('Anna has both', async () => (await anna.node.bus.call(claimQuery, { limit: 9 })).total === 2)
    const report = await anna.node.bus.call(ebkhSync, { direction: 'bidi' })
    expect(report).toEqual({ direction: 'bidi', pulled: 5, pushed: 1, refused: 0, partial: false, reason: null })
    expect(server.pushed).toEqual([own.claim_id])
    expect(await lastEvent()).toMatchObject({ event_type: 'evidence.ebkh.synced', data: { pulled: 5, hub: server.hub } })
    expect(await quarantine()).toHaveLength(5)
    expect((await anna.node.bus.call(claimQuery, { limit: 9 })).total).toBe(2)
    expect(await anna.node.bus.call(ebkhSync, { direction: 'bidi' })).toMatchObject({ pulled: 0, pushed: 0, partial: false })
    expect(await quarantine()).toHaveLength(5)
  })

  it('admits what a person accepts, asserted by the hub, for everyone; what is rejected stays away', async () => {
    const { village, anna, bert, server, quarantine } = await connected(52)
    const good = await server.know('Pegel', 'steht bei', '1 m')
    await server.know('Pegel', 'steht bei', '99 m')
    await anna.node.bus.call(ebkhPull, { of: { subject: 'Pegel' } })
    const [second, first] = await quarantine()
    if (!first || !second) throw new Error('two in quarantine')
    const accepted = [first, second].filter(({ claim_id }) => claim_id === good.claim_id).map(({ claim_id }) => claim_id)
    const turnedAway = [first, second].filter(({ claim_id }) => claim_id !== good.claim_id).map(({ claim_id }) => claim_id)
    expect(await anna.node.bus.call(quarantineAdmit, { claim_ids: accepted })).toEqual({ admitted: 1 })
    await anna.node.bus.call(quarantineReject, { claim_ids: turnedAway })
    await village.until('Bert sees it', async () => (await bert.node.bus.call(claimQuery, { limit: 9 })).total === 1)
    const [claim_id] = accepted
    if (!claim_id) throw new Error('one accepted')
    expect(await bert.node.bus.call(claimGet, { claim_id })).toMatchObject({
      origin: 'hub',
      author: { node_id: server.hub, level: 'unknown', status: 'outside' },
    })
    expect(await anna.node.bus.call(ebkhPull, { of: { subject: 'Pegel' } })).toMatchObject({ pulled: 0, known: 2 })
    expect(await quarantine()).toEqual([])
  })

  it('admits at once what a person has decided beforehand to take, and only from this hub', async () => {
    const { village, anna, bert, server, quarantine } = await connected(59)
    await server.know('Pegel', 'steht bei', '1 m')
    await anna.node.bus.call(ebkhPull, { of: { subject: 'Pegel' } })
    expect(await quarantine()).toHaveLength(1)
    await anna.node.bus.call(ebkhAdmission, { admit: 'all' })
    await server.know('Pegel', 'steht bei', '2 m')
    server.fail('wrong-signature')
    expect(await anna.node.bus.call(ebkhSync, { direction: 'pull' })).toMatchObject({ refused: 1 })
    expect(await anna.node.bus.call(ebkhPull, { of: { subject: 'Pegel' } })).toMatchObject({ pulled: 1, known: 1 })
    expect(await quarantine()).toEqual([])
    await village.until('Bert sees both', async () => (await bert.node.bus.call(claimQuery, { limit: 9 })).total === 2)
    const again = await village.restart(anna)
    expect(await again.node.bus.call(ebkhGet, {})).toMatchObject({ admit: 'all', quarantined: 0 })
    await again.node.bus.call(ebkhConnect, { endpoint: server.endpoint, token: await server.tokenFor(anna.id) })
    expect(await again.node.bus.call(ebkhGet, {}), 'another connection asks again').toMatchObject({ admit: 'ask' })
  })

  it('asks for a place by its box', async () => {
    const { anna, server, quarantine } = await connected(53)
    await server.know('Turnhalle', 'liegt bei', 'geo:51.54,6.43')
    await server.know('Dom', 'liegt bei', 'geo:50.94,6.96')
    const bbox = { west: 6.3, south: 51.4, east: 6.6, north: 51.7 }
    expect(await anna.node.bus.call(ebkhPull, { of: { bbox, predicate: 'liegt bei' } })).toMatchObject({ pulled: 1 })
    expect((await quarantine())[0]?.claim.subject).toBe('Turnhalle')
  })

  it('tries again after a hub that fails, answers half or hangs up, with growing pauses', async () => {
    const { village, anna, server } = await connected(54)
    await server.know('Pegel', 'steht bei', '1 m')
    for (const fault of ['500', 'half', 'vanish'] as const) {
      server.fail(fault)
      const report = await village.during(anna.node.bus.call(ebkhPull, { of: { subject: 'Pegel' } }))
      expect(report, fault).toMatchObject({ partial: false })
    }
    expect(server.calls).toHaveLength(6)
  })

  it('reports partial when the hub vanishes midway, keeps what came, and goes on from there (partial: true)', async () => {
    const { village, anna, server, quarantine, lastEvent } = await connected(55)
    for (const at of [1, 2, 3, 4, 5]) await server.know('Pegel', 'steht bei', `${at} m`)
    server.fail('none', 'vanish', 'vanish', 'vanish')
    const report = await village.during(anna.node.bus.call(ebkhSync, { direction: 'pull' }))
    expect(report).toMatchObject({ pulled: 3, partial: true, reason: 'the hub did not answer' })
    expect(await lastEvent()).toMatchObject({ event_type: 'evidence.ebkh.sync_partial', data: { pulled: 3 } })
    expect(await quarantine()).toHaveLength(3)
    expect(await anna.node.bus.call(ebkhSync, { direction: 'pull' })).toMatchObject({ pulled: 2, partial: false })
    expect((await anna.node.bus.call(ebkhGet, {})).last).toMatchObject({ partial: false, pulled: 2 })
  })

  it('gives up on a hub that is too slow, without an error', async () => {
    const { village, anna, server } = await connected(56)
    server.fail('slow', 'slow', 'slow')
    const report = await village.during(anna.node.bus.call(ebkhSync, { direction: 'pull' }))
    expect(report).toMatchObject({ partial: true, reason: 'the hub was too slow' })
  })

  it('refuses wrong signatures, wrong ids and nonsense one by one, and takes duplicates once', async () => {
    const { anna, server, quarantine } = await connected(57)
    await server.know('Pegel', 'steht bei', '1 m')
    const pull = () => anna.node.bus.call(ebkhPull, { of: { subject: 'Pegel' } })
    server.fail('wrong-signature')
    expect(await pull()).toMatchObject({ pulled: 0, refused: 1, partial: false })
    server.fail('wrong-id')
    expect(await pull()).toMatchObject({ pulled: 0, refused: 1 })
    server.fail('nonsense')
    expect(await pull()).toMatchObject({ pulled: 1, refused: 3 })
    server.fail('duplicates')
    expect(await pull()).toMatchObject({ pulled: 0, known: 2 })
    expect(await quarantine()).toHaveLength(1)
  })

  it('holds a token that is bound to this node, and a token for less is refused by the hub', async () => {
    const { anna, bert, server } = await connected(58)
    const foreign = await server.tokenFor(bert.id)
    await expect(anna.node.bus.call(ebkhConnect, { endpoint: server.endpoint, token: foreign })).rejects.toMatchObject({
      code: 'unauthorized',
    })
    const narrow = await server.tokenFor(anna.id, ['ebkh.sync'])
    await anna.node.bus.call(ebkhConnect, { endpoint: server.endpoint, token: narrow })
    expect(await anna.node.bus.call(ebkhPull, { of: { subject: 'x' } })).toMatchObject({
      partial: true,
      reason: 'the hub refused: unauthorized',
    })
    await anna.node.bus.call(ebkhConnect, { endpoint: '', token: '' })
    expect((await anna.node.bus.call(ebkhGet, {})).hub).toBeNull()
    await expect(anna.node.bus.call(ebkhConnect, { endpoint: 'http://far.example/', token: narrow })).rejects.toMatchObject({
      code: 'schema_mismatch',
    })
  })
})
