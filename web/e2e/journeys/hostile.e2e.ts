import '../../../workers/testing/node-20.ts'
import { expect, type Page } from '@playwright/test'
import { ulid } from 'ulid'
import { communityGet } from '#protocol/community/capabilities.ts'
import { memberRenamed } from '#protocol/community/events.ts'
import { BUS_MAX_MESSAGE_BYTES, BUS_PROTOCOL, type Request } from '#protocol/core/bus.ts'
import { utf8 } from '#protocol/core/encoding.ts'
import type { UnsignedEvent } from '#protocol/core/event.ts'
import { type CommunityId, type NodeId, parseUlid, wireTime } from '#protocol/core/ids.ts'
import { parseJson } from '#protocol/core/json.ts'
import { signRecord } from '#protocol/core/signing.ts'
import { SYNC_MAX_FRAME_BYTES, SYNC_PROTOCOL } from '#protocol/core/sync.ts'
import { eventsStats } from '#protocol/events/capabilities.ts'
import { nodeEcho, nodeStatus } from '#protocol/node/capabilities.ts'
import { createLibp2pMesh } from '../../../workers/kernel/mesh/libp2p-mesh.ts'
import type { Mesh } from '../../../workers/kernel/mesh/mesh.ts'
import { nodeTransports } from '../../../workers/testing/node-transports.ts'
import { createRealRuntime } from '../../../workers/testing/seeded-runtime.ts'
import { testSigner } from '../../../workers/testing/test-identity.ts'
import { busOf } from '../support/bus.ts'
import { test } from '../support/fixtures.ts'
import { found, invite, joinBy, publishClaim, seesDirectly, turnClaimsOn, visit } from '../support/steps.ts'

test.use({ withoutServiceWorker: true })

const EVE = 666
const FLOOD = 10_000
/** Larger than what either protocol takes, so that only the other side's limit counts. */
const HER_LIMIT = 8 * 1024 * 1024

const text = (value: unknown): Uint8Array<ArrayBuffer> => utf8(JSON.stringify(value))

/** Eve's node at the community's topic: the mesh that everybody has, and nothing behind it. She is no member. */
async function eveAt(community: CommunityId, boxes: readonly string[]): Promise<Mesh> {
  const eve = await createLibp2pMesh(
    { runtime: createRealRuntime(), signer: await testSigner(EVE) },
    { transports: nodeTransports() },
  )
  await eve.start()
  eve.setBoxes(boxes)
  eve.enter(community)
  return eve
}

/** Sends frames as they are. @returns the answers until the other side is done with her. */
async function talk(eve: Mesh, to: NodeId, protocol: string, frames: readonly Uint8Array<ArrayBuffer>[]): Promise<unknown[]> {
  const answers: unknown[] = []
  try {
    const stream = await eve.open(to, protocol, { maxFrameBytes: HER_LIMIT })
    for (const frame of frames) await stream.send(frame)
    for await (const answer of stream.frames) answers.push(parseJson(answer))
    stream.abort()
  } catch {
    // the other side hung up, which is an answer, too
  }
  return answers
}

const echoFrom = (from: NodeId): Request => ({
  capability: nodeEcho.name,
  version: nodeEcho.version,
  request_id: parseUlid(ulid()),
  from,
  community: null,
  timestamp: wireTime(Date.now()),
  body: { params: {}, input: { payload: 'x' } },
})

const RUBBISH: readonly Uint8Array<ArrayBuffer>[] = [
  utf8('{"capability":"node.ec'),
  utf8('['.repeat(100_000)),
  utf8('{"capability":"\\ud800"}'),
  utf8('null'),
  Uint8Array.of(0xff, 0xfe, 0x00),
  new Uint8Array(BUS_MAX_MESSAGE_BYTES + 1).fill(0x20),
]

/** Anna's screen answers, and what Bert says reaches it. */
async function isWell(anna: Page, bert: Page, subject: string): Promise<void> {
  await visit(anna, '/claims')
  await publishClaim(bert, { subject, predicate: 'ist', object: 'angekommen' })
  await expect(anna.getByRole('list', { name: 'Liste der Aussagen' })).toContainText(subject)
}

test('A stranger who talks rubbish, forges and floods is refused; Anna and Bert notice nothing (COM-5, BUS-3, BUS-6)', async ({
  box,
  device,
}) => {
  const [{ page: anna }, { page: bert }] = [await device('Anna'), await device('Bert')]
  await found(anna, box.url, 'Anna', 'Issum')
  await joinBy(bert, await invite(anna), 'Bert')
  await Promise.all([anna, bert].map(turnClaimsOn))
  await seesDirectly(anna, 'Bert')
  const { identity } = await busOf(anna).call(nodeStatus, {})
  const { community } = await busOf(anna).call(communityGet, {})
  if (!identity || !community) throw new TypeError('Anna has founded Issum')
  const target = identity.node_id

  const eve = await eveAt(community.community_id, box.multiaddrs)
  try {
    await expect
      .poll(() => eve.peers().find(({ nodeId }) => nodeId === target)?.connection, { timeout: 30_000 })
      .toMatch(/direct|relayed/)

    expect(await talk(eve, target, BUS_PROTOCOL, [text(echoFrom(eve.nodeId))])).toMatchObject([
      { error: { code: 'unauthorized' } },
    ])
    expect(await talk(eve, target, BUS_PROTOCOL, [text(echoFrom(target))])).toMatchObject([
      { error: { code: 'invalid_signature' } },
    ])
    const opening = text({ type: 'open', community_id: community.community_id, negentropy: '6100000200' })
    expect(await talk(eve, target, SYNC_PROTOCOL, [opening])).toMatchObject([{ type: 'error', code: 'unauthorized' }])
    for (const frame of RUBBISH) {
      for (const answer of await talk(eve, target, BUS_PROTOCOL, [frame])) {
        expect(answer).toMatchObject({ error: { code: 'bad_request' } })
      }
    }
    await talk(eve, target, SYNC_PROTOCOL, [new Uint8Array(SYNC_MAX_FRAME_BYTES + 1)])

    const { stored } = await busOf(anna).call(eventsStats, {})
    const forged = (): UnsignedEvent => ({
      schema_version: 1,
      event_id: parseUlid(ulid()),
      lamport: 99,
      wall_clock: wireTime(Date.now()),
      community_id: community.community_id,
      author: target,
      prev: null,
      event_type: memberRenamed.type,
      data: { display_name: 'Eve war hier' },
    })
    const refusals = async () => (await busOf(anna).call(eventsStats, {})).refused.invalid_signature ?? 0
    // gossip that nobody has subscribed to yet is lost: Eve says it until somebody has heard it
    await expect(async () => {
      await eve.publish(text(await signRecord(await testSigner(EVE), forged())))
      await eve.publish(utf8('{'))
      await expect.poll(refusals, { timeout: 3_000 }).toBeGreaterThan(0)
    }).toPass({ timeout: 30_000 })
    expect((await busOf(anna).call(eventsStats, {})).stored).toBe(stored)
    await isWell(anna, bert, 'Nach den Lügen')

    let answered = 0
    for (let sent = 0; sent < FLOOD; sent += 100) {
      const answers = await Promise.all(
        Array.from({ length: 100 }, () => talk(eve, target, BUS_PROTOCOL, [text(echoFrom(eve.nodeId))])),
      )
      answered += answers.flat().length
      if (answers.flat().length === 0) break // cut off
    }
    expect(answered, 'A flood is cut off long before its end').toBeLessThan(FLOOD)
    await isWell(anna, bert, 'Nach der Flut')
    await visit(anna, '/community')
    await expect(anna.getByRole('region', { name: 'Zustand des Verlaufs' })).toContainText('Unterschrift stimmte nicht')
    await expect(anna.getByText('Eve war hier')).toHaveCount(0)
  } finally {
    await eve.stop()
  }
})
