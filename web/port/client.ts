import { ulid } from 'ulid'
import { AnswerSchema, BUS_STREAM_WINDOW, errorFromWire, StreamFrameSchema } from '#protocol/core/bus.ts'
import type { Capability, Frame, Input, Output, Streaming } from '#protocol/core/capability.ts'
import { HearthError } from '#protocol/core/errors.ts'
import { wireTime } from '#protocol/core/ids.ts'
import type { JsonValue } from '#protocol/core/json.ts'
import { parseAs } from '#protocol/core/schema.ts'
import type { PortEndpoint, PortMessage } from '../../workers/port.ts'
import { createInbox, type Inbox } from './inbox.ts'

const ACK_EVERY = BUS_STREAM_WINDOW / 2

export interface AskOptions {
  readonly signal?: AbortSignal
}

/** The node as screens see it: its bus, called as the person at this device. */
export interface NodeClient {
  /** @throws HearthError with the contract's codes; `partition` when the node stops; the signal's reason */
  call<C extends Capability>(capability: C, input: Input<C>, options?: AskOptions): Promise<Output<C>>
  stream<C extends Streaming>(capability: C, input: Input<C>, options?: AskOptions): AsyncGenerator<Frame<C>, Output<C>>
  /** The node is gone: every open call fails with `partition`, and every later one. */
  close(): void
}

/** A MessagePort with listeners of `addEventListener` is silent until started; a BroadcastChannel needs no start. */
export type ClientEndpoint = PortEndpoint & { start?(): void }

const nodeGone = (): HearthError => new HearthError('partition', 'the node has stopped')

/** One call in progress. */
interface Line {
  readonly inbox: Inbox
  send(message: JsonValue): void
  hangUp(): void
}

/** @throws HearthError what the node refused with */
function readOutput(message: JsonValue): JsonValue {
  const answer = parseAs(AnswerSchema, message)
  if ('error' in answer) throw errorFromWire(answer.error)
  return answer.output
}

/** One frame of BUS-4, or the refusal of a stream that never began. */
function readFrame(message: JsonValue): { readonly done: boolean; readonly data: JsonValue; readonly seq: number } {
  if (typeof message === 'object' && message !== null && 'error' in message) readOutput(message)
  const { event, data, seq } = parseAs(StreamFrameSchema, message)
  if (event === 'error') readOutput({ request_id: ulid(), error: data })
  return { done: event === 'done', data, seq }
}

/** A typed client of the node behind `endpoint`. Outputs are not checked again: the node is this same build. */
export function createNodeClient(endpoint: ClientEndpoint): NodeClient {
  const inboxes = new Map<string, Inbox>()
  let closed = false

  function receive({ data }: MessageEvent<PortMessage>): void {
    const inbox = inboxes.get(data.call)
    if (data.kind === 'message') inbox?.push(data.message)
    else if (data.kind === 'end') inbox?.fail(nodeGone())
  }

  function open(capability: Capability, input: JsonValue, signal: AbortSignal | undefined): Line {
    signal?.throwIfAborted()
    if (closed) throw nodeGone()
    const call = ulid()
    const inbox = createInbox()
    inboxes.set(call, inbox)
    const abort = (): void => inbox.fail(signal?.reason)
    signal?.addEventListener('abort', abort, { once: true })
    endpoint.postMessage({
      kind: 'open',
      call,
      message: {
        capability: capability.name,
        version: capability.version,
        request_id: call,
        community: null,
        timestamp: wireTime(Date.now()),
        body: { params: {}, input },
      },
    })
    return {
      inbox,
      send: (message) => endpoint.postMessage({ kind: 'message', call, message }),
      hangUp() {
        signal?.removeEventListener('abort', abort)
        if (!inboxes.delete(call) || closed) return
        if (signal?.aborted) endpoint.postMessage({ kind: 'message', call, message: { type: 'cancel' } })
        endpoint.postMessage({ kind: 'end', call })
      },
    }
  }

  async function call<C extends Capability>(capability: C, input: Input<C>, options: AskOptions = {}): Promise<Output<C>> {
    // schemas describe JSON, and the node checks it
    const line = open(capability, input as JsonValue, options.signal)
    try {
      return readOutput(await line.inbox.next()) as Output<C> // the contract's output, by the same build
    } finally {
      line.hangUp()
    }
  }

  async function* stream<C extends Streaming>(
    capability: C,
    input: Input<C>,
    options: AskOptions = {},
  ): AsyncGenerator<Frame<C>, Output<C>> {
    const line = open(capability, input as JsonValue, options.signal) // as above
    try {
      for (;;) {
        const { done, data, seq } = readFrame(await line.inbox.next())
        if (done) return data as Output<C> // as above
        yield data as Frame<C> // as above
        if ((seq + 1) % ACK_EVERY === 0) line.send({ type: 'ack', upto: seq })
      }
    } finally {
      line.hangUp()
    }
  }

  endpoint.addEventListener('message', receive)
  endpoint.start?.()
  return {
    call,
    stream,
    close() {
      closed = true
      endpoint.removeEventListener('message', receive)
      for (const inbox of inboxes.values()) inbox.fail(nodeGone())
    },
  }
}
