import { ed25519 } from '@noble/curves/ed25519.js'
import canonicalize from 'canonicalize'
import { Dexie, type EntityTable } from 'dexie'
import { utf8 } from '#protocol/core/encoding.ts'
import type { SignedEvent } from '#protocol/core/event.ts'
import { hashOf } from '#protocol/core/hash.ts'
import { publicKeyOf, signatureBytes } from '#protocol/core/ids.ts'
import type { EventData } from '#protocol/core/module.ts'
import { SYNC_BATCH_EVENTS } from '#protocol/core/sync.ts'
import type { Claim, claimAsserted } from '#protocol/evidence/events.ts'

/** A record as an app without a log of its own would keep it: the event and what it is found by. */
export interface EventRecord {
  readonly cid: string
  readonly lamport: number
  readonly author: string
  readonly subject: string
  readonly predicate: string
  readonly object: string
  readonly event: SignedEvent
}

type Records = Dexie & { readonly events: EntityTable<EventRecord, 'cid'> }

/** One record per event, found by the same fields as our view, with the same durability as our store. */
export async function openRecords(name: string): Promise<Records> {
  // Dexie makes the tables that `stores` declares
  const db = new Dexie(name, { chromeTransactionDurability: 'strict' }) as Records
  db.version(1).stores({ events: 'cid, [lamport+cid], author, subject, predicate, object' })
  await db.open()
  return db
}

const textOf = (value: object): string => canonicalize(value) ?? ''

// what was made by this project's own code needs no schema here: that is left out in favour of the other side
const claimOf = (event: SignedEvent): Claim => (event.data as EventData<typeof claimAsserted>).claim

function isSigned({ signature, ...record }: { readonly signature: string }, by: SignedEvent['author']): boolean {
  return ed25519.verify(signatureBytes(signature), utf8(textOf(record)), publicKeyOf(by))
}

export function recordOf(event: SignedEvent): EventRecord {
  const { subject, predicate, object } = claimOf(event)
  const { author, lamport } = event
  return { cid: hashOf(utf8(textOf(event))), lamport, author, subject, predicate, object, event }
}

function verifiedRecord(event: SignedEvent): EventRecord {
  if (!isSigned(event, event.author) || !isSigned(claimOf(event), event.author)) throw new Error('a signature is wrong')
  return recordOf(event)
}

/** Theirs: events in memory until both signatures are verified in JavaScript, durable in Dexie and queryable. */
export async function ingestRecords(events: readonly SignedEvent[]): Promise<number> {
  const db = await openRecords('bench-records')
  const started = performance.now()
  for (let at = 0; at < events.length; at += SYNC_BATCH_EVENTS) {
    await db.events.bulkAdd(events.slice(at, at + SYNC_BATCH_EVENTS).map(verifiedRecord))
  }
  const found = await db.events.where('subject').startsWith('Brunnen').count()
  const ms = performance.now() - started
  if (found !== events.length) throw new Error(`${found} records instead of ${events.length}`)
  await db.delete()
  return ms
}
