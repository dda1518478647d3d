import { afterEach, describe, expect, it } from 'vitest'
import { AnswerSchema } from '#protocol/core/bus.ts'
import { wireTime } from '#protocol/core/ids.ts'
import type { JsonValue } from '#protocol/core/json.ts'
import { matches } from '#protocol/core/schema.ts'
import { type Signer, signRecord } from '#protocol/core/signing.ts'
import { PROTOCOL_VERSION } from '#protocol/core/version.ts'
import { registryAnnounce, registryList, selfDescribe, versionList } from '#protocol/protocol/capabilities.ts'
import { PROTOCOL_REGISTRY_MAX_PER_NODE } from '#protocol/protocol/constants.ts'
import { checkDescriptor, type Descriptor } from '#protocol/protocol/descriptor.ts'
import { createLinkPair } from '../../memory/link-pair.ts'
import { testSigner } from '../../testing/test-identity.ts'
import { createVillage, type Villager } from '../../testing/village.ts'

const stops: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop()
})

async function settle(seed: number, ...names: string[]) {
  const village = createVillage(seed)
  const villagers = await village.settle(...names)
  stops.push(
    ...villagers.map(
      ({ node }) =>
        () =>
          node.stop(),
    ),
  )
  return { village, villagers }
}

const describeAs = (signer: Signer, change: Partial<Descriptor> = {}): Promise<Descriptor> => {
  const { signature: _, ...fields } = change
  return signRecord(signer, {
    node_id: signer.nodeId,
    name: 'Nest',
    vendor: 'Vogelfreunde',
    version: '0.1',
    protocol_versions: ['3.0.0'],
    homepage: '',
    contact: '',
    capabilities: [],
    issued_at: '2026-05-26T08:00:00Z',
    ...fields,
  })
}

/** A call as a stranger's connection carries it. */
async function callAs(caller: Signer, to: Villager, capability: string, input: JsonValue, at: number): Promise<JsonValue> {
  const [near, far] = createLinkPair()
  const answered = to.node.bus.answer(far, caller.nodeId)
  await near.send({
    capability,
    version: '1.0',
    request_id: `01J${String(at).padStart(23, '0')}`,
    from: caller.nodeId,
    community: null,
    timestamp: wireTime(0),
    body: { params: {}, input },
  })
  for await (const message of near.messages) {
    await near.close()
    await answered
    expect(matches(AnswerSchema, message)).toBe(true)
    return message
  }
  throw new Error('no answer')
}

describe('protocol.self.describe and version.list', () => {
  it('describe this node under its own signature, to strangers too (PRO-5, COM-5)', async () => {
    const { villagers } = await settle(1, 'Anna')
    const anna = villagers[0] as Villager
    const own = await anna.node.bus.call(selfDescribe, {})
    expect(await checkDescriptor(own)).toEqual(own)
    expect(own).toMatchObject({ node_id: anna.id, protocol_versions: [PROTOCOL_VERSION] })
    const stranger = await testSigner(9)
    const answer = await callAs(stranger, anna, selfDescribe.name, {}, 1)
    expect(answer).toMatchObject({ output: { node_id: anna.id } })
    expect(await anna.node.bus.call(versionList, {})).toEqual({ versions: [PROTOCOL_VERSION], suite_versions_passed: [] })
  })
})

describe('the registry', () => {
  it('keeps two vendors with one name, and a future version without negotiating with it (PRO-7, PRO-9)', async () => {
    const { villagers } = await settle(2, 'Anna')
    const anna = villagers[0] as Villager
    const stranger = await testSigner(9)
    const other = await describeAs(stranger, { vendor: 'Andere' })
    const future = await describeAs(stranger, { name: 'Morgen', protocol_versions: ['99.0.0'] })
    const announced = []
    for (const [at, one] of [await describeAs(stranger), other, future].entries()) {
      announced.push(await callAs(stranger, anna, registryAnnounce.name, { descriptor: one }, at))
    }
    expect(announced).toMatchObject([
      { output: { stored: true, negotiated: PROTOCOL_VERSION } },
      { output: { stored: true, negotiated: PROTOCOL_VERSION } },
      { output: { stored: true, negotiated: null } },
    ])
    const { entries, total } = await anna.node.bus.call(registryList, {})
    expect(total).toBe(3)
    expect(entries.map(({ vendor, name, negotiated }) => [vendor, name, negotiated])).toEqual([
      ['Andere', 'Nest', PROTOCOL_VERSION],
      ['Vogelfreunde', 'Morgen', null],
      ['Vogelfreunde', 'Nest', PROTOCOL_VERSION],
    ])
    expect((await anna.node.bus.call(registryList, { offset: 1, limit: 1 })).entries).toEqual([entries[1]])
  })

  it('takes the newer of two from one node and no older one back (PRO-7)', async () => {
    const { villagers } = await settle(3, 'Anna')
    const anna = villagers[0] as Villager
    const stranger = await testSigner(9)
    const versions = async () => (await anna.node.bus.call(registryList, {})).entries.map(({ version }) => version)
    const old = await describeAs(stranger)
    const newer = await describeAs(stranger, { version: '0.2', issued_at: '2026-06-01T08:00:00Z' })
    await anna.node.bus.call(registryAnnounce, { descriptor: newer })
    expect(await anna.node.bus.call(registryAnnounce, { descriptor: old })).toMatchObject({ stored: false })
    expect(await versions()).toEqual(['0.2'])
  })

  it('refuses what is malformed, forged or missing with its own code, and remembers none of it (PRO-6)', async () => {
    const { villagers } = await settle(4, 'Anna')
    const anna = villagers[0] as Villager
    const stranger = await testSigner(9)
    const good = await describeAs(stranger)
    const hostile: JsonValue[] = [
      {},
      { descriptor: {} },
      { descriptor: { ...good, vendor: 'HearthNet' } },
      { descriptor: { ...good, x: 1 } },
    ]
    for (const [at, input] of hostile.entries()) {
      expect(await callAs(stranger, anna, registryAnnounce.name, input, at)).toMatchObject({
        error: { code: 'protocol_descriptor_invalid' },
      })
    }
    expect(await callAs(stranger, anna, registryAnnounce.name, { descriptor: 'text' }, 8)).toMatchObject({
      error: { code: 'schema_mismatch' },
    })
    expect((await anna.node.bus.call(registryList, {})).total).toBe(0)
  })

  it('gives one node no more room than its share, and remembers across a restart (PRO-7)', async () => {
    const { village, villagers } = await settle(5, 'Anna')
    const anna = villagers[0] as Villager
    const stranger = await testSigner(9)
    for (let at = 0; at < PROTOCOL_REGISTRY_MAX_PER_NODE; at++) {
      await anna.node.bus.call(registryAnnounce, { descriptor: await describeAs(stranger, { name: `Nest ${at}` }) })
    }
    const more = anna.node.bus.call(registryAnnounce, { descriptor: await describeAs(stranger, { name: 'Nest zu viel' }) })
    await expect(more).rejects.toMatchObject({ code: 'capacity_exceeded' })
    await village.runtime.advance(5000)
    const again = await village.restart(anna)
    stops.splice(0, 1, () => again.node.stop())
    expect((await again.node.bus.call(registryList, {})).total).toBe(PROTOCOL_REGISTRY_MAX_PER_NODE)
  })

  it('tells the community what this node runs when the person says so, and others list it (PRO-8)', async () => {
    const { village, villagers } = await settle(6, 'Anna', 'Ben')
    const [anna, ben] = villagers as [Villager, Villager]
    expect(await anna.node.bus.call(registryAnnounce, {})).toEqual({ stored: true, negotiated: PROTOCOL_VERSION })
    await village.until('Ben lists it', async () => (await ben.node.bus.call(registryList, {})).total === 1)
    const { entries } = await ben.node.bus.call(registryList, {})
    expect(entries[0]).toMatchObject({ node_id: anna.id, from: 'member', negotiated: PROTOCOL_VERSION, conformance: null })
    expect(entries[0]?.capabilities).toBeGreaterThan(10)
  })
})
