import type { NodeId } from '#protocol/core/ids.ts'
import type { JsonValue } from '#protocol/core/json.ts'
import type { LoopbackHost, LoopbackNode, LoopbackStream } from '#protocol/protocol/suite.ts'
import { type Bytes, type Identity, type Json, ulidOf, wireTime } from '../client/encoding.ts'
import { BUS, SYNC } from '../client/peer.ts'
import { TENSOR } from '../client/tensor.ts'
import { ensure, member, outcomeOf } from '../harness/case.ts'
import { Inbox } from '../harness/inbox.ts'
import type { Random } from '../harness/random.ts'
import type { Codec, Feature, Heard, Seat, Stream, Talk, Target, Verdict, Wire } from '../harness/target.ts'
import { createInvites } from '../targets/invites.ts'

const FEATURES: readonly Feature[] = ['call', 'wire', 'sync', 'gossip', 'inbound', 'person', 'guest', 'stream', 'restart']
const REACH_MS = 20_000
const STEP_MS = 10
const ANSWER_MS = 30_000

/** Frames that are asked for with a time to wait; what comes later is not lost. */
function streamOf(stream: LoopbackStream, delay: (ms: number) => Promise<void>): Stream {
  const frames = stream.frames[Symbol.asyncIterator]()
  let pending: Promise<Heard> | null = null
  const read = (): Promise<Heard> =>
    frames.next().then(
      ({ done, value }): Heard => (done ? { kind: 'end' } : { kind: 'frame', bytes: value }),
      (): Heard => ({ kind: 'reset' }),
    )
  return {
    send: (frame) => stream.send(new Uint8Array(frame)),
    async next(waitMs) {
      pending ??= read()
      const heard = await Promise.race([pending, delay(waitMs).then((): Heard => ({ kind: 'silence' }))])
      if (heard.kind === 'frame') pending = null
      return heard
    },
    async end() {
      await stream.close().catch(() => undefined)
    },
    abort: () => stream.abort(),
  }
}

function seatAt(node: LoopbackNode, random: Random, delay: (ms: number) => Promise<void>): Seat {
  async function open(capability: string, input: Json, version = '1.0'): Promise<Talk> {
    const link = node.open(null)
    const messages = link.messages[Symbol.asyncIterator]()
    let pending: Promise<Json | null> | null = null
    const read = (): Promise<Json | null> =>
      messages.next().then(
        ({ done, value }) => (done ? null : (value as Json)), // what JSON can say
        () => null,
      )
    const request_id = ulidOf(Date.now(), random.bytes(10))
    const timestamp = wireTime(Date.now())
    await link.send({ capability, version, request_id, community: null, timestamp, body: { params: {}, input } } as JsonValue) // JSON by its type
    return {
      say: (message) => link.send(message as JsonValue), // as above
      async hear(waitMs) {
        pending ??= read()
        const silence = Symbol('silence')
        const heard = await Promise.race([pending, delay(waitMs).then(() => silence)])
        if (typeof heard === 'symbol') return null
        pending = null
        return heard
      },
      abort: () => link.abort(),
    }
  }
  return {
    open,
    async ask(capability, input, version) {
      const talk = await open(capability, input, version)
      const answer = await talk.hear(ANSWER_MS)
      talk.abort()
      if (answer === null) throw new Error(`${capability} is not answered`)
      return answer
    },
  }
}

/** A peer of the suite on the network in memory. */
async function connect(host: LoopbackHost, identity: Identity, node: LoopbackNode, community: string): Promise<Wire> {
  // a NodeID by how it was made
  const self = identity.nodeId as NodeId
  const incoming = new Map<string, Inbox<Stream>>()
  const takers = new Map<string, (stream: Stream) => void>()
  const gossip = new Inbox<Bytes>()
  let peer = enter()

  function enter() {
    const entered = host.peer(self)
    for (const protocol of [BUS, SYNC, TENSOR]) {
      const inbox = incoming.get(protocol) ?? new Inbox<Stream>()
      incoming.set(protocol, inbox)
      entered.serve(protocol, (opened) => {
        const stream = streamOf(opened, host.delay)
        const take = takers.get(protocol)
        if (take) take(stream)
        else inbox.push(stream)
      })
    }
    entered.onGossip((bytes) => gossip.push(bytes))
    entered.enter(community as NodeId) // as the node itself named it
    return entered
  }
  async function reach(): Promise<void> {
    for (let waited = 0; !peer.reaches(node.nodeId); waited += STEP_MS) {
      if (waited > REACH_MS) throw new Error('the node under test is not reached')
      await host.delay(STEP_MS)
    }
  }
  await reach()
  return {
    boxAddresses: [],
    // in memory every write is a piece of its own, whoever delimits what
    open: async (protocol) => streamOf(await peer.openStream(node.nodeId, protocol), host.delay),
    openAtBox: () => Promise.reject(new Error('there is no box in memory')),
    incoming: (protocol, waitMs) => incoming.get(protocol)?.take(waitMs) ?? Promise.resolve(null),
    serve: (protocol, take) => void takers.set(protocol, take),
    subscribe: async () => undefined,
    publish: (_, bytes) => peer.publish(new Uint8Array(bytes)),
    heard: (waitMs) => gossip.take(waitMs),
    connected: async () => peer.reaches(node.nodeId),
    async reconnect() {
      peer.leave()
      peer = enter()
      await reach()
    },
    async stop() {
      peer.leave()
    },
  }
}

/** The system's functions, where it hands them over. */
const codecOf = ({ codec }: LoopbackHost): Codec | null =>
  codec && {
    // JSON both, read-only here
    run: (area, operation, input) => codec.run(area, operation, input as JsonValue) as Promise<Verdict>,
  }

/** The app's own node in memory, founded and ready (X09). */
export async function openLoopbackTarget(host: LoopbackHost, random: Random): Promise<Target> {
  const codec = codecOf(host)
  const node = await host.startNode('Node under test')
  const seat = seatAt(node, random, host.delay)
  const founded = await seat.ask('community.found', { name: 'Conformance' })
  ensure(outcomeOf(founded) === 'ok', 'a community that is founded', founded)
  await seat.ask('config.set', {
    evidence: { enabled: true },
    lora: { enabled: true },
    civdef: { enabled: true },
    distributed_llm: { enabled: true },
    tensor_transport: { enabled: true },
    policy: { research: { enable: true } },
  })
  const community = String(member(founded, 'output', 'community_id'))
  return {
    kind: 'loopback',
    features: new Set<Feature>(codec ? [...FEATURES, 'codec'] : FEATURES),
    nodeId: node.nodeId,
    community,
    invite: createInvites(seat),
    connect: (identity) => connect(host, identity, node, community),
    seat,
    codec,
    async guest(invite) {
      const second = await host.startNode('Second node')
      const guest = seatAt(second, random, host.delay)
      const redeemed = await guest.ask('community.redeem', { invite })
      ensure(outcomeOf(redeemed) === 'ok', 'a second node of the same kind that joins', redeemed)
      return { nodeId: second.nodeId, seat: guest, stop: () => second.stop() }
    },
    restart: () => node.restart(),
    problems: () => [],
    stop: () => node.stop(),
  }
}
