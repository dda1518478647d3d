import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type ErrorCode, HearthError } from '#protocol/core/errors.ts'
import type { CommunityId, NodeId } from '#protocol/core/ids.ts'
import type { FramedStream, Mesh } from '../kernel/mesh/mesh.ts'

/** One box, one community, and as many nodes as a test asks for. */
export interface MeshFixture {
  readonly community: CommunityId
  /** Started, in touch with the box, at no topic. */
  node(seed: number): Promise<Mesh>
  killBox(): Promise<void>
  reviveBox(): Promise<void>
  close(): Promise<void>
}

const ECHO = '/hearthnet/test-echo/1'
const MEBIBYTE = 1024 * 1024
const PATIENCE = { timeout: 20_000, interval: 20 }

/** @throws with the condition's own words: where it stands is lost while waiting */
const until = (condition: () => boolean): Promise<void> =>
  vi.waitFor(() => expect(condition(), `${condition}`).toBe(true), PATIENCE)
const kindOf = (mesh: Mesh, peer: NodeId) => mesh.peers().find(({ nodeId }) => nodeId === peer)?.connection
const isDirect = (a: Mesh, b: Mesh): boolean => kindOf(a, b.nodeId) === 'direct' && kindOf(b, a.nodeId) === 'direct'
const codeOf = (failing: Promise<unknown>): Promise<ErrorCode | 'none'> =>
  failing.then(
    () => 'none',
    (error: unknown) => (error instanceof HearthError ? error.code : Promise.reject(error)),
  )

async function next(stream: FramedStream): Promise<Uint8Array<ArrayBuffer>> {
  const { value, done } = await stream.frames[Symbol.asyncIterator]().next()
  if (done) throw new Error('the stream ended')
  return value
}

const drain = async (stream: FramedStream): Promise<number> => {
  let frames = 0
  for await (const _ of stream.frames) frames++
  return frames
}

function echo(mesh: Mesh, maxFrameBytes = 5 * MEBIBYTE): void {
  const handle = async (stream: FramedStream): Promise<void> => {
    try {
      for await (const frame of stream.frames) await stream.send(frame)
      await stream.close()
    } catch {
      stream.abort()
    }
  }
  mesh.handle({ protocol: ECHO, maxFrameBytes, handle: (stream) => void handle(stream) })
}

/** What every mesh keeps (ID-3, SYN-1, BUS-7). */
export function meshContract(name: string, createFixture: () => Promise<MeshFixture>): void {
  describe(name, { timeout: 60_000 }, () => {
    let fixture: MeshFixture
    beforeEach(async () => {
      fixture = await createFixture()
    })
    afterEach(() => fixture.close())

    async function pair(): Promise<[Mesh, Mesh]> {
      const [a, b] = await Promise.all([fixture.node(1), fixture.node(2)])
      a.enter(fixture.community)
      b.enter(fixture.community)
      await until(() => isDirect(a, b))
      return [a, b]
    }
    const openEcho = (from: Mesh, to: Mesh, maxFrameBytes = 5 * MEBIBYTE) => from.open(to.nodeId, ECHO, { maxFrameBytes })

    it('carries frames both ways on a stream whose far end is the proven node (ID-3)', async () => {
      const [a, b] = await pair()
      const served: NodeId[] = []
      b.handle({ protocol: ECHO, maxFrameBytes: 64, handle: (stream) => void served.push(stream.peer) })
      echo(a)
      const stream = await openEcho(b, a)
      await stream.send(Uint8Array.of(1, 2, 3))
      expect([...(await next(stream))]).toEqual([1, 2, 3])
      expect(stream.peer).toBe(a.nodeId)
      await openEcho(a, b)
      await until(() => served.length === 1)
      expect(served).toEqual([a.nodeId])
    })

    it('keeps many frames in order, empty and large ones too, and ends after the goodbye', async () => {
      const [a, b] = await pair()
      echo(b)
      const stream = await openEcho(a, b)
      const large = Uint8Array.from({ length: 4 * MEBIBYTE }, (_, i) => i % 251)
      for (let i = 0; i < 500; i++) void stream.send(new Uint8Array(i).fill(i))
      void stream.send(large)
      for (let i = 0; i < 500; i++) expect(await next(stream)).toEqual(new Uint8Array(i).fill(i))
      expect(Buffer.compare(await next(stream), large)).toBe(0)
      await stream.close()
      expect(await drain(stream)).toBe(0)
    })

    it('carries bytes without a length of its own where a protocol delimits its messages (TEN-1)', async () => {
      const [a, b] = await pair()
      const heard: number[] = []
      b.handle({
        protocol: ECHO,
        maxFrameBytes: MEBIBYTE,
        framing: 'none',
        async handle(stream) {
          for await (const bytes of stream.frames) for (const byte of bytes) heard.push(byte)
          await stream.close()
        },
      })
      const stream = await a.open(b.nodeId, ECHO, { maxFrameBytes: MEBIBYTE, framing: 'none' })
      const sent = Uint8Array.from({ length: 200_000 }, (_, i) => i % 251)
      await stream.send(sent.slice(0, 1))
      await stream.send(sent.slice(1, 20_000))
      await stream.send(sent.slice(20_000))
      await stream.close()
      await until(() => heard.length >= sent.length)
      expect(Buffer.compare(Uint8Array.from(heard), sent)).toBe(0)
    })

    it('refuses a frame over the limit where it is sent and where it is received', async () => {
      const [a, b] = await pair()
      const received: Promise<ErrorCode | 'none'>[] = []
      b.handle({ protocol: ECHO, maxFrameBytes: 100, handle: (stream) => void received.push(codeOf(drain(stream))) })
      const careful = await openEcho(a, b, 100)
      expect(await codeOf(careful.send(new Uint8Array(101)))).toBe('bad_request')
      const careless = await openEcho(a, b)
      void careless.send(new Uint8Array(101)).catch(() => undefined)
      expect(await codeOf(drain(careless))).toBe('partition')
      expect(await received[1]).toBe('bad_request')
    })

    it('shows an abort to the other side as partition, and to later senders', async () => {
      const [a, b] = await pair()
      const serving: FramedStream[] = []
      b.handle({ protocol: ECHO, maxFrameBytes: 100, handle: (stream) => void serving.push(stream) })
      const stream = await openEcho(a, b)
      await until(() => serving.length === 1)
      serving[0]?.abort()
      expect(await codeOf(drain(stream))).toBe('partition')
      expect(await codeOf(stream.send(new Uint8Array(1)))).toBe('partition')
    })

    it('says not_implemented for a protocol nobody serves and partition for a stranger', async () => {
      const [a, b] = await pair()
      const withdraw = b.handle({ protocol: ECHO, maxFrameBytes: 100, handle: (stream) => stream.abort() })
      withdraw()
      expect(await codeOf(openEcho(a, b))).toBe('not_implemented')
      expect(await codeOf(a.open(fixture.community, ECHO, { maxFrameBytes: 1 }))).toBe('partition')
    })

    it('passes gossip on from a to c over b once b has accepted it, and not before (SYN-1)', async () => {
      const [a, b, c] = await Promise.all([fixture.node(1), fixture.node(2), fixture.node(3)])
      const heard = { b: [] as string[], c: [] as string[] }
      const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)
      a.banish(c.nodeId)
      c.banish(a.nodeId)
      b.onGossip(async (bytes) => {
        heard.b.push(text(bytes))
        return text(bytes).startsWith('good') ? 'accept' : text(bytes).startsWith('old') ? 'ignore' : 'reject'
      })
      c.onGossip(async (bytes, from) => {
        expect(from).toBe(b.nodeId)
        heard.c.push(text(bytes))
        return 'accept'
      })
      for (const mesh of [a, b, c]) mesh.enter(fixture.community)
      await until(() => isDirect(a, b) && isDirect(b, c))
      expect(isDirect(a, c)).toBe(false)
      // what is published before the far side has subscribed reaches nobody: sync fetches it later
      let tries = 0
      await vi.waitFor(async () => {
        await a.publish(new TextEncoder().encode(`good ${tries++}`))
        expect(heard.c.length).toBeGreaterThan(0)
      }, PATIENCE)
      const send = (message: string) => a.publish(new TextEncoder().encode(message))
      await send('bad')
      await send('old')
      await send('good last')
      await until(() => heard.c.includes('good last') && ['bad', 'old'].every((message) => heard.b.includes(message)))
      expect(heard.c.filter((message) => !message.startsWith('good'))).toEqual([])
    })

    it('tells of peers that come and go', async () => {
      const [a, b] = await Promise.all([fixture.node(1), fixture.node(2)])
      const arrivals: NodeId[] = []
      let changes = 0
      a.connected.on((peer) => arrivals.push(peer))
      a.changed.on(() => changes++)
      a.enter(fixture.community)
      expect(a.peers()).toEqual([])
      b.enter(fixture.community)
      await until(() => isDirect(a, b))
      expect(arrivals).toEqual([b.nodeId])
      await until(() => a.peers()[0]?.latencyMs !== null)
      const before = changes
      await b.stop()
      await until(() => kindOf(a, b.nodeId) === 'away')
      expect(changes).toBeGreaterThan(before)
    })

    it('keeps direct connections when the box dies, and finds newcomers when it is back (BUS-7)', async () => {
      const [a, b] = await pair()
      echo(b)
      await fixture.killBox()
      await until(() => a.boxes()[0]?.state === 'unreachable' && b.boxes()[0]?.state === 'unreachable')
      expect(a.boxAddresses()).toEqual([])
      expect(isDirect(a, b)).toBe(true)
      const stream = await openEcho(a, b)
      await stream.send(Uint8Array.of(9))
      expect([...(await next(stream))]).toEqual([9])
      await fixture.reviveBox()
      await until(() => a.boxes()[0]?.state === 'connected')
      const c = await fixture.node(3)
      c.enter(fixture.community)
      await until(() => isDirect(a, c))
      expect(a.boxAddresses()).toHaveLength(1)
    })

    it('hangs up on a banished peer, stays away from it, and takes it back when forgiven', async () => {
      const [a, b] = await pair()
      a.banish(b.nodeId)
      await until(() => kindOf(a, b.nodeId) === 'away' && kindOf(b, a.nodeId) !== 'direct')
      expect(await codeOf(a.open(b.nodeId, ECHO, { maxFrameBytes: 1 }))).toBe('partition')
      a.forgive(b.nodeId)
      await until(() => isDirect(a, b))
    })

    it('hangs up on everyone when it leaves, and can enter again', async () => {
      const [a, b] = await pair()
      a.leave()
      await until(() => a.peers().length === 0 && kindOf(b, a.nodeId) !== 'direct')
      expect(await codeOf(a.publish(new Uint8Array(1)))).toBe('partition')
      a.enter(fixture.community)
      await until(() => isDirect(a, b))
    })

    it('keeps nodes of different communities apart (SYN-1)', async () => {
      const [a, b, c] = await Promise.all([fixture.node(1), fixture.node(2), fixture.node(3)])
      a.enter(fixture.community)
      b.enter(fixture.community)
      c.enter(c.nodeId)
      await until(() => isDirect(a, b))
      expect(c.peers()).toEqual([])
      expect(kindOf(a, c.nodeId)).toBeUndefined()
    })

    it('lets nodes of two communities meet at a further topic, and parts them when it is over (FDR-5)', async () => {
      const [a, b, c] = await Promise.all([fixture.node(1), fixture.node(2), fixture.node(3)])
      const topic = 'ab'.repeat(32)
      a.enter(fixture.community)
      b.enter(fixture.community)
      c.enter(c.nodeId)
      await until(() => isDirect(a, b))
      for (const mesh of [a, c]) mesh.meet([topic])
      await until(() => isDirect(a, c) && a.at(topic).length > 0 && c.at(topic).length > 0)
      expect([a.at(topic), c.at(topic), b.at(topic)]).toEqual([[c.nodeId], [a.nodeId], []])
      expect(kindOf(b, c.nodeId)).toBeUndefined()
      a.meet([])
      await until(() => !isDirect(a, c) && a.at(topic).length === 0)
      expect(isDirect(a, b)).toBe(true)
    })

    it('sends gossip to those who may hear it, and to a peer as soon as it may (COM-5)', async () => {
      const [a, b, c] = await Promise.all([fixture.node(1), fixture.node(2), fixture.node(3)])
      const heard = { b: 0, c: 0 }
      let isMember = false
      for (const mesh of [a, b]) mesh.mayHear((peer) => peer !== c.nodeId || isMember)
      b.onGossip(async () => {
        heard.b++
        return 'accept'
      })
      c.onGossip(async () => {
        heard.c++
        return 'accept'
      })
      for (const mesh of [a, b, c]) mesh.enter(fixture.community)
      await until(() => isDirect(a, b) && isDirect(a, c) && isDirect(b, c))
      let tries = 0
      const reaches = (enough: () => boolean): Promise<void> =>
        vi.waitFor(async () => {
          await a.publish(new TextEncoder().encode(`news ${tries++}`))
          expect(enough()).toBe(true)
        }, PATIENCE)
      await reaches(() => heard.b > 20)
      expect(heard.c).toBe(0)
      isMember = true
      await reaches(() => heard.c > 0)
    })
  })
}
