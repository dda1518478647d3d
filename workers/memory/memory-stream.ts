import { HearthError } from '#protocol/core/errors.ts'
import type { NodeId } from '#protocol/core/ids.ts'
import { closedError, createFrameQueue, type FrameQueue } from '../kernel/mesh/frame-queue.ts'
import type { FramedStream } from '../kernel/mesh/mesh.ts'
import type { Runtime } from '../kernel/runtime.ts'

/** Delivers what it is given after `latency()`, in order, whatever the latency becomes meanwhile. */
export function createPipe(runtime: Runtime, latency: () => number): (deliver: () => void) => Promise<void> {
  const waiting: (() => void)[] = []
  return (deliver) =>
    new Promise((resolve) => {
      waiting.push(() => {
        deliver()
        resolve()
      })
      runtime.after(latency(), () => waiting.shift()?.())
    })
}

export interface MemoryStreamPair {
  readonly ends: readonly [FramedStream, FramedStream]
  /** Neither end says anything any more. */
  readonly over: boolean
  /** The link between the two is gone. */
  sever(): void
}

interface End {
  readonly queue: FrameQueue
  readonly maxFrameBytes: number
  /** Says no more. */
  closed: boolean
}

/** @param peers who each end talks to. @param limits frame limit of each end, in bytes. */
export function createStreamPair(
  runtime: Runtime,
  latency: () => number,
  peers: readonly [NodeId, NodeId],
  limits: readonly [number, number],
): MemoryStreamPair {
  const end = (maxFrameBytes: number): End => ({ queue: createFrameQueue(() => undefined), maxFrameBytes, closed: false })
  const near = end(limits[0])
  const far = end(limits[1])

  function sever(): void {
    for (const one of [near, far]) {
      one.closed = true
      one.queue.fail(closedError('the connection was lost'))
    }
  }

  function streamOf(self: End, other: End, peer: NodeId): FramedStream {
    const pipe = createPipe(runtime, latency)
    const tooLarge = (limit: number): HearthError => new HearthError('bad_request', `frame over ${limit} bytes`)

    function receive(frame: Uint8Array<ArrayBuffer>): void {
      if (frame.length <= other.maxFrameBytes) other.queue.push(frame)
      else {
        other.queue.fail(tooLarge(other.maxFrameBytes))
        sever()
      }
    }

    return {
      peer,
      frames: self.queue,
      async send(frame) {
        if (frame.length > self.maxFrameBytes) throw tooLarge(self.maxFrameBytes)
        if (self.closed) throw closedError('the stream is closed')
        const copy = frame.slice()
        await pipe(() => receive(copy))
      },
      async close() {
        if (self.closed) return
        self.closed = true
        await pipe(() => other.queue.end())
      },
      abort() {
        self.closed = true
        self.queue.fail(closedError('aborted'), true)
        runtime.after(latency(), sever)
      },
    }
  }
  return {
    ends: [streamOf(near, far, peers[0]), streamOf(far, near, peers[1])],
    sever,
    get over() {
      return near.closed && far.closed
    },
  }
}
