import { AnswerSchema, BUS_STREAM_WINDOW, errorFromWire, type Request, StreamFrameSchema } from '#protocol/core/bus.ts'
import type { Capability } from '#protocol/core/capability.ts'
import { HearthError } from '#protocol/core/errors.ts'
import { type NodeId, type Ulid, wireTime } from '#protocol/core/ids.ts'
import type { JsonValue } from '#protocol/core/json.ts'
import { parseAs } from '#protocol/core/schema.ts'
import { signRecord } from '#protocol/core/signing.ts'
import type { Runtime } from '../runtime.ts'
import type { BusDeps, CallOptions, MessageLink } from './bus.ts'
import { openScope, untilAborted } from './scope.ts'

/** Acknowledging every half window keeps the server busy without a message for each frame. */
const ACK_EVERY = BUS_STREAM_WINDOW / 2

/** One call to one peer. */
export interface RemoteCall {
  readonly peer: NodeId
  readonly capability: Capability
  readonly input: unknown
  readonly options: Pick<CallOptions, 'signal' | 'signed' | 'token'>
}

export interface BusClient {
  /** @throws HearthError, or the reason of the caller's signal */
  call(call: RemoteCall): Promise<unknown>
  stream(call: RemoteCall): AsyncGenerator<unknown, unknown>
}

/** A peer that answers nonsense: counts against it, unlike its own `schema_mismatch` about our input. */
export class NonsenseAnswer extends HearthError {
  constructor(what: string, cause?: unknown) {
    super('schema_mismatch', what, { cause })
  }
}

function understand<T>(read: () => T): T {
  try {
    return read()
  } catch (cause) {
    throw new NonsenseAnswer('the answer does not match the contract', cause)
  }
}

/** @throws HearthError what the peer refused with */
function readAnswer(message: unknown, id: Ulid): JsonValue {
  const answer = understand(() => parseAs(AnswerSchema, message))
  if ('error' in answer) throw errorFromWire(answer.error)
  if (answer.request_id !== id) throw new NonsenseAnswer('the answer is to another call')
  return answer.output
}

interface Talk {
  readonly link: MessageLink
  readonly requestId: Ulid
  /** @throws HearthError `partition` when the other side is gone */
  next(): Promise<JsonValue>
}

/** The next frame's data, or the output in `done`. @throws HearthError what the stream ended with */
async function readFrame(talk: Talk, seq: number): Promise<{ readonly done: boolean; readonly data: JsonValue }> {
  const message = await talk.next()
  if (typeof message !== 'object' || message === null || !('event' in message)) {
    readAnswer(message, talk.requestId)
    throw new NonsenseAnswer('a plain answer where a stream was asked for')
  }
  const frame = understand(() => parseAs(StreamFrameSchema, message))
  if (frame.seq !== seq) throw new NonsenseAnswer(`frame ${frame.seq} where ${seq} was due`)
  if (frame.event === 'error') readAnswer({ request_id: talk.requestId, error: frame.data }, talk.requestId)
  return { done: frame.event === 'done', data: frame.data }
}

/** The calling side of BUS-3 and BUS-4. The contract bounds the time and the shape of what comes back. */
export function createClient(runtime: Runtime, deps: Pick<BusDeps, 'self' | 'community' | 'open' | 'signer'>): BusClient {
  async function requestOf({ capability, input, options }: RemoteCall): Promise<Request> {
    const from = deps.self()
    if (from === null) throw new HearthError('unauthorized', 'this device has no identity yet')
    const request: Request = {
      capability: capability.name,
      version: capability.version,
      request_id: runtime.ulid(),
      from,
      community: deps.community(),
      timestamp: wireTime(runtime.now()),
      // the static type of a schema, and schemas describe JSON
      body: { params: {}, input: input as JsonValue },
      ...(options.token === undefined ? {} : { token: options.token }),
    }
    const signer = options.signed ? deps.signer?.() : null
    return signer ? signRecord(signer, request) : request
  }

  async function ask(call: RemoteCall, signal: AbortSignal): Promise<Talk> {
    const request = await requestOf(call)
    const link = await deps.open(call.peer, signal)
    if (signal.aborted) link.abort()
    signal.addEventListener('abort', () => link.abort(), { once: true })
    await link.send({ ...request })
    const incoming = link.messages[Symbol.asyncIterator]()
    return {
      link,
      requestId: request.request_id,
      async next() {
        const step = await untilAborted(incoming.next(), signal)
        if (step.done) throw new HearthError('partition', 'the other side closed without an answer')
        return step.value
      },
    }
  }

  async function call(remote: RemoteCall): Promise<unknown> {
    const { capability, options } = remote
    const scope = openScope(runtime, capability.timeoutSeconds, options.signal)
    try {
      const talk = await untilAborted(ask(remote, scope.signal), scope.signal)
      const message = await talk.next()
      talk.link.close().catch(() => talk.link.abort())
      const output = readAnswer(message, talk.requestId)
      return understand(() => parseAs(capability.output, output))
    } finally {
      scope.end()
    }
  }

  async function* stream(remote: RemoteCall): AsyncGenerator<unknown, unknown> {
    const { capability, options } = remote
    const scope = openScope(runtime, capability.timeoutSeconds, options.signal)
    let talk: Talk | null = null
    try {
      talk = await untilAborted(ask(remote, scope.signal), scope.signal)
      for (let seq = 0; ; seq++) {
        const { done, data } = await readFrame(talk, seq)
        const schema = done ? capability.output : capability.stream
        if (schema) understand(() => parseAs(schema, data))
        if (done) return data
        yield data
        if ((seq + 1) % ACK_EVERY === 0) await talk.link.send({ type: 'ack', upto: seq })
      }
    } finally {
      scope.end()
      hangUp(talk?.link)
    }
  }

  return { call, stream }
}

/** A closed stream is a cancelled one (BUS-4); one that has ended takes no harm. */
function hangUp(link: MessageLink | undefined): void {
  link?.close().catch(() => link.abort())
}
