import type { Connection } from '@libp2p/interface'
import { utf8 } from '#protocol/core/encoding.ts'
import type { NodeId } from '#protocol/core/ids.ts'
import { wireTime } from '#protocol/core/ids.ts'
import { parseJson } from '#protocol/core/json.ts'
import {
  RENDEZVOUS_MAX_FRAME_BYTES,
  RENDEZVOUS_MAX_PER_TOPIC,
  RENDEZVOUS_PROTOCOL,
  RENDEZVOUS_TTL_SECONDS,
  type Registration,
  type RendezvousMessage,
  RendezvousMessageSchema,
  type RendezvousRequest,
} from '#protocol/core/rendezvous.ts'
import { parseAs } from '#protocol/core/schema.ts'
import { type Signer, signRecord, verifyRecord } from '#protocol/core/signing.ts'
import { delay, type Runtime } from '../runtime.ts'
import { createSignal, type Signal } from '../signal.ts'
import { createBackoff } from './backoff.ts'
import type { Box, Boxes } from './boxes.ts'
import { withDeadline } from './deadline.ts'
import { createFramedStream } from './framed-stream.ts'
import type { MeshNode } from './libp2p-node.ts'
import type { FramedStream } from './mesh.ts'

const OPEN_MS = 10_000
/** A peer that is announced before its relay reservation stands cannot be dialled; a box that grants none is used all the same. */
const RESERVATION_WAIT_MS = 5_000
const RESERVATION_POLL_MS = 50
const RENEW_MS = (RENDEZVOUS_TTL_SECONDS * 1_000) / 2

export interface RendezvousClient {
  start(): void
  stop(): void
  /** Shows up at these topics, or at none. */
  setTopics(topics: readonly string[]): void
  /** Boxes that know the peer at one of the topics now. */
  boxesOf(peer: NodeId): readonly Box[]
  /** Who is at one of the topics, or at this one. */
  present(topic?: string): readonly NodeId[]
  readonly joined: Signal<NodeId>
  readonly left: Signal<NodeId>
}

export interface RendezvousDeps {
  readonly runtime: Runtime
  readonly node: MeshNode
  readonly signer: Signer
  readonly boxes: Boxes
}

interface Session {
  readonly box: Box
  readonly stopped: AbortController
  /** By topic. */
  readonly present: Map<string, Set<NodeId>>
  /** While the box listens: what it is told on. */
  stream: FramedStream | null
}

const everyone = ({ present }: Session): ReadonlySet<NodeId> => new Set([...present.values()].flatMap((peers) => [...peers]))

const frameOf = (request: RendezvousRequest): Uint8Array<ArrayBuffer> => utf8(JSON.stringify(request))

/** Resolves when the box has granted a relay reservation, or after a while without one. libp2p's own event comes a second late. */
async function reservation(runtime: Runtime, node: MeshNode, box: string, signal: AbortSignal): Promise<void> {
  const part = `/p2p/${box}/p2p-circuit`
  const until = runtime.monotonic() + RESERVATION_WAIT_MS
  const granted = (): boolean => node.getMultiaddrs().some((address) => address.toString().includes(part))
  while (!granted() && runtime.monotonic() < until) await delay(runtime, RESERVATION_POLL_MS, signal)
}

/** One stream per box, whatever the topics: registers, renews at half of its life, and hears who comes and goes (BUS-7). */
export function createRendezvousClient({ runtime, node, signer, boxes }: RendezvousDeps): RendezvousClient {
  const sessions = new Map<string, Session>()
  const joined = createSignal<NodeId>()
  const left = createSignal<NodeId>()
  let topics: readonly string[] = []
  let unsubscribe: (() => void)[] = []

  async function registration(box: Box, at: string): Promise<Registration> {
    const self = node.peerId.toString()
    return signRecord(signer, {
      topic: at,
      node_id: signer.nodeId,
      multiaddrs: box.addresses.slice(0, 16).map((address) => `${address}/p2p-circuit/webrtc/p2p/${self}`),
      expires_at: wireTime(runtime.now() + RENDEZVOUS_TTL_SECONDS * 1_000),
    })
  }

  /** A box could invent neighbours; it cannot sign for them. Their clocks may be off, so `expires_at` is the box's business. */
  async function meet(session: Session, at: string, peer: Registration): Promise<void> {
    if (peer.topic !== at || peer.node_id === signer.nodeId || !topics.includes(at)) return
    if (!(await verifyRecord(peer.node_id, peer)) || session.stopped.signal.aborted) return
    const there = session.present.get(at) ?? new Set()
    if (there.size >= RENDEZVOUS_MAX_PER_TOPIC) return
    session.present.set(at, there.add(peer.node_id))
    joined.emit(peer.node_id)
  }

  async function apply(session: Session, message: RendezvousMessage): Promise<void> {
    if (message.type === 'registered') for (const peer of message.peers) await meet(session, message.topic, peer)
    if (message.type === 'joined') await meet(session, message.topic, message.peer)
    if (message.type === 'left' && session.present.get(message.topic)?.delete(message.node_id)) left.emit(message.node_id)
  }

  async function register({ box, stream }: Session, at: string): Promise<void> {
    await stream?.send(frameOf({ type: 'register', registration: await registration(box, at) }))
  }

  async function renew(session: Session): Promise<void> {
    for (;;) {
      for (const at of topics) await register(session, at)
      await delay(runtime, RENEW_MS, session.stopped.signal)
    }
  }

  async function goodbye({ stream }: Session, from: readonly string[]): Promise<void> {
    for (const topic of from) await stream?.send(frameOf({ type: 'unregister', topic }))
  }

  async function converse(session: Session, connection: Connection): Promise<void> {
    const { signal } = session.stopped
    await reservation(runtime, node, session.box.peer, signal)
    const raw = await withDeadline(runtime, OPEN_MS, signal, (deadline) =>
      connection.newStream(RENDEZVOUS_PROTOCOL, { signal: deadline }),
    )
    const stream = createFramedStream(raw, signer.nodeId, RENDEZVOUS_MAX_FRAME_BYTES)
    session.stream = stream
    const leave = (): void => void goodbye(session, topics).then(() => stream.close(), stream.abort)
    signal.addEventListener('abort', leave, { once: true })
    try {
      signal.throwIfAborted()
      void renew(session).catch(() => signal.aborted || stream.abort())
      for await (const frame of stream.frames) {
        await apply(session, parseAs(RendezvousMessageSchema, parseJson(frame), 'bad_request'))
      }
    } finally {
      signal.removeEventListener('abort', leave)
      if (!signal.aborted) stream.abort()
      session.stream = null
    }
  }

  function clear(session: Session): void {
    const gone = everyone(session)
    session.present.clear()
    for (const peer of gone) left.emit(peer)
  }

  async function keepUp(session: Session): Promise<void> {
    const backoff = createBackoff(runtime)
    const { signal } = session.stopped
    while (!signal.aborted && session.box.connection) {
      // whatever ended it, a box that is still connected is asked again
      await converse(session, session.box.connection).catch(() => undefined)
      clear(session)
      await delay(runtime, backoff.next(), signal).catch(() => undefined)
    }
  }

  function open(box: Box): void {
    close(box)
    if (topics.length === 0) return
    const session: Session = { box, stopped: new AbortController(), present: new Map(), stream: null }
    sessions.set(box.peer, session)
    void keepUp(session)
  }

  function close(box: Box): void {
    const session = sessions.get(box.peer)
    if (!session) return
    sessions.delete(box.peer)
    session.stopped.abort()
    clear(session)
  }

  /** Tells a box what came and went, without a goodbye to those at the topics that stay. */
  function move(session: Session, added: readonly string[], dropped: readonly string[]): void {
    const told = async (): Promise<void> => {
      await goodbye(session, dropped)
      for (const at of added) await register(session, at)
    }
    void told().catch(() => session.stream?.abort())
    for (const at of dropped) {
      const gone = session.present.get(at) ?? []
      session.present.delete(at)
      for (const peer of gone) left.emit(peer)
    }
  }

  return {
    joined,
    left,
    start() {
      unsubscribe = [boxes.connected.on(open), boxes.lost.on(close)]
    },
    stop() {
      for (const off of unsubscribe) off()
      for (const { box } of [...sessions.values()]) close(box)
    },
    setTopics(next) {
      const [before, after] = [topics, [...new Set(next)]]
      const added = after.filter((at) => !before.includes(at))
      const dropped = before.filter((at) => !after.includes(at))
      if (after.length === 0) for (const { box } of [...sessions.values()]) close(box)
      topics = after
      for (const session of sessions.values()) move(session, added, dropped)
      for (const box of boxes.list()) if (box.connection && !sessions.has(box.peer)) open(box)
    },
    boxesOf: (peer) => [...sessions.values()].filter((session) => everyone(session).has(peer)).map(({ box }) => box),
    present: (topic) => [
      ...new Set(
        [...sessions.values()].flatMap((session) => [
          ...(topic === undefined ? everyone(session) : (session.present.get(topic) ?? [])),
        ]),
      ),
    ],
  }
}
