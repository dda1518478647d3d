import type { Ulid } from '#protocol/core/ids.ts'

/**
 * Time, randomness and ids as dependencies: the worker's entry passes the real ones, tests pass seeded ones. Nothing
 * below the entry calls `Date.now`, `Math.random`, `crypto.getRandomValues` or a timer on its own.
 */
export interface Runtime {
  /** Milliseconds since 1970. */
  now(): number
  /** Milliseconds from an arbitrary start that never run backwards. */
  monotonic(): number
  randomBytes(length: number): Uint8Array<ArrayBuffer>
  ulid(): Ulid
  /** Runs `task` once after `ms`. @returns a function that calls it off. */
  after(ms: number, task: () => void): () => void
}

/** Resolves after `ms`, or rejects with the signal's reason. */
export function delay(runtime: Runtime, ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted()
    const cancel = runtime.after(ms, () => {
      signal?.removeEventListener('abort', stop)
      resolve()
    })
    const stop = (): void => {
      cancel()
      reject(signal?.reason)
    }
    signal?.addEventListener('abort', stop, { once: true })
  })
}

/** Runs `task` every `ms`. @returns a function that stops it. */
export function every(runtime: Runtime, ms: number, task: () => void): () => void {
  let cancel = runtime.after(ms, tick)
  function tick(): void {
    cancel = runtime.after(ms, tick)
    task()
  }
  return () => cancel()
}
