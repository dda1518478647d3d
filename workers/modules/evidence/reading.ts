import { HearthError } from '#protocol/core/errors.ts'
import type { ClaimId } from '#protocol/core/ids.ts'
import { claimGet, claimQuery, provenanceTrace, subjectList, subjectSummary } from '#protocol/evidence/capabilities.ts'
import { EVIDENCE_MAX_VOICES, EVIDENCE_PROVENANCE_DEPTH_DEFAULT } from '#protocol/evidence/constants.ts'
import type { Advisory } from '#protocol/evidence/records.ts'
import type { ModuleDeps } from '../../kernel/modules.ts'
import { levelOf } from './claim.ts'
import { derivationOf, distinctSources } from './provenance.ts'
import { type Found, queryClaims } from './query.ts'
import type { Rank } from './rank.ts'
import type { Records } from './record.ts'
import type { Space } from './space.ts'
import { listSubjects } from './subjects.ts'
import { contradictions, summarise } from './summary.ts'

/** Finds claims wherever they are seen. */
export interface Library {
  spaces(): readonly Space[]
  /** Null where no claim of that id is known here. */
  find(claimId: ClaimId): Found | null
  ofSubject(subject: string): readonly Found[]
  childrenOf(claimId: ClaimId): readonly Found[]
  /** Claims that say exactly this: retractions name the id they take back (EVI-2). */
  withObject(object: string): readonly Found[]
  /** What contradicts what on one subject and predicate (EVI-7). */
  advisories(subject: string, predicate: string): Advisory[]
}

export function createLibrary(spaces: () => readonly Space[], rank: Rank): Library {
  const equal = (index: string, value: string): readonly Found[] =>
    spaces().flatMap((space) => space.view.equal(index, value).map((row) => ({ row, space })))
  return {
    spaces,
    find(claimId) {
      for (const space of spaces()) {
        const row = space.view.get(claimId)
        if (row) return { row, space }
      }
      return null
    },
    ofSubject: (subject) => equal('subject', subject),
    childrenOf: (claimId) => equal('parent', claimId),
    withObject: (object) => equal('object', object),
    advisories: (subject, predicate) =>
      contradictions(rank.sorted(equal('subject', subject).filter(({ row }) => row.claim.predicate === predicate))),
  }
}

/** @throws HearthError `claim_not_found` */
export function requireClaim(library: Library, claimId: ClaimId): Found {
  const found = library.find(claimId)
  if (!found) throw new HearthError('claim_not_found', 'no claim of that id is known here')
  return found
}

interface ReadingDeps extends Pick<ModuleDeps, 'bus' | 'runtime'> {
  readonly library: Library
  readonly records: Records
  readonly rank: Rank
}

/** Everything that answers a question and changes nothing. */
export function serveReading({ bus, runtime, library, records, rank }: ReadingDeps): (() => void)[] {
  return [
    bus.handle(claimGet, async ({ claim_id }) => {
      const found = requireClaim(library, claim_id)
      const children = library.childrenOf(claim_id).toSorted((a, b) => b.row.lamport - a.row.lamport)
      return {
        ...records.claim(found),
        attested_by: records.attestations(found),
        disputed_by: records.disputes(found),
        children: children.slice(0, EVIDENCE_MAX_VOICES).map(({ row }) => row.claimId),
        advisories: library.advisories(found.row.claim.subject, found.row.claim.predicate),
      }
    }),

    bus.handle(claimQuery, async (query) => {
      const { found, total, next } = queryClaims(library.spaces(), query, rank, runtime.now())
      return { claims: found.map(records.claim), total, next }
    }),

    bus.handle(provenanceTrace, async ({ claim_id, depth = EVIDENCE_PROVENANCE_DEPTH_DEFAULT }) => {
      requireClaim(library, claim_id)
      const derivation = derivationOf(claim_id, depth, (id) => library.find(id)?.row.claim.derived_from ?? null)
      const found = derivation.order.flatMap((id) => library.find(id) ?? [])
      return {
        claims: found.map(records.claim),
        depths: Object.fromEntries(derivation.depths),
        sources: distinctSources(found.flatMap(({ row }) => row.claim.sources)),
        attestations: found.flatMap(records.attestations),
        disputes: found.flatMap(records.disputes),
        unknown: [...derivation.unknown],
        truncated: derivation.truncated,
        cyclic: [...derivation.cyclic],
      }
    }),

    bus.handle(subjectSummary, async ({ subject }) => summarise(subject, library.ofSubject(subject), { rank, records })),

    bus.handle(subjectList, async ({ prefix, limit }) => {
      const isDisputed = ({ row, space }: Found): boolean => levelOf(row, space.score) === 'disputed'
      const { subjects, total } = listSubjects(library.spaces(), { prefix, limit }, isDisputed)
      return { subjects: [...subjects], total }
    }),
  ]
}
