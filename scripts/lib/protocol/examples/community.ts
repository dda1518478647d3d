import { communityFounded, inviteIssued, memberJoined, revocationSigned } from '#protocol/community/events.ts'
import { CLOCK_SKEW_SECONDS } from '#protocol/core/clock.ts'
import { DEFAULT_POLICY, encodeInvite, type Invite } from '#protocol/core/community.ts'
import { eventContentId, type SignedEvent } from '#protocol/core/event.ts'
import type { ContentId } from '#protocol/core/ids.ts'
import type { EventData, EventDefinition } from '#protocol/core/module.ts'
import { type Signer, signRecord } from '#protocol/core/signing.ts'
import { issueToken, type TokenPayload } from '#protocol/core/token.ts'
import { people, ulidOf } from '../../vectors/seeded.ts'
import type { Examples } from '../examples.ts'
import { AT, SECONDS } from './core.ts'

const BOX_PEER = '12D3KooWLKfjHHUhQYJtYpLwk1n5mLFT92Eyy8BcZFcCrUzTuNhe'
export const BOX = `/dns4/box.example/tcp/443/tls/ws/p2p/${BOX_PEER}`

interface Where {
  readonly lamport: number
  readonly prev: ContentId | null
}

/** Signs an event in the community that Anna founded. */
export async function eventBy<E extends EventDefinition>(
  by: Signer,
  type: E,
  data: EventData<E>,
  { lamport, prev }: Where,
): Promise<SignedEvent> {
  const { anna } = await people()
  return signRecord(by, {
    schema_version: 1 as const,
    event_id: ulidOf(`event ${type.type} ${lamport}`),
    lamport,
    wall_clock: AT,
    community_id: anna.nodeId,
    author: by.nodeId,
    prev,
    event_type: type.type,
    data: JSON.parse(JSON.stringify(data)),
  })
}

/** How the community of the examples began: Anna founds, invites Bert, Bert joins. */
export async function beginnings() {
  const { anna, bert } = await people()
  const payload: TokenPayload = {
    iss: anna.nodeId,
    sub: '*',
    aud: anna.nodeId,
    iat: SECONDS,
    nbf: SECONDS - CLOCK_SKEW_SECONDS,
    exp: SECONDS + 86_400,
    jti: ulidOf('invite'),
    scope: {
      capabilities: ['community.join'],
      params_constraints: { level: 'member', community_name: 'Issum' },
      max_calls_total: 1,
    },
    issued_via: 'invite',
  }
  const token = await issueToken(anna, payload)
  const founded = await eventBy(
    anna,
    communityFounded,
    { name: 'Issum', founder_name: 'Anna', policy: DEFAULT_POLICY },
    { lamport: 1, prev: null },
  )
  const issued = await eventBy(
    anna,
    inviteIssued,
    { jti: payload.jti, uses: 1, expires_at: new Date(payload.exp * 1000).toISOString() },
    { lamport: 2, prev: eventContentId(founded) },
  )
  const joined = await eventBy(bert, memberJoined, { invite: token, display_name: 'Bert' }, { lamport: 3, prev: null })
  return { anna, bert, payload, token, founded, issued, joined }
}

export async function communityExamples(): Promise<Examples> {
  const { anna, bert, payload, token, founded, issued, joined } = await beginnings()
  const invite: Invite = { v: 1, token, inviter_name: 'Anna', lamport: 2, relays: [BOX] }
  const { token: _, ...hints } = invite
  const revocation = {
    revocation_id: ulidOf('revocation'),
    subject: bert.nodeId,
    last_valid: [eventContentId(joined)],
    reason: 'Gerät verloren',
  }
  return {
    'invite-hints': hints,
    'invite-payload': payload,
    'invite-link': `https://box.example/#/join/${encodeInvite(invite)}`,
    'event-founded': founded,
    'event-invite-issued': issued,
    'event-joined': joined,
    'event-revocation': await eventBy(anna, revocationSigned, { revocation }, { lamport: 9, prev: eventContentId(issued) }),
  }
}
