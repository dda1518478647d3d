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
  /** Shows up at a topic, or at none. */
  setTopic(topic: string | null): void
  /** Boxes that know the peer at the topic now. */
  boxesOf(peer: NodeId): readonly Box[]
  present(): readonly NodeId[]
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
  readonly present: Set<NodeId>
}

const frameOf = (request: RendezvousRequest): Uint8Array<ArrayBuffer> => utf8(JSON.stringify(request))

/** Resolves when the box has granted a relay reservation, or after a while without one. libp2p's own event comes a second late. */
async function reservation(runtime: Runtime, node: MeshNode, box: string, signal: AbortSignal): Promise<void> {
  const part = `/p2p/${box}/p2p-circuit`
  const until = runtime.monotonic() + RESERVATION_WAIT_MS
  const granted = (): boolean => node.getMultiaddrs().some((address) => address.toString().includes(part))
  while (!granted() && runtime.monotonic() < until) await delay(runtime, RESERVATION_POLL_MS, signal)
}

/** One stream per box: registers, renews at half of its life, and hears who comes and goes (BUS-7). */
export function createRendezvousClient({ runtime, node, signer, boxes }: RendezvousDeps): RendezvousClient {
  const sessions = new Map<string, Session>()
  const joined = createSignal<NodeId>()
  const left = createSignal<NodeId>()
  let topic: string | null = null
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
    if (peer.topic !== at || peer.node_id === signer.nodeId || session.present.size >= RENDEZVOUS_MAX_PER_TOPIC) return
    if (!(await verifyRecord(peer.node_id, peer)) || session.stopped.signal.aborted) return
    session.present.add(peer.node_id)
    joined.emit(peer.node_id)
  }

  async function apply(session: Session, at: string, message: RendezvousMessage): Promise<void> {
    if (message.type === 'registered') for (const peer of message.peers) await meet(session, at, peer)
    if (message.type === 'joined') await meet(session, at, message.peer)
    if (message.type === 'left' && session.present.delete(message.node_id)) left.emit(message.node_id)
  }

  async function renew(stream: FramedStream, box: Box, at: string, signal: AbortSignal): Promise<void> {
    for (;;) {
      await stream.send(frameOf({ type: 'register', registration: await registration(box, at) }))
      await delay(runtime, RENEW_MS, signal)
    }
  }

  async function converse(session: Session, connection: Connection, at: string): Promise<void> {
    const { signal } = session.stopped
    await reservation(runtime, node, session.box.peer, signal)
    const raw = await withDeadline(runtime, OPEN_MS, signal, (deadline) =>
      connection.newStream(RENDEZVOUS_PROTOCOL, { signal: deadline }),
    )
    const stream = createFramedStream(raw, signer.nodeId, RENDEZVOUS_MAX_FRAME_BYTES)
    const goodbye = (): void => {
      void stream.send(frameOf({ type: 'unregister', topic: at })).then(() => stream.close(), stream.abort)
    }
    signal.addEventListener('abort', goodbye, { once: true })
    try {
      signal.throwIfAborted()
      void renew(stream, session.box, at, signal).catch(() => signal.aborted || stream.abort())
      for await (const frame of stream.frames) {
        await apply(session, at, parseAs(RendezvousMessageSchema, parseJson(frame), 'bad_request'))
      }
    } finally {
      signal.removeEventListener('abort', goodbye)
      if (!signal.aborted) stream.abort()
    }
  }

  function clear(session: Session): void {
    const gone = [...session.present]
    session.present.clear()
    for (const peer of gone) left.emit(peer)
  }

  async function keepUp(session: Session, at: string): Promise<void> {
    const backoff = createBackoff(runtime)
    const { signal } = session.stopped
    while (!signal.aborted && session.box.connection) {
      // whatever ended it, a box that is still connected is asked again
      await converse(session, session.box.connection, at).catch(() => undefined)
      clear(session)
      await delay(runtime, backoff.next(), signal).catch(() => undefined)
    }
  }

  function open(box: Box): void {
    close(box)
    if (topic === null) return
    const session: Session = { box, stopped: new AbortController(), present: new Set() }
    sessions.set(box.peer, session)
    void keepUp(session, topic)
  }

  function close(box: Box): void {
    const session = sessions.get(box.peer)
    if (!session) return
    sessions.delete(box.peer)
    session.stopped.abort()
    clear(session)
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
    setTopic(next) {
      topic = next
      for (const { box } of [...sessions.values()]) close(box)
      for (const box of boxes.list()) if (box.connection) open(box)
    },
    boxesOf: (peer) => [...sessions.values()].filter(({ present }) => present.has(peer)).map(({ box }) => box),
    present: () => [...new Set([...sessions.values()].flatMap(({ present }) => [...present]))],
  }
}
