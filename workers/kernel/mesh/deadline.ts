import { HearthError } from '#protocol/core/errors.ts'
import type { Runtime } from '../runtime.ts'

/**
 * Runs `task` with a signal that fires after `ms` or with the caller's own.
 * @throws HearthError `timeout` after `ms`; the caller's reason when its signal fired; otherwise what the task threw.
 */
export async function withDeadline<T>(
  runtime: Runtime,
  ms: number,
  signal: AbortSignal | undefined,
  task: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  signal?.throwIfAborted()
  const controller = new AbortController()
  const forward = (): void => controller.abort(signal?.reason)
  signal?.addEventListener('abort', forward, { once: true })
  const cancel = runtime.after(ms, () => controller.abort(new HearthError('timeout', `no answer in ${ms} ms`)))
  const aborted = new Promise<never>((_, reject) => {
    controller.signal.addEventListener('abort', () => reject(controller.signal.reason), { once: true })
  })
  try {
    return await Promise.race([task(controller.signal), aborted])
  } catch (failure) {
    throw controller.signal.aborted ? controller.signal.reason : failure
  } finally {
    cancel()
    signal?.removeEventListener('abort', forward)
  }
}
