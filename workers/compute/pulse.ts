import type { Runtime } from '../kernel/runtime.ts'

/** Between two looks, ms. */
export const LOOK_MS = 10_000
/**
 * Looks in a row at which the worker has not answered yet: longer than a telephone takes to load a gigabyte of weights, or to compute a
 * long step that cannot be cut. Counted, not timed: while the device sleeps nobody looks.
 */
export const MOST_LOOKS = 12

interface Watched {
  /** Whether somebody waits for the worker: who is asked nothing is not looked at. */
  readonly isAwaited: () => boolean
  /** Settles as soon as the worker listens between two pieces of work. */
  readonly ping: () => Promise<unknown>
  /** It answers nothing any more; told once. */
  readonly onSilence: () => void
}

/**
 * Notices a worker that lives and never answers again: a thread of the library that failed and is waited for, a worker that ended before
 * it could say that it lives.
 */
export interface Pulse {
  /** Somebody waits from now on. */
  watch(): void
  stop(): void
}

export function createPulse({ after }: Pick<Runtime, 'after'>, { isAwaited, ping, onSilence }: Watched): Pulse {
  let cancel: (() => void) | null = null
  let stopped = false
  let asked = false
  let unanswered = 0

  function watch(): void {
    if (!stopped) cancel ??= after(LOOK_MS, look)
  }

  function look(): void {
    cancel = null
    if (!isAwaited()) return
    unanswered = asked ? unanswered + 1 : 0
    if (unanswered === MOST_LOOKS) {
      stop()
      onSilence()
      return
    }
    if (!asked) void askOnce()
    watch()
  }

  async function askOnce(): Promise<void> {
    asked = true
    await ping().catch(() => undefined)
    asked = false
  }

  function stop(): void {
    stopped = true
    cancel?.()
  }

  return { watch, stop }
}
