import { type Collection, Dexie, type EntityTable, type InsertType } from 'dexie'
import type { Claim } from '#protocol/evidence/events.ts'
import { groundRank } from '../../../workers/modules/evidence/claim.ts'
import type { ClaimRow } from '../../../workers/modules/evidence/store.ts'
import { person, SCENE_START } from '../../../workers/modules/evidence/testing/scene.ts'
import { PREDICATES, pageOf, subjectOf } from './town.ts'

const LIMIT = 25
const BATCH = 2000

/** A claim as a web app keeps it that has no log: a record with what it is found by, and its level worked out beforehand. */
interface ClaimRecord {
  readonly id: string
  readonly lamport: number
  readonly author: string
  readonly subject: string
  readonly predicate: string
  readonly object: string
  readonly search: string
  readonly predicateSearch: string
  readonly objectSearch: string
  readonly sources: readonly string[]
  readonly parents: readonly string[]
  readonly ground: number
  readonly freshUntil: number
  readonly claim: Claim
}

type Claims = Dexie & { readonly claims: EntityTable<ClaimRecord, 'id'> }

const INDEXES =
  'id, lamport, [author+lamport], [subject+predicate], [predicate+lamport], [object+lamport], search, predicateSearch, objectSearch, *sources, *parents, [ground+lamport], freshUntil'

function recordOf({ claimId, lamport, author, claim, search, objectSearch, ground, freshUntil }: ClaimRow): ClaimRecord {
  const { subject, predicate, object } = claim
  const sources = claim.sources.map(({ source_id }) => source_id)
  const terms = { subject, predicate, object, search, predicateSearch: predicate.toLowerCase(), objectSearch }
  return {
    id: claimId,
    lamport,
    author,
    ...terms,
    sources,
    parents: claim.derived_from,
    ground: groundRank(ground),
    freshUntil,
    claim,
  }
}

export async function fillDexie(rows: readonly ClaimRow[]): Promise<Claims> {
  await Dexie.delete('bench-claims')
  // Dexie makes the tables that `stores` declares
  const db = new Dexie('bench-claims') as Claims
  db.version(1).stores({ claims: INDEXES })
  for (let at = 0; at < rows.length; at += BATCH) await db.claims.bulkAdd(rows.slice(at, at + BATCH).map(recordOf))
  return db
}

type Found = Collection<ClaimRecord, string, InsertType<ClaimRecord, 'id'>>

/** A page and how many there are, as ours; in the order of the index, which is less than ours where that is not by time. */
const page = (found: () => Found) => Promise.all([found().limit(LIMIT).toArray(), found().count()])

/** The same questions as ours where an index can answer them. */
export function dexieQuestions(
  { claims }: Claims,
  rows: readonly ClaimRow[],
): Readonly<Record<string, (round: number) => Promise<unknown>>> {
  const idAt = (at: number): string => rows[at % rows.length]?.claimId ?? ''
  const subjects = rows.length / 20
  const subject = (round: number): string => subjectOf((round * 37) % subjects)
  const [from, to] = [Dexie.minKey, Dexie.maxKey]
  const within = (index: string, value: string) => () =>
    claims.where(`[${index}+lamport]`).between([value, from], [value, to]).reverse()
  async function trace(id: string): Promise<readonly ClaimRecord[]> {
    const seen = new Map<string, ClaimRecord>()
    let next: readonly string[] = [id]
    for (let depth = 0; depth <= 8 && next.length > 0; depth++) {
      const found = (await claims.bulkGet([...next])).flatMap((record) => record ?? [])
      for (const record of found) seen.set(record.id, record)
      next = found.flatMap(({ parents }) => parents).filter((parent) => !seen.has(parent))
    }
    return [...seen.values()]
  }
  return {
    'by subject': (n) => page(() => claims.where('[subject+predicate]').between([subject(n), from], [subject(n), to])),
    'by subject and predicate': (n) =>
      page(() => claims.where('[subject+predicate]').equals([subject(n), `Eigenschaft ${n % PREDICATES}`])),
    'by predicate': (n) => page(within('predicate', `Eigenschaft ${n % PREDICATES}`)),
    'by object': (n) => page(within('object', `Angabe ${(n * 37) % 5000} vom ${((n * 37) % 5000) % 28}.`)),
    'by source': (n) => page(() => claims.where('sources').equals(pageOf(n * 31))),
    'by parent': (n) => page(() => claims.where('parents').equals(idAt(n * 997 + 1))),
    'by author': (n) => page(within('author', person(n % 100))),
    'subject begins, few': (n) => page(() => claims.where('search').startsWith(`haus ${100 + n}`)),
    'subject begins, all': () => page(() => claims.where('search').startsWith('haus')),
    'predicate begins': (n) => page(() => claims.where('predicateSearch').startsWith(`eigenschaft ${n % 10}`)),
    'object begins': (n) => page(() => claims.where('objectSearch').startsWith(`angabe ${n % 50}`)),
    'on firm ground (attested)': () => page(() => claims.where('[ground+lamport]').between([3, from], [3, to]).reverse()),
    'only what is fresh': () => page(() => claims.where('freshUntil').above(SCENE_START)),
    'everything, newest': () => Promise.all([claims.orderBy('lamport').reverse().limit(LIMIT).toArray(), claims.count()]),
    'everything, page far down': (n) =>
      Promise.all([
        claims
          .orderBy('lamport')
          .reverse()
          .offset(50_000 + n)
          .limit(LIMIT)
          .toArray(),
        claims.count(),
      ]),
    summary: (n) =>
      claims
        .where('[subject+predicate]')
        .between([subject(n), from], [subject(n), to])
        .toArray(),
    'one claim': (n) =>
      Promise.all([
        claims.get(idAt(n * 997)),
        claims
          .where('parents')
          .equals(idAt(n * 997))
          .toArray(),
      ]),
    'trace to depth 8': (n) => trace(idAt(n * 997)),
  }
}
