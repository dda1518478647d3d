import { HearthError } from '#protocol/core/errors.ts'
import type { Runtime } from '../runtime.ts'

/** The life of one call: its signal aborts on cancel, on timeout, when the caller goes away, and when it is over. */
export interface Scope {
  readonly signal: AbortSignal
  abort(reason: unknown): void
  /** Frees the timer and lets go of `outer`. */
  end(): void
}

/** @param timeoutSeconds 0 for a call that may last. @param outer aborts this scope with its reason. */
export function openScope(runtime: Runtime, timeoutSeconds: number, outer?: AbortSignal): Scope {
  const controller = new AbortController()
  const follow = (): void => controller.abort(outer?.reason)
  if (outer?.aborted) follow()
  else outer?.addEventListener('abort', follow, { once: true })
  const expire = (): void => controller.abort(new HearthError('timeout', `no answer within ${timeoutSeconds} s`))
  const cancelTimer = timeoutSeconds > 0 ? runtime.after(timeoutSeconds * 1000, expire) : undefined
  return {
    signal: controller.signal,
    abort: (reason) => controller.abort(reason),
    end() {
      cancelTimer?.()
      outer?.removeEventListener('abort', follow)
    },
  }
}

/** What `work` gives, or the signal's reason as soon as it aborts, whatever `work` does then. */
export function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(signal.reason)
    if (signal.aborted) stop()
    signal.addEventListener('abort', stop, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop))
  })
}
