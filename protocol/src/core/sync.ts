import type { Static } from '@sinclair/typebox'
import { concatBytes, toHex, utf8 } from './encoding.ts'
import { blake3 } from './hash.ts'
import type { CommunityId } from './ids.ts'
import { ContentIdSchema, NodeIdSchema, Strict } from './schema.ts'
import * as Type from './type.ts'

export const SYNC_PROTOCOL = '/hearthnet/sync/3.0.0'
/** Seconds between reconciliations with a connected peer, online and while the internet is away (SYN-2). */
export const SYNC_EVERY_SECONDS = { online: 300, offline: 30 } as const
/** Seconds after a live event with a gap before it until its sender is asked for what is missing (SYN-7). */
export const SYNC_GAP_SECONDS = 1
/** Seconds after an urgent event until a neighbour is compared with: by the one of the two who opens sessions, and by the other (SYN-8). */
export const SYNC_URGENT_SECONDS = { first: 2, second: 4 } as const
/** Seconds between two sessions with one peer that a loss may cause (SYN-7, SYN-8). */
export const SYNC_AGAIN_SECONDS = 5
/** Events in one `events` frame at most; a receiver asks again for the rest, which is its backpressure. */
export const SYNC_BATCH_EVENTS = 256
/** Seconds of silence after which either side ends a reconciliation with `timeout`. */
export const SYNC_IDLE_SECONDS = 60
/** Bytes in one sync frame at most. */
export const SYNC_MAX_FRAME_BYTES = 4 * 1024 * 1024
/** Size of one Negentropy message at most, in bytes. */
export const SYNC_NEGENTROPY_BYTES = 256 * 1024

/**
 * Frames of the sync protocol, each an unsigned-varint length and JSON. `open` and `message` carry Negentropy protocol 1
 * (items `(lamport, 32-byte content id)`, variable-length integers of up to 53 bits) in hex; then the opener sends what the other lacks and asks for what it lacks.
 */
export const SyncFrameSchema = Type.Union([
  Strict({ type: Type.Literal('open'), community_id: NodeIdSchema, negentropy: Type.String({ pattern: '^([0-9a-f]{2})+$' }) }),
  Strict({ type: Type.Literal('message'), negentropy: Type.String({ pattern: '^([0-9a-f]{2})+$' }) }),
  Strict({ type: Type.Literal('want'), ids: Type.Array(ContentIdSchema, { minItems: 1, maxItems: SYNC_BATCH_EVENTS }) }),
  Strict({ type: Type.Literal('events'), events: Type.Array(Type.Unknown(), { maxItems: SYNC_BATCH_EVENTS }) }),
  /** Acknowledges an `events` frame that the opener pushed. */
  Strict({ type: Type.Literal('stored') }),
  Strict({ type: Type.Literal('done') }),
  Strict({ type: Type.Literal('error'), code: Type.String(), message: Type.String() }),
])
export type SyncFrame = Static<typeof SyncFrameSchema>

/** What a box may know of a community (SYN-1): BLAKE3 of `"hearthnet-topic" ‖ community_id`, 64 hex digits. */
export const topicOf = (community: CommunityId): string => toHex(blake3(concatBytes(utf8('hearthnet-topic'), utf8(community))))

/** Gossip topic for live events (SYN-1). */
export const gossipTopicOf = (community: CommunityId): string => `/hearthnet/3/${topicOf(community)}/events`
