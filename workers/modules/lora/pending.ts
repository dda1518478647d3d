import type { Anchor } from '#protocol/lora/chain.ts'
import { LORA_PENDING_MAX, LORA_PENDING_PER_INTERVAL_MAX } from '#protocol/lora/constants.ts'
import type { Frame } from '#protocol/lora/frame.ts'

type SignedFrame = Extract<Frame, { version: 2 }>

/** A frame that came in time and waits for its key. */
export interface Waiting<T> {
  readonly anchor: Anchor
  readonly index: number
  readonly frame: SignedFrame
  /** What the caller wants back when it is known whether it was true. */
  readonly tag: T
}

/** Frames that wait for their key, bounded whatever is sent (LOR-10). */
export interface Pending<T> {
  /**
   * Where one interval of one sender is full, a new frame takes the place of a random one with the chance that makes all that
   * came equally likely to stay: a flood thins out the true frame, and never crowds it out for sure.
   * @returns who has to give way: another, the new one itself, or nobody
   */
  add(waiting: Waiting<T>): Waiting<T> | null
  /** Takes out what waits for this key or an earlier one of the chain, in the order of the sender's clock. */
  take(anchor: Anchor, upTo: number): readonly Waiting<T>[]
  /** Takes out what has waited since before this time of the senders' clocks. */
  expire(unixSeconds: number): readonly Waiting<T>[]
  readonly size: number
}

interface Slot<T> {
  readonly anchor: Anchor
  readonly index: number
  seen: number
  frames: Waiting<T>[]
}

const slotName = ({ nodeId, startsAt }: Anchor, index: number): string => `${nodeId} ${startsAt} ${index}`

/** @param random numbers in [0, 1) */
export function createPending<T>(random: () => number): Pending<T> {
  // in the order of their making: the first is the oldest
  const slots = new Map<string, Slot<T>>()
  let size = 0

  function remove(name: string, slot: Slot<T>): readonly Waiting<T>[] {
    slots.delete(name)
    size -= slot.frames.length
    return slot.frames
  }

  /** The largest slot gives a frame when all together are too many: one flooded sender does not cost another its place. */
  function shed(): Waiting<T> | null {
    if (size <= LORA_PENDING_MAX) return null
    let largest: Slot<T> | null = null
    for (const slot of slots.values()) if (!largest || slot.frames.length > largest.frames.length) largest = slot
    if (!largest) return null
    const [gone = null] = largest.frames.splice(Math.floor(random() * largest.frames.length), 1)
    size--
    return gone
  }

  return {
    add(waiting) {
      const name = slotName(waiting.anchor, waiting.index)
      const slot = slots.get(name) ?? { anchor: waiting.anchor, index: waiting.index, seen: 0, frames: [] }
      slots.set(name, slot)
      slot.seen++
      if (slot.frames.length < LORA_PENDING_PER_INTERVAL_MAX) {
        slot.frames.push(waiting)
        size++
        return shed()
      }
      const at = Math.floor(random() * slot.seen)
      const gone = slot.frames[at]
      if (!gone) return waiting
      slot.frames[at] = waiting
      return gone
    },

    take(anchor, upTo) {
      const taken: Waiting<T>[] = []
      for (const [name, slot] of slots) {
        const same = slot.anchor.nodeId === anchor.nodeId && slot.anchor.startsAt === anchor.startsAt
        if (same && slot.index <= upTo) taken.push(...remove(name, slot))
      }
      return taken.sort(({ frame: a }, { frame: b }) => a.unixSeconds - b.unixSeconds || a.sequence - b.sequence)
    },

    expire(unixSeconds) {
      const gone: Waiting<T>[] = []
      for (const [name, slot] of slots) {
        if (slot.frames.every(({ frame }) => frame.unixSeconds < unixSeconds)) gone.push(...remove(name, slot))
      }
      return gone
    },

    get size() {
      return size
    },
  }
}
