import type { Static } from '@sinclair/typebox'
import { HearthError } from '../core/errors.ts'
import { defineEvent } from '../core/module.ts'
import { ClaimIdSchema, NodeIdSchema, SignatureSchema, Strict, TimeSchema } from '../core/schema.ts'
import { verifyRecord } from '../core/signing.ts'
import * as Type from '../core/type.ts'
import { claimIdOf } from './claim-id.ts'
import { EVIDENCE_EXCERPT_MAX_CHARS } from './constants.ts'

export const SourceSchema = Strict({
  /** `url:…`, `node:<NodeID>`, `doc:<CID>` or `ebkh:<uri>`. */
  source_id: Type.String({ pattern: '^(url|node|doc|ebkh):.+$', maxLength: 2048 }),
  accessed_at: TimeSchema,
  content_sha: Type.Optional(Type.String({ pattern: '^[0-9a-f]{64}$' })),
  excerpt: Type.Optional(Type.String({ maxLength: EVIDENCE_EXCERPT_MAX_CHARS })),
})
export type Source = Static<typeof SourceSchema>

const Term = Type.String({ minLength: 1, maxLength: 512 })

/** Who asserts what, on what basis (M30 records). */
export const ClaimSchema = Strict({
  subject: Term,
  predicate: Term,
  object: Type.String({ minLength: 1, maxLength: 4096 }),
  asserted_by: NodeIdSchema,
  asserted_at: TimeSchema,
  sources: Type.Array(SourceSchema, { maxItems: 32 }),
  confidence: Type.Number({ minimum: 0, maximum: 1 }),
  derived_from: Type.Array(ClaimIdSchema, { maxItems: 32 }),
  signature: SignatureSchema,
})
export type Claim = Static<typeof ClaimSchema>

/** The whole signed record travels inside (EVI-2). */
export const claimAsserted = defineEvent('evidence.claim.asserted', Strict({ claim_id: ClaimIdSchema, claim: ClaimSchema }), {
  async verify({ claim_id, claim }, event) {
    if (claim.asserted_by !== event.author) {
      throw new HearthError('claim_signature_invalid', 'a claim is asserted by the author of its event', {
        data: { field: '/claim/asserted_by' },
      })
    }
    if (claim_id !== claimIdOf(claim)) {
      throw new HearthError('bad_request', 'claim_id is not the hash of the claim', { data: { field: '/claim_id' } })
    }
    if (!(await verifyRecord(claim.asserted_by, claim))) {
      throw new HearthError('claim_signature_invalid', 'the claim carries no valid signature')
    }
  },
})
