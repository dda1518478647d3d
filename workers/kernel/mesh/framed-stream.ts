import type { Stream } from '@libp2p/interface'
import { HearthError } from '#protocol/core/errors.ts'
import type { NodeId } from '#protocol/core/ids.ts'
import { createFrameDecoder, encodeLength, type FrameDecoder } from './frame-decoder.ts'
import { closedError, createFrameQueue } from './frame-queue.ts'
import type { FramedStream, Framing } from './mesh.ts'

/** One write: what a data channel of ours carries in one message, so a large frame never piles up in libp2p's buffer. */
const CHUNK_BYTES = 64 * 1024 - 64
/**
 * Frames a reader has not taken yet. Above it the stream is paused: over a relay the sender then waits; over WebRTC,
 * which has no read backpressure, libp2p takes another 4 MiB and then resets the stream, which both sides see as
 * `partition`. A protocol that sends more than that unasked needs credits of its own.
 */
const PAUSE_ABOVE_BYTES = 4 * 1024 * 1024

/** `onDrain()` of @libp2p/utils 7.4.1 returns at once after its first use; the event is reliable. */
function drained(stream: Stream): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (event: Event): void => {
      stream.removeEventListener('drain', settle)
      stream.removeEventListener('close', settle)
      if (event.type === 'drain') resolve()
      else reject(closedError('the stream closed while sending'))
    }
    stream.addEventListener('drain', settle)
    stream.addEventListener('close', settle)
  })
}

const NO_LENGTH = new Uint8Array(0)
/** For protocols whose messages delimit themselves: what comes is handed on as it comes. */
const asItComes: FrameDecoder = { push: (chunk) => [new Uint8Array(chunk)], midFrame: false }

/** Frames over a libp2p stream: an unsigned-varint length and that many bytes (BUS-3), or bytes without any framing. */
export function createFramedStream(
  stream: Stream,
  peer: NodeId,
  maxFrameBytes: number,
  framing: Framing = 'length',
): FramedStream {
  const decoder = framing === 'length' ? createFrameDecoder(maxFrameBytes) : asItComes
  const queue = createFrameQueue(flow)
  let closing = false
  let sending: Promise<void> = Promise.resolve()

  function flow(): void {
    if (stream.readStatus !== 'readable' && stream.readStatus !== 'paused') return
    if (queue.queuedBytes > PAUSE_ABOVE_BYTES) stream.pause()
    else if (stream.readStatus === 'paused') stream.resume()
  }

  function fail(error: HearthError, now: boolean): void {
    queue.fail(error, now)
    stream.abort(error)
  }

  // A lost WebRTC connection looks like a goodbye when the channel closes; only then is the whole stream already over.
  function end(): void {
    const lost = stream.status !== 'open' && !closing
    if (lost || decoder.midFrame) queue.fail(closedError('the connection was lost'))
    else queue.end()
  }
  /** `end` does not come again for who listens late: who says a word and hangs up may be done before this stream is ours. */
  function endIfPast(): void {
    if (stream.readableEnded && stream.readBufferLength === 0) end()
  }

  stream.addEventListener('message', ({ data }) => {
    try {
      for (const frame of decoder.push(data.subarray())) queue.push(frame)
      flow()
    } catch (refused) {
      if (!(refused instanceof HearthError)) throw refused
      fail(refused, false)
    }
    queueMicrotask(endIfPast)
  })
  queueMicrotask(endIfPast)
  stream.addEventListener('end', () => queueMicrotask(end))
  stream.addEventListener('close', ({ error }) => {
    queueMicrotask(() => queue.fail(closedError('the stream was closed', error)))
  })

  async function write(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    if (stream.writeStatus !== 'writable') throw closedError('the stream is closed')
    const full = !stream.send(bytes) || stream.writableNeedsDrain
    if (full && stream.writeStatus === 'writable') await drained(stream)
  }

  async function send(frame: Uint8Array<ArrayBuffer>): Promise<void> {
    const head = framing === 'length' ? encodeLength(frame.length) : NO_LENGTH
    const first = frame.subarray(0, CHUNK_BYTES - head.length)
    const opening = new Uint8Array(head.length + first.length)
    opening.set(head)
    opening.set(first, head.length)
    await write(opening)
    for (let at = first.length; at < frame.length; at += CHUNK_BYTES) await write(frame.slice(at, at + CHUNK_BYTES))
  }

  return {
    peer,
    frames: queue,
    send(frame) {
      if (frame.length > maxFrameBytes)
        return Promise.reject(new HearthError('bad_request', `frame over ${maxFrameBytes} bytes`))
      // frames of concurrent senders must not interleave
      const sent = sending.then(() => send(frame))
      sending = sent.catch(() => undefined)
      return sent.catch((cause: unknown) => {
        throw cause instanceof HearthError ? cause : closedError('the stream is closed', cause)
      })
    },
    async close() {
      closing = true
      await sending
      await stream.close().catch((cause: Error) => stream.abort(cause))
    },
    abort() {
      closing = true
      fail(closedError('aborted'), true)
    },
  }
}
