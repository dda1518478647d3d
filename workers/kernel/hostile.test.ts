import { beforeEach, describe, expect, it } from 'vitest'
import { communityGet } from '#protocol/community/capabilities.ts'
import { revocationSigned } from '#protocol/community/events.ts'
import { BUS_MAX_MESSAGE_BYTES, BUS_PROTOCOL } from '#protocol/core/bus.ts'
import { utf8 } from '#protocol/core/encoding.ts'
import { parseJson } from '#protocol/core/json.ts'
import { SYNC_IDLE_SECONDS, SYNC_MAX_FRAME_BYTES, SYNC_PROTOCOL } from '#protocol/core/sync.ts'
import { eventsStats } from '#protocol/events/capabilities.ts'
import { claimAssert, claimQuery } from '#protocol/evidence/capabilities.ts'
import { nodeEcho } from '#protocol/node/capabilities.ts'
import { testSigner } from '../testing/test-identity.ts'
import { BOX, createVillage, type Village, type Villager } from '../testing/village.ts'
import type { FramedStream, Mesh } from './mesh/mesh.ts'

let village: Village
let anna: Villager
let bert: Villager
/** A stranger's mesh at the community's topic, without a node behind it. */
let eve: Mesh

beforeEach(async () => {
  village = createVillage(100)
  const [first, second] = await village.settle('Anna', 'Bert')
  if (!first || !second) throw new Error('two villagers')
  anna = first
  bert = second
  const { community } = await anna.node.bus.call(communityGet, {})
  if (!community) throw new Error('a community')
  eve = village.network.node((await testSigner(666)).nodeId)
  eve.setBoxes([BOX])
  await eve.start()
  eve.enter(community.community_id)
  await village.until('Eve is connected', () => eve.peers().some(({ connection }) => connection === 'direct'))
})

const text = (value: unknown): Uint8Array<ArrayBuffer> => utf8(JSON.stringify(value))

/** Sends frames as they are. @returns what came back, until the other side is done. */
async function talk(
  from: Mesh,
  to: Villager,
  protocol: string,
  frames: readonly Uint8Array<ArrayBuffer>[],
): Promise<unknown[]> {
  const maxFrameBytes = 64 * 1024 * 1024
  const answers: unknown[] = []
  const run = async (): Promise<void> => {
    let stream: FramedStream | null = null
    try {
      stream = await from.open(to.id, protocol, { maxFrameBytes })
      for (const frame of frames) await stream.send(frame)
      for await (const answer of stream.frames) {
        answers.push(parseJson(answer))
        if (protocol === BUS_PROTOCOL) break
      }
    } catch {
      // the other side hung up, which is an answer, too
    } finally {
      stream?.abort()
    }
  }
  await village.during(run())
  return answers
}

async function isHealthy(): Promise<void> {
  const before = (await anna.node.bus.call(claimQuery, { limit: 1 })).total
  await bert.node.bus.call(claimAssert, {
    subject: `gesund ${before}`,
    predicate: 'ist',
    object: 'da',
    sources: [],
    confidence: 1,
    derived_from: [],
  })
  await village.until('Anna hears Bert', async () => (await anna.node.bus.call(claimQuery, { limit: 1 })).total > before)
}

describe('a hostile peer', () => {
  it('gets no sync and no calls as a stranger, with the code that says so (COM-5)', async () => {
    const { community } = await anna.node.bus.call(communityGet, {})
    const opening = { type: 'open', community_id: community?.community_id, negentropy: '6100000200' }
    expect(await talk(eve, anna, SYNC_PROTOCOL, [text(opening)])).toMatchObject([{ type: 'error', code: 'unauthorized' }])
    const call = {
      capability: nodeEcho.name,
      version: '1.0',
      request_id: village.runtime.ulid(),
      from: eve.nodeId,
      community: null,
      timestamp: '2026-05-26T08:00:00Z',
      body: { params: {}, input: { payload: 'x' } },
    }
    expect(await talk(eve, anna, BUS_PROTOCOL, [text(call)])).toMatchObject([{ error: { code: 'unauthorized' } }])
    await isHealthy()
  })

  it('gets bad_request for rubbish, depth, lone surrogates and size, and costs nothing lasting (ENC-1, BUS-3)', async () => {
    const rubbish = [
      utf8('{"a":'),
      utf8('['.repeat(100_000)),
      utf8('{"capability":"\\ud800"}'),
      utf8('null'),
      Uint8Array.of(0xff, 0xfe, 0x00),
      utf8(`"${'x'.repeat(BUS_MAX_MESSAGE_BYTES + 10)}"`),
    ]
    for (const frame of rubbish) {
      for (const answer of await talk(eve, anna, BUS_PROTOCOL, [frame])) {
        expect(answer).toMatchObject({ error: { code: 'bad_request' } })
      }
      for (const answer of await talk(eve, anna, SYNC_PROTOCOL, [frame])) expect(answer).toMatchObject({ type: 'error' })
    }
    await isHealthy()
  })

  it('who floods is answered rate_limited, then cut off; the neighbours notice nothing (BUS-6)', async () => {
    const calls = (count: number): Promise<readonly string[]> =>
      Promise.all(
        Array.from({ length: count }, () =>
          bert.node.bus.call(nodeEcho, { payload: 'x' }, { to: anna.id }).then(
            () => 'ok',
            (error: { code: string }) => error.code,
          ),
        ),
      )
    const many = await village.during(calls(40))
    expect(many.filter((outcome) => outcome === 'ok')).toHaveLength(10)
    expect(many.filter((outcome) => outcome === 'rate_limited')).toHaveLength(30)
    const flood = await village.during(calls(400))
    expect(flood.filter((outcome) => outcome === 'ok').length).toBeLessThan(20)
    expect(anna.mesh.peers().find(({ nodeId }) => nodeId === bert.id)?.connection).not.toBe('direct')
    await village.runtime.advance(120_000)
    await isHealthy()
  })

  it('a member who lies in sync changes nothing: forged, foreign and backdated events are counted and refused (SYN-4)', async () => {
    const { community } = await anna.node.bus.call(communityGet, {})
    const before = await anna.node.bus.call(eventsStats, {})
    const [own] = await bert.store.entries('segment').then((entries) => entries.flatMap(([, texts]) => texts as string[]))
    const event = JSON.parse(own ?? '{}') as Record<string, unknown>
    const forged = { ...event, lamport: 999 }
    const foreign = { ...event, community_id: eve.nodeId }
    const far = { ...event, lamport: 2 ** 53 }
    const frames = [
      { type: 'open', community_id: community?.community_id, negentropy: '61' },
      { type: 'events', events: [forged, foreign, null, { nonsense: true }] },
      { type: 'done' },
    ]
    await talk(bert.mesh, anna, SYNC_PROTOCOL, frames.map(text))
    // an integer beyond 53 bits makes the whole frame unreadable (ENC-1)
    const unreadable = await talk(bert.mesh, anna, SYNC_PROTOCOL, [frames[0], { type: 'events', events: [far] }].map(text))
    expect(unreadable.at(-1)).toMatchObject({ type: 'error', code: 'bad_request' })
    await village.until('the lies are counted', async () => {
      const { refused } = await anna.node.bus.call(eventsStats, {})
      return (refused.invalid_signature ?? 0) >= 1 && (refused.bad_request ?? 0) >= 2 && (refused.unauthorized ?? 0) >= 1
    })
    expect((await anna.node.bus.call(eventsStats, {})).stored).toBe(before.stored)
    await isHealthy()
  })

  it('who opens a sync and then says nothing, or nonsense, is left alone without blocking the others', async () => {
    const { community } = await anna.node.bus.call(communityGet, {})
    const silent = await village.during(bert.mesh.open(anna.id, SYNC_PROTOCOL, { maxFrameBytes: SYNC_MAX_FRAME_BYTES }))
    await village.during(silent.send(text({ type: 'open', community_id: community?.community_id, negentropy: '61' })))
    for (const nonsense of [{ type: 'stored' }, { type: 'want', ids: [] }, { type: 'message', negentropy: '60' }, 7]) {
      const opening = { type: 'open', community_id: community?.community_id, negentropy: '61' }
      const answers = await talk(bert.mesh, anna, SYNC_PROTOCOL, [text(opening), text(nonsense)])
      expect(answers.at(-1)).toMatchObject({ type: 'error', code: 'bad_request' })
    }
    await isHealthy()
    await village.runtime.advance(SYNC_IDLE_SECONDS * 1000)
    const ended = (async (): Promise<unknown> => {
      for await (const frame of silent.frames) {
        const answer = parseJson(frame)
        if (JSON.stringify(answer).includes('timeout')) return answer
      }
      return null
    })()
    expect(await village.during(ended)).toMatchObject({ type: 'error', code: 'timeout' })
  })

  it('gossip that does not verify travels no further and is stored nowhere (SYN-1)', async () => {
    const carla = await village.arrive('Carla')
    await village.join(anna, carla)
    const stored = async (villager: Villager) => (await villager.node.bus.call(eventsStats, {})).stored
    await village.until('all agree', async () => (await stored(carla)) === (await stored(anna)))
    const before = [await stored(anna), await stored(carla)]
    const revocation = { revocation_id: village.runtime.ulid(), subject: anna.id, last_valid: [], reason: 'Lüge' }
    for (const rubbish of [text({ type: revocationSigned.type, revocation, by: bert.id }), utf8('{'), new Uint8Array(0)]) {
      await bert.mesh.publish(rubbish)
    }
    await village.runtime.advance(2000)
    expect([await stored(anna), await stored(carla)]).toEqual(before)
    await isHealthy()
  })
})
