import { ulid } from 'ulid'
import { parseUlid } from '#protocol/core/ids.ts'
import { createRealRuntime as createKernelRuntime } from '../kernel/real-runtime.ts'
import type { Runtime } from '../kernel/runtime.ts'
import { nextTurn } from './next-turn.ts'
import { randomFrom } from './random.ts'

/** A runtime whose clock stands still until `advance` moves it. */
export interface SeededRuntime extends Runtime {
  /** Moves the clock by `ms`, runs every timer that falls due, in order, and lets what they start settle in between. */
  advance(ms: number): Promise<void>
  /** Lets work that needs no clock settle: promises, message ports, WebCrypto. */
  settle(): Promise<void>
}

interface Timer {
  readonly at: number
  readonly task: () => void
}

const DEFAULT_START = Date.UTC(2026, 4, 26, 8, 0, 0)
/** Turns of the event loop that count as settled. */
const SETTLE_TURNS = 8
const CRYPTO_THREADS = 4

const bytesFrom = (random: () => number, length: number): Uint8Array<ArrayBuffer> =>
  Uint8Array.from({ length }, () => Math.floor(random() * 256))

const NOTHING = new Uint8Array(0)

/**
 * WebCrypto answers from a pool of four threads, first come first served: when digests asked for now are answered on all of
 * them, so is what was asked for before.
 */
async function settle(): Promise<void> {
  for (let turn = 0; turn < SETTLE_TURNS; turn++) {
    await Promise.all(Array.from({ length: CRYPTO_THREADS }, () => crypto.subtle.digest('SHA-256', NOTHING)))
    await nextTurn()
  }
}

/** Time by hand, randomness from `seed`. @param options.start milliseconds since 1970. */
export function createSeededRuntime(seed: number, options: { readonly start?: number } = {}): SeededRuntime {
  const random = randomFrom(seed)
  const start = options.start ?? DEFAULT_START
  const timers = new Set<Timer>()
  let elapsed = 0

  function nextDue(limit: number): Timer | undefined {
    let next: Timer | undefined
    for (const timer of timers) if (timer.at <= limit && (!next || timer.at < next.at)) next = timer
    return next
  }

  return {
    now: () => start + elapsed,
    monotonic: () => elapsed,
    randomBytes: (length) => bytesFrom(random, length),
    ulid: () => parseUlid(ulid(start + elapsed, random)),
    after(ms, task) {
      const timer: Timer = { at: elapsed + Math.max(0, ms), task }
      timers.add(timer)
      return () => {
        timers.delete(timer)
      }
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

/** The real clock; randomness from `seed` where one is given. */
export function createRealRuntime(seed?: number): Runtime {
  const real = createKernelRuntime()
  if (seed === undefined) return real
  const random = randomFrom(seed)
  return { ...real, randomBytes: (length) => bytesFrom(random, length), ulid: () => parseUlid(ulid(real.now(), random)) }
}
