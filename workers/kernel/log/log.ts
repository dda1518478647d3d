import { HearthError, toHearthError } from '#protocol/core/errors.ts'
import { compareReplay, LAMPORT_MAX_LEAD } from '#protocol/core/event.ts'
import type { CommunityId, ContentId, NodeId } from '#protocol/core/ids.ts'
import type { EventData, EventDefinition } from '#protocol/core/module.ts'
import type { Signer } from '#protocol/core/signing.ts'
import { foldCommunity, MEMBERSHIP_TYPES } from '../community/fold.ts'
import type { CommunityState } from '../community/state.ts'
import type { Runtime } from '../runtime.ts'
import { createSignal, type Signal } from '../signal.ts'
import type { Store } from '../store/store.ts'
import { createAuthors, type Equivocation, type Link } from './authors.ts'
import { createSegments, type Entry } from './segments.ts'
import { type Position, signEvent } from './sign-event.ts'
import { type BoundOf, boundsOf, standing } from './standing.ts'
import { type VerifiedEvent, verifyEvent } from './verify.ts'
import { createWaiting } from './waiting.ts'

export interface LogDeps {
  readonly runtime: Runtime
  readonly store: Store
  readonly signer: Signer
  readonly types: ReadonlyMap<string, EventDefinition>
}

/** What happened to one incoming event. */
export type Outcome =
  | { readonly kind: 'stored' | 'known' | 'waiting'; readonly cid: ContentId; readonly prev: ContentId | null }
  | { readonly kind: 'refused'; readonly error: HearthError }

/** What counts changed: events that newly count, in replay order, and content ids that no longer do. */
export interface LogChange {
  readonly added: readonly VerifiedEvent[]
  readonly removed: readonly ContentId[]
  /** Types of both. */
  readonly types: readonly string[]
}

export interface LogStats {
  readonly stored: number
  readonly waiting: number
  readonly excluded: number
  readonly refused: Readonly<Record<string, number>>
  readonly equivocations: readonly Equivocation[]
}

export interface EventLog {
  readonly communityId: CommunityId
  /** Null until the founding event has arrived. */
  state(): CommunityState | null
  /**
   * Signs and stores an event of this node (EVT-6: durable when it resolves).
   * @throws HearthError `unauthorized` when this node is no member, `partition` before its first sync, `capacity_exceeded`
   */
  append<E extends EventDefinition>(type: E, data: EventData<E>): Promise<VerifiedEvent>
  /** The way in for everyone else's events: verify, judge, store (EVT-4). @throws HearthError `capacity_exceeded` */
  ingest(raw: readonly unknown[]): Promise<readonly Outcome[]>
  has(cid: ContentId): boolean
  /** Stored events in the order asked; unknown ids are left out. */
  read(cids: readonly ContentId[]): Promise<readonly VerifiedEvent[]>
  /** Every event that counts, of these types, in order of arrival, a batch at a time. @param from a `position` */
  past(types: ReadonlySet<string>, from?: number): AsyncIterable<readonly VerifiedEvent[]>
  /** Events stored so far: a place in the order of arrival. */
  position(): number
  /** Of these types and stored before that place: what does not count now. */
  uncounted(types: ReadonlySet<string>, until: number): readonly ContentId[]
  /** Set of events this node offers to others: `(lamport, cid)` (SYN-2). */
  offered(): readonly { readonly lamport: number; readonly cid: ContentId }[]
  newest(limit: number): Promise<readonly VerifiedEvent[]>
  /** The ends of what is held of an author (COM-4). */
  tips(author: NodeId): readonly ContentId[]
  clock(): number
  /** This node's own last event, if it wrote any (EVT-7). */
  ownLast(): Position | null
  stats(): LogStats
  /** Founded here, or a first sync with a member is done: from now on this node may write (EVT-7). */
  caughtUp(): Promise<void>
  isCaughtUp(): boolean
  readonly changed: Signal<LogChange>
  readonly noticed: Signal<void>
}

/** Key in `meta`: the community this device has caught up with. */
export const CAUGHT_UP_KEY = 'caught-up'
/** Events held in memory at once while a view is rebuilt. */
const PAST_BATCH = 2048

const linkOf = ({ cid, event }: VerifiedEvent): Link => ({
  cid,
  author: event.author,
  prev: event.prev,
  eventId: event.event_id,
  lamport: event.lamport,
})

const byReplay = (a: VerifiedEvent, b: VerifiedEvent): number =>
  compareReplay({ lamport: a.event.lamport, cid: a.cid }, { lamport: b.event.lamport, cid: b.cid })

/** Opens a community's log from the store: reads the index, replays the membership, verifies nothing twice. */
export async function openLog(deps: LogDeps, communityId: CommunityId): Promise<EventLog> {
  const { runtime, store, signer, types } = deps
  const segments = createSegments(store)
  const authors = createAuthors()
  const waiting = createWaiting()
  const entries = new Map<ContentId, Entry>()
  const counted = new Set<ContentId>()
  const refused = new Map<string, number>()
  const changed = createSignal<LogChange>()
  const noticed = createSignal<void>()
  let membership: VerifiedEvent[] = []
  let state: CommunityState | null = null
  /** By what is stored and what waits, as it was folded last; null where something of that was dropped since. */
  let judged: CommunityState | null = null
  let clock = 0
  let caughtUp = (await store.get('meta', CAUGHT_UP_KEY)) === communityId

  function remember(entry: Entry): void {
    entries.set(entry.cid, entry)
    authors.add(entry)
    clock = Math.max(clock, entry.lamport)
  }

  /** Who belongs by what is stored and, beside it, by these. */
  function fold(pool: readonly VerifiedEvent[]): CommunityState | null {
    const links = pool.map(linkOf)
    const pooled = createAuthors()
    links.forEach(pooled.add)
    // of twins the smaller content id counts, here as in every view (EVT-1)
    const isLeast = (event: VerifiedEvent): boolean => {
      const link = entries.get(event.cid) ?? linkOf(event)
      return !authors.isShadowed(link) && !pooled.isShadowed(link)
    }
    const events = [...membership, ...pool.filter(({ event }) => MEMBERSHIP_TYPES.has(event.event_type))]
    return foldCommunity(communityId, events.filter(isLeast), (author, ends) => authors.reach(author, ends, links).cids)
  }

  /** Which stored events count now: those of members, within their bounds, and of twins the smaller (EVT-1). */
  function countsNow(entry: Entry, kept: BoundOf): boolean {
    return standing(entry, state, kept) === 'counts' && !authors.isShadowed(entry)
  }

  function refuse(error: HearthError): Outcome {
    refused.set(error.code, (refused.get(error.code) ?? 0) + 1)
    return { kind: 'refused', error }
  }

  /** Recounts after a change of membership, or only the twins of what came. @returns what changed for the views. */
  async function recount(fresh: readonly VerifiedEvent[], all: boolean): Promise<LogChange> {
    const kept = boundsOf(state, authors)
    const touched = all ? [...entries.values()] : fresh.flatMap((event) => twinsOf(event))
    const freshByCid = new Map(fresh.map((event) => [event.cid, event]))
    const added: VerifiedEvent[] = []
    const returning: Entry[] = []
    const removed: ContentId[] = []
    for (const entry of new Set(touched)) {
      const counts = countsNow(entry, kept)
      if (counts === counted.has(entry.cid)) continue
      if (!counts) {
        counted.delete(entry.cid)
        removed.push(entry.cid)
        continue
      }
      counted.add(entry.cid)
      const event = freshByCid.get(entry.cid)
      if (event) added.push(event)
      else returning.push(entry)
    }
    added.push(...(await segments.read(returning)))
    const types = [...added.map(({ event }) => event.event_type), ...removed.flatMap((cid) => entries.get(cid)?.type ?? [])]
    return { added: added.sort(byReplay), removed, types: [...new Set(types)] }
  }

  const twinsOf = (event: VerifiedEvent): readonly Entry[] =>
    authors.twins(linkOf(event)).flatMap((cid) => entries.get(cid) ?? [])

  /** Whether these can change who is a member, or how much of a bounded author is held: only then anything that waits can come in. */
  const mattersToMembership = (pool: readonly VerifiedEvent[]): boolean =>
    judged === null ||
    pool.some((verified) => {
      const { event_type, author } = verified.event
      const isBounded = state?.bounds.has(author) || judged?.bounds.has(author)
      return MEMBERSHIP_TYPES.has(event_type) || isBounded || waiting.hasFrom(author) || twinsOf(verified).length > 0
    })

  /** Judges, stores and counts verified events; runs under the lock. @returns outcomes of `fresh`, in order. */
  async function admit(fresh: readonly VerifiedEvent[]): Promise<readonly Outcome[]> {
    const known = new Set(fresh.map(({ cid }) => cid).filter((cid) => entries.has(cid)))
    const horizon = clock + LAMPORT_MAX_LEAD
    const isNear = ({ cid, event }: VerifiedEvent): boolean => event.lamport <= horizon && !known.has(cid)
    const membershipMoves = mattersToMembership(fresh.filter(isNear))
    const pool = [...new Map([...(membershipMoves ? waiting.all() : []), ...fresh].map((event) => [event.cid, event])).values()]
    const near = pool.filter(isNear)
    const next = membershipMoves ? fold(near) : state
    const kept = boundsOf(next, authors, near.map(linkOf))
    const verdicts = new Map(near.map((event) => [event.cid, standing(linkOf(event), next, kept)]))
    if (membershipMoves) judged = [...verdicts.values()].includes('revoked') ? null : next
    const accepted = near.filter((event) => verdicts.get(event.cid) === 'counts').sort(byReplay)

    if (accepted.length > 0) {
      await keep(accepted)
      // `next` counts what still waits as well
      if (membershipMoves) state = accepted.length === near.length ? next : fold([])
    }
    const outcomes = fresh.map(({ cid, event: { prev } }): Outcome => {
      if (known.has(cid)) return { kind: 'known', cid, prev }
      const verdict = verdicts.get(cid) ?? 'waiting'
      known.add(cid) // a second copy in the same batch is known by now
      if (verdict === 'counts') return { kind: 'stored', cid, prev }
      if (verdict === 'revoked') return refuse(new HearthError('revoked', 'the author was revoked before this event'))
      return { kind: 'waiting', cid, prev }
    })
    settleQueue(pool, verdicts)
    const change = await recount(accepted, membershipMoves)
    if (change.added.length + change.removed.length > 0) changed.emit(change)
    if (outcomes.some(({ kind }) => kind !== 'known')) noticed.emit()
    // the clock moved: what was too far ahead may be near now (EVT-2)
    const ripe = waiting.all().filter(({ event }) => event.lamport > horizon && event.lamport <= clock + LAMPORT_MAX_LEAD)
    if (ripe.length > 0) await admit(ripe)
    return outcomes
  }

  async function keep(accepted: readonly VerifiedEvent[]): Promise<void> {
    const { writes, commit } = segments.plan(accepted)
    await store.write(writes)
    commit().forEach(remember)
    membership = [...membership, ...accepted.filter(({ event }) => MEMBERSHIP_TYPES.has(event.event_type))]
  }

  function settleQueue(pool: readonly VerifiedEvent[], verdicts: ReadonlyMap<ContentId, string>): void {
    for (const event of pool) {
      if (entries.has(event.cid)) {
        waiting.remove(event.cid)
        continue
      }
      const verdict = verdicts.get(event.cid) ?? 'waiting'
      if (verdict !== 'waiting') waiting.remove(event.cid)
      else if (!waiting.has(event.cid)) {
        const dropped = waiting.add(event)
        if (dropped > 0) refused.set('unauthorized', (refused.get('unauthorized') ?? 0) + dropped)
      }
    }
  }

  let turn: Promise<unknown> = Promise.resolve()
  function locked<T>(task: () => Promise<T>): Promise<T> {
    const result = turn.then(task)
    turn = result.catch(() => {})
    return result
  }

  async function open(): Promise<void> {
    const stored = await segments.load()
    stored.forEach(remember)
    membership = [...(await segments.read(stored.filter(({ type }) => MEMBERSHIP_TYPES.has(type))))]
    state = fold([])
    const kept = boundsOf(state, authors)
    for (const entry of stored) if (countsNow(entry, kept)) counted.add(entry.cid)
  }

  await open()

  return {
    communityId,
    state: () => state,

    append: (type, data) =>
      locked(async () => {
        if (!caughtUp) throw new HearthError('partition', 'this device has not caught up with its community yet')
        const at = { lamport: clock + 1, prev: authors.last(signer.nodeId)?.cid ?? null }
        const event = await signEvent({ runtime, signer }, communityId, type, data, at)
        const verified = await verifyEvent(event, communityId, types)
        const [outcome] = await admit([verified])
        if (outcome?.kind === 'refused') throw outcome.error
        if (outcome?.kind !== 'stored') {
          waiting.remove(verified.cid)
          throw new HearthError('unauthorized', 'this device is no member of the community')
        }
        return verified
      }),

    async ingest(raw) {
      const results = await Promise.all(
        raw.map((item) => verifyEvent(item, communityId, types).catch((error: unknown) => toHearthError(error))),
      )
      const good = results.filter((result): result is VerifiedEvent => !(result instanceof HearthError))
      const outcomes = [...(await locked(() => admit(good)))]
      if (good.length < results.length) noticed.emit()
      // outcomes are those of the good ones, in order
      return results.map((result) => (result instanceof HearthError ? refuse(result) : (outcomes.shift() ?? refuse(unknown()))))
    },

    has: (cid) => entries.has(cid),
    read: (cids) => segments.read(cids.flatMap((cid) => entries.get(cid) ?? [])),

    async *past(wanted, from = 0) {
      const chosen = [...entries.values()].slice(from).filter(({ cid, type }) => wanted.has(type) && counted.has(cid))
      for (let at = 0; at < chosen.length; at += PAST_BATCH) yield segments.read(chosen.slice(at, at + PAST_BATCH))
    },

    position: () => entries.size,
    uncounted: (wanted, until) =>
      [...entries.values()].slice(0, until).flatMap(({ cid, type }) => (wanted.has(type) && !counted.has(cid) ? [cid] : [])),

    offered() {
      const kept = boundsOf(state, authors)
      return [...entries.values()].filter((entry) => standing(entry, state, kept) === 'counts')
    },

    async newest(limit) {
      const ordered = [...entries.values()].filter(({ cid }) => counted.has(cid)).sort((a, b) => compareReplay(b, a))
      return segments.read(ordered.slice(0, limit))
    },

    tips: (author) => authors.tips(author),
    clock: () => clock,
    ownLast() {
      const last = authors.last(signer.nodeId)
      return last && { lamport: last.lamport, prev: last.cid }
    },

    stats: () => ({
      stored: entries.size,
      waiting: waiting.size,
      excluded: entries.size - counted.size,
      refused: Object.fromEntries(refused),
      equivocations: authors.equivocations(),
    }),

    async caughtUp() {
      if (caughtUp) return
      await store.write([{ table: 'meta', key: CAUGHT_UP_KEY, value: communityId }])
      caughtUp = true
    },
    isCaughtUp: () => caughtUp,

    changed,
    noticed,
  }
}

const unknown = (): HearthError => new HearthError('internal_error', 'an event without an outcome')
