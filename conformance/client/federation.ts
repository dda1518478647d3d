import { blake3 } from '@noble/hashes/blake3.js'
import {
  canonical,
  fromBase64Url,
  type Identity,
  type Json,
  text,
  toBase64Url,
  toHex,
  utf8,
  verify,
  wireTime,
} from './encoding.ts'

// Federation as `protocol/core/federation.md` has it, from that page alone.

const PREFIX = 'hnfederation:'
const HOUR_MS = 3_600_000

export interface Grant {
  readonly capability: string
  readonly calls_per_minute: number
  readonly params_constraints?: { readonly [name: string]: Json }
}

export interface Side {
  readonly community_id: string
  readonly name: string
  readonly anchor: string
  readonly protocol_versions: readonly string[]
  readonly grants: readonly Grant[]
}

export interface Paper {
  readonly manifest_id: string
  readonly issued_at: string
  readonly expires_at: string
  readonly sides: readonly Side[]
  readonly signatures: readonly (string | null)[]
  readonly relays: readonly string[]
}

/** JSON by its members. */
export const writePaper = (paper: Paper): string => PREFIX + toBase64Url(utf8(canonical(paper)))

/** @throws Error where it is none */
export function readPaper(written: Json | undefined): Paper {
  if (typeof written !== 'string' || !written.startsWith(PREFIX)) throw new Error(`no paper: ${JSON.stringify(written)}`)
  return JSON.parse(text(fromBase64Url(written.slice(PREFIX.length)))) as Paper // the case that reads on finds out
}

const terms = ({ manifest_id, issued_at, expires_at, sides }: Paper) => ({ manifest_id, issued_at, expires_at, sides })

/** One signature over the canonical terms (FDR-1). */
const signatureBy = (identity: Identity, paper: Paper): string => {
  const { signature } = identity.sign(terms(paper))
  return signature
}

export const isSignedBy = (nodeId: string, paper: Paper, signature: string | null | undefined): boolean =>
  typeof signature === 'string' && verify(nodeId, { ...terms(paper), signature })

/** Where devices of the two meet (FDR-5). */
export const federationTopic = (paper: Paper): string => toHex(blake3(utf8(`hearthnet-federation${canonical(terms(paper))}`)))

/** The manifest as an event carries it (FDR-1). */
export const manifestOf = (paper: Paper): Json => JSON.parse(JSON.stringify({ ...terms(paper), signatures: paper.signatures }))

const byCommunity = (sides: readonly Side[]): readonly Side[] =>
  [...sides].sort((a, b) => (a.community_id < b.community_id ? -1 : 1))

/** Another community, played by the suite: its root is one key, its anchor another. */
export interface Foreign {
  readonly community: string
  readonly anchor: Identity
  readonly name: string
}

export const sideOf = (foreign: Foreign, grants: readonly Grant[], change: Partial<Side> = {}): Side => ({
  community_id: foreign.community,
  name: foreign.name,
  anchor: foreign.anchor.nodeId,
  protocol_versions: ['3.0.0-experimental'],
  grants,
  ...change,
})

/** An offer of the other community's. */
export const offerOf = (foreign: Foreign, id: string, grants: readonly Grant[], change: Partial<Paper> = {}): Paper => ({
  manifest_id: id,
  issued_at: wireTime(Date.now() - HOUR_MS),
  expires_at: wireTime(Date.now() + HOUR_MS),
  sides: [sideOf(foreign, grants)],
  signatures: [],
  relays: [],
  ...change,
})

/** Its answer to an offer: its side beside the other, and its signature. */
export function answerTo(offer: Paper, foreign: Foreign, side: Side, by: Identity = foreign.anchor): Paper {
  const sides = byCommunity([...offer.sides, side])
  const whole = { ...offer, sides, relays: [] }
  const signature = signatureBy(by, whole)
  return { ...whole, signatures: sides.map((one) => (one === side ? signature : null)) }
}

/** Puts its signature beside the one that is there. */
export function countersign(answer: Paper, foreign: Foreign): Paper {
  const own = signatureBy(foreign.anchor, answer)
  const signatures = answer.sides.map((side, at) =>
    side.community_id === foreign.community ? own : (answer.signatures[at] ?? null),
  )
  return { ...answer, signatures }
}
