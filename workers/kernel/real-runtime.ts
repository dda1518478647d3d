import { ulid } from 'ulid'
import { parseUlid } from '#protocol/core/ids.ts'
import type { Runtime } from './runtime.ts'

/** Time and randomness of the browser. */
export function createRealRuntime(): Runtime {
  return {
    now: () => Date.now(),
    monotonic: () => performance.now(),
    randomBytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
    ulid: () => parseUlid(ulid()),
    after(ms, task) {
      const timer = setTimeout(task, ms)
      return () => clearTimeout(timer)
    },
  }
}
