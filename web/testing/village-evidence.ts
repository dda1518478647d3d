import { HearthError } from '#protocol/core/errors.ts'
import type { ClaimId, DisputeId, NodeId } from '#protocol/core/ids.ts'
import * as evidence from '#protocol/evidence/capabilities.ts'
import { claimAsserted, claimAttested, disputeOpened, disputeRetracted } from '#protocol/evidence/events.ts'
import type { Advisory, AttestationRecord, ClaimRecord, DisputeRecord } from '#protocol/evidence/records.ts'
import { EVIDENCE_LEVELS } from '#protocol/evidence/records.ts'
import type { FakeClient } from './fake-client.ts'
import { type Community, claimIdFor, claimsOf, contentIdFor, SIGNATURE, timeAt, voiceOf } from './village.ts'
import { answerDesk } from './village-desk.ts'

export interface VillageEvidenceOptions {
  readonly village: Community
  readonly claims: number
  readonly isOn: () => boolean
}

/** What the village says and who vouches or objects; levels follow from it, as they do in a node. */
interface Graph {
  claims: readonly ClaimRecord[]
  attestations: readonly AttestationRecord[]
  disputes: readonly DisputeRecord[]
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): ReadonlyMap<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item])
  return groups
}

const disputeIdFor = (name: string): DisputeId => claimIdFor(name) as string as DisputeId // both are 52 letters of base32

function seed({ village, claims }: VillageEvidenceOptions): Graph {
  const voice = (at: number) => {
    const member = village.members[at % village.members.length]
    if (!member) throw new RangeError('a village has somebody in it')
    return voiceOf(member, at)
  }
  const attest = (claim: number, by: number, role: AttestationRecord['attestation']['role'], rationale: string) => ({
    attestation: {
      claim_id: claimIdFor(`claim ${claim}`),
      attester: voice(by).node_id,
      attested_at: timeAt(by),
      role,
      rationale,
      signature: SIGNATURE,
    },
    content_id: contentIdFor(`attestation ${claim} ${by}`),
    by: voice(by),
    counts: role !== 'expert',
  })
  const dispute = (claim: number, by: number, rationale: string, counter: number | null): DisputeRecord => ({
    dispute_id: disputeIdFor(`dispute ${claim} ${by}`),
    claim_id: claimIdFor(`claim ${claim}`),
    kind: 'dispute',
    dispute: {
      claim_id: claimIdFor(`claim ${claim}`),
      counterclaim: counter === null ? null : claimIdFor(`claim ${counter}`),
      disputer: voice(by).node_id,
      disputed_at: timeAt(by),
      rationale,
      signature: SIGNATURE,
    },
    counterclaim: counter === null ? null : (claimsOf(counter + 1, village)[counter]?.claim ?? null),
    content_id: contentIdFor(`dispute ${claim} ${by}`),
    by: voice(by),
    retracted: false,
    counts: voice(by).trust >= 0.3,
  })
  return {
    claims: claimsOf(claims, village),
    attestations: [
      attest(0, 1, 'first-hand witness', 'Ich habe den Schlüssel zur Turnhalle und war bei der Übung dabei.'),
      attest(0, 3, 'official record holder', 'So steht es im Katastrophenschutzplan, den ich für die Gemeinde führe.'),
      attest(0, 5, 'expert', 'أعرف المبنى جيدًا.'),
      attest(1, 4, 'expert', 'Der Platz ist groß genug.'),
      attest(3, 2, 'first-hand witness', 'Gestern selbst beim Gesundheitsamt nachgefragt.'),
    ],
    disputes: [
      dispute(1, 0, 'Der Parkplatz ist seit dem Umbau eine Baustelle. Treffpunkt ist die Turnhalle.', 0),
      dispute(0, 7, 'Die Turnhalle ist im Juli wegen Sanierung geschlossen.', null),
    ].slice(0, claims > 5 ? 2 : 0),
  }
}

/** A record with its counts and its level as the graph has them now (EVI-3). */
function standing(graph: Graph, record: ClaimRecord): ClaimRecord {
  const mine = graph.attestations.filter(({ attestation }) => attestation.claim_id === record.claim_id)
  const against = graph.disputes.filter(({ claim_id, retracted }) => claim_id === record.claim_id && !retracted)
  const sources = record.claim.sources.length
  const cited = sources === 0 ? 'unverified' : sources === 1 ? 'cited' : 'cross_referenced'
  const ground = mine.some(({ counts }) => counts) ? 'attested' : cited
  return {
    ...record,
    ground,
    level: against.some(({ counts }) => counts) ? 'disputed' : ground,
    attestations: mine.length,
    disputes: against.length,
  }
}

const strongestFirst = (a: ClaimRecord, b: ClaimRecord): number =>
  EVIDENCE_LEVELS.indexOf(b.ground) - EVIDENCE_LEVELS.indexOf(a.ground) || b.author.trust - a.author.trust

function contradictions(claims: readonly ClaimRecord[]): Advisory[] {
  const groups = groupBy(
    claims.filter(({ retracted }) => !retracted),
    ({ claim }) => JSON.stringify([claim.subject, claim.predicate]),
  )
  return [...groups.values()].flatMap((group) => {
    const objects = groupBy(group, ({ claim }) => claim.object)
    const [first] = group
    if (!first || objects.size < 2) return []
    return {
      code: 'evidence_contradiction' as const,
      subject: first.claim.subject,
      predicate: first.claim.predicate,
      objects: [...objects].map(([object, said]) => ({ object, claim_ids: said.map(({ claim_id }) => claim_id) })),
    }
  })
}

function answerReads(client: FakeClient, graph: Graph, need: () => void): void {
  const all = (): readonly ClaimRecord[] => graph.claims.map((record) => standing(graph, record))
  const find = (id: ClaimId): ClaimRecord => {
    const record = all().find(({ claim_id }) => claim_id === id)
    if (!record) throw new HearthError('claim_not_found', 'no such claim')
    return record
  }
  client.answer(evidence.claimQuery, ({ subject_prefix = '', limit, after, order = 'newest', ...asked }) => {
    need()
    const prefix = subject_prefix.toLowerCase()
    const least = asked.min_evidence === undefined ? 0 : EVIDENCE_LEVELS.indexOf(asked.min_evidence)
    const found = all().filter(
      ({ claim, ground }) =>
        claim.subject.toLowerCase().startsWith(prefix) &&
        EVIDENCE_LEVELS.indexOf(ground) >= least &&
        (asked.predicate === undefined || claim.predicate === asked.predicate),
    )
    if (order === 'strongest') found.sort(strongestFirst)
    const from = after === undefined ? 0 : found.findIndex(({ content_id }) => content_id === after) + 1
    const claims = found.slice(from, from + limit)
    return { claims, total: found.length, next: from + limit < found.length ? (claims.at(-1)?.content_id ?? null) : null }
  })
  client.answer(evidence.claimGet, ({ claim_id }) => {
    need()
    const record = find(claim_id)
    const { subject, predicate } = record.claim
    return {
      ...record,
      attested_by: graph.attestations.filter(({ attestation }) => attestation.claim_id === claim_id),
      disputed_by: graph.disputes.filter((one) => one.claim_id === claim_id),
      children: all().flatMap(({ claim, claim_id: child }) => (claim.derived_from.includes(claim_id) ? [child] : [])),
      advisories: contradictions(all().filter(({ claim }) => claim.subject === subject && claim.predicate === predicate)),
    }
  })
  client.answer(evidence.subjectSummary, ({ subject }) => {
    need()
    const about = all().filter(({ claim }) => claim.subject === subject)
    const ids = new Set(about.map(({ claim_id }) => claim_id))
    const sources = new Map(about.flatMap(({ claim }) => claim.sources).map((source) => [source.source_id, source]))
    return {
      subject,
      total: about.length,
      predicates: [...groupBy(about, ({ claim }) => claim.predicate)].map(([predicate, claims]) => ({
        predicate,
        count: claims.length,
        claims: claims.toSorted(strongestFirst).slice(0, 8),
      })),
      more_predicates: 0,
      disputes: graph.disputes.filter(({ claim_id }) => ids.has(claim_id)),
      sources: [...sources.values()],
      advisories: contradictions(about),
    }
  })
  client.answer(evidence.subjectList, ({ prefix, limit }) => {
    need()
    const groups = groupBy(all(), ({ claim }) => claim.subject)
    const subjects = [...groups]
      .filter(([subject]) => subject.toLowerCase().startsWith(prefix.toLowerCase()))
      .map(([subject, claims]) => ({
        subject,
        claims: claims.length,
        disputed: claims.filter(({ level }) => level === 'disputed').length,
      }))
    return { subjects: subjects.slice(0, limit), total: subjects.length }
  })
  client.answer(evidence.provenanceTrace, ({ claim_id, depth = 5 }) => {
    need()
    const depths = new Map<ClaimId, number>()
    const unknown = new Set<ClaimId>()
    const order: ClaimRecord[] = []
    const walk = (id: ClaimId, at: number): void => {
      const record = all().find((one) => one.claim_id === id)
      if (!record) return void unknown.add(id)
      if (depths.has(id)) return
      depths.set(id, at)
      if (at < depth) for (const parent of record.claim.derived_from) walk(parent, at + 1)
      order.push(record)
    }
    find(claim_id)
    walk(claim_id, 0)
    const sources = new Map(order.flatMap(({ claim }) => claim.sources).map((source) => [source.source_id, source]))
    return {
      claims: order,
      depths: Object.fromEntries(depths),
      sources: [...sources.values()],
      attestations: graph.attestations.filter(({ attestation }) => depths.has(attestation.claim_id)),
      disputes: graph.disputes.filter((one) => depths.has(one.claim_id)),
      unknown: [...unknown],
      truncated: false,
      cyclic: [],
    }
  })
}

function answerActs(client: FakeClient, graph: Graph, { village }: VillageEvidenceOptions, need: () => void): void {
  const [anna] = village.members
  if (!anna) throw new RangeError('a village has somebody in it')
  const me = voiceOf(anna, 0)
  const now = (): string => new Date().toISOString()
  const say = (statement: Parameters<typeof record>[0]): ClaimRecord => {
    const made = record(statement)
    graph.claims = [made, ...graph.claims]
    return made
  }
  const record = (statement: Omit<ClaimRecord['claim'], 'asserted_by' | 'asserted_at' | 'signature'>): ClaimRecord => ({
    claim_id: claimIdFor(`made ${graph.claims.length}`),
    claim: { ...statement, asserted_by: me.node_id, asserted_at: now(), signature: SIGNATURE },
    content_id: contentIdFor(`made ${graph.claims.length}`),
    level: 'unverified',
    ground: 'unverified',
    stale: false,
    retracted: false,
    origin: 'community',
    attestations: 0,
    disputes: 0,
    author: me,
  })
  const oppose = (claim_id: ClaimId, by: Pick<DisputeRecord, 'kind' | 'dispute' | 'counterclaim'>): DisputeRecord => {
    const made: DisputeRecord = {
      ...by,
      dispute_id: disputeIdFor(`objection ${graph.disputes.length}`),
      claim_id,
      content_id: contentIdFor(`objection ${graph.disputes.length}`),
      by: me,
      retracted: false,
      counts: true,
    }
    graph.disputes = [made, ...graph.disputes]
    return made
  }
  client.answer(evidence.claimAssert, (statement) => {
    need()
    const { claim_id, content_id } = say(statement)
    client.emit(claimAsserted)
    return { claim_id, content_id, advisories: [] }
  })
  client.answer(evidence.claimAttest, ({ claim_id, role, rationale }) => {
    const attestation = {
      claim_id,
      attester: me.node_id,
      attested_at: now(),
      role,
      rationale,
      signature: SIGNATURE,
    }
    const content_id = contentIdFor(`vouched ${claim_id}`)
    graph.attestations = [{ attestation, content_id, by: me, counts: role !== 'expert' }, ...graph.attestations]
    client.emit(claimAttested)
    return { content_id }
  })
  client.answer(evidence.claimDispute, ({ claim_id, rationale, counterclaim }) => {
    const disputed = graph.claims.find((one) => one.claim_id === claim_id)
    if (!disputed) throw new HearthError('claim_not_found', 'no such claim')
    const { subject, predicate } = disputed.claim
    const counter =
      typeof counterclaim === 'object' ? say({ derived_from: [], predicate, ...counterclaim, subject }) : undefined
    const counterclaim_id = counter?.claim_id ?? (typeof counterclaim === 'string' ? counterclaim : null)
    const dispute = {
      claim_id,
      counterclaim: counterclaim_id,
      disputer: me.node_id,
      disputed_at: now(),
      rationale,
      signature: SIGNATURE,
    }
    const made = oppose(claim_id, { kind: 'dispute', dispute, counterclaim: counter?.claim ?? null })
    client.emit(disputeOpened)
    return { dispute_id: made.dispute_id, counterclaim_id, content_id: made.content_id }
  })
  client.answer(evidence.claimRetract, ({ claim_id }) => {
    graph.claims = graph.claims.map((one) => (one.claim_id === claim_id ? { ...one, retracted: true } : one))
    const made = oppose(claim_id, { kind: 'retraction', dispute: null, counterclaim: null })
    client.emit(claimAsserted)
    return { claim_id: claimIdFor(`retraction ${claim_id}`), content_id: made.content_id }
  })
  client.answer(evidence.disputeRetract, ({ dispute_id, claim_id }) => {
    graph.disputes = graph.disputes.map((one) =>
      one.dispute_id === dispute_id ? { ...one, retracted: true, counts: false } : one,
    )
    client.emit(disputeRetracted)
    return { claim_id: claimIdFor(`taken back ${dispute_id}`), content_id: contentIdFor(`taken back ${claim_id}`) }
  })
}

/** The evidence module of a village in memory. */
export function answerEvidence(client: FakeClient, options: VillageEvidenceOptions): void {
  const need = (): void => {
    if (!options.isOn()) throw new HearthError('experimental_disabled', 'evidence is off')
  }
  const graph = seed(options)
  answerReads(client, graph, need)
  answerActs(client, graph, options, need)
  const rank = (opinions: ReadonlyMap<NodeId, ClaimRecord['author']['opinion']>): void => {
    graph.claims = graph.claims.map((record) => ({
      ...record,
      author: { ...record.author, opinion: opinions.get(record.claim.asserted_by) ?? null },
    }))
  }
  answerDesk(client, { need, rank, village: options.village })
}
