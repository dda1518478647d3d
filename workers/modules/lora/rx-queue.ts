import { LORA_PEER_RX_MAX_PER_MINUTE, LORA_RX_QUEUE_MAX } from '#protocol/lora/constants.ts'
import { createBoundedMap } from '../../kernel/bus/bounded-map.ts'
import type { Runtime } from '../../kernel/runtime.ts'

/** Frames taken out of the queue before others get a turn of the worker. */
const BATCH = 32
const MINUTE_MS = 60_000
/** Hashes whose last minute is remembered; who floods with new ones pushes out the longest silent. */
const MAX_HASHES = 2048

export interface RxQueue<T> {
  push(item: T): void
  readonly length: number
  /** Lets go of the timer. */
  stop(): void
}

interface QueueOptions<T> {
  readonly runtime: Runtime
  readonly take: (item: T) => void
  /** The oldest one gave way (LOR-5). */
  readonly dropped: (item: T) => void
}

/** A queue of 256, oldest out (LOR-5), emptied a few at a time. */
export function createRxQueue<T>({ runtime, take, dropped }: QueueOptions<T>): RxQueue<T> {
  const items: T[] = []
  let stopTimer: (() => void) | null = null

  function drain(): void {
    stopTimer = null
    for (const item of items.splice(0, BATCH)) take(item)
    if (items.length > 0) schedule()
  }

  function schedule(): void {
    stopTimer ??= runtime.after(0, drain)
  }

  return {
    push(item) {
      items.push(item)
      const [oldest] = items
      if (items.length > LORA_RX_QUEUE_MAX && oldest !== undefined) {
        items.shift()
        dropped(oldest)
      }
      schedule()
    },
    get length() {
      return items.length
    },
    stop() {
      stopTimer?.()
      stopTimer = null
      items.length = 0
    },
  }
}

/** At most 20 frames a minute for each hash (LOR-5). */
export interface RxLimit {
  /** Counts a frame. @returns whether it may surface */
  pass(senderHash: string): boolean
}

export function createRxLimit(runtime: Runtime): RxLimit {
  const passed = createBoundedMap<string, number[]>(MAX_HASHES)
  return {
    pass(senderHash) {
      const now = runtime.monotonic()
      const times = passed.getOrMake(senderHash, () => [])
      while (times[0] !== undefined && now - times[0] >= MINUTE_MS) times.shift()
      if (times.length >= LORA_PEER_RX_MAX_PER_MINUTE) return false
      times.push(now)
      return true
    },
  }
}
