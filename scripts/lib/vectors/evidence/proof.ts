import { EVENTS } from '#protocol/catalogue.ts'
import type { NodeId } from '#protocol/core/ids.ts'
import type { JsonObject } from '#protocol/core/json.ts'
import { parseAs } from '#protocol/core/schema.ts'
import { claimIdOf } from '#protocol/evidence/claim-id.ts'
import { type Claim, ClaimSchema, checkClaim } from '#protocol/evidence/events.ts'
import { verifyProof } from '#protocol/evidence/proof.ts'
import { verifyEvent } from '../../../../workers/kernel/log/verify.ts'
import { createView } from '../../../../workers/kernel/views.ts'
import { claimsView } from '../../../../workers/modules/evidence/store.ts'
import type { Proofs } from '../proof.ts'

export const proofs = {
  'claim.id': ({ claim }: { claim: Claim }) => ({ claim_id: claimIdOf(claim) }),
  async 'claim.check'({ claim_id, claim }: { claim_id: string; claim: unknown }) {
    await checkClaim(claim_id, parseAs(ClaimSchema, claim))
    return {}
  },
  async 'event.accept'({ community_id, event }: { community_id: NodeId; event: unknown }) {
    await verifyEvent(event, community_id, EVENTS)
    return {}
  },
  async 'claim.fold'({
    community_id,
    events,
    claim_id,
  }: {
    community_id: NodeId
    events: readonly unknown[]
    claim_id: string
  }) {
    const view = createView(claimsView)
    for (const event of events) view.apply([await verifyEvent(event, community_id, EVENTS)], [])
    const row = view.get(claim_id)
    return {
      ground: row?.ground,
      retracted: row?.retracted,
      disputes: row?.disputes.filter(({ retracted }) => !retracted).length,
    }
  },
  async 'evidence.prove'({ proof }: { proof: JsonObject }) {
    const { sound, claims } = await verifyProof(JSON.stringify(proof))
    const [first] = claims
    return { sound, ground: first?.ground, disputes: first?.disputes.length, retracted: first?.retracted }
  },
} satisfies Proofs
