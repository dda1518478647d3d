import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { wireTime } from '#protocol/core/ids.ts'
import { RENDEZVOUS_MAX_FRAME_BYTES, RENDEZVOUS_TTL_SECONDS } from '#protocol/core/rendezvous.ts'
import { type Box, createBox } from '../box.ts'
import type { Clock } from '../clock.ts'
import { LIMITS } from '../limits.ts'
import { createTestClient, type RendezvousClient, registrationOf, type TestClient } from '../testing/client.ts'

let at = Date.now()
let timers: { at: number; task: () => void }[] = []
/** A clock turned by hand, for what a registration's life depends on. */
const clock: Clock = {
  now: () => at,
  after(ms, task) {
    const timer = { at: at + ms, task }
    timers.push(timer)
    return () => {
      timers = timers.filter((other) => other !== timer)
    }
  },
}
function turn(ms: number): void {
  at += ms
  const due = timers.filter((timer) => timer.at <= at)
  timers = timers.filter((timer) => timer.at > at)
  for (const { task } of due) task()
}

let directory: string
let box: Box
let address: string
const clients: TestClient[] = []
let topics = 0
const freshTopic = (): string => (++topics).toString(16).padStart(64, '0')

async function guest(): Promise<TestClient> {
  const client = await createTestClient()
  clients.push(client)
  return client
}

async function registered(topic: string): Promise<{ client: TestClient; at: RendezvousClient }> {
  const client = await guest()
  const stream = await client.rendezvous(address)
  await stream.send({ type: 'register', registration: await registrationOf(client, topic, {}, at) })
  expect(await stream.next()).toMatchObject({ type: 'registered', topic })
  return { client, at: stream }
}

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'box-'))
  box = await createBox(
    { port: 0, host: '127.0.0.1', data: directory, web: directory },
    { clock, loadWebRtc: async () => null },
  )
  address = box.multiaddrs[0] ?? ''
})
afterAll(async () => {
  await Promise.all(clients.map((client) => client.stop()))
  await box.stop()
  await rm(directory, { recursive: true })
})

describe('the rendezvous (BUS-7)', () => {
  it('answers a registration with everyone else at the topic, and tells them', async () => {
    const topic = freshTopic()
    const anna = await registered(topic)
    const ben = await guest()
    const stream = await ben.rendezvous(address)
    const registration = await registrationOf(ben, topic, {}, at)
    await stream.send({ type: 'register', registration })
    expect(await stream.next()).toEqual({
      type: 'registered',
      topic,
      ttl_seconds: RENDEZVOUS_TTL_SECONDS,
      peers: [expect.objectContaining({ node_id: anna.client.nodeId })],
    })
    expect(await anna.at.next()).toEqual({ type: 'joined', topic, peer: registration })
  })

  it('keeps topics apart', async () => {
    const here = await registered(freshTopic())
    const there = await registered(freshTopic())
    await here.at.send({ type: 'register', registration: await registrationOf(here.client, freshTopic(), {}, at) })
    expect(await here.at.next()).toMatchObject({ type: 'registered', peers: [] })
    expect(there.client.nodeId).not.toBe(here.client.nodeId)
  })

  it('tells the others when a peer unregisters, closes its stream or vanishes', async () => {
    const topic = freshTopic()
    const watcher = await registered(topic)
    const leaver = await registered(topic)
    const closer = await registered(topic)
    const vanisher = await registered(topic)
    for (const _ of [leaver, closer, vanisher]) expect(await watcher.at.next()).toMatchObject({ type: 'joined' })

    await leaver.at.send({ type: 'unregister', topic })
    expect(await watcher.at.next()).toEqual({ type: 'left', topic, node_id: leaver.client.nodeId })
    await closer.at.stream.close()
    expect(await watcher.at.next()).toEqual({ type: 'left', topic, node_id: closer.client.nodeId })
    for (const connection of vanisher.client.libp2p.getConnections()) connection.abort(new Error('cable pulled'))
    expect(await watcher.at.next()).toEqual({ type: 'left', topic, node_id: vanisher.client.nodeId })
  })

  it('forgets a registration that is not renewed, and keeps one that is, silently', async () => {
    const topic = freshTopic()
    const faithful = await registered(topic)
    const careless = await registered(topic)
    expect(await faithful.at.next()).toMatchObject({ type: 'joined' })
    turn(60_000)
    await faithful.at.send({ type: 'register', registration: await registrationOf(faithful.client, topic, {}, at) })
    expect(await faithful.at.next()).toMatchObject({ type: 'registered' })
    turn(60_000)
    expect(await faithful.at.next()).toEqual({ type: 'left', topic, node_id: careless.client.nodeId })
    // the renewal made no noise: the next that the careless one hears is the answer to its own registration
    await careless.at.send({ type: 'register', registration: await registrationOf(careless.client, topic, {}, at) })
    expect(await careless.at.next()).toMatchObject({ type: 'registered', peers: [{ node_id: faithful.client.nodeId }] })
  })

  it('keeps a registration that claims to last for years no longer than any other', async () => {
    const topic = freshTopic()
    const watcher = await registered(topic)
    const greedy = await guest()
    const stream = await greedy.rendezvous(address)
    const registration = await registrationOf(greedy, topic, { expires_at: wireTime(at + 365 * 86_400_000) }, at)
    await stream.send({ type: 'register', registration })
    expect(await stream.next()).toMatchObject({ type: 'registered' })
    expect(await watcher.at.next()).toMatchObject({ type: 'joined' })
    turn(90_000)
    await watcher.at.send({ type: 'register', registration: await registrationOf(watcher.client, topic, {}, at) })
    expect(await watcher.at.next()).toMatchObject({ type: 'registered', peers: [{ node_id: greedy.nodeId }] })
    turn(RENDEZVOUS_TTL_SECONDS * 1000 - 90_000)
    expect(await watcher.at.next()).toMatchObject({ type: 'left', node_id: greedy.nodeId })
  })

  it('refuses an expired, a forged and a foreign registration (ID-3, ID-4) and serves on', async () => {
    const topic = freshTopic()
    const client = await guest()
    const other = await guest()
    const stream = await client.rendezvous(address)
    const refused = async (registration: unknown): Promise<unknown> => {
      await stream.send({ type: 'register', registration })
      return stream.next()
    }
    const good = await registrationOf(client, topic, {}, at)
    const late = await registrationOf(client, topic, { expires_at: wireTime(at - 600_000) }, at)
    expect(await refused(late)).toMatchObject({ type: 'error', code: 'expired' })
    expect(await refused({ ...good, multiaddrs: ['/ip4/198.51.100.1/tcp/1'] })).toMatchObject({ code: 'invalid_signature' })
    expect(await refused(await registrationOf(other, topic, {}, at))).toMatchObject({ code: 'unauthorized' })
    expect(await refused(good)).toMatchObject({ type: 'registered', peers: [] })
  })

  it('answers what is no request with bad_request and serves on', async () => {
    const client = await guest()
    const stream = await client.rendezvous(address)
    const broken = [new Uint8Array(), new Uint8Array([0xff, 0xfe]), new TextEncoder().encode('{"type":"register"}')]
    for (const bytes of broken) {
      await stream.sendBytes(bytes)
      expect(await stream.next()).toMatchObject({ type: 'error', code: 'bad_request' })
    }
    await stream.send({ type: 'register', registration: await registrationOf(client, freshTopic(), {}, at) })
    expect(await stream.next()).toMatchObject({ type: 'registered' })
  })

  it('answers whatever bytes arrive in a frame, and serves on', async () => {
    const client = await guest()
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc.json().map((text) => new TextEncoder().encode(text)),
    )
    await fc.assert(
      fc.asyncProperty(bytes, async (frame) => {
        const stream = await client.rendezvous(address)
        await stream.sendBytes(frame)
        expect(await stream.next()).toMatchObject({ type: 'error', code: 'bad_request' })
        await stream.stream.close()
      }),
      { numRuns: 50 },
    )
    await registered(freshTopic())
  })

  it('closes the stream of an oversized frame, and survives a truncated one', async () => {
    const client = await guest()
    const oversized = await client.rendezvous(address)
    await oversized.sendBytes(new Uint8Array(RENDEZVOUS_MAX_FRAME_BYTES + 1))
    expect(await oversized.next()).toMatchObject({ type: 'error', code: 'bad_request' })
    await expect(oversized.next()).rejects.toThrow()

    const truncated = await client.rendezvous(address)
    truncated.stream.send(Uint8Array.of(100, 123))
    await truncated.stream.close()
    await registered(freshTopic())
  })

  it('tells a stream that sends too fast so, and closes it', async () => {
    const client = await guest()
    const stream = await client.rendezvous(address)
    for (let i = 0; i <= LIMITS.rendezvousFrames.burst; i++) await stream.send({ type: 'unregister', topic: freshTopic() })
    expect(await stream.next()).toMatchObject({ type: 'error', code: 'rate_limited' })
    await expect(stream.next()).rejects.toThrow()
  })
})
