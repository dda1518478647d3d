import { DEFAULT_POLICY, JOIN_SCOPE } from '#protocol/core/community.ts'
import { eventContentId, type SignedEvent, type UnsignedEvent } from '#protocol/core/event.ts'
import type { ContentId, NodeId, Ulid } from '#protocol/core/ids.ts'
import type { JsonObject } from '#protocol/core/json.ts'
import { type Signer, signRecord } from '#protocol/core/signing.ts'
import { issueToken, type TokenPayload } from '#protocol/core/token.ts'
import { ulidOf } from '../seeded.ts'

/** When everything in the vectors happens, unless a vector says otherwise. */
export const AT = '2026-05-26T08:14:22Z'
export const AT_SECONDS = Date.parse(AT) / 1000

export const FOUNDING: JsonObject = { name: 'Issum', founder_name: 'Anna', policy: { ...DEFAULT_POLICY } }

/** An event's fields before it is signed; what is not named is a plain renaming by its author. */
export function unsigned(
  community_id: NodeId,
  author: NodeId,
  change: Partial<Record<keyof UnsignedEvent, unknown>> = {},
): object {
  return {
    schema_version: 1,
    event_id: ulidOf('event'),
    lamport: 7,
    wall_clock: AT,
    community_id,
    author,
    prev: null,
    event_type: 'community.member.renamed',
    data: { display_name: 'Anna' },
    ...change,
  }
}

/** Signs whatever it is given, right or wrong. */
export const signedEvent = (signer: Signer, community: NodeId, change: Partial<Record<keyof UnsignedEvent, unknown>> = {}) =>
  signRecord(signer, unsigned(community, signer.nodeId, change))

export interface InviteOptions {
  readonly label?: string
  readonly level?: string
  readonly uses?: number
  readonly from?: number
  readonly until?: number
  readonly sub?: NodeId | '*'
  readonly aud?: NodeId
  readonly capabilities?: readonly string[]
}

/** An invite's token (COM-2): good for an hour around `AT`, for one who joins as a plain member. */
export function inviteToken(signer: Signer, community: NodeId, options: InviteOptions = {}): Promise<string> {
  const { label = 'invite', level = 'member', uses = 1, from = AT_SECONDS - 300, until = AT_SECONDS + 3600 } = options
  const payload: TokenPayload = {
    iss: signer.nodeId,
    sub: options.sub ?? '*',
    aud: options.aud ?? community,
    iat: from,
    nbf: from,
    exp: until,
    jti: ulidOf(label),
    scope: {
      capabilities: [...(options.capabilities ?? [JOIN_SCOPE])],
      params_constraints: { level, community_name: 'Issum' },
      max_calls_total: uses,
    },
    issued_via: 'invite',
  }
  return issueToken(signer, payload)
}

/** A community's log as it grows: each event signed, on top of its author's last. */
export function createLog(community: NodeId) {
  const events: SignedEvent[] = []
  const last = new Map<NodeId, ContentId>()
  let lamport = 0
  return {
    events,
    tip: (author: NodeId): ContentId[] => [...(last.has(author) ? [last.get(author) as ContentId] : [])], // just asked
    async add(
      signer: Signer,
      event_type: string,
      data: object,
      change: { lamport?: number; wall_clock?: string; prev?: ContentId | null } = {},
    ): Promise<SignedEvent> {
      lamport = change.lamport ?? lamport + 1
      const event_id: Ulid = ulidOf(`log ${event_type} ${events.length} ${signer.nodeId}`)
      const prev = change.prev === undefined ? (last.get(signer.nodeId) ?? null) : change.prev
      // every field is of its type, as the caller gave it
      const event = (await signedEvent(signer, community, {
        event_id,
        lamport,
        prev,
        event_type,
        data,
        wall_clock: change.wall_clock ?? AT,
      })) as SignedEvent
      events.push(event)
      last.set(signer.nodeId, eventContentId(event))
      return event
    },
  }
}
export type VectorLog = ReturnType<typeof createLog>
