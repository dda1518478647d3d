import type { Runtime } from '../runtime.ts'

const FIRST_MS = 1_000
const LONGEST_MS = 60_000

export interface Backoff {
  /** Milliseconds to wait before the next attempt: doubling from one second to sixty, three quarters to five quarters of it. */
  next(): number
  reset(): void
}

/** The jitter keeps a street of nodes from calling a box that comes back all at once. */
export function createBackoff(runtime: Runtime): Backoff {
  let base = FIRST_MS
  return {
    next() {
      const wait = base * (0.75 + (runtime.randomBytes(1)[0] ?? 0) / 512)
      base = Math.min(base * 2, LONGEST_MS)
      return wait
    },
    reset() {
      base = FIRST_MS
    },
  }
}
