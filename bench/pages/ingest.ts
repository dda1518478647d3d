import { EVENTS } from '#protocol/catalogue.ts'
import type { SignedEvent } from '#protocol/core/event.ts'
import { SYNC_BATCH_EVENTS } from '#protocol/core/sync.ts'
import { type EventLog, openLog } from '../../workers/kernel/log/log.ts'
import { createRealRuntime } from '../../workers/kernel/real-runtime.ts'
import { openDexieStore } from '../../workers/kernel/store/dexie-store.ts'
import type { Store } from '../../workers/kernel/store/store.ts'
import { createViews } from '../../workers/kernel/view-host.ts'
import { queryClaims } from '../../workers/modules/evidence/query.ts'
import { createRank } from '../../workers/modules/evidence/rank.ts'
import { createSpace, type Space } from '../../workers/modules/evidence/space.ts'
import { claimsView } from '../../workers/modules/evidence/store.ts'
import { testSigner } from '../../workers/testing/test-identity.ts'
import { type ClaimLog, NEWCOMER_SEED } from '../support/claims.ts'

/** A node's log and claims view on IndexedDB, without a mesh. */
export interface Household {
  readonly store: Store
  readonly log: EventLog
  readonly claims: Space
}

export async function openHousehold(name: string, { community }: Pick<ClaimLog, 'community'>, seed = NEWCOMER_SEED) {
  const store = await openDexieStore(name)
  const runtime = createRealRuntime()
  const log = await openLog({ runtime, store, signer: await testSigner(seed), types: EVENTS }, community)
  const view = await createViews({ runtime, store, log }).open(claimsView)
  const claims = createSpace({ kind: 'community', view, member: () => null })
  return { store, log, claims } satisfies Household
}

export async function closeHousehold({ store }: Household): Promise<void> {
  await store.erase()
  await store.close()
}

/** Feeds events as a sync does, the next batch when the last is durable. @throws Error when one was refused */
export async function feed({ log }: Household, events: readonly SignedEvent[]): Promise<void> {
  for (let at = 0; at < events.length; at += SYNC_BATCH_EVENTS) await log.ingest(events.slice(at, at + SYNC_BATCH_EVENTS))
  if (!events.every(({ event_type }) => event_type) || Object.keys(log.stats().refused).length > 0) {
    throw new Error(`refused: ${JSON.stringify(log.stats().refused)}`)
  }
}

/** Newest first, as a screen asks. */
export const pageOfClaims = (claims: Space, subject_prefix: string, limit: number) =>
  queryClaims([claims], { subject_prefix, limit }, createRank({ of: () => null }), Date.now())

/** The first query, which makes the view fold and index what it was fed. @throws Error when claims are missing */
export function askOnce({ claims }: Pick<Household, 'claims'>, expected: number): void {
  const { total } = pageOfClaims(claims, 'brunnen', 50)
  if (total !== expected) throw new Error(`${total} claims instead of ${expected}`)
}

/** Ours: events in memory until verified, durable in IndexedDB and queryable. */
export async function ingestSegments(history: ClaimLog, events: readonly SignedEvent[]): Promise<number> {
  const household = await openHousehold('bench-segments', history)
  await feed(household, history.people)
  const started = performance.now()
  await feed(household, events)
  askOnce(household, events.length)
  const ms = performance.now() - started
  await closeHousehold(household)
  return ms
}
