import { canonical } from '#protocol/core/canonical.ts'
import { utf8 } from '#protocol/core/encoding.ts'
import { EventSchema, type SignedEvent } from '#protocol/core/event.ts'
import { hashOf } from '#protocol/core/hash.ts'
import { type CommunityId, signatureBytes } from '#protocol/core/ids.ts'
import { checkJson, parseJson } from '#protocol/core/json.ts'
import type { EventData } from '#protocol/core/module.ts'
import { parseAs } from '#protocol/core/schema.ts'
import { signedBytes, verifyBytes, verifyRecord } from '#protocol/core/signing.ts'
import { SYNC_BATCH_EVENTS } from '#protocol/core/sync.ts'
import { claimIdOf } from '#protocol/evidence/claim-id.ts'
import { claimAsserted } from '#protocol/evidence/events.ts'
import { createSegments } from '../../workers/kernel/log/segments.ts'
import { type VerifiedEvent, verifyEvent } from '../../workers/kernel/log/verify.ts'
import { openDexieStore } from '../../workers/kernel/store/dexie-store.ts'
import { createView } from '../../workers/kernel/views.ts'
import { createSpace } from '../../workers/modules/evidence/space.ts'
import { claimsView } from '../../workers/modules/evidence/store.ts'
import { askOnce } from './ingest.ts'

/** One stage of taking in an event. */
export interface Stage {
  readonly stage: string
  /** Microseconds per event. */
  readonly us: number
}

const TYPES = new Map([[claimAsserted.type, claimAsserted]])

// made by this project's own code
const dataOf = (event: SignedEvent) => event.data as EventData<typeof claimAsserted>

async function inBatches<T>(items: readonly T[], task: (batch: readonly T[]) => Promise<unknown>): Promise<void> {
  for (let at = 0; at < items.length; at += SYNC_BATCH_EVENTS) await task(items.slice(at, at + SYNC_BATCH_EVENTS))
}

async function timed(stage: string, count: number, task: () => unknown): Promise<Stage> {
  const started = performance.now()
  await task()
  return { stage, us: ((performance.now() - started) * 1000) / count }
}

/** Where the time goes: each stage of an ingest by itself, over the same events. */
export async function profile(community: CommunityId, events: readonly SignedEvent[]): Promise<readonly Stage[]> {
  const texts = events.map(canonical)
  const bytes = texts.map(utf8)
  const claims = events.map((event) => dataOf(event).claim)
  const verified: VerifiedEvent[] = []
  const stages: Stage[] = []
  const stage = async (name: string, task: () => unknown): Promise<void> => {
    stages.push(await timed(name, events.length, task))
  }

  await stage('verifyEvent, all of it', () =>
    inBatches(events, async (batch) => {
      verified.push(...(await Promise.all(batch.map((event) => verifyEvent(event, community, TYPES)))))
    }),
  )
  await stage('parse the JSON text', () => texts.forEach((text) => void parseJson(text)))
  await stage('schema of the envelope', () => events.forEach((event) => void parseAs(EventSchema, event)))
  await stage('schema of the data', () => events.forEach(({ data }) => void parseAs(claimAsserted.data, data)))
  await stage('walk for ENC-1', () => events.forEach((event) => void checkJson(event)))
  await stage('canonical text of the event', () => events.forEach((event) => void canonical(event)))
  await stage('content id (BLAKE3)', () => bytes.forEach((item) => void hashOf(item)))
  await stage('ClaimID (canonical, SHA-256)', () => claims.forEach((claim) => void claimIdOf(claim)))
  await stage('canonical bytes of the claim', () => claims.forEach((claim) => void signedBytes(claim)))
  await stage('Ed25519 of the event', () =>
    inBatches(events, (batch) =>
      Promise.all(batch.map((event, at) => verifyBytes(event.author, bytes[at] ?? utf8(''), signatureBytes(event.signature)))),
    ),
  )
  await stage('Ed25519 of the claim, with its bytes', () =>
    inBatches(claims, (batch) => Promise.all(batch.map((claim) => verifyRecord(claim.asserted_by, claim)))),
  )
  await stage('segments to IndexedDB', () => storeSegments(verified))
  await stage('view: map, fold, index, first query', () => {
    const view = createView(claimsView)
    view.apply(verified, [])
    askOnce({ claims: createSpace({ kind: 'community', view, member: () => null }) }, verified.length)
  })
  return stages
}

async function storeSegments(verified: readonly VerifiedEvent[]): Promise<void> {
  const store = await openDexieStore('bench-profile')
  const segments = createSegments(store)
  await inBatches(verified, async (batch) => {
    const { writes, commit } = segments.plan(batch)
    await store.write(writes)
    commit()
  })
  await store.erase()
  await store.close()
}
