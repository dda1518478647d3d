import { tokenRevoked } from '#protocol/auth/events.ts'
import * as types from '#protocol/community/events.ts'
import { DEFAULT_POLICY, type InviteGrant, inviteGrant, type MemberLevel, type Policy } from '#protocol/core/community.ts'
import { compareReplay, type SignedEvent } from '#protocol/core/event.ts'
import { contentIdOf } from '#protocol/core/hash.ts'
import type { CommunityId, ContentId, NodeId, Ulid } from '#protocol/core/ids.ts'
import type { EventData, EventDefinition } from '#protocol/core/module.ts'
import { readToken } from '#protocol/core/token.ts'
import { type FederationManifest, sidesFor } from '#protocol/protocol/federation.ts'
import { type Agreement, type CommunityState, isWithdrawn, type Member, type Pending } from './state.ts'

/** Types that decide who is a member. */
export const MEMBERSHIP_TYPES: ReadonlySet<string> = new Set([...Object.values(types), tokenRevoked].map(({ type }) => type))

export interface MembershipEvent {
  readonly cid: ContentId
  readonly event: SignedEvent
}

/** What `author` wrote up to `ends` along `prev`, as far as it is held here (COM-4). */
export type Reach = (author: NodeId, ends: readonly ContentId[]) => ReadonlySet<ContentId>

/** Authors whose events count only up to these ends, found so far. */
type Bounds = ReadonlyMap<NodeId, readonly ContentId[]>

interface Petition {
  readonly pending: Omit<Pending, 'signedBy' | 'needed'>
  readonly signers: Set<NodeId>
  needed: number
}

interface Replay {
  name: string | null
  foundedAt: string
  policy: Policy
  readonly members: Map<NodeId, Member>
  readonly redeemed: Map<Ulid, number>
  readonly issued: Map<Ulid, { by: NodeId; uses: number; expiresAt: string }>
  readonly withdrawals: Map<string, Set<NodeId | 'anchor'>>
  readonly petitions: Map<string, Petition>
  /** By the other community. */
  readonly agreements: Map<CommunityId, Agreement>
  /** Agreements that were ended, which no later event brings back (FDR-6). */
  readonly ended: Set<Ulid>
  /** Last events of those who left and did not come back. */
  readonly goodbyes: Map<NodeId, readonly ContentId[]>
  /** The first revocation or leaving in replay order that `bounds` did not know. */
  discovered: { readonly subject: NodeId; readonly ends: readonly ContentId[] } | null
}

const RANK: Record<MemberLevel, number> = { member: 1, trusted: 2, anchor: 3 }
const atLeast = (member: Member | undefined, level: MemberLevel): boolean =>
  member?.status === 'active' && RANK[member.level] >= RANK[level]

/** The signatures a petition needs: the policy's number, or all who could sign where there are fewer (COM-4). */
function needed(replay: Replay, subject: NodeId, wanted: number): number {
  const eligible = [...replay.members.values()].filter((m) => m.nodeId !== subject && atLeast(m, 'trusted')).length
  return Math.max(1, Math.min(wanted, eligible))
}

function set(replay: Replay, nodeId: NodeId, change: Partial<Member>): void {
  const member = replay.members.get(nodeId)
  if (member) replay.members.set(nodeId, { ...member, ...change })
}

interface Context {
  readonly communityId: CommunityId
  readonly bounds: Bounds
}

type Step = (replay: Replay, at: MembershipEvent, context: Context) => void

function step<E extends EventDefinition>(
  definition: E,
  apply: (replay: Replay, data: EventData<E>, at: MembershipEvent, context: Context) => void,
): readonly [string, Step] {
  // the data matched this type's schema before it was stored (`EventDefinition.check`)
  return [definition.type, (replay, at, context) => apply(replay, at.event.data as EventData<E>, at, context)]
}

const founded = step(types.communityFounded, (replay, data, { event }, { communityId }) => {
  if (event.author !== communityId || replay.name !== null) return
  replay.name = data.name
  replay.foundedAt = event.wall_clock
  replay.policy = data.policy
  replay.members.set(event.author, {
    nodeId: event.author,
    displayName: data.founder_name,
    level: 'anchor',
    status: 'active',
    joinedAt: event.wall_clock,
    invitedBy: null,
  })
})

/** Whether `inviter` may still vouch: active, or revoked with this very invite on record from before (COM-4). */
function vouches(replay: Replay, jti: Ulid, inviter: Member | undefined, level: MemberLevel, bounds: Bounds): boolean {
  if (inviter?.status !== 'active') return false
  if (bounds.has(inviter.nodeId) && replay.issued.get(jti)?.by !== inviter.nodeId) return false
  return level === 'member' ? replay.policy.default_member_can_invite || RANK[inviter.level] > 1 : RANK[inviter.level] > 1
}

/** What the invite inside a joining grants: read once, however often who belongs is folded anew. */
const grants = new WeakMap<SignedEvent, InviteGrant>()

function grantOf(event: SignedEvent, invite: string): InviteGrant {
  const known = grants.get(event)
  if (known) return known
  const grant = inviteGrant(readToken(invite))
  grants.set(event, grant)
  return grant
}

const joined = step(types.memberJoined, (replay, data, { event }, { bounds }) => {
  const grant = grantOf(event, data.invite)
  const known = replay.members.get(event.author)
  if (known && known.status !== 'left') return
  if (isWithdrawn(replay.withdrawals, { jti: grant.jti, iss: grant.inviter })) return
  const uses = replay.redeemed.get(grant.jti) ?? 0
  if (uses >= grant.uses) return
  if (!vouches(replay, grant.jti, replay.members.get(grant.inviter), grant.level, bounds)) return
  replay.redeemed.set(grant.jti, uses + 1)
  replay.goodbyes.delete(event.author)
  replay.members.set(event.author, {
    nodeId: event.author,
    displayName: data.display_name,
    level: grant.level,
    status: 'active',
    joinedAt: event.wall_clock,
    invitedBy: grant.inviter,
  })
})

const issued = step(types.inviteIssued, (replay, data, { event }) => {
  if (!replay.issued.has(data.jti)) {
    replay.issued.set(data.jti, { by: event.author, uses: data.uses, expiresAt: data.expires_at })
  }
})

const renamed = step(types.memberRenamed, (replay, data, { event }) => {
  set(replay, event.author, { displayName: data.display_name })
})

const left = step(types.memberLeft, (replay, _, { event, cid }, { communityId }) => {
  if (event.author === communityId) return // a root that leaves would take everyone's ground away
  set(replay, event.author, { status: 'left' })
  replay.goodbyes.set(event.author, [cid])
})

const promoted = step(types.memberPromoted, (replay, data, { event }) => {
  const subject = replay.members.get(data.subject)
  if (!subject || !atLeast(replay.members.get(event.author), 'anchor')) return
  if (subject.status === 'active' && RANK[data.level] > RANK[subject.level]) set(replay, data.subject, { level: data.level })
})

const policyChanged = step(types.policyChanged, (replay, data, { event }) => {
  if (atLeast(replay.members.get(event.author), 'anchor')) replay.policy = data.policy
})

const tokenWithdrawn = step(tokenRevoked, (replay, data, { event }) => {
  const by = replay.withdrawals.get(data.jti) ?? new Set()
  replay.withdrawals.set(data.jti, by.add(atLeast(replay.members.get(event.author), 'anchor') ? 'anchor' : event.author))
})

/** Counts one signature. @returns whether the petition just became effective. */
function sign(replay: Replay, key: string, by: NodeId, wanted: number, pending: Petition['pending']): boolean {
  if (by === pending.subject || !atLeast(replay.members.get(by), 'trusted')) return false
  const petition = replay.petitions.get(key) ?? { pending, signers: new Set(), needed: 0 }
  replay.petitions.set(key, petition)
  petition.signers.add(by)
  petition.needed = needed(replay, pending.subject, wanted)
  if (petition.signers.size < petition.needed) return false
  replay.petitions.delete(key)
  return true
}

const demotionSigned = step(types.demotionSigned, (replay, data, { event }, { communityId }) => {
  const subject = replay.members.get(data.subject)
  if (!subject || data.subject === communityId || subject.status !== 'active' || subject.level === 'member') return
  const pending = { kind: 'demotion', id: data.demotion_id, subject: data.subject, reason: '', lastValid: [] } as const
  const key = `demotion ${data.demotion_id} ${data.subject}`
  if (sign(replay, key, event.author, replay.policy.min_signatures_to_demote, pending)) {
    set(replay, data.subject, { level: 'member' })
  }
})

const revocationSigned = step(types.revocationSigned, (replay, { revocation }, { event }, { communityId, bounds }) => {
  const { subject } = revocation
  if (subject === communityId || !replay.members.has(subject) || replay.members.get(subject)?.status === 'revoked') return
  const pending = {
    kind: 'revocation',
    id: revocation.revocation_id,
    subject,
    reason: revocation.reason,
    lastValid: revocation.last_valid,
  } as const
  if (!sign(replay, contentIdOf(revocation), event.author, replay.policy.min_signatures_to_revoke, pending)) return
  if (!bounds.has(subject)) replay.discovered ??= { subject, ends: revocation.last_valid }
  set(replay, subject, { status: 'revoked' })
})

/** Which of two agreements with one community holds: the later; at one time the one with the larger id, so that all nodes agree. */
export function isLater(a: FederationManifest, b: FederationManifest | undefined): boolean {
  const apart = Date.parse(a.issued_at) - (b ? Date.parse(b.issued_at) : 0)
  return !b || apart > 0 || (apart === 0 && a.manifest_id > b.manifest_id)
}

const agreed = step(types.federationAgreed, (replay, { manifest, relays }, { event }, { communityId }) => {
  const other = sidesFor(manifest, communityId)?.theirs.community_id
  if (!other || replay.ended.has(manifest.manifest_id)) return
  if (!atLeast(replay.members.get(event.author), 'anchor')) return
  if (isLater(manifest, replay.agreements.get(other)?.manifest)) replay.agreements.set(other, { manifest, relays })
})

const ended = step(types.federationEnded, (replay, { manifest_id }, { event }) => {
  if (!atLeast(replay.members.get(event.author), 'anchor')) return
  replay.ended.add(manifest_id)
  for (const [other, { manifest }] of replay.agreements) {
    if (manifest.manifest_id === manifest_id) replay.agreements.delete(other)
  }
})

const STEPS: ReadonlyMap<string, Step> = new Map([
  founded,
  joined,
  issued,
  renamed,
  left,
  promoted,
  policyChanged,
  tokenWithdrawn,
  demotionSigned,
  revocationSigned,
  agreed,
  ended,
])

/** Types an author may sign before being a member. */
const OPEN: ReadonlySet<string> = new Set([types.communityFounded.type, types.memberJoined.type])

function replay(events: readonly MembershipEvent[], context: Context, reach: Reach): Replay {
  const state: Replay = {
    name: null,
    foundedAt: '',
    policy: DEFAULT_POLICY,
    members: new Map(),
    redeemed: new Map(),
    issued: new Map(),
    withdrawals: new Map(),
    petitions: new Map(),
    agreements: new Map(),
    ended: new Set(),
    goodbyes: new Map(),
    discovered: null,
  }
  const kept = new Map([...context.bounds].map(([author, ends]) => [author, reach(author, ends)]))
  for (const at of events) {
    const { author, event_type } = at.event
    if (kept.get(author)?.has(at.cid) === false) continue
    if (!OPEN.has(event_type) && state.members.get(author)?.status !== 'active') continue
    STEPS.get(event_type)?.(state, at, context)
    if (state.discovered) break
  }
  return state
}

/**
 * Who belongs to the community, from the set of its membership events (EVT-3, COM-1..4). A revocation bounds its subject
 * everywhere, also before its own place in the order, so that backdating gains nothing: each one found restarts the
 * replay with that bound, and there are at most as many as there are members.
 * @returns null while the founding event is missing.
 */
export function foldCommunity(
  communityId: CommunityId,
  events: readonly MembershipEvent[],
  reach: Reach,
): CommunityState | null {
  const ordered = [...events].sort((a, b) =>
    compareReplay({ lamport: a.event.lamport, cid: a.cid }, { lamport: b.event.lamport, cid: b.cid }),
  )
  const bounds = new Map<NodeId, readonly ContentId[]>()
  for (;;) {
    const state = replay(ordered, { communityId, bounds }, reach)
    if (state.discovered) {
      bounds.set(state.discovered.subject, state.discovered.ends)
      continue
    }
    if (state.name === null) return null
    // once effective a revocation stands, also where a later bound takes one of its signatures away
    for (const subject of bounds.keys()) set(state, subject, { status: 'revoked' })
    return {
      communityId,
      name: state.name,
      foundedAt: state.foundedAt,
      policy: state.policy,
      members: state.members,
      bounds: new Map([...state.goodbyes, ...bounds]),
      redeemed: state.redeemed,
      issued: state.issued,
      withdrawals: state.withdrawals,
      agreements: state.agreements,
      ended: state.ended,
      pending: [...state.petitions.values()].map(({ pending, signers, needed: count }) => ({
        ...pending,
        signedBy: [...signers],
        needed: count,
      })),
    }
  }
}
