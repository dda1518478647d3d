import { HearthError, toHearthError } from '#protocol/core/errors.ts'
import {
  compareReplay,
  EVENT_SCHEMA_VERSION,
  LAMPORT_MAX_LEAD,
  type SignedEvent,
  type UnsignedEvent,
} from '#protocol/core/event.ts'
import { type CommunityId, type ContentId, type NodeId, wireTime } from '#protocol/core/ids.ts'
import type { EventData, EventDefinition } from '#protocol/core/module.ts'
import { type Signer, signRecord } from '#protocol/core/signing.ts'
import { foldCommunity, MEMBERSHIP_TYPES } from '../community/fold.ts'
import type { CommunityState } from '../community/state.ts'
import type { Runtime } from '../runtime.ts'
import { createSignal, type Signal } from '../signal.ts'
import type { Store } from '../store/store.ts'
import { createAuthors, type Equivocation, type Link, type Reached } from './authors.ts'
import { createSegments, type Entry } from './segments.ts'
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
  | { readonly kind: 'stored' | 'known' | 'waiting'; readonly cid: ContentId }
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
  /** Every event that counts, of these types, in replay order. */
  replay(types: ReadonlySet<string>): Promise<readonly VerifiedEvent[]>
  /** Set of events this node offers to others: `(lamport, cid)` (SYN-2). */
  offered(): readonly { readonly lamport: number; readonly cid: ContentId }[]
  newest(limit: number): Promise<readonly VerifiedEvent[]>
  /** The ends of what is held of an author (COM-4). */
  tips(author: NodeId): readonly ContentId[]
  clock(): number
  stats(): LogStats
  /** Founded here, or a first sync with a member is done: from now on this node may write (EVT-7). */
  caughtUp(): Promise<void>
  isCaughtUp(): boolean
  readonly changed: Signal<LogChange>
  readonly noticed: Signal<void>
}

const CAUGHT_UP = 'caught-up'

const linkOf = ({ cid, event }: VerifiedEvent): Link => ({
  cid,
  author: event.author,
  prev: event.prev,
  eventId: event.event_id,
  lamport: event.lamport,
})

const byReplay = (a: VerifiedEvent, b: VerifiedEvent): number =>
  compareReplay({ lamport: a.event.lamport, cid: a.cid }, { lamport: b.event.lamport, cid: b.cid })

/** How far an author's events count; null for all of them. */
type Bound = (author: NodeId) => Reached | null

/** Where an event goes in its author's chain. */
interface Position {
  readonly lamport: number
  readonly prev: ContentId | null
}

/** Makes a signed event without storing it: for a log, and for a newcomer's joining, which a member lets in (COM-3). */
export async function signEvent<E extends EventDefinition>(
  { runtime, signer }: Pick<LogDeps, 'runtime' | 'signer'>,
  communityId: CommunityId,
  type: E,
  data: EventData<E>,
  { lamport, prev }: Position,
): Promise<SignedEvent> {
  const unsigned: UnsignedEvent = {
    schema_version: EVENT_SCHEMA_VERSION,
    event_id: runtime.ulid(),
    lamport,
    wall_clock: wireTime(runtime.now()),
    community_id: communityId,
    author: signer.nodeId,
    prev,
    event_type: type.type,
    // every event's data is a JSON object by its schema
    data: data as SignedEvent['data'],
  }
  return signRecord(signer, unsigned)
}

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
  let clock = 0
  let caughtUp = (await store.get('meta', CAUGHT_UP)) === communityId

  function remember(entry: Entry): void {
    entries.set(entry.cid, entry)
    authors.add(entry)
    clock = Math.max(clock, entry.lamport)
  }

  const fold = (pool: readonly VerifiedEvent[]): CommunityState | null => {
    const links = pool.map(linkOf)
    const events = [...membership, ...pool.filter(({ event }) => MEMBERSHIP_TYPES.has(event.event_type))]
    return foldCommunity(communityId, events, (author, ends) => authors.reach(author, ends, links).cids)
  }

  /** Membership decided over the log, never over the order of arrival (EVT-4). */
  function judge(link: Link, known: CommunityState | null, bound: Bound): 'counts' | 'waiting' | 'revoked' {
    if (!known?.members.has(link.author)) return 'waiting'
    const within = bound(link.author)
    if (within === null || within.cids.has(link.cid)) return 'counts'
    // with a gap in the chain it may still turn out to lie before the end
    return within.complete ? 'revoked' : 'waiting'
  }

  function keeper(known: CommunityState | null, links: readonly Link[]): Bound {
    const cache = new Map<NodeId, Reached | null>()
    return (author) => {
      const cached = cache.get(author)
      if (cached !== undefined) return cached
      const ends = known?.bounds.get(author) ?? null
      const kept = ends === null ? null : authors.reach(author, ends, links)
      cache.set(author, kept)
      return kept
    }
  }

  /** Which stored events count now: those of members, within their bounds, and of twins the smaller (EVT-1). */
  function countsNow(entry: Entry, kept: Bound): boolean {
    return judge(entry, state, kept) === 'counts' && !authors.isShadowed(entry)
  }

  function refuse(error: HearthError): Outcome {
    refused.set(error.code, (refused.get(error.code) ?? 0) + 1)
    return { kind: 'refused', error }
  }

  /** Recounts after a change of membership, or only the twins of what came. @returns what changed for the views. */
  async function recount(fresh: readonly VerifiedEvent[], all: boolean): Promise<LogChange> {
    const kept = keeper(state, [])
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

  /** Whether these can change who is a member, or how much of a bounded author is held. */
  const mattersToMembership = (pool: readonly VerifiedEvent[]): boolean =>
    pool.some(({ event }) => MEMBERSHIP_TYPES.has(event.event_type) || state?.bounds.has(event.author))

  /** Judges, stores and counts verified events; runs under the lock. @returns outcomes of `fresh`, in order. */
  async function admit(fresh: readonly VerifiedEvent[]): Promise<readonly Outcome[]> {
    const known = new Set(fresh.map(({ cid }) => cid).filter((cid) => entries.has(cid)))
    const pool = [...new Map([...waiting.all(), ...fresh].map((event) => [event.cid, event])).values()]
    const horizon = clock + LAMPORT_MAX_LEAD
    const near = pool.filter(({ cid, event }) => event.lamport <= horizon && !known.has(cid))
    const membershipMoves = mattersToMembership(near)
    const next = membershipMoves ? fold(near) : state
    const kept = keeper(next, near.map(linkOf))
    const verdicts = new Map(near.map((event) => [event.cid, judge(linkOf(event), next, kept)]))
    const accepted = near.filter((event) => verdicts.get(event.cid) === 'counts').sort(byReplay)

    if (accepted.length > 0) await keep(accepted, membershipMoves)
    const outcomes = fresh.map(({ cid }): Outcome => {
      if (known.has(cid)) return { kind: 'known', cid }
      const verdict = verdicts.get(cid) ?? 'waiting'
      known.add(cid) // a second copy in the same batch is known by now
      if (verdict === 'counts') return { kind: 'stored', cid }
      if (verdict === 'revoked') return refuse(new HearthError('revoked', 'the author was revoked before this event'))
      return { kind: 'waiting', cid }
    })
    settleQueue(pool, verdicts)
    const change = await recount(accepted, membershipMoves)
    if (change.added.length + change.removed.length > 0) changed.emit(change)
    if (outcomes.some(({ kind }) => kind !== 'known')) noticed.emit()
    // the clock moved: what was too far ahead may be near now (EVT-2)
    if (pool.some(({ event }) => event.lamport > horizon && event.lamport <= clock + LAMPORT_MAX_LEAD)) await admit([])
    return outcomes
  }

  async function keep(accepted: readonly VerifiedEvent[], membershipMoves: boolean): Promise<void> {
    const { writes, commit } = segments.plan(accepted)
    await store.write(writes)
    commit().forEach(remember)
    membership = [...membership, ...accepted.filter(({ event }) => MEMBERSHIP_TYPES.has(event.event_type))]
    if (membershipMoves) state = fold([])
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
    const kept = keeper(state, [])
    for (const entry of stored) if (countsNow(entry, kept)) counted.add(entry.cid)
  }

  await open()

  return {
    communityId,
    state: () => state,

    append: (type, data) =>
      locked(async () => {
        if (!caughtUp) throw new HearthError('partition', 'this device has not caught up with its community yet')
        const last = authors.last(signer.nodeId)
        const at = { lamport: clock + 1, prev: last?.cid ?? null }
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

    async replay(wanted) {
      const chosen = [...entries.values()].filter(({ cid, type }) => wanted.has(type) && counted.has(cid))
      return [...(await segments.read(chosen))].sort(byReplay)
    },

    offered() {
      const kept = keeper(state, [])
      return [...entries.values()].filter((entry) => judge(entry, state, kept) === 'counts')
    },

    async newest(limit) {
      const ordered = [...entries.values()].filter(({ cid }) => counted.has(cid)).sort((a, b) => compareReplay(b, a))
      return segments.read(ordered.slice(0, limit))
    },

    tips: (author) => authors.tips(author),
    clock: () => clock,

    stats: () => ({
      stored: entries.size,
      waiting: waiting.size,
      excluded: entries.size - counted.size,
      refused: Object.fromEntries(refused),
      equivocations: authors.equivocations(),
    }),

    async caughtUp() {
      if (caughtUp) return
      await store.write([{ table: 'meta', key: CAUGHT_UP, value: communityId }])
      caughtUp = true
    },
    isCaughtUp: () => caughtUp,

    changed,
    noticed,
  }
}

const unknown = (): HearthError => new HearthError('internal_error', 'an event without an outcome')
