import { createSeededRuntime, type SeededRuntime } from '../../../testing/seeded-runtime.ts'

interface Timer {
  readonly at: number
  readonly task: () => void
}

/**
 * A seeded runtime for thousands of sessions: streams settle in one turn of the event loop, so that it does not wait for
 * WebCrypto as the common one does.
 */
export function createQuickRuntime(seed: number): SeededRuntime {
  const seeded = createSeededRuntime(seed)
  const timers = new Set<Timer>()
  let elapsed = 0

  const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

  function nextDue(limit: number): Timer | undefined {
    let next: Timer | undefined
    for (const timer of timers) if (timer.at <= limit && (!next || timer.at < next.at)) next = timer
    return next
  }

  return {
    ...seeded,
    now: () => seeded.now() + elapsed,
    monotonic: () => elapsed,
    after(ms, task) {
      const timer: Timer = { at: elapsed + Math.max(0, ms), task }
      timers.add(timer)
      return () => void timers.delete(timer)
    },
    settle,
    async advance(ms) {
      const target = elapsed + ms
      await settle()
      for (let due = nextDue(target); due; due = nextDue(target)) {
        timers.delete(due)
        elapsed = Math.max(elapsed, due.at)
        due.task()
        await settle()
      }
      elapsed = target
    },
  }
}
