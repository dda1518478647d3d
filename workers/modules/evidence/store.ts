import type { ClaimId, ContentId, NodeId } from '#protocol/core/ids.ts'
import type { EventData } from '#protocol/core/module.ts'
import { claimAsserted } from '#protocol/evidence/events.ts'
import { defineView } from '../../kernel/views.ts'

/** The slim row a claim is found by; its body stays in the log. */
export interface ClaimRow {
  readonly claimId: ClaimId
  /** The first event in replay order that carries it. */
  readonly cid: ContentId
  readonly lamport: number
  readonly author: NodeId
  readonly subject: string
  readonly predicate: string
  readonly object: string
}

/** Search form of a subject: what people type has no reliable case. */
export const searchForm = (subject: string): string => subject.normalize('NFKC').toLowerCase()

/** Claims as a view over the log (EVI-2): by subject, beginning of the subject, predicate and object. */
export const claimsView = defineView<Omit<ClaimRow, 'claimId' | 'cid' | 'lamport'>, ClaimRow>({
  id: 'evidence.claims',
  version: 1,
  events: [claimAsserted],
  map({ event }) {
    // checked against the type's schema before it was stored
    const { claim_id, claim } = event.data as EventData<typeof claimAsserted>
    const { subject, predicate, object } = claim
    return [{ entity: claim_id, item: { author: event.author, subject, predicate, object } }]
  },
  fold(entity, [first]) {
    // the entity is the claim_id that `map` gave
    return first ? { ...first.item, claimId: entity as ClaimId, cid: first.cid, lamport: first.lamport } : null
  },
  indexes: {
    subject: ({ subject }) => [subject],
    search: ({ subject }) => [searchForm(subject)],
    predicate: ({ predicate }) => [predicate],
    object: ({ object }) => [object],
  },
})
