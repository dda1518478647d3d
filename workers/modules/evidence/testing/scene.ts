import { canonical } from '#protocol/core/canonical.ts'
import { utf8 } from '#protocol/core/encoding.ts'
import type { SignedEvent } from '#protocol/core/event.ts'
import { hashOf } from '#protocol/core/hash.ts'
import type { ClaimId, DisputeId, NodeId, Signature, Ulid } from '#protocol/core/ids.ts'
import { nodeIdOf, wireTime } from '#protocol/core/ids.ts'
import type { EventData, EventDefinition } from '#protocol/core/module.ts'
import { claimIdOf, disputeIdOf } from '#protocol/evidence/claim-id.ts'
import { EVIDENCE_RETRACTED } from '#protocol/evidence/constants.ts'
import {
  type AttestationRole,
  type Claim,
  claimAsserted,
  claimAttested,
  disputeOpened,
  disputeRetracted,
} from '#protocol/evidence/events.ts'
import type { Member } from '../../../kernel/community/state.ts'
import type { VerifiedEvent } from '../../../kernel/log/verify.ts'
import { createView } from '../../../kernel/views.ts'
import { createSpace, type Space } from '../space.ts'
import { claimsView } from '../store.ts'

/** 2026-05-26, 08:00 UTC. */
export const SCENE_START = Date.UTC(2026, 4, 26, 8)
const NO_SIGNATURE = `ed25519:${'A'.repeat(86)}` as Signature // views see events that were verified before

export const person = (seed: number): NodeId => nodeIdOf(new Uint8Array(32).fill(seed + 1))

export const member = (nodeId: NodeId, change: Partial<Member> = {}): Member => ({
  nodeId,
  displayName: nodeId.slice(-4),
  level: 'member',
  status: 'active',
  joinedAt: wireTime(SCENE_START),
  invitedBy: null,
  ...change,
})

/** A claims view as a log would feed it, without the cost of signatures. */
export interface Scene {
  readonly events: readonly VerifiedEvent[]
  assert(by: NodeId, said: Partial<Claim>): ClaimId
  attest(by: NodeId, claim_id: ClaimId, role?: AttestationRole): void
  dispute(by: NodeId, claim_id: ClaimId, counterclaim?: ClaimId): DisputeId
  withdraw(by: NodeId, claim_id: ClaimId, dispute: DisputeId): void
  retract(by: NodeId, claim_id: ClaimId): ClaimId
}

export function createScene(): Scene {
  const events: VerifiedEvent[] = []
  let tick = 0

  function write<E extends EventDefinition>(by: NodeId, type: E, data: EventData<E>): void {
    tick++
    const event: SignedEvent = {
      schema_version: 1,
      event_id: tick.toString().padStart(26, '0') as Ulid,
      lamport: tick,
      wall_clock: wireTime(SCENE_START + tick),
      community_id: person(0),
      author: by,
      prev: null,
      event_type: type.type,
      data: data as SignedEvent['data'],
      signature: NO_SIGNATURE,
    }
    const text = canonical(event)
    events.push({ cid: hashOf(utf8(text)), event, text })
  }

  function claimBy(by: NodeId, said: Partial<Claim>): { claim_id: ClaimId; claim: Claim } {
    const claim: Claim = {
      subject: 'Turnhalle',
      predicate: 'ist',
      object: 'Sammelpunkt',
      asserted_by: by,
      asserted_at: wireTime(SCENE_START + tick),
      sources: [],
      confidence: 0.9,
      derived_from: [],
      signature: NO_SIGNATURE,
      ...said,
    }
    return { claim_id: claimIdOf(claim), claim }
  }

  function assert(by: NodeId, said: Partial<Claim>): ClaimId {
    const data = claimBy(by, said)
    write(by, claimAsserted, data)
    return data.claim_id
  }

  return {
    events,
    assert,
    attest(by, claim_id, role = 'first-hand witness') {
      const attested_at = wireTime(SCENE_START + tick)
      const attestation = { claim_id, attester: by, attested_at, role, rationale: 'gesehen', signature: NO_SIGNATURE }
      write(by, claimAttested, { attestation })
    },
    dispute(by, claim_id, counterclaim) {
      const disputed_at = wireTime(SCENE_START + tick)
      const words = { claim_id, counterclaim: counterclaim ?? null, disputer: by, disputed_at, rationale: 'nein' }
      const dispute = { ...words, signature: NO_SIGNATURE }
      const dispute_id = disputeIdOf(dispute)
      write(by, disputeOpened, { dispute_id, dispute })
      return dispute_id
    },
    withdraw(by, claim_id, dispute) {
      write(by, disputeRetracted, claimBy(by, { predicate: EVIDENCE_RETRACTED, object: dispute, derived_from: [claim_id] }))
    },
    retract: (by, claim_id) => assert(by, { predicate: EVIDENCE_RETRACTED, object: claim_id }),
  }
}

/** What a node sees that received these batches in this order. */
export function seenBy(batches: readonly (readonly VerifiedEvent[])[], members: readonly Member[]): Space {
  const view = createView(claimsView)
  const known = new Map(members.map((one) => [one.nodeId, one]))
  const space = createSpace({ kind: 'community', view, member: (nodeId) => known.get(nodeId) ?? null })
  for (const batch of batches) view.apply(batch, [])
  return space
}
