import { Parser, type Quad, Store } from 'n3'
import { HearthError } from '#protocol/core/errors.ts'
import { parseJson } from '#protocol/core/json.ts'
import { matches } from '#protocol/core/schema.ts'
import { claimIdOf } from '#protocol/evidence/claim-id.ts'
import { ClaimSchema, canonicalTerm } from '#protocol/evidence/events.ts'
import type { Statement } from '../authoring.ts'
import type { Arrival } from '../quarantine.ts'
import { HN, NP, PROV, readable } from './terms.ts'

/** What a linked-data file holds. */
export interface LinkedData {
  /** Claims under a signature of their own. It is not checked here. */
  readonly arrivals: readonly Arrival[]
  /** What foreign nanopublications assert, for a person to sign or not. */
  readonly statements: readonly Statement[]
}

/** Most drafts one file makes. */
const MAX_STATEMENTS = 200

function parse(text: string, format: string): Quad[] {
  try {
    return new Parser({ format }).parse(text)
  } catch (cause) {
    throw new HearthError('bad_request', 'not well-formed linked data', { data: { field: '/text' }, cause })
  }
}

/** JSON-LD may name a context anywhere on the web; this node fetches none. */
async function quadsOfJsonLd(text: string): Promise<Quad[]> {
  const { default: jsonld } = await import('jsonld')
  const document = parseJson(text)
  try {
    const nquads: unknown = await jsonld.toRDF(JSON.parse(JSON.stringify(document)), {
      format: 'application/n-quads',
      documentLoader: async () => {
        throw new HearthError('bad_request', 'a context from elsewhere is not fetched')
      },
    })
    return parse(String(nquads), 'application/n-quads')
  } catch (cause) {
    if (cause instanceof HearthError) throw cause
    throw new HearthError('bad_request', 'not well-formed JSON-LD, or with a context from elsewhere', {
      data: { field: '/text' },
      cause,
    })
  }
}

function recordOf(text: string): Arrival | null {
  try {
    const claim: unknown = parseJson(text)
    return matches(ClaimSchema, claim) ? { claim_id: claimIdOf(claim), claim } : null
  } catch {
    return null // a literal that is no record; the file is not ours
  }
}

const short = (text: string, length: number): string => canonicalTerm(text.slice(0, length))

/** One statement for each triple a foreign nanopublication asserts, with its sources as far as they are addresses. */
function statementsOf(store: Store, np: string, accessedAt: string): Statement[] {
  const graphOf = (predicate: string) => store.getObjects(np, `${NP}${predicate}`, null)[0] ?? null
  const [assertion, provenance] = [graphOf('hasAssertion'), graphOf('hasProvenance')]
  if (!assertion) return []
  const from = provenance
    ? [`${PROV}hadPrimarySource`, `${PROV}wasDerivedFrom`].flatMap((link) => store.getObjects(null, link, provenance))
    : []
  const addresses = [np, ...from.map(({ value }) => value)].filter((iri) => /^https?:\/\//.test(iri) && iri.length <= 2000)
  const sources = [...new Set(addresses)].slice(0, 32).map((iri) => ({ source_id: `url:${iri}`, accessed_at: accessedAt }))
  return store.getQuads(null, null, null, assertion).map(({ subject, predicate, object }) => ({
    subject: short(readable(subject.value), 512),
    predicate: short(readable(predicate.value), 512),
    object: short(object.value, 4096),
    sources,
    confidence: 0.5,
    derived_from: [],
  }))
}

/**
 * Reads TriG or JSON-LD. Our own nanopublications come back as the records that were signed; foreign ones as statements.
 * @throws HearthError `bad_request`
 */
export async function readLinkedData(text: string, format: 'trig' | 'jsonld', accessedAt: string): Promise<LinkedData> {
  const store = new Store(format === 'trig' ? parse(text, 'application/trig') : await quadsOfJsonLd(text))
  const arrivals = store.getObjects(null, `${HN}record`, null).flatMap(({ value }) => recordOf(value) ?? [])
  const foreign = store
    .getSubjects(`${NP}hasAssertion`, null, null)
    .filter((np) => store.countQuads(np, `${HN}record`, null, null) === 0)
  const statements = foreign.flatMap(({ value }) => statementsOf(store, value, accessedAt))
  return {
    arrivals: [...new Map(arrivals.map((arrival) => [arrival.claim_id, arrival])).values()],
    statements: statements
      .filter(({ subject, predicate, object }) => subject !== '' && predicate !== '' && object !== '')
      .slice(0, MAX_STATEMENTS),
  }
}
