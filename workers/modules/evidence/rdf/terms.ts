/** Vocabularies an export speaks: nanopublications, W3C PROV-O, and what neither has a word for. */
export const NP = 'http://www.nanopub.org/nschema#'
export const PROV = 'http://www.w3.org/ns/prov#'
export const RDF = 'http://www.w3.org/1999/02/22-rdf-syntax-ns#'
export const RDFS = 'http://www.w3.org/2000/01/rdf-schema#'
export const XSD = 'http://www.w3.org/2001/XMLSchema#'
export const HN = 'urn:hearthnet:evidence#'

/** Names for what has no address on the web. */
export const claimIri = (claimId: string): string => `urn:hearthnet:claim:${claimId}`
export const nodeIri = (nodeId: string): string => `urn:hearthnet:node:${nodeId}`
export const termIri = (kind: 'subject' | 'predicate', text: string): string =>
  `urn:hearthnet:${kind}:${encodeURIComponent(text)}`

/** A source as something linked data can point to. */
export function sourceIri(sourceId: string): string {
  const at = sourceId.indexOf(':')
  const rest = sourceId.slice(at + 1)
  if (sourceId.startsWith('url:') && /^https?:\/\/[^\s<>"{}|\\^`]+$/.test(rest)) return rest
  if (sourceId.startsWith('node:')) return nodeIri(rest)
  return `urn:hearthnet:source:${encodeURIComponent(sourceId)}`
}

const TERM = /^urn:hearthnet:(?:subject|predicate):(.*)$/

/** What a person reads in place of a name: our own text back, or the last part of somebody else's address. */
export function readable(iri: string): string {
  const own = TERM.exec(iri)?.[1]
  try {
    if (own !== undefined) return decodeURIComponent(own)
    return decodeURIComponent(iri.split(/[#/]/).filter(Boolean).at(-1) ?? iri)
  } catch {
    return iri
  }
}
