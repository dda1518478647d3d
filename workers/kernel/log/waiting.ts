import type { ContentId, NodeId } from '#protocol/core/ids.ts'
import type { VerifiedEvent } from './verify.ts'

/** Bounds of the queue for events that cannot be judged yet (EVT-4). */
const WAITING_MAX_EVENTS = 10_000
const WAITING_MAX_BYTES = 32 * 1024 * 1024

export interface Waiting {
  readonly size: number
  has(cid: ContentId): boolean
  /** Whether anything of this author's waits. */
  hasFrom(author: NodeId): boolean
  all(): readonly VerifiedEvent[]
  /** @returns how many older ones had to go. */
  add(event: VerifiedEvent): number
  remove(cid: ContentId): void
}

/** First in, first out: a sync brings what was dropped again, so the newest are the ones worth keeping. */
export function createWaiting(maxEvents = WAITING_MAX_EVENTS, maxBytes = WAITING_MAX_BYTES): Waiting {
  const events = new Map<ContentId, VerifiedEvent>()
  const perAuthor = new Map<NodeId, number>()
  let bytes = 0

  function count({ event: { author }, text }: VerifiedEvent, change: 1 | -1): void {
    bytes += change * text.length
    const left = (perAuthor.get(author) ?? 0) + change
    if (left === 0) perAuthor.delete(author)
    else perAuthor.set(author, left)
  }

  function remove(cid: ContentId): void {
    const event = events.get(cid)
    if (!event) return
    events.delete(cid)
    count(event, -1)
  }

  return {
    get size() {
      return events.size
    },
    has: (cid) => events.has(cid),
    hasFrom: (author) => perAuthor.has(author),
    all: () => [...events.values()],
    add(event) {
      remove(event.cid)
      events.set(event.cid, event)
      count(event, 1)
      let dropped = 0
      for (const cid of events.keys()) {
        if (events.size <= maxEvents && bytes <= maxBytes) break
        remove(cid)
        dropped++
      }
      return dropped
    },
    remove,
  }
}
