// protocol/core/event-log.md and community.md, as far as a founder needs them whom nobody syncs with: all that comes in is joinings
import { randomBytes } from 'node:crypto'
import { canonical, hashOf, Refusal, timeAt, toBase64Url, ulid, utf8 } from './encoding.mjs'
import { requireSignature } from './identity.mjs'
import { EVENTS, MESSAGES, requireMatch } from './schema.mjs'
import * as tokens from './tokens.mjs'

const MAX_BYTES = 262_144
const MAX_LAMPORT = 2 ** 48
const MAX_LEAD = 1_000_000
const DAY_SECONDS = 86_400
const POLICY = {
  min_signatures_to_invite: 1,
  min_signatures_to_demote: 3,
  min_signatures_to_revoke: 3,
  default_member_can_invite: true,
  capability_token_ttl_seconds: DAY_SECONDS,
  federation_enabled: false,
}

/** @param store appends an event durably before it returns (EVT-6) */
export function openCommunity(identity, store, names) {
  const id = identity.nodeId
  const members = new Map()
  const redeemed = new Map()
  const held = new Set()
  let clock = 0
  let prev = null

  /** What an event means, once it is known to be right. */
  function apply(event) {
    held.add(hashOf(event))
    clock = Math.max(clock, event.lamport)
    if (event.author === id) prev = hashOf(event)
    if (event.event_type === 'community.root.founded') members.set(id, { level: 'anchor', first: hashOf(event) })
    if (event.event_type !== 'community.member.joined') return
    const { jti, scope } = tokens.open(event.data.invite)
    redeemed.set(jti, (redeemed.get(jti) ?? 0) + 1)
    members.set(event.author, { level: scope.params_constraints.level, first: hashOf(event) })
  }

  function write(event_type, data) {
    const event = identity.signed({
      schema_version: 1,
      event_id: ulid(Date.now(), randomBytes(16)),
      lamport: clock + 1,
      wall_clock: timeAt(Date.now()),
      community_id: id,
      author: id,
      prev,
      event_type,
      data,
    })
    store.append(event)
    apply(event)
  }

  /** EVT-4. */
  function check(event) {
    requireMatch(MESSAGES.get('Event'), event, 'bad_request')
    if (event.lamport > MAX_LAMPORT || utf8(canonical(event)).length > MAX_BYTES) throw new Refusal('bad_request', 'too large')
    if (event.community_id !== id) throw new Refusal('unauthorized', 'another community')
    requireSignature(event.author, event)
    requireMatch(EVENTS.get(event.event_type), event.data, 'schema_mismatch')
  }

  /** Whether who made an invite may invite at its level (COM-2). */
  function mayInvite(issuer, level) {
    const own = members.get(issuer)?.level
    return own === 'anchor' || own === 'trusted' || (own === 'member' && level === 'member')
  }

  /** `community.join` (COM-3). */
  function join({ event }, caller) {
    if (event.author !== caller || event.event_type !== 'community.member.joined') {
      throw new Refusal('bad_request', 'a newcomer brings their own joining')
    }
    const known = members.get(caller)
    if (known) return { content_id: known.first }
    check(event)
    const invite = tokens.open(event.data.invite)
    const use = { capability: 'community.join', caller, audiences: [id] }
    // the log judges by the event's own time, the door by its clock
    for (const nowMs of [Date.now(), Date.parse(event.wall_clock)]) tokens.requireGrant(invite, { ...use, nowMs })
    const { level } = invite.scope.params_constraints ?? {}
    if (!invite.scope.capabilities.includes('community.join') || !['member', 'trusted'].includes(level)) {
      throw new Refusal('unauthorized', 'not an invite')
    }
    if ((redeemed.get(invite.jti) ?? 0) >= (invite.scope.max_calls_total ?? 1)) {
      throw new Refusal('expired', 'the invite is used up', { data: { reason: 'redeemed' } })
    }
    if (!mayInvite(invite.iss, level) || event.lamport > clock + MAX_LEAD) {
      throw new Refusal('unauthorized', 'whoever invited may not')
    }
    store.append(event)
    apply(event)
    return { content_id: hashOf(event) }
  }

  for (const event of store.events) apply(event)
  if (held.size === 0) write('community.root.founded', { name: names.community, founder_name: names.person, policy: POLICY })

  return {
    id,
    join,
    levelOf: (nodeId) => members.get(nodeId)?.level ?? 'unknown',
    /** A link for `uses` people, good for a day (COM-2). */
    invite(level, uses, appUrl) {
      const now = Math.floor(Date.now() / 1000)
      const jti = ulid(Date.now(), randomBytes(16))
      const exp = now + DAY_SECONDS
      const token = tokens.issue(identity, {
        ...{ iss: id, sub: '*', aud: id, iat: now, nbf: now - 300, exp, jti },
        scope: {
          capabilities: ['community.join'],
          params_constraints: { level, community_name: names.community },
          max_calls_total: uses,
        },
        issued_via: 'invite',
      })
      write('community.invite.issued', { jti, uses, expires_at: timeAt(exp * 1000) })
      const hints = { v: 1, inviter_name: names.person, lamport: clock, relays: [] }
      return `${appUrl}#/join/${token.slice(tokens.SCHEME.length)}~${toBase64Url(utf8(canonical(hints)))}`
    },
  }
}
