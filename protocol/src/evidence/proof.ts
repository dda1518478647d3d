import type { Static } from '@sinclair/typebox'
import { HearthError, toHearthError } from '../core/errors.ts'
import type { ClaimId, DisputeId } from '../core/ids.ts'
import { parseJson } from '../core/json.ts'
import { ClaimIdSchema, DisputeIdSchema, NodeIdSchema, parseAs, Strict, TimeSchema } from '../core/schema.ts'
import { type Signed, verifyRecord } from '../core/signing.ts'
import * as Type from '../core/type.ts'
import { disputeIdOf } from './claim-id.ts'
import { EVIDENCE_RETRACTED } from './constants.ts'
import {
  type Attestation,
  AttestationSchema,
  type Claim,
  ClaimSchema,
  checkClaim,
  type Dispute,
  DisputeSchema,
} from './events.ts'
import type { EvidenceGround } from './records.ts'

export const PROOF_FORMAT = 'hearthnet-evidence-proof'
export const PROOF_MEDIA_TYPE = 'application/vnd.hearthnet.evidence-proof+json'
/** Largest proof a verifier reads, in characters. */
export const PROOF_MAX_CHARS = 4 * 1024 * 1024

/**
 * Everything needed to check a claim offline, in one file: each record as it was signed. A NodeID is the public key, so
 * the keys are inside. Only what is signed is evidence; `names` are the sender's word.
 */
export const ProofSchema = Strict({
  format: Type.Literal(PROOF_FORMAT),
  version: Type.Literal(1),
  made_at: TimeSchema,
  community_id: NodeIdSchema,
  about: Type.Union([Strict({ claim_id: ClaimIdSchema }), Strict({ subject: ClaimSchema.properties.subject })]),
  /** The claims asked for, what they derive from, counterclaims and retractions. */
  claims: Type.Array(Strict({ claim_id: ClaimIdSchema, claim: ClaimSchema }), { maxItems: 2000 }),
  attestations: Type.Array(AttestationSchema, { maxItems: 10_000 }),
  disputes: Type.Array(Strict({ dispute_id: DisputeIdSchema, dispute: DisputeSchema }), { maxItems: 10_000 }),
  /** What the sender calls people. */
  names: Type.Record(Type.String(), Type.String({ maxLength: 64 })),
})
export type Proof = Static<typeof ProofSchema>

/** One thing about the file that is not as it says. */
export interface ProofProblem {
  /** JSON pointer into the file. */
  readonly path: string
  readonly code: string
  readonly message: string
}

/** What holds of one claim, from the records in the file alone. */
export interface ProvenClaim {
  readonly claim_id: ClaimId
  readonly claim: Claim
  /** Its level without disputes (EVI-3): whether a dispute weighs enough takes the community's log. */
  readonly ground: EvidenceGround
  readonly attestations: readonly Attestation[]
  /** Not taken back, as far as the file knows. */
  readonly disputes: readonly { readonly dispute_id: DisputeId; readonly dispute: Dispute }[]
  /** Whether who asserted it took it back. */
  readonly retracted: boolean
  /** Parents the file does not hold. */
  readonly missing: readonly ClaimId[]
}

export interface ProofReport {
  /** Every record in the file has the id and the signature it says, and what it is about is there. */
  readonly sound: boolean
  readonly problems: readonly ProofProblem[]
  /** Only claims that are sound themselves. */
  readonly claims: readonly ProvenClaim[]
  readonly proof: Proof
}

async function problemOf(path: string, check: () => Promise<void>): Promise<ProofProblem[]> {
  try {
    await check()
    return []
  } catch (error) {
    const { code, message } = toHearthError(error)
    return [{ path, code, message }]
  }
}

async function requireSigned(by: Attestation['attester'], record: Signed<object>): Promise<void> {
  if (!(await verifyRecord(by, record))) throw new HearthError('claim_signature_invalid', 'carries no valid signature')
}

/** Keeps what passes; says of the rest where it is and why. */
async function sift<T>(items: readonly T[], at: string, check: (item: T) => Promise<void>) {
  const problems = await Promise.all(items.map((item, index) => problemOf(`/${at}/${index}`, () => check(item))))
  return { good: items.filter((_, index) => problems[index]?.length === 0), problems: problems.flat() }
}

function groundOf({ asserted_by, sources }: Claim, attestations: readonly Attestation[]): EvidenceGround {
  const sufficient = attestations.some(({ attester, role }) => attester !== asserted_by && role !== 'expert')
  if (sufficient) return 'attested'
  const ids = [...new Set(sources.map(({ source_id }) => source_id))]
  if (ids.length >= 2 && ids.some((id) => id !== `node:${asserted_by}`)) return 'cross_referenced'
  return ids.length > 0 ? 'cited' : 'unverified'
}

type Records = Pick<Proof, 'claims' | 'attestations' | 'disputes'>

function proven({ claim_id, claim }: Proof['claims'][number], { claims, attestations, disputes }: Records): ProvenClaim {
  const takesBack = (id: string, by: string): boolean =>
    claims.some((other) => {
      const { predicate, object, asserted_by } = other.claim
      return predicate === EVIDENCE_RETRACTED && object === id && asserted_by === by
    })
  const vouching = attestations.filter((attestation) => attestation.claim_id === claim_id)
  const retractions = claims.filter(
    ({ claim: other }) =>
      other.predicate === EVIDENCE_RETRACTED && other.object === claim_id && other.asserted_by === claim.asserted_by,
  )
  return {
    claim_id,
    claim,
    ground: groundOf(claim, vouching),
    attestations: vouching,
    disputes: disputes.filter(
      ({ dispute_id, dispute }) => dispute.claim_id === claim_id && !takesBack(dispute_id, dispute.disputer),
    ),
    retracted: retractions.some((retraction) => !takesBack(retraction.claim_id, claim.asserted_by)),
    missing: claim.derived_from.filter((parent) => !claims.some((other) => other.claim_id === parent)),
  }
}

/**
 * Checks a proof with no network and no trust in whoever sent it. It shares no code with the store that made the file.
 * What no file can show is that nothing was left out: a dispute that is not in it, or the standing of a disputer.
 * @throws HearthError `bad_request` when the text is no proof at all
 */
export async function verifyProof(text: string): Promise<ProofReport> {
  if (text.length > PROOF_MAX_CHARS) throw new HearthError('bad_request', 'larger than a proof can be')
  const proof = parseAs(ProofSchema, parseJson(text), 'bad_request')
  const claims = await sift(proof.claims, 'claims', ({ claim_id, claim }) => checkClaim(claim_id, claim))
  const attestations = await sift(proof.attestations, 'attestations', (attestation) =>
    requireSigned(attestation.attester, attestation),
  )
  const disputes = await sift(proof.disputes, 'disputes', async ({ dispute_id, dispute }) => {
    if (dispute_id !== disputeIdOf(dispute)) throw new HearthError('bad_request', 'dispute_id is not the hash of the dispute')
    await requireSigned(dispute.disputer, dispute)
  })
  const records = { claims: claims.good, attestations: attestations.good, disputes: disputes.good }
  const problems = [...claims.problems, ...attestations.problems, ...disputes.problems]
  const { about } = proof
  const isThere = claims.good.some(({ claim_id, claim }) =>
    'claim_id' in about ? claim_id === about.claim_id : claim.subject === about.subject,
  )
  if (!isThere) problems.push({ path: '/about', code: 'claim_not_found', message: 'what the proof is about is not in it' })
  return {
    sound: problems.length === 0,
    problems,
    claims: claims.good.map((claim) => proven(claim, records)),
    proof,
  }
}
