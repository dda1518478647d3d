import { StreamControlSchema } from '#protocol/core/bus.ts'
import { HearthError, toHearthError } from '#protocol/core/errors.ts'
import type { JsonValue } from '#protocol/core/json.ts'
import { parseAs } from '#protocol/core/schema.ts'
import type { Runtime } from '../runtime.ts'
import type { Admitted } from './admission.ts'
import type { MessageLink } from './bus.ts'
import { createFlowWindow, type FlowWindow } from './flow.ts'
import { invoke, invokeStream } from './invoke.ts'
import { untilAborted } from './scope.ts'

/** A link whose request has been read. */
export interface OpenCall {
  readonly link: MessageLink
  readonly incoming: AsyncIterator<JsonValue>
  readonly admitted: Admitted
}

const cancelled = (): HearthError => new HearthError('timeout', 'cancelled by the caller')
const gone = (): HearthError => new HearthError('partition', 'the caller is gone')

/**
 * What the caller says after its request: acks and cancel on a stream. A plain call hears only cancel; that a caller
 * closes its side after asking is no reason to stop working for it.
 */
async function listen(incoming: AsyncIterator<JsonValue>, call: AbortController, flow: FlowWindow | null): Promise<void> {
  try {
    for (let next = await incoming.next(); !next.done; next = await incoming.next()) {
      const control = parseAs(StreamControlSchema, next.value, 'bad_request')
      if (control.type === 'cancel') return call.abort(cancelled())
      if (!flow) throw new HearthError('bad_request', 'a plain call takes no acks')
      flow.ack(control.upto)
    }
    if (flow) call.abort(gone())
  } catch (thrown) {
    call.abort(toHearthError(thrown))
  }
}

async function servePlain(runtime: Runtime, { link, admitted }: OpenCall, signal: AbortSignal): Promise<void> {
  const { requestId, ...call } = admitted
  const started = runtime.monotonic()
  const output = await invoke(runtime, { ...call, signal })
  // the static type of a schema, and schemas describe JSON
  const answer = { request_id: requestId, output: output as JsonValue, meta: { ms: runtime.monotonic() - started } }
  try {
    await link.send(answer)
  } catch (thrown) {
    const failure = toHearthError(thrown)
    if (failure.code === 'partition') throw failure
    // what does not fit a message is the handler's doing, not the caller's
    reportError(thrown)
    throw new HearthError('internal_error', 'the answer cannot be sent', { cause: thrown })
  }
}

/** Ends with exactly one `done` or `error` (BUS-4). */
async function serveStream(
  runtime: Runtime,
  { link, admitted }: OpenCall,
  signal: AbortSignal,
  flow: FlowWindow,
): Promise<void> {
  const frames = invokeStream(runtime, { ...admitted, signal })
  try {
    for (;;) {
      const { done, value } = await frames.next()
      await flow.room(signal)
      await untilAborted(link.send({ event: done ? 'done' : 'data', data: value, seq: flow.take() }), signal)
      if (done) return
    }
  } finally {
    void frames.return(null).catch((bug: unknown) => reportError(bug))
  }
}

/**
 * Runs an admitted call and answers it.
 * @returns the failure that the caller was told, or null
 */
export async function serve(runtime: Runtime, open: OpenCall): Promise<HearthError | null> {
  const call = new AbortController()
  const flow = open.admitted.served.streamHandler ? createFlowWindow() : null
  void listen(open.incoming, call, flow)
  try {
    await (flow ? serveStream(runtime, open, call.signal, flow) : servePlain(runtime, open, call.signal))
    return null
  } catch (thrown) {
    const error = toHearthError(thrown)
    await tell(open, error, flow)
    return error
  }
}

async function tell({ link, admitted }: OpenCall, error: HearthError, flow: FlowWindow | null): Promise<void> {
  const wire = { ...error.toWire() }
  try {
    await link.send(flow ? { event: 'error', data: wire, seq: flow.take() } : { request_id: admitted.requestId, error: wire })
  } catch {
    // the caller is gone: nobody is left to tell
  }
}
