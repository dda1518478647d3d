import { describe, expect, it } from 'vitest'
import { CAPABILITIES } from '#protocol/capabilities.ts'
import { MODULES } from '#protocol/catalogue.ts'
import {
  communityFound,
  communityGet,
  communityInvite,
  communityLeave,
  communityPromote,
  communityRedeem,
  communityRevoke,
} from '#protocol/community/capabilities.ts'
import { configSet } from '#protocol/config/capabilities.ts'
import { eventsStats } from '#protocol/events/capabilities.ts'
import { claimAssert, claimGet, claimQuery } from '#protocol/evidence/capabilities.ts'
import { nodeEcho, nodePeers } from '#protocol/node/capabilities.ts'
import { selfDescribe } from '#protocol/protocol/capabilities.ts'
import { createVillage, openResearch, type Villager } from '../testing/village.ts'

const assertion = (subject: string) => ({
  subject,
  predicate: 'ist',
  object: 'Sammelpunkt',
  sources: [{ source_id: 'url:https://issum.example/plan', accessed_at: '2026-05-26T08:00:00Z' }],
  confidence: 0.9,
  derived_from: [],
})

const claims = async ({ node }: Villager) => (await node.bus.call(claimQuery, { limit: 200 })).claims

describe('a village of nodes', () => {
  it('founds, invites, joins, and shows a signed claim on the other side (COM-1..3, EVI-1, SYN-1)', async () => {
    const village = createVillage(1)
    const [anna, bert] = await village.settle('Anna', 'Bert')
    if (!anna || !bert) throw new Error('two villagers')
    const { claim_id } = await anna.node.bus.call(claimAssert, assertion('Turnhalle'))
    await village.until('Bert sees it', async () => (await claims(bert)).length === 1)
    const record = await bert.node.bus.call(claimGet, { claim_id })
    expect(record).toMatchObject({ level: 'cited', author: { display_name: 'Anna', status: 'active' }, stale: false })
    const { community } = await bert.node.bus.call(communityGet, {})
    expect(community).toMatchObject({ name: 'Issum', my_level: 'member' })
    expect(community?.members.map((member) => member.display_name).sort()).toEqual(['Anna', 'Bert'])
    const { peers } = await anna.node.bus.call(nodePeers, {})
    expect(peers).toMatchObject([{ display_name: 'Bert', connection: 'direct' }])
  })

  it('lets a device that was away catch up when it comes back (SYN-2)', async () => {
    const village = createVillage(2)
    const [anna, bert, carla] = await village.settle('Anna', 'Bert', 'Carla')
    if (!anna || !bert || !carla) throw new Error('three villagers')
    village.network.partition([anna.id, bert.id], [carla.id])
    for (let n = 0; n < 20; n++) await anna.node.bus.call(claimAssert, assertion(`Ort ${n}`))
    for (let n = 0; n < 5; n++) await carla.node.bus.call(claimAssert, assertion(`Hof ${n}`))
    await village.until('Bert has twenty', async () => (await claims(bert)).length === 20)
    expect(await claims(carla)).toHaveLength(5)
    village.network.heal()
    for (const villager of [anna, bert, carla]) {
      await village.until(`${villager.name} has all`, async () => (await claims(villager)).length === 25, 900)
    }
    expect(await claims(anna)).toEqual(await claims(carla))
  })

  it('finds everything again after a restart (EVT-6)', async () => {
    const village = createVillage(3)
    const [anna] = await village.settle('Anna', 'Bert')
    if (!anna) throw new Error('a villager')
    await anna.node.bus.call(claimAssert, assertion('Brunnen'))
    const again = await village.restart(anna)
    expect(await claims(again)).toHaveLength(1)
    expect((await again.node.bus.call(communityGet, {})).community?.members).toHaveLength(2)
  })

  it('finds back to its box after a start while the box was away', async () => {
    const village = createVillage(11)
    const [anna, bert] = await village.settle('Anna', 'Bert')
    if (!anna || !bert) throw new Error('two villagers')
    village.network.killBox()
    const again = await village.restart(anna, [])
    const state = async () => (await again.node.bus.call(nodePeers, {})).boxes[0]?.state
    await village.until('the box is known to be away', async () => (await state()) !== undefined)
    village.network.reviveBox()
    await village.until('the box is back', async () => (await state()) === 'connected', 300)
    const isDirect = async () => (await again.node.bus.call(nodePeers, {})).peers[0]?.connection === 'direct'
    await village.until('Bert is back', isDirect, 300)
  })

  it('answers experimental_disabled while the research switch is off, and serves live when it is on (BUS-2)', async () => {
    const village = createVillage(4)
    const [anna] = await village.settle('Anna')
    if (!anna) throw new Error('a villager')
    await anna.node.bus.call(configSet, { policy: { research: { enable: false } } })
    await expect(anna.node.bus.call(claimQuery, { limit: 1 })).rejects.toMatchObject({ code: 'experimental_disabled' })
    const { capabilities } = await anna.node.bus.call(selfDescribe, {})
    expect(capabilities.find(({ name }) => name === claimAssert.name)).toMatchObject({ state: 'disabled' })
    await openResearch(anna.node)
    expect(await claims(anna)).toEqual([])
  })

  it('names every capability of Phase 3 with a state', async () => {
    const village = createVillage(5)
    const anna = await village.arrive('Anna')
    const { capabilities } = await anna.node.bus.call(selfDescribe, {})
    const phase3 = capabilities.filter(({ name }) => /^(experimental|protocol)\./.test(name))
    const named = [...CAPABILITIES.keys(), ...MODULES.flatMap(({ planned }) => planned.capabilities)]
    expect(phase3.map(({ name }) => name).sort()).toEqual(
      named.filter((name) => /^(experimental|protocol)\./.test(name)).sort(),
    )
  })

  it('lets a member leave: the others see it, the device forgets, and an invite leads back in (COM-3)', async () => {
    const village = createVillage(9)
    const [anna, bert] = await village.settle('Anna', 'Bert')
    if (!anna || !bert) throw new Error('two villagers')
    await bert.node.bus.call(claimAssert, assertion('Garten'))
    await village.until('Anna has it', async () => (await claims(anna)).length === 1)
    await village.during(bert.node.bus.call(communityLeave, {}))
    expect((await bert.node.bus.call(communityGet, {})).community).toBeNull()
    const status = async () => {
      const { community } = await anna.node.bus.call(communityGet, {})
      return community?.members.find(({ node_id }) => node_id === bert.id)?.status
    }
    await village.until('Anna sees that Bert left', async () => (await status()) === 'left')
    expect(await claims(anna)).toHaveLength(1)
    await village.join(anna, bert)
    await village.until('Bert is back', async () => (await status()) === 'active')
    expect(await claims(bert)).toHaveLength(1)
    await bert.node.bus.call(claimAssert, assertion('Garten, wieder'))
    await village.until('Anna hears Bert again', async () => (await claims(anna)).length === 2)
    expect((await anna.node.bus.call(eventsStats, {})).equivocations).toEqual([])
  })

  it('lets a founder found once, and a restored identity only come back by an invite (EVT-7)', async () => {
    const village = createVillage(10)
    const [anna] = await village.settle('Anna')
    if (!anna) throw new Error('a villager')
    await anna.node.bus.call(communityLeave, {})
    await expect(anna.node.bus.call(communityFound, { name: 'Issum 2' })).rejects.toMatchObject({ code: 'bad_request' })
  })

  it('hangs up on who is excluded, on every node, whoever signed last (COM-4)', async () => {
    const village = createVillage(12)
    const [anna, bert, carla] = await village.settle('Anna', 'Bert', 'Carla')
    if (!anna || !bert || !carla) throw new Error('three villagers')
    await anna.node.bus.call(communityPromote, { subject: bert.id, level: 'trusted' })
    const level = async () => (await bert.node.bus.call(communityGet, {})).community?.my_level
    await village.until('Bert is trusted', async () => (await level()) === 'trusted')
    const { revocation_id } = await anna.node.bus.call(communityRevoke, { subject: carla.id, reason: 'Test' })
    const pending = async () => (await bert.node.bus.call(communityGet, {})).community?.pending.length
    await village.until('Bert knows of it', async () => (await pending()) === 1)
    await bert.node.bus.call(communityRevoke, { subject: carla.id, reason: '', revocation_id })
    for (const { name, mesh } of [anna, bert]) {
      const connection = () => mesh.peers().find(({ nodeId }) => nodeId === carla.id)?.connection
      await village.until(`${name} has hung up`, () => connection() !== 'direct')
    }
    await expect(village.during(carla.node.bus.call(nodeEcho, { payload: 'x' }, { to: anna.id }))).rejects.toBeDefined()
  })

  it('refuses an invite that was used, and one that has expired (COM-2)', async () => {
    const village = createVillage(6)
    const [anna] = await village.settle('Anna', 'Bert')
    const carla = await village.arrive('Carla')
    const dora = await village.arrive('Dora')
    if (!anna) throw new Error('a villager')
    const once = await anna.node.bus.call(communityInvite, { level: 'member', valid_seconds: 3600, uses: 1 })
    await village.during(carla.node.bus.call(communityRedeem, { invite: once.invite }))
    await expect(village.during(dora.node.bus.call(communityRedeem, { invite: once.invite }))).rejects.toMatchObject({
      code: 'expired',
      data: { reason: 'redeemed' },
    })
    const short = await anna.node.bus.call(communityInvite, { level: 'member', valid_seconds: 60, uses: 1 })
    await village.runtime.advance(61_000)
    await expect(village.during(dora.node.bus.call(communityRedeem, { invite: short.invite }))).rejects.toMatchObject({
      code: 'expired',
    })
  })

  it('tells a stranger nothing but protocol.* and the door (COM-5)', async () => {
    const village = createVillage(7)
    const [anna] = await village.settle('Anna')
    const eve = await village.arrive('Eve')
    if (!anna) throw new Error('a villager')
    const { community } = await anna.node.bus.call(communityGet, {})
    if (!community) throw new Error('a community')
    await eve.mesh.start()
    eve.mesh.enter(community.community_id)
    await village.until('they meet', () => eve.mesh.peers().some(({ connection }) => connection === 'direct'))
    const call = village.during(eve.node.bus.call(nodeEcho, { payload: 'x' }, { to: anna.id }))
    await expect(call).rejects.toMatchObject({ code: 'unauthorized' })
    const description = await village.during(eve.node.bus.call(selfDescribe, {}, { to: anna.id }))
    expect(description.node_id).toBe(anna.id)
  })

  it('keeps what it had when the device is full, and says so (capacity_exceeded)', async () => {
    const village = createVillage(8)
    const [anna] = await village.settle('Anna')
    if (!anna) throw new Error('a villager')
    await anna.node.bus.call(claimAssert, assertion('vorher'))
    anna.store.setFull(true)
    await expect(anna.node.bus.call(claimAssert, assertion('voll'))).rejects.toMatchObject({ code: 'capacity_exceeded' })
    expect(await claims(anna)).toHaveLength(1)
    anna.store.setFull(false)
    await anna.node.bus.call(claimAssert, assertion('nachher'))
    expect(await claims(anna)).toHaveLength(2)
    expect((await anna.node.bus.call(eventsStats, {})).equivocations).toEqual([])
  })
})
