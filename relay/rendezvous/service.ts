import type { Connection, Stream } from '@libp2p/interface'
import { HearthError, toHearthError } from '#protocol/core/errors.ts'
import { nodeIdOf } from '#protocol/core/ids.ts'
import {
  RENDEZVOUS_PROTOCOL,
  RENDEZVOUS_TTL_SECONDS,
  type Registration,
  type RendezvousRequest,
} from '#protocol/core/rendezvous.ts'
import { requireSignature } from '#protocol/core/signing.ts'
import { type Clock, createMeter } from '../clock.ts'
import { LIMITS } from '../limits.ts'
import { hostOf } from '../p2p/host-of.ts'
import type { BoxNode } from '../p2p/libp2p-node.ts'
import { answerFrames, createFrameStream, type FrameStream } from './frames.ts'
import type { Member, Registry } from './registry.ts'

export interface RendezvousDeps {
  readonly node: Pick<BoxNode, 'handle'>
  readonly registry: Registry
  readonly clock: Clock
}

const TTL_MS = RENDEZVOUS_TTL_SECONDS * 1000
/** How far a guest's clock may be behind ours. */
const DRIFT_MS = 120_000
const MIN_LIFE_MS = 30_000

/** ID-3: the key of the connection is the node's key. */
function requireOwn(connection: Connection, { node_id }: Registration): void {
  const key = connection.remotePeer.publicKey
  if (key?.type !== 'Ed25519' || nodeIdOf(key.raw) !== node_id) {
    throw new HearthError('unauthorized', 'a node registers itself and nobody else')
  }
}

/**
 * Milliseconds a registration is kept, by the box's clock and never beyond the limit of BUS-7. One that claims to last
 * longer is shortened and not refused: a Raspberry Pi has no clock battery, and after a power cut everybody's time lies
 * far ahead of its own. The signature's own `expires_at` is for the peers, who check it.
 */
function lifeOf({ expires_at }: Registration, now: number): number {
  const ahead = Date.parse(expires_at) - now
  if (ahead < -DRIFT_MS) throw new HearthError('expired', 'this registration has expired')
  return Math.min(TTL_MS, Math.max(MIN_LIFE_MS, ahead))
}

export function createRendezvous({ node, registry, clock }: RendezvousDeps): { start(): Promise<void> } {
  const serve = async (request: RendezvousRequest, member: Member, connection: Connection): Promise<void> => {
    if (request.type === 'unregister') return registry.unregister(member, request.topic)
    const { registration } = request
    requireOwn(connection, registration)
    const lifeMs = lifeOf(registration, clock.now())
    await requireSignature(registration.node_id, registration)
    if (connection.status !== 'open') return
    for (const message of answerFrames(registration.topic, registry.register(member, registration, lifeMs)))
      member.push(message)
  }

  /** @returns false when the stream is to end. */
  const step = async (frames: FrameStream, member: Member, connection: Connection, take: () => boolean): Promise<boolean> => {
    try {
      const request = await frames.read()
      if (!take()) throw new HearthError('rate_limited', 'too many frames')
      await serve(request, member, connection)
      return true
    } catch (thrown) {
      const known = thrown instanceof HearthError ? thrown : oversize(thrown)
      if (!known) return false
      const { code, message } = toHearthError(known)
      member.push({ type: 'error', code, message })
      return known === thrown && code !== 'rate_limited'
    }
  }

  const handle = async (stream: Stream, connection: Connection): Promise<void> => {
    const frames = createFrameStream(stream)
    const member: Member = { address: hostOf(connection.remoteAddr), push: frames.push }
    const take = createMeter(clock, LIMITS.rendezvousFrames)
    stream.addEventListener('close', () => registry.leave(member), { once: true })
    while (await step(frames, member, connection, take)) {
      // each step is one frame
    }
    registry.leave(member)
    await frames.flushed()
    await stream.close().catch((reason: Error) => stream.abort(reason))
  }

  return {
    start: () => node.handle(RENDEZVOUS_PROTOCOL, handle, { maxInboundStreams: LIMITS.rendezvousStreams }),
  }
}

/** A frame over the limit, as the peer is told of it; null: the stream ended or broke. */
function oversize(thrown: unknown): HearthError | null {
  const name = thrown instanceof Error ? thrown.name : ''
  if (!['InvalidDataLengthError', 'InvalidDataLengthLengthError', 'InvalidMessageLengthError'].includes(name)) return null
  return new HearthError('bad_request', 'frame too large', { cause: thrown })
}
