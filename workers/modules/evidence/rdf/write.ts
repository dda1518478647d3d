import { DataFactory, type Quad, type Quad_Object, Writer } from 'n3'
import { canonical } from '#protocol/core/canonical.ts'
import type { Proof } from '#protocol/evidence/proof.ts'
import { claimIri, HN, NP, nodeIri, PROV, RDF, RDFS, sourceIri, termIri, XSD } from './terms.ts'

const { namedNode, literal, quad } = DataFactory
const PREFIXES = { np: NP, prov: PROV, rdf: RDF, rdfs: RDFS, xsd: XSD, hn: HN }

const time = (text: string) => literal(text, namedNode(`${XSD}dateTime`))

/** Writes triples about one thing into one graph. */
function into(graph: string, out: Quad[]) {
  return (subject: string, predicate: string, object: Quad_Object | string): void => {
    const value = typeof object === 'string' ? namedNode(object) : object
    out.push(quad(namedNode(subject), namedNode(predicate), value, namedNode(graph)))
  }
}

/**
 * One nanopublication: what is said, where it comes from, and who published it. `hn:record` carries the signed record to
 * the letter, so that whoever reads it back can check the signature.
 */
function nanopublication({ claim_id, claim }: Proof['claims'][number], { names }: Proof): Quad[] {
  const out: Quad[] = []
  const np = claimIri(claim_id)
  const graphs = { head: `${np}#head`, assertion: `${np}#assertion`, provenance: `${np}#provenance`, info: `${np}#pubinfo` }
  const head = into(graphs.head, out)
  head(np, `${RDF}type`, `${NP}Nanopublication`)
  head(np, `${NP}hasAssertion`, graphs.assertion)
  head(np, `${NP}hasProvenance`, graphs.provenance)
  head(np, `${NP}hasPublicationInfo`, graphs.info)

  const assertion = into(graphs.assertion, out)
  assertion(termIri('subject', claim.subject), termIri('predicate', claim.predicate), literal(claim.object))

  const provenance = into(graphs.provenance, out)
  provenance(graphs.assertion, `${PROV}wasAttributedTo`, nodeIri(claim.asserted_by))
  provenance(graphs.assertion, `${PROV}generatedAtTime`, time(claim.asserted_at))
  provenance(graphs.assertion, `${HN}confidence`, literal(claim.confidence.toFixed(5), namedNode(`${XSD}decimal`)))
  for (const parent of claim.derived_from)
    provenance(graphs.assertion, `${PROV}wasDerivedFrom`, `${claimIri(parent)}#assertion`)
  for (const source of claim.sources) {
    const iri = sourceIri(source.source_id)
    provenance(graphs.assertion, `${PROV}hadPrimarySource`, iri)
    provenance(iri, `${HN}accessedAt`, time(source.accessed_at))
    if (source.excerpt !== undefined) provenance(iri, `${PROV}value`, literal(source.excerpt))
    if (source.content_sha !== undefined) provenance(iri, `${HN}sha256`, literal(source.content_sha))
  }

  const info = into(graphs.info, out)
  info(np, `${PROV}generatedAtTime`, time(claim.asserted_at))
  info(np, `${PROV}wasAttributedTo`, nodeIri(claim.asserted_by))
  info(np, `${HN}record`, literal(canonical(claim)))
  info(nodeIri(claim.asserted_by), `${RDF}type`, `${PROV}Agent`)
  const name = names[claim.asserted_by]
  if (name !== undefined) info(nodeIri(claim.asserted_by), `${RDFS}label`, literal(name))
  return out
}

/** Who vouches and who objects, in PROV's terms: an influence on the assertion, with the signed record beside it. */
function voices({ attestations, disputes }: Proof): Quad[] {
  const out: Quad[] = []
  const say = into('urn:hearthnet:voices', out)
  attestations.forEach((attestation, index) => {
    const iri = `${claimIri(attestation.claim_id)}#attestation-${index}`
    say(iri, `${RDF}type`, `${HN}Attestation`)
    say(iri, `${PROV}wasAttributedTo`, nodeIri(attestation.attester))
    say(iri, `${PROV}generatedAtTime`, time(attestation.attested_at))
    say(iri, `${PROV}entity`, `${claimIri(attestation.claim_id)}#assertion`)
    say(iri, `${HN}role`, literal(attestation.role))
    say(iri, `${PROV}value`, literal(attestation.rationale))
    say(iri, `${HN}record`, literal(canonical(attestation)))
  })
  for (const { dispute_id, dispute } of disputes) {
    const iri = `urn:hearthnet:dispute:${dispute_id}`
    say(iri, `${RDF}type`, `${HN}Dispute`)
    say(iri, `${PROV}wasAttributedTo`, nodeIri(dispute.disputer))
    say(iri, `${PROV}generatedAtTime`, time(dispute.disputed_at))
    say(iri, `${PROV}entity`, `${claimIri(dispute.claim_id)}#assertion`)
    if (dispute.counterclaim) say(iri, `${HN}counterclaim`, `${claimIri(dispute.counterclaim)}#assertion`)
    say(iri, `${PROV}value`, literal(dispute.rationale))
    say(iri, `${HN}record`, literal(canonical(dispute)))
  }
  return out
}

const quadsOf = (proof: Proof): Quad[] => [...proof.claims.flatMap((claim) => nanopublication(claim, proof)), ...voices(proof)]

function write(quads: readonly Quad[], options: ConstructorParameters<typeof Writer>[0]): Promise<string> {
  return new Promise((resolve, reject) => {
    const writer = new Writer(options)
    writer.addQuads([...quads])
    writer.end((error, text: string) => (error ? reject(error) : resolve(text)))
  })
}

export const toTrig = (proof: Proof): Promise<string> =>
  write(quadsOf(proof), { format: 'application/trig', prefixes: PREFIXES })

/** Expanded JSON-LD: it needs no context, so nobody has to fetch one. */
export async function toJsonLd(proof: Proof): Promise<string> {
  const { default: jsonld } = await import('jsonld')
  const nquads = await write(quadsOf(proof), { format: 'application/n-quads' })
  return JSON.stringify(await jsonld.fromRDF(nquads, { format: 'application/n-quads' }), null, 2)
}
