import { canonical } from '#protocol/core/canonical.ts'
import { utf8 } from '#protocol/core/encoding.ts'
import { HearthError } from '#protocol/core/errors.ts'
import { EVENT_MAX_BYTES, EventSchema, LAMPORT_MAX, type SignedEvent } from '#protocol/core/event.ts'
import { hashOf } from '#protocol/core/hash.ts'
import { type CommunityId, type ContentId, signatureBytes } from '#protocol/core/ids.ts'
import type { EventDefinition } from '#protocol/core/module.ts'
import { parseAs } from '#protocol/core/schema.ts'
import { verifyBytes } from '#protocol/core/signing.ts'

/** An event whose form, size, community, signature and data are right. Whether its author may speak is the log's to say. */
export interface VerifiedEvent {
  readonly cid: ContentId
  readonly event: SignedEvent
  /** Canonical form, as stored and sent. */
  readonly text: string
}

const MEMBER = ',"signature":"'

/**
 * The canonical text a signature covers, cut out of the canonical signed text: only `wall_clock` sorts after `signature`,
 * so the last occurrence is the member itself. Saves canonicalising every event twice.
 */
export function unsignedText(text: string): string {
  const start = text.lastIndexOf(MEMBER)
  const end = text.indexOf('"', start + MEMBER.length)
  return text.slice(0, start) + text.slice(end + 1)
}

/**
 * The one place that verifies an event, whoever it comes from (EVT-4, SYN-4).
 * @throws HearthError `bad_request` (form, size, clock), `unauthorized` (other community), `invalid_signature`,
 *   `schema_mismatch` and the type's own codes
 */
export async function verifyEvent(
  raw: unknown,
  community: CommunityId,
  types: ReadonlyMap<string, EventDefinition>,
): Promise<VerifiedEvent> {
  const event = parseAs(EventSchema, raw, 'bad_request')
  if (event.lamport > LAMPORT_MAX) {
    throw new HearthError('bad_request', 'Lamport time out of range', { data: { field: '/lamport' } })
  }
  if (event.community_id !== community) throw new HearthError('unauthorized', 'event of another community')
  const text = canonical(event)
  const bytes = utf8(text)
  if (bytes.length > EVENT_MAX_BYTES) throw new HearthError('bad_request', `event over ${EVENT_MAX_BYTES} bytes`)
  if (!(await verifyBytes(event.author, utf8(unsignedText(text)), signatureBytes(event.signature)))) {
    throw new HearthError('invalid_signature', 'event signature does not verify')
  }
  const type = types.get(event.event_type)
  if (type?.scope === 'device') throw new HearthError('bad_request', 'this type of event stays on its device')
  await type?.check(event)
  return { cid: hashOf(bytes), event, text }
}
