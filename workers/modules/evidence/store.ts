import type { ClaimId, ContentId, DisputeId, NodeId } from '#protocol/core/ids.ts'
import type { EventData } from '#protocol/core/module.ts'
import { ClaimIdSchema, matches } from '#protocol/core/schema.ts'
import { EVIDENCE_RETRACTED } from '#protocol/evidence/constants.ts'
import {
  type Attestation,
  type Claim,
  claimAsserted,
  claimAttested,
  type Dispute,
  disputeOpened,
  disputeRetracted,
} from '#protocol/evidence/events.ts'
import type { EvidenceGround } from '#protocol/evidence/records.ts'
import type { VerifiedEvent } from '../../kernel/log/verify.ts'
import { defineView, type Part, type Placed } from '../../kernel/views.ts'
import { freshUntil, groundOfSources, lifts } from './claim.ts'

/** Somebody vouches: their newest attestation, whatever the number (EVI-3). */
export interface Vouch {
  readonly by: NodeId
  readonly cid: ContentId
  readonly attestation: Attestation
}

/** Somebody objects: with a dispute, or with a claim `retracted` about this one (EVI-2). */
export interface Objection {
  /** Of a retraction, its ClaimID. */
  readonly id: DisputeId
  readonly by: NodeId
  readonly cid: ContentId
  /** Null for a retraction. */
  readonly dispute: Dispute | null
  /** The retraction itself; null for a dispute. */
  readonly retraction: Claim | null
  readonly retracted: boolean
}

/** A claim as it is found by, with everyone's word on it. Bodies stay in memory: a page of results reads no disk. */
export interface ClaimRow {
  readonly claimId: ClaimId
  /** The first event in replay order that carries it. */
  readonly cid: ContentId
  readonly lamport: number
  /** Who asserts it, a member or a hub. */
  readonly author: NodeId
  readonly admitted: boolean
  readonly claim: Claim
  /** Search forms of subject, predicate and object. */
  readonly search: string
  readonly predicateSearch: string
  readonly objectSearch: string
  readonly ground: EvidenceGround
  /** Milliseconds since 1970 (EVI-8). */
  readonly freshUntil: number
  readonly vouches: readonly Vouch[]
  readonly disputes: readonly Objection[]
  /** Whether its own asserter took it back. */
  readonly retracted: boolean
}

/** What one event says of one claim. */
export type ClaimItem =
  | { readonly kind: 'claim'; readonly claim: Claim; readonly admitted: boolean }
  | { readonly kind: 'vouch'; readonly attestation: Attestation }
  | { readonly kind: 'dispute'; readonly id: DisputeId; readonly dispute: Dispute }
  | { readonly kind: 'retraction'; readonly id: DisputeId; readonly claim: Claim }
  | { readonly kind: 'withdrawal'; readonly of: DisputeId; readonly by: NodeId }

/** Search form of a text: what people type has no reliable case. */
export const searchForm = (text: string): string => text.normalize('NFKC').toLowerCase()

type Of<K extends ClaimItem['kind']> = Placed<Extract<ClaimItem, { readonly kind: K }>>

function ofKind<K extends ClaimItem['kind']>(parts: readonly Placed<ClaimItem>[], kind: K): readonly Of<K>[] {
  // narrowed by the comparison, which the compiler does not follow into `item`
  return parts.filter(({ item }) => item.kind === kind) as unknown as readonly Of<K>[]
}

function asserted({ event }: VerifiedEvent): readonly Part<ClaimItem>[] {
  // checked against the type's schema before it was stored
  const { claim_id, claim, admitted } = event.data as EventData<typeof claimAsserted>
  const own: Part<ClaimItem> = { entity: claim_id, item: { kind: 'claim', claim, admitted: admitted !== undefined } }
  if (claim.predicate !== EVIDENCE_RETRACTED || !matches(ClaimIdSchema, claim.object)) return [own]
  // both are base32 of SHA-256: the id of what takes a claim back serves as the id of that dispute (EVI-2)
  return [own, { entity: claim.object, item: { kind: 'retraction', id: claim_id as string as DisputeId, claim } }]
}

function withdrawn({ event }: VerifiedEvent): readonly Part<ClaimItem>[] {
  const { claim_id, claim } = event.data as EventData<typeof disputeRetracted>
  const [disputed] = claim.derived_from
  const own: Part<ClaimItem> = { entity: claim_id, item: { kind: 'claim', claim, admitted: false } }
  if (disputed === undefined) return [own]
  // the event's own check held the object to the form of a DisputeID
  return [own, { entity: disputed, item: { kind: 'withdrawal', of: claim.object as DisputeId, by: event.author } }]
}

const MAP: ReadonlyMap<string, (event: VerifiedEvent) => readonly Part<ClaimItem>[]> = new Map([
  [claimAsserted.type, asserted],
  [disputeRetracted.type, withdrawn],
  [
    claimAttested.type,
    ({ event }) => {
      const { attestation } = event.data as EventData<typeof claimAttested>
      return [{ entity: attestation.claim_id, item: { kind: 'vouch', attestation } }]
    },
  ],
  [
    disputeOpened.type,
    ({ event }) => {
      const { dispute_id, dispute } = event.data as EventData<typeof disputeOpened>
      return [{ entity: dispute.claim_id, item: { kind: 'dispute', id: dispute_id, dispute } }]
    },
  ],
])

/** One vouch for each attester: ten thousand by one member count once. */
function vouchesOf(parts: readonly Placed<ClaimItem>[]): readonly Vouch[] {
  const newest = new Map<NodeId, Vouch>()
  for (const { cid, item } of ofKind(parts, 'vouch')) {
    newest.set(item.attestation.attester, { by: item.attestation.attester, cid, attestation: item.attestation })
  }
  return [...newest.values()]
}

function disputesOf(parts: readonly Placed<ClaimItem>[]): readonly Objection[] {
  // only who opened a dispute takes it back
  const withdrawals = new Set(ofKind(parts, 'withdrawal').map(({ item }) => `${item.of} ${item.by}`))
  const found = new Map<DisputeId, Objection>()
  for (const { cid, item } of parts) {
    if (item.kind !== 'dispute' && item.kind !== 'retraction') continue
    if (found.has(item.id)) continue
    const by = item.kind === 'dispute' ? item.dispute.disputer : item.claim.asserted_by
    found.set(item.id, {
      id: item.id,
      by,
      cid,
      dispute: item.kind === 'dispute' ? item.dispute : null,
      retraction: item.kind === 'retraction' ? item.claim : null,
      retracted: withdrawals.has(`${item.id} ${by}`),
    })
  }
  return [...found.values()]
}

/** Claims as a view over the log (EVI-2), by every part of the triple, by author, source and parent. */
export const claimsView = defineView<ClaimItem, ClaimRow>({
  id: 'evidence.claims',
  version: 2,
  events: [claimAsserted, claimAttested, disputeOpened, disputeRetracted],
  map: (event) => MAP.get(event.event.event_type)?.(event) ?? [],
  fold(entity, parts) {
    const [first] = ofKind(parts, 'claim')
    if (!first) return null // what is said of a claim waits here until the claim comes
    const { claim, admitted } = first.item
    const vouches = vouchesOf(parts)
    const disputes = disputesOf(parts)
    const isAttested = vouches.some(({ by, attestation }) => lifts(claim, by, attestation.role))
    return {
      // the entity of a `claim` part is the claim_id that `map` gave
      claimId: entity as ClaimId,
      cid: first.cid,
      lamport: first.lamport,
      author: claim.asserted_by,
      admitted,
      claim,
      search: searchForm(claim.subject),
      predicateSearch: searchForm(claim.predicate),
      objectSearch: searchForm(claim.object),
      ground: isAttested ? 'attested' : groundOfSources(claim),
      freshUntil: freshUntil(claim),
      vouches,
      disputes,
      retracted: disputes.some(({ by, retraction, retracted }) => by === claim.asserted_by && retraction && !retracted),
    }
  },
  indexes: {
    subject: ({ claim }) => [claim.subject],
    predicate: ({ claim }) => [claim.predicate],
    object: ({ claim }) => [claim.object],
    author: ({ author }) => [author],
    source: ({ claim }) => [...new Set(claim.sources.map(({ source_id }) => source_id))],
    parent: ({ claim }) => [...new Set(claim.derived_from)],
    /** By author, where somebody else objects. */
    objected: ({ author, disputes }) => (disputes.some(({ by, retracted }) => by !== author && !retracted) ? [author] : []),
  },
})
