import { eventContentId } from '#protocol/core/event.ts'
import { signRecord } from '#protocol/core/signing.ts'
import { claimIdOf, disputeIdOf } from '#protocol/evidence/claim-id.ts'
import { claimAsserted, claimAttested, disputeOpened } from '#protocol/evidence/events.ts'
import { people, ulidOf } from '../../vectors/seeded.ts'
import type { Examples } from '../examples.ts'
import { beginnings, eventBy } from './community.ts'
import { AT } from './core.ts'

/** One claim, who vouches, who objects. */
async function evidenceRecords() {
  const { anna, bert } = await people()
  const claim = await signRecord(bert, {
    subject: 'Turnhalle',
    predicate: 'ist',
    object: 'Sammelpunkt',
    asserted_by: bert.nodeId,
    asserted_at: AT,
    sources: [
      {
        source_id: 'url:https://gemeinde.example/plan',
        accessed_at: '2026-05-26T07:58:00Z',
        excerpt: 'Treffpunkt ist die Turnhalle.',
      },
    ],
    confidence: 0.9,
    derived_from: [],
    ttl_days: 30,
  })
  const claim_id = claimIdOf(claim)
  const attestation = await signRecord(anna, {
    claim_id,
    attester: anna.nodeId,
    attested_at: AT,
    role: 'first-hand witness' as const,
    rationale: 'Ich habe das Schild gesehen.',
  })
  const dispute = await signRecord(anna, {
    claim_id,
    counterclaim: null,
    disputer: anna.nodeId,
    disputed_at: AT,
    rationale: 'Die Halle ist seit gestern gesperrt.',
  })
  return { claim, claim_id, attestation, dispute, dispute_id: disputeIdOf(dispute) }
}

export async function claimExamples(): Promise<Examples> {
  const { anna, bert, joined } = await beginnings()
  const { claim, claim_id, attestation, dispute, dispute_id } = await evidenceRecords()
  const asserted = await eventBy(bert, claimAsserted, { claim_id, claim }, { lamport: 4, prev: eventContentId(joined) })
  return {
    'event-claim': asserted,
    'event-content-id': eventContentId(asserted),
    'evidence-claim': claim,
    'evidence-claim-id': claim_id,
    'evidence-attestation': attestation,
    'evidence-dispute': dispute,
    'event-attested': await eventBy(anna, claimAttested, { attestation }, { lamport: 5, prev: null }),
    'event-dispute': await eventBy(anna, disputeOpened, { dispute_id, dispute }, { lamport: 6, prev: null }),
    'ebkh-proof': { body_sha256: '47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU', issued_at: AT, node_id: bert.nodeId },
    'ebkh-params': { direction: 'bidi', cursor: null, have: [claim_id] },
    'ebkh-answer': {
      jsonrpc: '2.0',
      id: ulidOf('ebkh call'),
      result: { claims: [{ claim_id, claim }], cursor: '17', more: false, want: [claim_id] },
    },
  }
}
