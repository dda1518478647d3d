import type { Static } from '@sinclair/typebox'
import { OneOf, Strict } from '../core/schema.ts'
import * as Type from '../core/type.ts'
import { BboxSchema, PolygonSchema } from './alert.ts'
import { ALERT_SEVERITIES, isPlain, LanguageSchema, RegionSchema, refuse, SecondsSchema, Sha256Schema } from './terms.ts'

export const MIRROR_FORMATS = ['cap', 'nina'] as const
export const MIRROR_KINDS = ['alert', 'update', 'cancel'] as const

/** One language of a mirrored warning. Official texts are longer than ours. */
export const MirrorWordingSchema = Strict({
  language: LanguageSchema,
  title: Type.String({ minLength: 1, maxLength: 300 }),
  body: Type.String({ maxLength: 8000 }),
  instructions: Type.Array(Type.String({ minLength: 1, maxLength: 2000 }), { maxItems: 40 }),
})

/**
 * An official warning as somebody brought it here. It is marked with its source, keeps its identifier and is never signed as
 * ours: the event that carries it says who brought it and nothing more.
 */
export const MirrorSchema = Strict({
  format: OneOf(MIRROR_FORMATS),
  kind: OneOf(MIRROR_KINDS),
  /** The warning's own identifier. */
  correlation_id: Type.String({ minLength: 1, maxLength: 256 }),
  /** Who says they sent it. Nobody here can prove it. */
  sender: Type.String({ minLength: 1, maxLength: 256 }),
  sender_name: Type.String({ maxLength: 200 }),
  sent_at: SecondsSchema,
  expires_at: SecondsSchema,
  severity: OneOf(ALERT_SEVERITIES),
  event: Type.String({ maxLength: 200 }),
  wordings: Type.Array(MirrorWordingSchema, { minItems: 1, maxItems: 8 }),
  area: Type.String({ maxLength: 1000 }),
  /** Where its codes are known here. */
  regions: Type.Array(RegionSchema, { maxItems: 500 }),
  polygons: Type.Array(PolygonSchema, { maxItems: 16 }),
  bbox: Type.Optional(BboxSchema),
  /** Identifiers of the warnings it updates or cancels. */
  references: Type.Array(Type.String({ maxLength: 256 }), { maxItems: 32 }),
  drill: Type.Boolean(),
  /** Of the document it was read from. */
  document_sha: Sha256Schema,
})
export type Mirror = Static<typeof MirrorSchema>

/** @throws HearthError `bad_request` */
export function checkMirror(mirror: Mirror): void {
  for (const [index, { title, body, instructions }] of mirror.wordings.entries()) {
    const plain = isPlain(title) && (body === '' || isPlain(body, 'many')) && instructions.every((line) => isPlain(line))
    if (!plain) refuse('bad_request', 'not plain text', `/wordings/${index}`)
  }
}
