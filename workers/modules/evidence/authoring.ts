import type { Static } from '@sinclair/typebox'
import { HearthError } from '#protocol/core/errors.ts'
import { type ClaimId, type ContentId, wireTime } from '#protocol/core/ids.ts'
import { signRecord } from '#protocol/core/signing.ts'
import {
  claimAssert,
  claimAttest,
  claimDispute,
  claimRetract,
  disputeRetract,
  type StatementSchema,
} from '#protocol/evidence/capabilities.ts'
import { claimIdOf, disputeIdOf } from '#protocol/evidence/claim-id.ts'
import { EVIDENCE_RETRACTED } from '#protocol/evidence/constants.ts'
import {
  type Claim,
  canonicalTerm,
  claimAsserted,
  claimAttested,
  disputeOpened,
  disputeRetracted,
} from '#protocol/evidence/events.ts'
import type { Advisory } from '#protocol/evidence/records.ts'
import type { ModuleDeps } from '../../kernel/modules.ts'
import { closesCycle } from './provenance.ts'
import type { Found } from './query.ts'
import { type Library, requireClaim } from './reading.ts'

export type Statement = Static<typeof StatementSchema>

interface SignedClaim {
  readonly claim_id: ClaimId
  readonly claim: Claim
}

export interface Asserted {
  readonly claim_id: ClaimId
  readonly content_id: ContentId
  readonly advisories: Advisory[]
}

/** Signs as the person at this device and puts it into the log. Only a person's own click leads here (EVI-9). */
export interface Pen {
  assert(statement: Statement): Promise<Asserted>
}

interface AuthoringDeps extends Pick<ModuleDeps, 'bus' | 'runtime' | 'signer' | 'log' | 'publish'> {
  readonly library: Library
}

const wrong = (message: string, field: string): HearthError => new HearthError('bad_request', message, { data: { field } })

/** @throws HearthError `bad_request` naming the field that is empty once the space around it is gone */
function canonicalStatement(statement: Statement): Statement {
  const terms = {
    subject: canonicalTerm(statement.subject),
    predicate: canonicalTerm(statement.predicate),
    object: canonicalTerm(statement.object),
  }
  for (const [field, text] of Object.entries(terms)) if (text === '') throw wrong('is empty', `/${field}`)
  return { ...statement, ...terms }
}

export function serveAuthoring(deps: AuthoringDeps): { readonly pen: Pen; readonly withdraw: (() => void)[] } {
  const { bus, runtime, signer, log, publish, library } = deps
  const time = (): string => wireTime(runtime.now())

  async function sign(statement: Statement): Promise<SignedClaim> {
    const claim = await signRecord(signer, {
      ...canonicalStatement(statement),
      asserted_by: signer.nodeId,
      asserted_at: time(),
    })
    const claim_id = claimIdOf(claim)
    if (closesCycle(claim_id, claim.derived_from, (id) => library.find(id)?.row.claim.derived_from ?? null)) {
      throw new HearthError('evidence_cycle_detected', 'the claim would derive from itself', {
        data: { field: '/derived_from' },
      })
    }
    return { claim_id, claim }
  }

  /** What is the community's: nobody can speak about a sample before others. */
  function requireShared(claimId: ClaimId): Found {
    const found = requireClaim(library, claimId)
    if (found.space.kind === 'sample') throw wrong('a sample is there to look around in', '/claim_id')
    return found
  }

  async function assert(statement: Statement): Promise<Asserted> {
    const signed = await sign(statement)
    const event = await log.append(claimAsserted, signed)
    publish(event)
    const { subject, predicate } = signed.claim
    return { claim_id: signed.claim_id, content_id: event.cid, advisories: library.advisories(subject, predicate) }
  }

  /** A claim `retracted` about something said of `subject` (EVI-2). */
  const retraction = (subject: string, object: string, derived_from: readonly ClaimId[]): Statement => ({
    subject,
    predicate: EVIDENCE_RETRACTED,
    object,
    sources: [],
    confidence: 1,
    derived_from: [...derived_from],
  })

  const withdraw = [
    bus.handle(claimAssert, assert),

    bus.handle(claimAttest, async ({ claim_id, role, rationale }) => {
      const { row } = requireShared(claim_id)
      if (row.author === signer.nodeId) throw wrong('nobody vouches for a claim of their own', '/claim_id')
      const attestation = await signRecord(signer, {
        claim_id,
        attester: signer.nodeId,
        attested_at: time(),
        role,
        rationale,
      })
      const event = await log.append(claimAttested, { attestation })
      publish(event)
      return { content_id: event.cid }
    }),

    bus.handle(claimDispute, async ({ claim_id, rationale, counterclaim }) => {
      const { row } = requireShared(claim_id)
      let counterclaim_id: ClaimId | null = null
      if (typeof counterclaim === 'string') {
        counterclaim_id = requireShared(counterclaim).row.claimId
        if (counterclaim_id === claim_id) throw wrong('a claim is not its own counterclaim', '/counterclaim')
      } else if (counterclaim) {
        const { subject, predicate } = row.claim
        const said = await assert({ subject, predicate, derived_from: [], ...counterclaim })
        counterclaim_id = said.claim_id
      }
      const dispute = await signRecord(signer, {
        claim_id,
        counterclaim: counterclaim_id,
        disputer: signer.nodeId,
        disputed_at: time(),
        rationale,
      })
      const dispute_id = disputeIdOf(dispute)
      const event = await log.append(disputeOpened, { dispute_id, dispute })
      publish(event)
      return { dispute_id, counterclaim_id, content_id: event.cid }
    }),

    bus.handle(claimRetract, async ({ claim_id }) => {
      const { row } = requireShared(claim_id)
      if (row.author !== signer.nodeId) throw wrong('only who asserted it takes it back', '/claim_id')
      if (row.retracted) throw wrong('is taken back already', '/claim_id')
      const said = await assert(retraction(row.claim.subject, claim_id, []))
      return { claim_id: said.claim_id, content_id: said.content_id }
    }),

    bus.handle(disputeRetract, async ({ claim_id, dispute_id }) => {
      const { row } = requireShared(claim_id)
      const dispute = row.disputes.find(({ id }) => id === dispute_id)
      if (!dispute) throw wrong('no dispute of that id on this claim', '/dispute_id')
      if (dispute.by !== signer.nodeId) throw wrong('only who opened it takes it back', '/dispute_id')
      if (dispute.retracted) throw wrong('is taken back already', '/dispute_id')
      const signed = await sign(retraction(row.claim.subject, dispute_id, [claim_id]))
      const event = await log.append(disputeRetracted, signed)
      publish(event)
      return { claim_id: signed.claim_id, content_id: event.cid }
    }),
  ]
  return { pen: { assert }, withdraw }
}
