import type { SignedEvent } from '#protocol/core/event.ts'
import type { ContentId, NodeId, Ulid } from '#protocol/core/ids.ts'
import type { Store, Write } from '../store/store.ts'
import type { VerifiedEvent } from './verify.ts'

/** Events of one segment when they come in bulk: several times the write rate of a record each (docs/decisions/0006). */
const SEGMENT_EVENTS = 512
/** Single appends rewrite the last segment up to this many, so that a quiet log does not fall into crumbs. */
const TAIL_EVENTS = 64
/** Characters of event text kept at hand: a page of claims is spread over many segments, and reading one back costs milliseconds. */
const CACHED_CHARS = 32 * 1024 * 1024

/** What the index keeps of an event in memory. */
export interface Entry {
  readonly cid: ContentId
  readonly lamport: number
  readonly author: NodeId
  readonly prev: ContentId | null
  readonly eventId: Ulid
  readonly type: string
  readonly segment: number
  readonly slot: number
}

type HeadRow = readonly [ContentId, number, NodeId, ContentId | null, Ulid, string]

const rowOf = ({ cid, event }: VerifiedEvent): HeadRow => [
  cid,
  event.lamport,
  event.author,
  event.prev,
  event.event_id,
  event.event_type,
]

const entryOf = ([cid, lamport, author, prev, eventId, type]: HeadRow, segment: number, slot: number): Entry => ({
  cid,
  lamport,
  author,
  prev,
  eventId,
  type,
  segment,
  slot,
})

const charsIn = (texts: readonly string[]): number => texts.reduce((sum, text) => sum + text.length, 0)

export interface Segments {
  /** The index as stored, in order of arrival. */
  load(): Promise<readonly Entry[]>
  /** Where new events would go: the writes to make, and what to call once they are durable. */
  plan(events: readonly VerifiedEvent[]): { readonly writes: readonly Write[]; commit(): readonly Entry[] }
  /** Events by where they lie, in the order asked. */
  read(entries: readonly Entry[]): Promise<readonly VerifiedEvent[]>
}

interface Tail {
  id: number
  texts: readonly string[]
  rows: readonly HeadRow[]
}

/**
 * Events on disk: a `segment` holds the canonical texts, the `head` of the same key the slim index rows, so that a start
 * reads the index without the bodies (EVT-6).
 */
export function createSegments(store: Store): Segments {
  let tail: Tail = { id: 0, texts: [], rows: [] }
  const cache = new Map<number, readonly string[]>()
  let cachedChars = 0

  /** Keeps the segments that were used last, as many as fit. */
  function remember(segment: number, loaded: readonly string[]): void {
    cache.set(segment, loaded)
    cachedChars += charsIn(loaded)
    for (const [oldest, dropped] of cache) {
      if (cachedChars <= CACHED_CHARS || oldest === segment) break
      cache.delete(oldest)
      cachedChars -= charsIn(dropped)
    }
  }

  async function texts(segment: number): Promise<readonly string[]> {
    if (segment === tail.id) return tail.texts
    const cached = cache.get(segment)
    if (cached) {
      cache.delete(segment)
      cache.set(segment, cached)
      return cached
    }
    // written by this file alone
    const loaded = ((await store.get('segment', segment)) ?? []) as readonly string[]
    if (!cache.has(segment)) remember(segment, loaded)
    return loaded
  }

  return {
    async load() {
      // written by this file alone
      const heads = (await store.entries('head')) as readonly (readonly [number, readonly HeadRow[]])[]
      const last = heads.at(-1)
      if (last) {
        const stored = ((await store.get('segment', last[0])) ?? []) as readonly string[]
        tail = { id: last[0], texts: stored, rows: last[1] }
      }
      return heads.flatMap(([segment, rows]) => rows.map((row, slot) => entryOf(row, segment, slot)))
    },

    plan(events) {
      const joinsTail = tail.rows.length + events.length <= TAIL_EVENTS
      const first: Tail = joinsTail ? tail : { id: tail.id + 1, texts: [], rows: [] }
      const parts: Tail[] = []
      for (let at = 0; at < events.length; at += SEGMENT_EVENTS) {
        const slice = events.slice(at, at + SEGMENT_EVENTS)
        const base = at === 0 ? first : { id: first.id + parts.length, texts: [], rows: [] }
        parts.push({
          id: base.id,
          texts: [...base.texts, ...slice.map((event) => event.text)],
          rows: [...base.rows, ...slice.map(rowOf)],
        })
      }
      return {
        writes: parts.flatMap((part): Write[] => [
          { table: 'segment', key: part.id, value: part.texts },
          { table: 'head', key: part.id, value: part.rows },
        ]),
        commit() {
          const skip = joinsTail ? tail.rows.length : 0
          tail = parts.at(-1) ?? tail
          return parts.flatMap((part) => part.rows.map((row, slot) => entryOf(row, part.id, slot))).slice(skip)
        },
      }
    },

    async read(entries) {
      const needed = new Map<number, readonly string[]>()
      const wanted = [...new Set(entries.map(({ segment }) => segment))]
      await Promise.all(wanted.map(async (segment) => needed.set(segment, await texts(segment))))
      return entries.map((entry) => {
        const text = needed.get(entry.segment)?.[entry.slot]
        if (text === undefined) throw new TypeError(`event ${entry.cid} is in the index but not in its segment`)
        // verified before it was stored
        return { cid: entry.cid, event: JSON.parse(text) as SignedEvent, text }
      })
    },
  }
}
