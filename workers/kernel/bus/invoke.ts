import { HearthError, toHearthError } from '#protocol/core/errors.ts'
import type { JsonValue } from '#protocol/core/json.ts'
import type { Runtime } from '../runtime.ts'
import type { Caller } from './bus.ts'
import type { Served } from './registry.ts'
import { openScope, untilAborted } from './scope.ts'

/** One call to a handler of this node, from here or from afar; the input has been held to the schema. */
export interface Invocation {
  readonly served: Served
  readonly caller: Caller
  readonly input: unknown
  readonly signal: AbortSignal | undefined
}

/** A handler's failure as the caller may see it; what is no HearthError is a bug and is loud here (BUS-4). */
function failureOf(thrown: unknown, signal: AbortSignal): unknown {
  if (signal.aborted) return signal.reason
  if (!(thrown instanceof HearthError)) reportError(thrown)
  return toHearthError(thrown)
}

/**
 * Runs a handler. Its place is held until the handler is really done: one that ignores its
 * signal must not pile up.
 * @throws HearthError, or the reason of `signal`
 */
export async function invoke(runtime: Runtime, { served, caller, input, signal }: Invocation): Promise<unknown> {
  const { capability, handler } = served
  if (!handler) return drain(invokeStream(runtime, { served, caller, input, signal }))
  signal?.throwIfAborted()
  const leave = served.enter()
  const scope = openScope(runtime, capability.timeoutSeconds, signal)
  const work = start(() => handler(input, { caller, signal: scope.signal }))
  work.then(leave, leave)
  try {
    return await untilAborted(work, scope.signal)
  } catch (thrown) {
    throw failureOf(thrown, scope.signal)
  } finally {
    scope.end()
  }
}

/** As `invoke`, frame by frame; leaving early aborts the handler's signal. */
export async function* invokeStream(
  runtime: Runtime,
  { served, caller, input, signal }: Invocation,
): AsyncGenerator<JsonValue, JsonValue> {
  const { capability, streamHandler } = served
  if (!streamHandler) throw new HearthError('bad_request', `${capability.name} does not stream`)
  signal?.throwIfAborted()
  const leave = served.enter()
  const scope = openScope(runtime, capability.timeoutSeconds, signal)
  const frames = streamHandler(input, { caller, signal: scope.signal })
  try {
    for (;;) {
      const { done, value } = await untilAborted(frames.next(), scope.signal)
      // both are static types of schemas, and schemas describe JSON
      if (done) return value as JsonValue
      yield value as JsonValue
    }
  } catch (thrown) {
    throw failureOf(thrown, scope.signal)
  } finally {
    scope.end()
    scope.abort(new HearthError('partition', 'nobody listens any more'))
    // `return` waits for the step in progress
    frames.return(undefined).then(leave, leave)
  }
}

/** A handler that throws before its first await fails like any other. */
async function start(run: () => Promise<unknown>): Promise<unknown> {
  return run()
}

/** Follows a stream to its end for a caller who wants the result only. */
export async function drain<T>(frames: AsyncGenerator<unknown, T>): Promise<T> {
  for (;;) {
    const step = await frames.next()
    if (step.done) return step.value
  }
}
