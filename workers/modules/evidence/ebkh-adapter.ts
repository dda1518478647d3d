import type { Input, Output } from '#protocol/core/capability.ts'
import { toHearthError } from '#protocol/core/errors.ts'
import type { ClaimId, NodeId } from '#protocol/core/ids.ts'
import type { JsonValue } from '#protocol/core/json.ts'
import { matches } from '#protocol/core/schema.ts'
import type { ebkhSync } from '#protocol/evidence/capabilities.ts'
import type { ebkhPull } from '#protocol/evidence/desk-capabilities.ts'
import { EBKH_MAX_PAGES, HubClaimSchema, pullEntity, pushClaim, querySpatial, sync } from '#protocol/evidence/ebkh.ts'
import type { HubRpc } from './ebkh-rpc.ts'
import type { Arrival, Quarantine } from './quarantine.ts'
import type { ClaimRow } from './store.ts'

export type SyncReport = Output<typeof ebkhSync>
export type PullReport = Output<typeof ebkhPull>

/** One hub, as the bridge needs it. */
export interface HubSession {
  readonly rpc: HubRpc
  /** Whose claims it sends. */
  readonly hub: NodeId
  readonly endpoint: string
  readonly quarantine: Quarantine
  /** Where the last pull ended. */
  readonly cursor: { get(): string | null; set(value: string | null): Promise<void> }
  /** What this node offers: the own claims of its person, newest first. Others' words are not ours to hand out. */
  readonly offered: () => readonly ClaimRow[]
}

const MAX_OFFERED = 1000

/** Whole claims among what came; the rest is counted. */
function sorted(items: readonly JsonValue[]): { readonly arrivals: readonly Arrival[]; readonly malformed: number } {
  const arrivals: Arrival[] = []
  for (const item of items) if (matches(HubClaimSchema, item)) arrivals.push({ claim_id: item.claim_id, claim: item.claim })
  return { arrivals, malformed: items.length - arrivals.length }
}

async function takeIn(session: HubSession, items: readonly JsonValue[]) {
  const { arrivals, malformed } = sorted(items)
  const { kept, known, refused } = await session.quarantine.receive(arrivals, session.hub, session.endpoint)
  return { kept, known, refused: refused + malformed }
}

async function push(session: HubSession, wanted: readonly ClaimId[], rows: ReadonlyMap<ClaimId, ClaimRow>, sent: () => void) {
  for (const claimId of wanted) {
    const row = rows.get(claimId)
    if (!row) continue // it asks for what was not offered
    await session.rpc(pushClaim, {
      claim_id: row.claimId,
      claim: row.claim,
      attestations: row.vouches.map(({ attestation }) => attestation),
      disputes: row.disputes.flatMap(({ dispute, retracted }) => (dispute && !retracted ? [dispute] : [])),
    })
    sent()
  }
}

/**
 * Exchanges with the hub. Whatever goes wrong is in the report: nothing is raised, what was done stays done, and the
 * cursor moves only past what was stored, so that the next sync goes on where this one broke off.
 */
export async function syncWithHub(session: HubSession, direction: Input<typeof ebkhSync>['direction']): Promise<SyncReport> {
  const report = { direction, pulled: 0, pushed: 0, refused: 0 }
  const rows = new Map(
    session
      .offered()
      .slice(0, MAX_OFFERED)
      .map((row) => [row.claimId, row]),
  )
  const have = direction === 'pull' ? [] : [...rows.keys()]
  try {
    for (let page = 0; ; page++) {
      const answer = await session.rpc(sync, {
        direction,
        cursor: direction === 'push' ? null : session.cursor.get(),
        have: page === 0 ? have : [],
      })
      if (direction !== 'push') {
        const { kept, refused } = await takeIn(session, answer.claims)
        report.pulled += kept
        report.refused += refused
        await session.cursor.set(answer.cursor)
      }
      await push(session, answer.want, rows, () => {
        report.pushed++
      })
      if (!answer.more || direction === 'push') return { ...report, partial: false, reason: null }
      if (page + 1 >= EBKH_MAX_PAGES) return { ...report, partial: true, reason: 'the hub has more than fits in one sync' }
    }
  } catch (error) {
    const { code, message } = toHearthError(error)
    if (code === 'internal_error') throw error
    return { ...report, partial: true, reason: message.slice(0, 280) }
  }
}

/** What the hub knows of one subject or one place, into quarantine. */
export async function pullFromHub(session: HubSession, of: Input<typeof ebkhPull>['of']): Promise<PullReport> {
  const report = { pulled: 0, known: 0, refused: 0 }
  let cursor: string | null = null
  try {
    for (let page = 0; page < EBKH_MAX_PAGES; page++) {
      const answer: Awaited<ReturnType<typeof ask>> = await ask(session.rpc, of, cursor)
      const { kept, known, refused } = await takeIn(session, answer.claims)
      report.pulled += kept
      report.known += known
      report.refused += refused
      cursor = answer.cursor
      if (cursor === null) return { ...report, partial: false, reason: null }
    }
    return { ...report, partial: true, reason: 'the hub has more than fits in one answer' }
  } catch (error) {
    const { code, message } = toHearthError(error)
    if (code === 'internal_error') throw error
    return { ...report, partial: true, reason: message.slice(0, 280) }
  }
}

function ask(rpc: HubRpc, of: Input<typeof ebkhPull>['of'], cursor: string | null) {
  if ('subject' in of) return rpc(pullEntity, { subject: of.subject, cursor })
  const { west, south, east, north } = of.bbox
  return rpc(querySpatial, { bbox: [west, south, east, north], predicate: of.predicate, cursor })
}
