import type { Runtime } from '../../../kernel/runtime.ts'
import { createSeededRuntime } from '../../../testing/seeded-runtime.ts'

interface Timer {
  readonly at: number
  readonly order: number
  readonly task: () => void
  off: boolean
}

export interface StormClock extends Runtime {
  /** Runs a second of simulated time, timer by timer, and lets what they started come to rest. */
  second(): Promise<void>
}

const isBefore = (a: Timer, b: Timer): boolean => a.at < b.at || (a.at === b.at && a.order < b.order)

/** Hundreds of thousands of timers an hour: a heap, and one turn of the event loop for each second. */
export function createStormClock(seed: number): StormClock {
  const seeded = createSeededRuntime(seed)
  const heap: Timer[] = []
  let elapsed = 0
  let order = 0

  function sink(at: number): void {
    for (let here = at; ; ) {
      const left = heap[2 * here + 1]
      const right = heap[2 * here + 2]
      const child = left && right ? (isBefore(left, right) ? left : right) : left
      const parent = heap[here]
      if (!child || !parent || !isBefore(child, parent)) return
      const next = child === left ? 2 * here + 1 : 2 * here + 2
      heap[here] = child
      heap[next] = parent
      here = next
    }
  }

  function rise(at: number): void {
    for (let here = at; here > 0; ) {
      const up = (here - 1) >> 1
      const parent = heap[up]
      const child = heap[here]
      if (!parent || !child || !isBefore(child, parent)) return
      heap[here] = parent
      heap[up] = child
      here = up
    }
  }

  function pop(): Timer | undefined {
    const [first] = heap
    const last = heap.pop()
    if (last && heap.length > 0) {
      heap[0] = last
      sink(0)
    }
    return first
  }

  return {
    ...seeded,
    now: () => seeded.now() + elapsed,
    monotonic: () => elapsed,
    after(ms, task) {
      const timer: Timer = { at: elapsed + Math.max(0, ms), order: order++, task, off: false }
      heap.push(timer)
      rise(heap.length - 1)
      return () => {
        timer.off = true
      }
    },
    async second() {
      const target = elapsed + 1000
      for (let next = heap[0]; next && next.at <= target; next = heap[0]) {
        pop()
        if (next.off) continue
        elapsed = Math.max(elapsed, next.at)
        next.task()
      }
      elapsed = target
      await new Promise((resolve) => setImmediate(resolve))
    },
  }
}
