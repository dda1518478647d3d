import { type AuditEntry, shaOf } from '#protocol/civdef/audit.ts'
import { canonical } from '#protocol/core/canonical.ts'
import { toHex, utf8 } from '#protocol/core/encoding.ts'
import { sha256 } from '#protocol/core/hash.ts'
import { wireTime } from '#protocol/core/ids.ts'
import { type Signer, signRecord } from '#protocol/core/signing.ts'
import { type Hash, leafHash } from './merkle.ts'

/** What is to be recorded. */
export interface Fact {
  readonly event: AuditEntry['event']
  readonly alertId: AuditEntry['alert_id']
  readonly actor: AuditEntry['actor']
  /** The record it is about; the entry keeps its hash. */
  readonly payload: unknown
  /** Of a forwarded alert: communities it had passed. */
  readonly hop?: number
}

/** An entry in the form in which it is stored, hashed and exported. */
export interface Written {
  /** Canonical. */
  readonly text: string
  /** AUD-1: what the next entry's `prev_sha` says. */
  readonly sha: string
  /** AUD-2. */
  readonly leaf: Hash
}

export function written(text: string): Written {
  let sha: string | null = null
  return {
    text,
    // asked for only where an entry is walked: a root holds the rest, and hashing is most of what a check costs
    get sha() {
      sha ??= `sha256:${toHex(sha256(utf8(text)))}`
      return sha
    },
    leaf: leafHash(utf8(text)),
  }
}

/** Signs the entry that comes after `prevSha` (AUD-1). @param nowMs since 1970 */
export async function signEntry(
  signer: Signer,
  fact: Fact,
  place: { readonly seq: number; readonly prevSha: string | null },
  nowMs: number,
): Promise<{ readonly entry: AuditEntry; readonly written: Written }> {
  const entry: AuditEntry = await signRecord(signer, {
    seq: place.seq,
    alert_id: fact.alertId,
    event: fact.event,
    actor: fact.actor,
    at: wireTime(nowMs),
    payload_sha: shaOf(fact.payload),
    prev_sha: place.prevSha,
    ...(fact.hop === undefined ? {} : { hop: fact.hop }),
  })
  return { entry, written: written(canonical(entry)) }
}
