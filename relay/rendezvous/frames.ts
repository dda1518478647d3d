import type { Stream } from '@libp2p/interface'
import { lpStream } from '@libp2p/utils'
import { utf8 } from '#protocol/core/encoding.ts'
import { HearthError } from '#protocol/core/errors.ts'
import {
  RENDEZVOUS_MAX_FRAME_BYTES,
  RENDEZVOUS_TTL_SECONDS,
  type Registration,
  type RendezvousMessage,
  type RendezvousRequest,
  RendezvousRequestSchema,
} from '#protocol/core/rendezvous.ts'
import { parseAs } from '#protocol/core/schema.ts'
import { LIMITS } from '../limits.ts'

export interface FrameStream {
  /**
   * The next request.
   * @throws HearthError `bad_request` for a frame that is no request; anything else means the stream is of no more use.
   */
  read(): Promise<RendezvousRequest>
  /** Queues a message. A stream that owes too many is given up: its peer does not read. */
  push(message: RendezvousMessage): void
  /** Resolves when all that was pushed is with the transport. */
  flushed(): Promise<void>
}

const decoder = new TextDecoder('utf-8', { fatal: true })
const encode = (message: RendezvousMessage): Uint8Array => utf8(JSON.stringify(message))

function parseRequest(bytes: Uint8Array): RendezvousRequest {
  let value: unknown
  try {
    value = JSON.parse(decoder.decode(bytes))
  } catch (cause) {
    throw new HearthError('bad_request', 'not JSON', { cause })
  }
  return parseAs(RendezvousRequestSchema, value, 'bad_request')
}

export function createFrameStream(stream: Stream): FrameStream {
  const frames = lpStream(stream, { maxDataLength: RENDEZVOUS_MAX_FRAME_BYTES, maxBufferSize: 4 * RENDEZVOUS_MAX_FRAME_BYTES })
  let tail = Promise.resolve()
  let backlog = 0
  const settled = (): void => {
    backlog -= 1
  }
  return {
    read: async () => parseRequest((await frames.read()).subarray()),
    push(message) {
      if (stream.status !== 'open') return
      backlog += 1
      if (backlog > LIMITS.rendezvousBacklog)
        return stream.abort(new HearthError('capacity_exceeded', 'the peer does not read'))
      // a write fails when the stream closes; whoever reads it notices and leaves
      tail = tail.then(() => frames.write(encode(message))).then(settled, settled)
    },
    flushed: () => tail,
  }
}

/** An answer in frames of the allowed size: as many peers as fit in `registered`, the others as if they just joined. */
export function answerFrames(topic: string, others: readonly Registration[]): RendezvousMessage[] {
  const registered = { type: 'registered' as const, topic, ttl_seconds: RENDEZVOUS_TTL_SECONDS }
  let bytes = encode({ ...registered, peers: [] }).length
  const fits = others.findIndex((peer) => {
    bytes += utf8(JSON.stringify(peer)).length + 1
    return bytes > RENDEZVOUS_MAX_FRAME_BYTES
  })
  const end = fits === -1 ? others.length : fits
  return [
    { ...registered, peers: others.slice(0, end) },
    ...others.slice(end).map((peer): RendezvousMessage => ({ type: 'joined', topic, peer })),
  ]
}
