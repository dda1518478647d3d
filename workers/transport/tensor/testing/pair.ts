import type { NodeId } from '#protocol/core/ids.ts'
import { parseUlid } from '#protocol/core/ids.ts'
import type { TensorHello } from '#protocol/tensor-transport/wire.ts'
import { closedError, createFrameQueue } from '../../../kernel/mesh/frame-queue.ts'
import type { FramedStream } from '../../../kernel/mesh/mesh.ts'
import type { Runtime } from '../../../kernel/runtime.ts'
import type { TensorGrant, TensorSession, TensorSessionOptions } from '../../../kernel/tensors.ts'
import { createStreamPair } from '../../../memory/memory-stream.ts'
import { testSigner } from '../../../testing/test-identity.ts'
import { createTensorFrameDecoder, encodeFrame, type FrameBody } from '../frame.ts'
import { acceptTensorSession, openTensorSession } from '../session.ts'

const MANY = 64 * 1024 * 1024

export const GRANT: TensorGrant = {
  session_id: parseUlid('01K5V0000000000000000000AA'),
  session_token: 'hntoken://v1/only-the-transport-reads-it',
  purpose: 'shard.forward',
}

export interface Ends {
  readonly ids: readonly [NodeId, NodeId]
  readonly streams: readonly [FramedStream, FramedStream]
  sever(): void
}

type Names = readonly [NodeId, NodeId]

const ofTests = async (): Promise<Names> => [(await testSigner(1)).nodeId, (await testSigner(2)).nodeId]

/** The two ends of a stream in memory. @param latency one way, in milliseconds @param named both sides; else two of tests */
export async function streamEnds(runtime: Runtime, latency = 0, named?: Names): Promise<Ends> {
  const ids = named ?? (await ofTests())
  const pair = createStreamPair(runtime, () => latency, [ids[1], ids[0]], [MANY, MANY])
  return { ids, streams: pair.ends, sever: pair.sever }
}

/** As `streamEnds`, with nothing in between: what is sent has come when promises have settled. @param named both sides; else two of tests */
export async function instantEnds(named?: Names): Promise<Ends> {
  const ids = named ?? (await ofTests())
  const queues = [createFrameQueue(() => {}), createFrameQueue(() => {})] as const
  const end = (at: 0 | 1): FramedStream => {
    const [own, other] = [queues[at], queues[1 - at] ?? queues[0]]
    return {
      peer: ids[1 - at] ?? ids[0],
      frames: own,
      async send(frame) {
        other.push(frame.slice())
      },
      async close() {
        other.end()
      },
      abort() {
        for (const queue of queues) queue.fail(closedError('aborted'))
      },
    }
  }
  return { ids, streams: [end(0), end(1)], sever: () => end(0).abort() }
}

/** Both ends of a session, open. @param run lets time pass, where time stands still */
export async function sessionPair(
  runtime: Runtime,
  options: readonly [TensorSessionOptions, TensorSessionOptions] = [{}, {}],
  run: <T>(task: Promise<T>) => Promise<T> = (task) => task,
  latency = 0,
): Promise<Ends & { readonly sessions: readonly [TensorSession, TensorSession] }> {
  const ends = await streamEnds(runtime, latency)
  const [near, far] = ends.streams
  const sessions = Promise.all([
    openTensorSession({ runtime, self: ends.ids[0] }, near, GRANT, options[0]),
    acceptTensorSession({ runtime, self: ends.ids[1] }, far, async () => options[1]),
  ])
  return { ...ends, sessions: await run(sessions) }
}

/** One side played by hand, frame by frame, against a real session. */
export interface Puppet {
  /** Sends frames with right numbers. */
  say(...bodies: readonly FrameBody[]): Promise<void>
  /** Sends bytes as they are. */
  write(bytes: Uint8Array<ArrayBuffer>): Promise<void>
  /** Everything the session said, in order. */
  readonly heard: readonly FrameBody[]
  /** What the next frame is numbered. */
  seq: number
}

export function createPuppet(stream: FramedStream): Puppet {
  const decoder = createTensorFrameDecoder()
  const heard: FrameBody[] = []
  const puppet = {
    heard,
    seq: 1,
    async say(...bodies: readonly FrameBody[]) {
      for (const body of bodies) await stream.send(encodeFrame(puppet.seq++, body))
    },
    write: (bytes: Uint8Array<ArrayBuffer>) => stream.send(bytes),
  }
  async function listen(): Promise<void> {
    for await (const chunk of stream.frames)
      for (const { body } of decoder.push(chunk))
        heard.push(body.type === 'tensor_data' ? { ...body, data: body.data.slice() } : body)
  }
  listen().catch(() => {})
  return puppet
}

/** A HELLO as the opening side says it. */
export const helloOf = (from: NodeId, to: NodeId, change: Partial<TensorHello> = {}): TensorHello => ({
  ...GRANT,
  from,
  to,
  negotiation: { preferred_dtype: 'fp16', compression: 'zstd', max_chunk_bytes: 262_144, flow_window: 16 },
  ...change,
})
