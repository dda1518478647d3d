import type { Static } from '@sinclair/typebox'
import { canonicalBytes } from '../core/canonical.ts'
import { fromBase64Url, toBase64Url } from '../core/encoding.ts'
import { HearthError } from '../core/errors.ts'
import { parseJson } from '../core/json.ts'
import { parseAs, SignatureSchema, Strict, TimeSchema, UlidSchema } from '../core/schema.ts'
import * as Type from '../core/type.ts'
import { FederationSideSchema } from './federation.ts'

/** What anchors hand each other until both have signed (FDR-1): a mark, then base64url of the canonical paper. */
export const FEDERATION_PAPER_PREFIX = 'hnfederation:'
export const FEDERATION_PAPER_MAX_CHARS = 16_384

/** Addresses of boxes where the other community is met: hints, like an invite's (COM-2). */
export const RelaysSchema = Type.Array(Type.String({ pattern: '^/', maxLength: 512 }), { maxItems: 4 })

/**
 * An offer has one side and no signature; an answer has both and one signature; the agreement has both and both. `signatures` are in
 * the order of `sides`, null where one is missing.
 */
export const FederationPaperSchema = Strict({
  manifest_id: UlidSchema,
  issued_at: TimeSchema,
  expires_at: TimeSchema,
  sides: Type.Array(FederationSideSchema, { minItems: 1, maxItems: 2 }),
  signatures: Type.Array(Type.Union([SignatureSchema, Type.Null()]), { maxItems: 2 }),
  relays: RelaysSchema,
})
export type FederationPaper = Static<typeof FederationPaperSchema>

export const FEDERATION_STAGES = ['offer', 'answer', 'agreement'] as const
export type FederationStage = (typeof FEDERATION_STAGES)[number]

/** @throws HearthError `bad_request` for a paper that is none of the three */
export function stageOf({ sides, signatures }: FederationPaper): FederationStage {
  const signed = signatures.filter((signature) => signature !== null).length
  if (sides.length === 1 && signatures.length === 0) return 'offer'
  if (sides.length === 2 && signatures.length === 2 && signed > 0) return signed === 1 ? 'answer' : 'agreement'
  throw new HearthError('bad_request', 'neither an offer nor an answer nor an agreement')
}

export const writePaper = (paper: FederationPaper): string => FEDERATION_PAPER_PREFIX + toBase64Url(canonicalBytes(paper))

/** Reads what was pasted or scanned; spaces come in where a text is copied over lines. @throws HearthError `bad_request` */
export function readPaper(text: string): FederationPaper {
  const packed = text.replace(/\s+/g, '')
  if (!packed.startsWith(FEDERATION_PAPER_PREFIX)) throw new HearthError('bad_request', 'no paper of a federation')
  const paper = parseAs(
    FederationPaperSchema,
    parseJson(fromBase64Url(packed.slice(FEDERATION_PAPER_PREFIX.length))),
    'bad_request',
  )
  stageOf(paper)
  return paper
}
