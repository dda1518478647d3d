import type { Static } from '@sinclair/typebox'
import { contentIdOf } from './hash.ts'
import type { ContentId } from './ids.ts'
import type { JsonObject } from './json.ts'
import { ContentIdSchema, CountSchema, NodeIdSchema, SignatureSchema, Strict, TimeSchema, UlidSchema } from './schema.ts'
import * as Type from './type.ts'

/** Largest signed event in canonical form (EVT-4). */
export const EVENT_MAX_BYTES = 256 * 1024
/** An event this far ahead of the local clock waits (EVT-2). */
export const LAMPORT_MAX_LEAD = 1_000_000
/** A Lamport time above this is refused: a member must not be able to burn the clock (EVT-2). */
export const LAMPORT_MAX = 2 ** 48
export const EVENT_SCHEMA_VERSION = 1

/** `<area>.<entity>.<verb>`, more parts allowed (section 4). */
export const EventTypeSchema = Type.String({ pattern: '^[a-z][a-z0-9_]*(\\.[a-z][a-z0-9_]*){2,4}$', maxLength: 96 })

/** One signed entry of a community's log (section 4). `data` has the type's own schema. */
export const EventSchema = Strict({
  schema_version: Type.Literal(EVENT_SCHEMA_VERSION),
  event_id: UlidSchema,
  lamport: CountSchema,
  wall_clock: TimeSchema,
  community_id: NodeIdSchema,
  author: NodeIdSchema,
  prev: Type.Union([ContentIdSchema, Type.Null()]),
  event_type: EventTypeSchema,
  data: Type.Unsafe<JsonObject>(Type.Object({})),
  signature: SignatureSchema,
})
export type SignedEvent = Static<typeof EventSchema>
export type UnsignedEvent = Omit<SignedEvent, 'signature'>

/** Content id of an event: BLAKE3 over the canonical signed event (EVT-1). */
export const eventContentId = (event: SignedEvent): ContentId => contentIdOf(event)

/** Replay order (EVT-3): Lamport time, then content id. Negative when `a` comes first. */
export function compareReplay(
  a: { readonly lamport: number; readonly cid: ContentId },
  b: { readonly lamport: number; readonly cid: ContentId },
): number {
  if (a.lamport !== b.lamport) return a.lamport - b.lamport
  return a.cid < b.cid ? -1 : a.cid > b.cid ? 1 : 0
}
