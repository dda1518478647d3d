import type { ClaimId, NodeId } from '#protocol/core/ids.ts'
import { EVIDENCE_MAX_VOICES } from '#protocol/evidence/constants.ts'
import type { Claim } from '#protocol/evidence/events.ts'
import type { AttestationRecord, ClaimRecord, DisputeRecord, Voice } from '#protocol/evidence/records.ts'
import { disputeCounts, isStale, levelOf, lifts } from './claim.ts'
import type { Opinions } from './lists.ts'
import type { Found } from './query.ts'
import type { Space } from './space.ts'
import type { Objection } from './store.ts'

/** Rows as screens and peers read them. */
export interface Records {
  claim(found: Found): ClaimRecord
  /** Newest first, at most 100. */
  attestations(found: Found): AttestationRecord[]
  disputes(found: Found): DisputeRecord[]
}

export interface RecordDeps {
  readonly now: () => number
  readonly opinions: Opinions
  /** A claim of any space by its id: counterclaims. */
  readonly find: (claimId: ClaimId) => Found | null
}

export function createRecords({ now, opinions, find }: RecordDeps): Records {
  function voice(space: Space, nodeId: NodeId): Voice {
    const member = space.member(nodeId)
    return {
      node_id: nodeId,
      display_name: member?.displayName ?? '',
      level: member?.level ?? 'unknown',
      status: member?.status ?? 'outside',
      trust: space.score(nodeId),
      opinion: opinions.of(nodeId),
    }
  }

  /** The retraction itself, or the counterclaim as far as it is known. */
  function counterclaimOf({ dispute, retraction }: Objection): Claim | null {
    if (retraction) return retraction
    return dispute?.counterclaim ? (find(dispute.counterclaim)?.row.claim ?? null) : null
  }

  return {
    claim({ row, space }) {
      return {
        claim_id: row.claimId,
        claim: row.claim,
        content_id: row.cid,
        level: levelOf(row, space.score),
        ground: row.ground,
        stale: isStale(row, now()),
        retracted: row.retracted,
        origin: space.kind === 'sample' ? 'sample' : row.admitted ? 'hub' : 'community',
        attestations: row.vouches.length,
        disputes: row.disputes.filter(({ retracted }) => !retracted).length,
        author: voice(space, row.author),
      }
    },

    attestations: ({ row, space }) =>
      row.vouches
        .slice(-EVIDENCE_MAX_VOICES)
        .reverse()
        .map(({ by, cid, attestation }) => ({
          attestation,
          content_id: cid,
          by: voice(space, by),
          counts: lifts(row.claim, by, attestation.role),
        })),

    disputes: ({ row, space }) =>
      row.disputes
        .slice(-EVIDENCE_MAX_VOICES)
        .reverse()
        .map((objection) => ({
          dispute_id: objection.id,
          claim_id: row.claimId,
          kind: objection.dispute ? 'dispute' : 'retraction',
          dispute: objection.dispute,
          counterclaim: counterclaimOf(objection),
          content_id: objection.cid,
          by: voice(space, objection.by),
          retracted: objection.retracted,
          counts: disputeCounts(objection, space.score),
        })),
  }
}
