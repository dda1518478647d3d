import {
  TENSOR_CHUNK_BYTES,
  TENSOR_FLOW_CONTROL_WINDOW,
  TENSOR_MAX_BUFFERED_BYTES,
  TENSOR_URGENT_RESERVE,
  TENSOR_URGENT_RUN,
} from '#protocol/tensor-transport/constants.ts'
import type { TensorFlowctl } from '#protocol/tensor-transport/wire.ts'
import { refusal } from './refusal.ts'

/** Numbers of one sender's frames (TEN-6). */
export interface Sequence {
  /** The number that the next frame to send has. */
  take(): number
  readonly last: number
  /** @throws HearthError (`seq_gap`) for any other number than the next */
  expect(seq: number): void
}

export function createSequence(): Sequence {
  let last = 0
  return {
    take() {
      if (last === 0xffff_ffff) throw refusal('seq_gap', 'a session has 2^32 - 1 frames at most')
      return ++last
    },
    get last() {
      return last
    },
    expect(seq) {
      if (seq !== last + 1) throw refusal('seq_gap', `frame ${seq} where ${last + 1} was due`)
      last = seq
    },
  }
}

/** What may be sent: TENSOR_DATA and TENSOR_END spend a credit each, control frames none (TEN-7). */
export interface SendCredits {
  /** Whether so many frames may go now; bulk leaves a few credits to what is urgent (TEN-11). */
  may(urgent: boolean, frames?: number): boolean
  /** Counts a frame as sent. */
  spend(seq: number): void
  acked(upto: number): void
  add(flowctl: TensorFlowctl): void
}

/** @param window what the other side's HELLO said */
export function createSendCredits(window: number): SendCredits {
  const unacked: number[] = []
  let size = window
  let credits = window
  // where nothing is under way, what is left is all that comes: a receiver short of room grants one at a time
  const reserve = (): number => (size >= 4 * TENSOR_URGENT_RESERVE && unacked.length > 0 ? TENSOR_URGENT_RESERVE : 0)
  return {
    may: (urgent, frames = 1) => Math.min(credits, size - unacked.length) >= frames + (urgent ? 0 : reserve()),
    spend(seq) {
      credits--
      unacked.push(seq)
    },
    acked(upto) {
      while (unacked[0] !== undefined && unacked[0] <= upto) unacked.shift()
    },
    add(flowctl) {
      size = flowctl.window
      credits = Math.min(size, credits + flowctl.credits_added)
    },
  }
}

/** What may come (TEN-7): gives out credits as there is room, and knows who sends without. */
export interface ReceiveCredits {
  /** Counts a TENSOR_DATA or TENSOR_END frame. @throws HearthError (`credit_overrun`) when none was granted */
  spend(): void
  /**
   * Credits to grant now, or null while it is not worth a frame.
   * @param held bytes received and not read. @param unread whether a reader can make room by reading
   */
  grant(held: number, unread: boolean): TensorFlowctl | null
}

export function createReceiveCredits(
  window = TENSOR_FLOW_CONTROL_WINDOW,
  maxChunkBytes = TENSOR_CHUNK_BYTES,
  limit = TENSOR_MAX_BUFFERED_BYTES,
): ReceiveCredits {
  const worthwhile = Math.ceil(window / 4)
  let outstanding = window
  return {
    spend() {
      if (outstanding === 0) throw refusal('credit_overrun', 'a frame without credit')
      outstanding--
    },
    grant(held, unread) {
      const owed = window - outstanding
      // while nothing waits for a reader, what is unfinished fits the limit by its shapes, and waiting would be for ever
      const room = Math.max(Math.floor((limit - held) / maxChunkBytes), unread ? 0 : 1) - outstanding
      const credits = Math.min(owed, room)
      if (credits <= 0 || (credits < worthwhile && outstanding > 0)) return null
      outstanding += credits
      return { window, credits_added: credits }
    },
  }
}

/** Waiting work of two kinds: what is urgent goes first, and bulk is never kept waiting for ever (TEN-11). */
export interface Lanes<T> {
  add(item: T, urgent: boolean): void
  /** Whose turn it is; it stays in its lane. @param may whether this lane can go now, by its credits */
  next(may: (urgent: boolean) => boolean): { readonly item: T; readonly urgent: boolean } | null
  /** Takes the first of a lane out. */
  done(urgent: boolean): void
  /** Everything that waits, and forgets it. */
  drain(): readonly T[]
}

export function createLanes<T>(): Lanes<T> {
  const urgentLane: T[] = []
  const bulkLane: T[] = []
  let run = 0
  return {
    add(item, urgent) {
      if (urgent) urgentLane.push(item)
      else bulkLane.push(item)
    },
    next(may) {
      const [urgent, bulk] = [urgentLane[0], bulkLane[0]]
      const bulkTurn = bulk !== undefined && may(false)
      if (urgent !== undefined && may(true) && !(bulkTurn && run >= TENSOR_URGENT_RUN)) {
        run++
        return { item: urgent, urgent: true }
      }
      if (!bulkTurn) return null
      run = 0
      return { item: bulk, urgent: false }
    },
    done(urgent) {
      if (urgent) urgentLane.shift()
      else bulkLane.shift()
    },
    drain: () => [...urgentLane.splice(0), ...bulkLane.splice(0)],
  }
}
