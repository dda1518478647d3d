import { expect, it, onTestFinished } from 'vitest'
import {
  communityDemote,
  communityFound,
  communityGet,
  communityPromote,
  communityRename,
} from '#protocol/community/capabilities.ts'
import {
  federationAccept,
  federationComplete,
  federationEnd,
  federationInspect,
  federationList,
  federationPass,
  federationPropose,
} from '#protocol/community/federation-capabilities.ts'
import { wireTime } from '#protocol/core/ids.ts'
import { signRecord } from '#protocol/core/signing.ts'
import { nodeEcho, nodePeers } from '#protocol/node/capabilities.ts'
import { registryAnnounce, registryList } from '#protocol/protocol/capabilities.ts'
import { type FederationGrant, signFederation, type UnsignedFederationManifest } from '#protocol/protocol/federation.ts'
import { readPaper, writePaper } from '#protocol/protocol/federation-paper.ts'
import { createLinkPair } from '../../memory/link-pair.ts'
import { agree } from '../../testing/agree.ts'
import { createVillage, type Village, type Villager } from '../../testing/village.ts'

const ANNOUNCE: FederationGrant = { capability: registryAnnounce.name, calls_per_minute: 60 }
const ECHO: FederationGrant = { capability: nodeEcho.name, calls_per_minute: 3, params_constraints: { payload: 'hallo' } }

/** Anna and Bert in Issum, Cora in Sevelen; Anna and Cora are anchors. */
async function twoCommunities(seed: number) {
  const village = createVillage(seed)
  const [anna, bert] = (await village.settle('Anna', 'Bert')) as [Villager, Villager]
  const cora = await village.arrive('Cora')
  await cora.node.bus.call(communityFound, { name: 'Sevelen' })
  onTestFinished(async () => {
    for (const { node } of [anna, bert, cora]) await node.stop()
  })
  return { village, anna, bert, cora }
}

const partnersOf = async ({ node }: Villager) => (await node.bus.call(federationList, {})).partners

it('lets two communities agree by three texts, meet at the box, and hear what each other runs (FDR-1, FDR-5, PRO-8)', async () => {
  const { village, anna, bert, cora } = await twoCommunities(51)
  const { offer } = await agree(anna, cora, [ANNOUNCE, ECHO], [ANNOUNCE])
  expect(await cora.node.bus.call(federationInspect, { text: offer.text })).toMatchObject({
    stage: 'offer',
    other: { name: 'Issum', community_id: anna.id },
    they_grant: [ANNOUNCE, ECHO],
    we_grant: null,
  })
  await village.until('Anna, Bert and Cora meet', async () => {
    const [hers, his, other] = await Promise.all([anna, bert, cora].map(partnersOf))
    return hers?.[0]?.connected === 1 && his?.[0]?.connected === 1 && other?.[0]?.connected === 2
  })
  await village.until('Cora knows what both run', async () => {
    const { entries } = await cora.node.bus.call(registryList, {})
    return [anna, bert].every(({ id }) => entries.some(({ node_id }) => node_id === id))
  })
  const { community } = await cora.node.bus.call(communityGet, {})
  expect(community?.policy.federation_enabled).toBe(true)
  expect(community?.members).toHaveLength(1)
})

/** A call of one node's at another, as it travels, with what the case changes about it before it is signed. */
async function across(
  village: Village,
  from: Villager,
  to: Villager,
  change: { readonly [member: string]: unknown } = {},
  signed = true,
) {
  const request = {
    capability: nodeEcho.name,
    version: '1.0',
    request_id: village.runtime.ulid(),
    from: from.id,
    community: from.id,
    timestamp: wireTime(village.runtime.now()),
    body: { params: {}, input: { payload: 'hallo' } },
    ...change,
  }
  const [here, there] = createLinkPair()
  void to.node.bus.answer(there, from.id)
  await here.send(JSON.parse(JSON.stringify(signed ? await signRecord(from.signer, request) : request)))
  for await (const answer of here.messages) {
    const { error } = answer as { readonly error?: { readonly code: string } }
    return error?.code ?? 'ok'
  }
  return 'no answer'
}

it('admits what was granted, with these values and as often, and nothing else (FDR-3, FDR-4)', async () => {
  const { village, anna, cora } = await twoCommunities(52)
  expect(await across(village, cora, anna)).toBe('unauthorized')
  await agree(anna, cora, [ECHO], [])
  expect(await across(village, cora, anna)).toBe('ok')
  expect(await across(village, cora, anna, {}, false)).toBe('unauthorized')
  expect(await across(village, cora, anna, { body: { params: {}, input: { payload: 'other' } } })).toBe('unauthorized')
  expect(await across(village, cora, anna, { capability: 'node.manifest.exchange' })).toBe('unauthorized')
  expect(await across(village, anna, cora)).toBe('unauthorized')
  const third = await village.arrive('Dora')
  onTestFinished(() => third.node.stop())
  expect(await across(village, third, anna, { community: cora.id })).toBe('unauthorized')
  expect(await across(village, third, anna, { community: third.id })).toBe('unauthorized')
  expect(await across(village, cora, anna)).toBe('ok')
  expect(await across(village, cora, anna)).toBe('ok')
  expect(await across(village, cora, anna)).toBe('rate_limited')
  await village.runtime.advance(60_000)
  expect(await across(village, cora, anna)).toBe('ok')
})

it('ends at once on one word of an anchor, for good, and by its date (FDR-1, FDR-6)', async () => {
  const { village, anna, cora } = await twoCommunities(53)
  const { whole } = await agree(anna, cora, [ECHO], [])
  expect(await across(village, cora, anna)).toBe('ok')
  await anna.node.bus.call(federationEnd, { manifest_id: whole.manifest_id })
  expect(await across(village, cora, anna)).toBe('unauthorized')
  const again = anna.node.bus.call(federationComplete, { text: whole.text })
  await expect(again).rejects.toMatchObject({ code: 'expired' })
  expect(await partnersOf(anna)).toEqual([])
  await village.runtime.advance(1000)
  await agree(anna, cora, [ECHO], [], 60)
  expect(await across(village, cora, anna)).toBe('ok')
  await village.runtime.advance(60_000)
  expect(await across(village, cora, anna)).toBe('expired')
  expect(await partnersOf(anna)).toMatchObject([{ state: 'expired', connected: 0 }])
})

it('gives members passes, and nobody else (FDR-4, TOK-6)', async () => {
  const { village, anna, bert, cora } = await twoCommunities(54)
  const { whole } = await agree(anna, cora, [], [{ ...ECHO, params_constraints: {} }])
  const ask = { manifest_id: whole.manifest_id, capability: nodeEcho.name }
  const { pass } = await village.during(bert.node.bus.call(federationPass, ask, { to: anna.id }))
  expect(await across(village, bert, cora, { community: anna.id, token: pass })).toBe('ok')
  expect(await across(village, bert, cora, { community: anna.id })).toBe('unauthorized')
  const stranger = await village.arrive('Dora')
  onTestFinished(() => stranger.node.stop())
  expect(await across(village, stranger, cora, { community: anna.id, token: pass })).toBe('unauthorized')
  const beg = { capability: federationPass.name, body: { params: {}, input: ask } }
  expect(await across(village, stranger, anna, beg)).toBe('unauthorized')
  expect(await across(village, cora, anna, beg)).toBe('unauthorized')
})

it('holds an answer to the offer: neither terms nor signatures can be put in on the way (FDR-1)', async () => {
  const { anna, cora } = await twoCommunities(55)
  const offer = await anna.node.bus.call(federationPropose, { grants: [ECHO], valid_seconds: 86_400 })
  const answer = await cora.node.bus.call(federationAccept, { text: offer.text, grants: [] })
  const paper = readPaper(answer.text)
  const more = { ...paper, sides: paper.sides.map((side) => ({ ...side, grants: [{ ...ECHO, calls_per_minute: 600 }] })) }
  const signature = await signFederation(cora.signer, more as UnsignedFederationManifest)
  const forged = [
    [more, 'invalid_signature'],
    [{ ...more, signatures: paper.signatures.map((one) => one && signature) }, 'bad_request'],
    [{ ...paper, signatures: [...paper.signatures].reverse() }, 'invalid_signature'],
    [readPaper(offer.text), 'bad_request'],
  ] as const
  for (const [one, code] of forged) {
    await expect(anna.node.bus.call(federationComplete, { text: writePaper(one) })).rejects.toMatchObject({ code })
  }
  expect(await partnersOf(anna)).toEqual([])
  const whole = readPaper((await anna.node.bus.call(federationComplete, answer)).text)
  const raised = { ...whole, sides: whole.sides.map((side) => ({ ...side, grants: [ECHO] })) }
  const hers = await signFederation(anna.signer, raised as UnsignedFederationManifest)
  const slipped = {
    ...raised,
    signatures: whole.sides.map(({ anchor }, at) => (anchor === anna.id ? hers : (whole.signatures[at] ?? null))),
  }
  await expect(cora.node.bus.call(federationComplete, { text: writePaper(slipped) })).rejects.toMatchObject({
    code: 'invalid_signature',
  })
  expect(await partnersOf(cora)).toEqual([])
})

it('is for anchors, and holds while the one who signed is one (FDR-1)', async () => {
  const { village, anna, bert, cora } = await twoCommunities(56)
  const propose = () => bert.node.bus.call(federationPropose, { grants: [ECHO], valid_seconds: 86_400 })
  await expect(propose()).rejects.toMatchObject({ code: 'unauthorized' })
  await anna.node.bus.call(communityPromote, { subject: bert.id, level: 'anchor' })
  await village.until(
    'Bert is an anchor',
    async () => (await bert.node.bus.call(communityGet, {})).community?.my_level === 'anchor',
  )
  await agree(bert, cora, [ECHO], [])
  await village.until('Anna knows', async () => (await partnersOf(anna)).length === 1)
  expect(await across(village, cora, anna)).toBe('ok')
  await anna.node.bus.call(communityDemote, { subject: bert.id })
  expect(await across(village, cora, anna)).toBe('unauthorized')
  expect(await partnersOf(anna)).toMatchObject([{ state: 'lapsed' }])
})

it('syncs nothing and says nothing live to the other community (FDR-5)', async () => {
  const { village, anna, bert, cora } = await twoCommunities(57)
  await agree(anna, cora, [ANNOUNCE], [ANNOUNCE])
  await village.until('they meet', async () => (await partnersOf(cora))[0]?.connected === 2)
  const heard: Uint8Array[] = []
  cora.mesh.onGossip(async (bytes) => {
    heard.push(bytes)
    return 'ignore'
  })
  expect(cora.mesh.peers().filter(({ connection }) => connection === 'direct')).toHaveLength(2)
  expect((await cora.node.bus.call(nodePeers, {})).peers).toEqual([])
  await bert.node.bus.call(communityRename, { display_name: 'Berta' })
  await village.until('Anna hears it', async () =>
    Boolean(
      (await anna.node.bus.call(communityGet, {})).community?.members.some(({ display_name }) => display_name === 'Berta'),
    ),
  )
  await village.runtime.advance(400_000)
  expect(heard).toEqual([])
  const { community } = await cora.node.bus.call(communityGet, {})
  expect(community?.members.map(({ display_name }) => display_name)).toEqual(['Cora'])
})

it('signs the answers to all offers that were made at once: none pushes another out (FDR-1)', async () => {
  const { village, anna, cora } = await twoCommunities(60)
  const dora = await village.arrive('Dora')
  onTestFinished(() => dora.node.stop())
  await dora.node.bus.call(communityFound, { name: 'Weeze' })
  const offers = await Promise.all(
    [ANNOUNCE, ECHO].map((grant) => anna.node.bus.call(federationPropose, { grants: [grant], valid_seconds: 86_400 })),
  )
  for (const [at, { text }] of offers.entries()) {
    const answer = await (at === 0 ? cora : dora).node.bus.call(federationAccept, { text, grants: [] })
    await anna.node.bus.call(federationComplete, answer)
  }
  expect(await partnersOf(anna)).toHaveLength(2)
})
