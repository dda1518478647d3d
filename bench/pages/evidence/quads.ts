import { DataFactory, type Quad, Store } from 'n3'
import type { ClaimRow } from '../../../workers/modules/evidence/store.ts'
import { PREDICATES, subjectOf } from './town.ts'

const LIMIT = 25
const { namedNode, literal, quad } = DataFactory
const DERIVED = namedNode('http://www.w3.org/ns/prov#wasDerivedFrom')

/** The claims as linked data, each in a graph of its own name, in the quad store that comes with the kept RDF library. */
export function fillQuads(rows: readonly ClaimRow[]): Store {
  const store = new Store()
  for (const { claim, claimId } of rows) {
    const graph = namedNode(claimId)
    store.addQuad(quad(namedNode(claim.subject), namedNode(claim.predicate), literal(claim.object), graph))
    for (const parent of claim.derived_from) store.addQuad(quad(graph, DERIVED, namedNode(parent)))
  }
  return store
}

/** The same questions as ours where it has an answer; without order, level or freshness, which it does not know. */
export function quadQuestions(
  store: Store,
  rows: readonly ClaimRow[],
): Readonly<Record<string, (round: number) => Promise<unknown>>> {
  const subjects = rows.length / 20
  const subject = (round: number): string => subjectOf((round * 37) % subjects)
  const idAt = (at: number): string => rows[at % rows.length]?.claimId ?? ''
  const page = async (found: readonly Quad[]) => ({ page: found.slice(0, LIMIT), total: found.length })
  const begins = (prefix: string) =>
    store.getSubjects(null, null, null).filter(({ value }) => value.toLowerCase().startsWith(prefix))
  return {
    'by subject': (n) => page(store.getQuads(subject(n), null, null, null)),
    'by subject and predicate': (n) => page(store.getQuads(subject(n), `Eigenschaft ${n % PREDICATES}`, null, null)),
    'by predicate': (n) => page(store.getQuads(null, `Eigenschaft ${n % PREDICATES}`, null, null)),
    'by object': (n) =>
      page(store.getQuads(null, null, literal(`Angabe ${(n * 37) % 5000} vom ${((n * 37) % 5000) % 28}.`), null)),
    'by parent': (n) => page(store.getQuads(null, DERIVED, idAt(n * 997 + 1), null)),
    'subject begins, few': (n) => page(begins(`haus ${100 + n}`).flatMap((term) => store.getQuads(term, null, null, null))),
    'everything, newest': () => page(store.getQuads(null, null, null, null)),
    'subjects as one types': async (n) => begins(`haus ${n % 50}`).slice(0, 20),
    async 'trace to depth 8'(n) {
      const seen = new Set<string>()
      let next: readonly string[] = [idAt(n * 997)]
      for (let depth = 0; depth <= 8; depth++) {
        for (const id of next) seen.add(id)
        next = next.flatMap((id) => store.getObjects(id, DERIVED, null).map(({ value }) => value)).filter((id) => !seen.has(id))
      }
      return [...seen].map((id) => store.getQuads(null, null, null, id))
    },
  }
}
