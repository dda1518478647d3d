import type { ClaimId, CommunityId } from '#protocol/core/ids.ts'
import { wireTime } from '#protocol/core/ids.ts'
import { EVIDENCE_MAX_PROVENANCE_DEPTH } from '#protocol/evidence/constants.ts'
import { PROOF_FORMAT, type Proof } from '#protocol/evidence/proof.ts'
import { derivationOf } from './provenance.ts'
import type { Found } from './query.ts'
import { type Library, requireClaim } from './reading.ts'

type About = Proof['about']

/** Most claims a file starts from; what they derive from comes on top. */
const MAX_START = 500
const MAX_CLAIMS = 2000

/** Claims that answer to a claim: counterclaims, and what takes it or an objection to it back. */
function replies({ row }: Found, library: Library): readonly Found[] {
  const counterclaims = row.disputes.flatMap(({ dispute }) => dispute?.counterclaim ?? [])
  const ids = [row.claimId, ...row.disputes.map(({ id }) => id)]
  return [...counterclaims.flatMap((id) => library.find(id) ?? []), ...ids.flatMap((id) => library.withObject(id))]
}

/** Whole claims with everything said about them, as they were signed. */
function collect(about: About, library: Library): readonly Found[] {
  const start =
    'claim_id' in about ? [requireClaim(library, about.claim_id)] : library.ofSubject(about.subject).slice(0, MAX_START)
  const parentsOf = (id: ClaimId) => library.find(id)?.row.claim.derived_from ?? null
  const found = new Map<ClaimId, Found>()
  for (const { row } of start) {
    for (const id of derivationOf(row.claimId, EVIDENCE_MAX_PROVENANCE_DEPTH, parentsOf).order) {
      const claim = library.find(id)
      if (claim) found.set(id, claim)
    }
  }
  // a Map grows under its own iteration: replies have replies
  for (const claim of found.values()) {
    if (found.size >= MAX_CLAIMS) break
    for (const reply of replies(claim, library)) if (!found.has(reply.row.claimId)) found.set(reply.row.claimId, reply)
  }
  return [...found.values()].slice(0, MAX_CLAIMS)
}

/** One file to check a claim or a subject with, offline and without trust in who made it. */
export function proofOf(about: About, library: Library, communityId: CommunityId, nowMs: number): Proof {
  const found = collect(about, library)
  const people = found.flatMap(({ row, space }) =>
    [row.author, ...row.vouches.map(({ by }) => by), ...row.disputes.map(({ by }) => by)].map((nodeId) => ({
      nodeId,
      name: space.member(nodeId)?.displayName ?? '',
    })),
  )
  return {
    format: PROOF_FORMAT,
    version: 1,
    made_at: wireTime(nowMs),
    community_id: communityId,
    about,
    claims: found.map(({ row }) => ({ claim_id: row.claimId, claim: row.claim })),
    attestations: found.flatMap(({ row }) => row.vouches.map(({ attestation }) => attestation)).slice(0, 10_000),
    disputes: found
      .flatMap(({ row }) => row.disputes.flatMap(({ id, dispute }) => (dispute ? [{ dispute_id: id, dispute }] : [])))
      .slice(0, 10_000),
    names: Object.fromEntries(people.filter(({ name }) => name !== '').map(({ nodeId, name }) => [nodeId, name])),
  }
}
