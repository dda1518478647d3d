import { HearthError, toHearthError } from '#protocol/core/errors.ts'
import type { NodeId } from '#protocol/core/ids.ts'
import { DISTRIBUTED_LLM_DEFAULT_DTYPE } from '#protocol/distributed-inference/constants.ts'
import {
  TENSOR_CHUNK_BYTES,
  TENSOR_COMPRESSION_THRESHOLD_BYTES,
  TENSOR_FLOW_CONTROL_WINDOW,
  TENSOR_HELLO_SECONDS,
  TENSOR_MAX_BUFFERED_BYTES,
} from '#protocol/tensor-transport/constants.ts'
import type { TensorHello, TensorNegotiation } from '#protocol/tensor-transport/wire.ts'
import type { FramedStream } from '../../kernel/mesh/mesh.ts'
import type { Runtime } from '../../kernel/runtime.ts'
import type { SendOptions, Tensor, TensorGrant, TensorSession, TensorSessionOptions } from '../../kernel/tensors.ts'
import { isWorthCompressing, loadZstd, type Zstd } from './compress.ts'
import { checkTensor } from './dtype.ts'
import { createLanes, createSendCredits, createSequence } from './flow.ts'
import { createTensorFrameDecoder, encodeFrame, type Frame, type FrameBody } from './frame.ts'
import { createIntake } from './intake.ts'
import { createLifeline } from './lifeline.ts'
import { reasonOf, refusal, refusedBy } from './refusal.ts'
import { createRoad, type Road } from './road.ts'
import { createSender, type Job } from './sender.ts'

/** A frame of so much data is one message of a data channel of ours, header and all; smaller pieces mean shorter waits (TEN-11). */
const PLAIN_CHUNK_BYTES = 65_408
/** What is taken per frame: sixteen of them stay below the 4 MiB at which libp2p resets a WebRTC stream. */
const TAKEN_CHUNK_BYTES = 262_144
/** How long a goodbye may take before the stream is dropped. */
const GOODBYE_MS = 2000
/** A BYE that says so ends a session in order; any other cancels it (TEN-10). */
const DONE = 'done'

export interface SessionDeps {
  readonly runtime: Runtime
  /** Who speaks here. */
  readonly self: NodeId
  /** The way that other sessions with the same peer go, too; one of its own unless said otherwise. */
  readonly road?: Road
  /** The zstd to use; the real one unless a test brings its own. */
  readonly loadZstd?: () => Promise<Zstd>
}

/** Decides by a HELLO and by the peer whom the connection has proved. @throws HearthError to refuse */
export type Admit = (hello: TensorHello, peer: NodeId) => Promise<TensorSessionOptions>

/**
 * Opens a session over a fresh stream whose protocol delimits nothing (`framing: 'none'`), or over one end of a pair in memory.
 * @throws HearthError what the other side refused with; `timeout`, `partition`
 */
export function openTensorSession(
  deps: SessionDeps,
  stream: FramedStream,
  grant: TensorGrant,
  options: TensorSessionOptions = {},
): Promise<TensorSession> {
  const { session_id, session_token, purpose } = grant
  const own = { session_id, session_token, from: deps.self, to: stream.peer, purpose, negotiation: negotiationOf(options) }
  return start(deps, stream, { opens: true, own, options })
}

/**
 * Answers a session that the other side opens.
 * @throws HearthError what `admit` refused with; `timeout`, `partition`
 */
export function acceptTensorSession(deps: SessionDeps, stream: FramedStream, admit: Admit): Promise<TensorSession> {
  return start(deps, stream, { opens: false, admit })
}

type Role =
  | { readonly opens: true; readonly own: TensorHello; readonly options: TensorSessionOptions }
  | { readonly opens: false; readonly admit: Admit }

const negotiationOf = (options: TensorSessionOptions): TensorNegotiation => ({
  preferred_dtype: options.preferredDtype ?? DISTRIBUTED_LLM_DEFAULT_DTYPE,
  compression: options.compression ?? 'zstd',
  max_chunk_bytes: options.maxChunkBytes ?? TAKEN_CHUNK_BYTES,
  flow_window: options.flowWindow ?? TENSOR_FLOW_CONTROL_WINDOW,
})

const cancelled = (who: string, reason: string): HearthError =>
  new HearthError('partition', `${who} cancelled the session: ${reason}`, { data: { reason } })

function start(deps: SessionDeps, stream: FramedStream, role: Role): Promise<TensorSession> {
  return new Promise((resolve, reject) => {
    const session = createSession(deps, stream, role, resolve)
    void session.ended.then((error) => reject(error ?? new HearthError('partition', 'closed before it was open')))
  })
}

/** What both HELLOs together make of a session. */
interface Terms {
  readonly own: TensorHello
  readonly theirs: TensorHello
  readonly options: TensorSessionOptions
}

function createSession(
  { runtime, self, road = createRoad(runtime.monotonic), loadZstd: zstd = loadZstd }: SessionDeps,
  stream: FramedStream,
  role: Role,
  opened: (session: TensorSession) => void,
): TensorSession {
  const openedAt = runtime.monotonic()
  const sending = createSequence()
  const receiving = createSequence()
  const lanes = createLanes<Job>()
  const ids = new Set<number>()
  const leavers: (() => void)[] = []
  let settleEnded: (error: HearthError | null) => void = () => {}
  const ended = new Promise<HearthError | null>((resolve) => {
    settleEnded = resolve
  })
  let preparing: Promise<unknown> = Promise.resolve()
  let preparingUrgent: Promise<unknown> = Promise.resolve()
  let over: { readonly error: HearthError | null } | null = null
  let terms: Terms | null = null
  let wake: (() => void) | null = null
  let nextId = 0

  // credits are the other side's to give: none before its HELLO
  let credits = createSendCredits(0)
  const sender = createSender({
    sequence: sending,
    lanes,
    road,
    onRoom: nudge,
    clock: runtime.monotonic,
    credits: {
      may: (urgent, frames) => credits.may(urgent, frames),
      spend: (seq) => credits.spend(seq),
      acked: (upto) => credits.acked(upto),
      add: (flowctl) => credits.add(flowctl),
    },
  })
  const intake = createIntake({ loadZstd: zstd, onTaken: grant })
  const lifeline = createLifeline(runtime, {
    ping: (nonce) => say({ type: 'ping', nonce }),
    lost: () => finish(new HearthError('timeout', 'no PONG'), 'abort'),
    expired: () => finish(new HearthError('expired', 'a session lives an hour at most'), { type: 'bye', reason: 'expired' }),
  })
  const stopWaiting = runtime.after(TENSOR_HELLO_SECONDS * 1000, () => {
    if (!terms) finish(new HearthError('timeout', 'no HELLO'), 'abort')
  })

  function nudge(): void {
    wake?.()
    wake = null
  }

  function say(body: FrameBody): void {
    sender.control(body)
    nudge()
  }

  function grant(): void {
    const flowctl = over ? null : intake.grant()
    if (!flowctl) return
    sender.acknowledge(receiving.last)
    say({ type: 'flowctl', flowctl })
  }

  /** Acknowledges at once: the other side paces itself by it (TEN-11). */
  function taken(seq: number): void {
    sender.acknowledge(seq)
    grant()
    nudge()
  }

  /** Ends the session here and now. @param last the frame that tells the other side; `close` where it knows, `abort` where it is lost */
  function finish(error: HearthError | null, last: FrameBody | 'close' | 'abort'): void {
    if (over) return
    over = { error }
    stopWaiting()
    lifeline.stop()
    const reason = error ?? new HearthError('partition', 'the session is closed')
    sender.fail(reason)
    if (error) intake.inbox.fail(error)
    else intake.inbox.end()
    nudge()
    for (const leave of leavers.splice(0)) leave()
    void part(last)
    settleEnded(error)
  }

  async function part(last: FrameBody | 'close' | 'abort'): Promise<void> {
    if (last === 'abort') return stream.abort()
    const calledOff = runtime.after(GOODBYE_MS, () => stream.abort())
    try {
      if (last !== 'close') await stream.send(encodeFrame(sending.take(), last))
      await stream.close()
    } catch {
      stream.abort()
    }
    calledOff()
  }

  const settle = (theirs: TensorHello, own: TensorHello, options: TensorSessionOptions): void => {
    terms = { own, theirs, options }
    const { flow_window, max_chunk_bytes } = own.negotiation
    credits = createSendCredits(theirs.negotiation.flow_window)
    intake.open(flow_window, max_chunk_bytes, own.negotiation.compression === 'zstd')
    opened(session)
  }

  async function greet(hello: TensorHello): Promise<void> {
    if (terms) throw refusal('bad_payload', 'a second HELLO')
    if (hello.from !== stream.peer) throw refusal('unauthorized', 'a HELLO in the name of another')
    if (role.opens) {
      const { own, options } = role
      if (hello.session_id !== own.session_id || hello.session_token !== own.session_token || hello.to !== self)
        throw refusal('unauthorized', 'a HELLO for another session')
      if (hello.purpose !== own.purpose) throw refusal('wrong_purpose', `${hello.purpose} where ${own.purpose} was due`)
      settle(hello, own, options)
      return
    }
    if (hello.to !== self) throw refusal('unauthorized', 'a HELLO to another')
    const options = await role.admit(hello, stream.peer)
    if (over) return
    const own = { ...hello, from: self, to: stream.peer, negotiation: negotiationOf(options) }
    say({ type: 'hello', hello: own })
    settle(hello, own, options)
  }

  /** Takes one frame. @throws HearthError with the reason of the NACK */
  function hear({ seq, body, wireBytes }: Frame): Promise<void> | void {
    receiving.expect(seq)
    intake.count(wireBytes)
    if (body.type === 'nack') return finish(refusedBy(body.reason), 'close')
    if (body.type === 'bye') return finish(body.reason === DONE ? null : cancelled('the other side', body.reason), 'close')
    if (body.type === 'hello') return greet(body.hello)
    if (!terms) throw refusal('hello_expected', `${body.type} before HELLO`)
    switch (body.type) {
      case 'tensor_data':
        return intake.data(body)?.then(() => taken(seq)) ?? taken(seq)
      case 'tensor_end':
        intake.end(body.tensorId)
        return taken(seq)
      case 'ack':
        sender.acked(body.upto)
        return nudge()
      case 'flowctl':
        credits.add(body.flowctl)
        return nudge()
      case 'ping':
        return say({ type: 'pong', nonce: body.nonce })
      case 'pong':
        lifeline.pong(body.nonce)
    }
  }

  async function read(): Promise<void> {
    const decoder = createTensorFrameDecoder(role.opens ? role.own.negotiation.max_chunk_bytes : TENSOR_CHUNK_BYTES)
    const chunks = stream.frames[Symbol.asyncIterator]()
    while (!over) {
      const { done, value } = await chunks.next()
      if (done) return finish(new HearthError('partition', 'the other side hung up'), 'close')
      lifeline.heard()
      try {
        for (const frame of decoder.push(value)) {
          const pending = hear(frame)
          if (pending) await pending
          if (over) return
        }
      } catch (cause) {
        const error = toHearthError(cause)
        if (error.code === 'internal_error') reportError(cause)
        finish(error, { type: 'nack', reason: reasonOf(error) })
      }
    }
  }

  async function write(): Promise<void> {
    if (role.opens) say({ type: 'hello', hello: role.own })
    while (!over) {
      const bytes = sender.next()
      if (bytes) await stream.send(bytes)
      else
        await new Promise<void>((resolve) => {
          wake = resolve
        })
    }
  }

  /** The zstd to send a tensor with, or null where it goes as it is (TEN-8). */
  async function compressorFor({ bytes }: Tensor, { own, theirs }: Terms): Promise<Zstd | null> {
    const spoken = own.negotiation.compression === 'zstd' && theirs.negotiation.compression === 'zstd'
    if (!spoken || bytes.length <= TENSOR_COMPRESSION_THRESHOLD_BYTES) return null
    try {
      const library = await zstd()
      return isWorthCompressing(library, bytes) ? library : null
    } catch {
      return null // a device that never had the library and is offline sends as it is
    }
  }

  /** An id that nothing under way has. @throws HearthError `bad_request` */
  function idFor(asked: number | undefined): number {
    if (asked !== undefined && (ids.has(asked) || !Number.isInteger(asked) || asked < 0 || asked > 0xffff))
      throw new HearthError('bad_request', `${asked} is no free tensor id`)
    let id = asked ?? nextId
    while (ids.has(id)) id = (id + 1) % 0x1_0000
    nextId = (id + 1) % 0x1_0000
    return id
  }

  async function send(tensor: Tensor, { urgent = false, id: asked }: SendOptions = {}): Promise<void> {
    checkTensor(tensor.dtype, tensor.shape, tensor.bytes)
    if (tensor.bytes.length > TENSOR_MAX_BUFFERED_BYTES) throw refusal('tensor_too_large', 'over 64 MiB')
    if (!terms) throw new HearthError('partition', 'the session is not open')
    const agreed = terms
    const id = idFor(asked)
    ids.add(id)
    try {
      // what is sent later must not overtake what is still being judged
      const judged = (urgent ? preparingUrgent : preparing).then(() => compressorFor(tensor, agreed))
      if (urgent) preparingUrgent = judged
      else preparing = judged
      const library = await judged
      if (over) throw over.error ?? new HearthError('partition', 'the session is closed')
      const most = Math.min(agreed.theirs.negotiation.max_chunk_bytes, TENSOR_CHUNK_BYTES)
      const chunkBytes = Math.min(most, agreed.options.chunkBytes ?? (library ? TAKEN_CHUNK_BYTES : PLAIN_CHUNK_BYTES))
      await new Promise<void>((resolve, reject) => {
        lanes.add({ id, tensor, zstd: library, chunkBytes, resolve, reject, offset: 0 }, urgent)
        nudge()
      })
    } finally {
      ids.delete(id)
      if (ids.size === 0) for (const leave of leavers.splice(0)) leave()
    }
  }

  const session: TensorSession = {
    peer: stream.peer,
    get hello() {
      if (!terms) throw new TypeError('a session is given out when it is open')
      return terms.theirs
    },
    get dtype() {
      const [mine, yours] = [terms?.own.negotiation.preferred_dtype, terms?.theirs.negotiation.preferred_dtype]
      return mine !== undefined && mine === yours ? mine : DISTRIBUTED_LLM_DEFAULT_DTYPE
    },
    send,
    tensors: intake.inbox.tensors,
    cancel: (reason) => finish(cancelled('this side', reason), { type: 'bye', reason: reason === DONE ? 'cancelled' : reason }),
    async close() {
      if (!over && ids.size > 0) await new Promise<void>((resolve) => leavers.push(resolve))
      finish(null, { type: 'bye', reason: DONE })
    },
    ended,
    stats: () => ({
      sent: sender.count,
      received: intake.counts,
      roundTripMs: sender.roundTripMs,
      openMs: runtime.monotonic() - openedAt,
    }),
  }

  const lost = (cause: unknown): void => finish(toHearthError(cause), 'abort')
  write().catch(lost)
  read().catch(lost)
  return session
}
