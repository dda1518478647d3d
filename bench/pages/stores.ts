import { canonical } from '#protocol/core/canonical.ts'
import { utf8 } from '#protocol/core/encoding.ts'
import type { SignedEvent } from '#protocol/core/event.ts'
import { hashOf } from '#protocol/core/hash.ts'
import type { ClaimId, Ulid } from '#protocol/core/ids.ts'
import type { EventData } from '#protocol/core/module.ts'
import { SYNC_BATCH_EVENTS } from '#protocol/core/sync.ts'
import type { claimAsserted } from '#protocol/evidence/events.ts'
import { createSegments } from '../../workers/kernel/log/segments.ts'
import type { VerifiedEvent } from '../../workers/kernel/log/verify.ts'
import { openDexieStore } from '../../workers/kernel/store/dexie-store.ts'
import { claimsView } from '../../workers/modules/evidence/store.ts'
import type { ClaimLog } from '../support/claims.ts'
import { p95 } from '../support/statistics.ts'
import { askOnce, closeHousehold, type Household, openHousehold, pageOfClaims } from './ingest.ts'
import { openRecords, recordOf } from './records.ts'

const REBUILT = 'bench-rebuild'
const QUERIES = 200
const PAGE = 50
/** Claims that one record each is compared with; a hundred thousand would only measure the patience of IndexedDB. */
const RECORDS_AT_MOST = 20_000

const batches = <T>(items: readonly T[]): (readonly T[])[] =>
  Array.from({ length: Math.ceil(items.length / SYNC_BATCH_EVENTS) }, (_, n) =>
    items.slice(n * SYNC_BATCH_EVENTS, (n + 1) * SYNC_BATCH_EVENTS),
  )

function storedForm(event: SignedEvent): VerifiedEvent {
  const text = canonical(event)
  return { cid: hashOf(utf8(text)), event, text }
}

async function packed(name: string, events: Iterable<readonly VerifiedEvent[]>): Promise<void> {
  const store = await openDexieStore(name)
  const segments = createSegments(store)
  for (const batch of events) {
    const { writes, commit } = segments.plan(batch)
    await store.write(writes)
    commit()
  }
  await store.close()
}

/** Ours: events that are verified already until they are durable, in segments. */
export async function writeSegments(events: readonly SignedEvent[]): Promise<number> {
  const ready = batches(events.map(storedForm))
  const started = performance.now()
  await packed('bench-write-segments', ready)
  const ms = performance.now() - started
  await (await openDexieStore('bench-write-segments')).erase()
  return ms
}

/** Theirs: the same events, a record each. */
export async function writeRecords(events: readonly SignedEvent[]): Promise<number> {
  const ready = batches(events.map(recordOf))
  const db = await openRecords('bench-write-records')
  const started = performance.now()
  for (const batch of ready) await db.events.bulkAdd(batch)
  const ms = performance.now() - started
  await db.delete()
  return ms
}

/** Claims in the stored form, made from a few signed ones: a start verifies nothing twice, so nobody looks at signatures. */
function* manyClaims(base: readonly SignedEvent[], count: number): Generator<readonly VerifiedEvent[]> {
  for (let at = 0; at < count; at += base.length) {
    yield base.slice(0, count - at).map((event, n) => {
      const { claim, claim_id } = event.data as EventData<typeof claimAsserted> // made by this project's own code
      const number = String(at + n).padStart(8, '0')
      const id = (claim_id.slice(0, -8) + number.replace(/[0189]/g, (digit) => 'ABCD'['0189'.indexOf(digit)] ?? 'A')) as ClaimId // base32
      return storedForm({
        ...event,
        event_id: (event.event_id.slice(0, -8) + number) as Ulid, // digits stay within Crockford base32
        lamport: 10 + at + n,
        data: { claim_id: id, claim: { ...claim, subject: `Brunnen ${(at + n) % 1000} an der Straße ${at + n}` } },
      })
    })
  }
}

/** How long a start takes to have the views again, and how long they then take to answer. */
export interface Rebuild {
  /** Log opened, view replayed and its first query answered. */
  readonly replayMs: number
  /** The same from the view's snapshot. */
  readonly snapshotMs: number
  readonly queryP95Ms: number
  /** The same queries of one record each; null above what is sensible. */
  readonly recordsQueryP95Ms: number | null
}

const prefixOf = (n: number): string => `Brunnen ${(n * 37) % 1000} `

function queryTimes(count: number, ask: (prefix: string) => Promise<unknown>): Promise<number> {
  const run = async (): Promise<number> => {
    const times: number[] = []
    for (let n = 0; n < QUERIES; n++) {
      const started = performance.now()
      await ask(prefixOf(n % count))
      times.push(performance.now() - started)
    }
    return p95(times)
  }
  return run()
}

async function recordsQueryP95(base: readonly SignedEvent[], count: number): Promise<number> {
  const db = await openRecords('bench-query-records')
  for (const batch of manyClaims(base, count)) await db.events.bulkAdd(batch.map(({ event }) => recordOf(event)))
  const ms = await queryTimes(count, async (prefix) => {
    const found = await db.events.where('subject').startsWith(prefix).limit(PAGE).toArray()
    if (found.length === 0) throw new Error('no record')
  })
  await db.delete()
  return ms
}

/** Opens what is stored until the first query is answered. */
async function start(history: ClaimLog, count: number) {
  const started = performance.now()
  const household = await openHousehold(REBUILT, history)
  askOnce(household, count)
  return { household, ms: performance.now() - started }
}

/** A view is saved by itself once the log is quiet. */
async function snapshotSaved({ store }: Household): Promise<void> {
  while ((await store.get('snapshot', claimsView.id)) === undefined) await new Promise((resolve) => setTimeout(resolve, 250))
}

export async function rebuildViews(history: ClaimLog, count: number): Promise<Rebuild> {
  const base = history.claims.slice(0, 1000)
  await packed(REBUILT, [history.people.map(storedForm)])
  await packed(REBUILT, manyClaims(base, count))
  const replayed = await start(history, count)
  await snapshotSaved(replayed.household)
  await replayed.household.store.close()
  const { household, ms: snapshotMs } = await start(history, count)
  const queryP95Ms = await queryTimes(count, async (prefix) => {
    const { found } = pageOfClaims(household.claims, prefix, PAGE)
    const events = await household.log.read(found.map(({ row }) => row.cid))
    if (events.length === 0) throw new Error('no claim')
  })
  await closeHousehold(household)
  const recordsQueryP95Ms = count <= RECORDS_AT_MOST ? await recordsQueryP95(base, count) : null
  return { replayMs: replayed.ms, snapshotMs, queryP95Ms, recordsQueryP95Ms }
}
