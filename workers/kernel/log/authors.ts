import type { ContentId, NodeId, Ulid } from '#protocol/core/ids.ts'

/** The least that the chain of an author's events needs. */
export interface Link {
  readonly cid: ContentId
  readonly author: NodeId
  readonly prev: ContentId | null
  readonly eventId: Ulid
  readonly lamport: number
}

/** An author who wrote two histories: one `event_id` with two contents, or two events with one `prev` (EVT-1, EVT-7). */
export interface Equivocation {
  readonly author: NodeId
  readonly contentIds: readonly ContentId[]
}

interface Chain {
  /** The smallest content id first: it is the one that counts. */
  readonly byEventId: Map<Ulid, ContentId[]>
  readonly byPrev: Map<ContentId | null, ContentId[]>
  readonly prevOf: Map<ContentId, ContentId | null>
  last: Link | null
}

/** What an author wrote up to some ends along `prev`. */
export interface Reached {
  readonly cids: ReadonlySet<ContentId>
  /** Held without a gap back to the author's first event: nothing more can turn out to belong to it. */
  readonly complete: boolean
}

export interface Authors {
  add(link: Link): void
  /** As far as held, here or in `extra`. */
  reach(author: NodeId, ends: readonly ContentId[], extra?: readonly Link[]): Reached
  /** Events nobody of the author's follows: where the next one hangs (EVT-7). */
  tips(author: NodeId): readonly ContentId[]
  /** The author's own last event in replay order. */
  last(author: NodeId): Link | null
  /** Whether a smaller content id carries the same `event_id` (EVT-1). */
  isShadowed(link: Link): boolean
  /** Everything of one `event_id`. */
  twins(link: Link): readonly ContentId[]
  equivocations(): readonly Equivocation[]
}

const after = (a: Link, b: Link | null): boolean =>
  b === null || a.lamport > b.lamport || (a.lamport === b.lamport && a.cid > b.cid)

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key)
  if (list) list.push(value)
  else map.set(key, [value])
}

/** Per-author chains: gaps, forks and equivocations show here (EVT-1, EVT-7). */
export function createAuthors(): Authors {
  const chains = new Map<NodeId, Chain>()

  function chain(author: NodeId): Chain {
    const known = chains.get(author)
    if (known) return known
    const made: Chain = { byEventId: new Map(), byPrev: new Map(), prevOf: new Map(), last: null }
    chains.set(author, made)
    return made
  }

  const twins = (link: Link): readonly ContentId[] => chains.get(link.author)?.byEventId.get(link.eventId) ?? []

  return {
    add(link) {
      const own = chain(link.author)
      if (own.prevOf.has(link.cid)) return
      own.prevOf.set(link.cid, link.prev)
      const [least] = own.byEventId.get(link.eventId) ?? []
      if (least !== undefined && link.cid < least) own.byEventId.get(link.eventId)?.unshift(link.cid)
      else push(own.byEventId, link.eventId, link.cid)
      push(own.byPrev, link.prev, link.cid)
      if (after(link, own.last)) own.last = link
    },

    reach(author, ends, extra = []) {
      const held = chains.get(author)?.prevOf
      const also = new Map(extra.filter((link) => link.author === author).map((link) => [link.cid, link.prev]))
      const cids = new Set<ContentId>()
      const open = [...ends]
      let complete = true
      for (let cid = open.pop(); cid !== undefined; cid = open.pop()) {
        const prev = held?.get(cid) ?? also.get(cid) ?? null
        if (cids.has(cid)) continue
        if (prev === null && !held?.has(cid) && !also.has(cid)) {
          complete = false
          continue
        }
        cids.add(cid)
        if (prev) open.push(prev)
      }
      return { cids, complete }
    },

    tips(author) {
      const own = chains.get(author)
      if (!own) return []
      return [...own.prevOf.keys()].filter((cid) => !own.byPrev.has(cid))
    },

    last: (author) => chains.get(author)?.last ?? null,
    isShadowed(link) {
      const [least] = twins(link)
      return least !== undefined && least < link.cid
    },
    twins,

    equivocations() {
      const found: Equivocation[] = []
      for (const [author, own] of chains) {
        const contentIds = new Set<ContentId>()
        for (const group of [...own.byEventId.values(), ...own.byPrev.values()]) {
          if (group.length > 1) for (const cid of group) contentIds.add(cid)
        }
        if (contentIds.size > 0) found.push({ author, contentIds: [...contentIds].sort() })
      }
      return found
    },
  }
}
