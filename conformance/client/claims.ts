import { claimId, disputeId, type Json, wireTime } from './encoding.ts'
import type { Draft } from './envelopes.ts'
import type { Peer, SignedEvent } from './peer.ts'

export interface Made {
  readonly id: string
  readonly event: SignedEvent
}

/** A claim by the peer, in the event that carries it (EVI-1, EVI-2). */
export function claimOf(peer: Peer, statement: Draft = {}, spoil: { readonly id?: string; readonly claim?: Draft } = {}): Made {
  const claim = {
    subject: 'Turnhalle',
    predicate: 'ist',
    object: 'Sammelpunkt',
    asserted_by: peer.nodeId,
    asserted_at: wireTime(Date.now()),
    sources: [],
    confidence: 0.9,
    derived_from: [],
    ...statement,
  }
  const id = claimId(claim)
  const signed = { ...peer.identity.sign(claim), ...spoil.claim }
  return { id, event: peer.event('evidence.claim.asserted', plain({ claim_id: spoil.id ?? id, claim: signed })) }
}

export function attestationOf(peer: Peer, claim_id: string, overrides: Draft = {}): SignedEvent {
  const attestation = {
    claim_id,
    attester: peer.nodeId,
    attested_at: wireTime(Date.now()),
    role: 'first-hand witness',
    rationale: 'I was there',
    ...overrides,
  }
  return peer.event('evidence.claim.attested', plain({ attestation: peer.identity.sign(attestation) }))
}

export function disputeOf(peer: Peer, claim_id: string, overrides: Draft = {}): Made {
  const dispute = {
    claim_id,
    counterclaim: null,
    disputer: peer.nodeId,
    disputed_at: wireTime(Date.now()),
    rationale: 'It is closed',
    ...overrides,
  }
  const id = disputeId(dispute)
  return { id, event: peer.event('evidence.dispute.opened', plain({ dispute_id: id, dispute: peer.identity.sign(dispute) })) }
}

/** Takes a dispute back: a claim `retracted` about it (EVI-2). */
export function disputeRetractionOf(peer: Peer, claim_id: string, dispute_id: string): SignedEvent {
  const claim = {
    subject: claim_id,
    predicate: 'retracted',
    object: dispute_id,
    asserted_by: peer.nodeId,
    asserted_at: wireTime(Date.now()),
    sources: [],
    confidence: 1,
    derived_from: [claim_id],
  }
  return peer.event('evidence.dispute.retracted', plain({ claim_id: claimId(claim), claim: peer.identity.sign(claim) }))
}

const plain = (value: object): Json => JSON.parse(JSON.stringify(value))

export const source = (source_id: string): Json => ({ source_id, accessed_at: '2026-05-26T08:00:00Z' })
