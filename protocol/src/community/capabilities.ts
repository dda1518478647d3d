import { tokenRevoked } from '../auth/events.ts'
import { defineCapability } from '../core/capability.ts'
import { CommunityNameSchema, MEMBER_LEVELS, PolicySchema } from '../core/community.ts'
import { EventSchema } from '../core/event.ts'
import {
  ContentIdSchema,
  CountSchema,
  NameSchema,
  NodeIdSchema,
  OneOf,
  Strict,
  TimeSchema,
  UlidSchema,
} from '../core/schema.ts'
import * as Type from '../core/type.ts'
import { statusChanged } from '../node/events.ts'
import * as events from './events.ts'

const membership = [
  events.communityFounded,
  events.memberJoined,
  events.memberRenamed,
  events.memberLeft,
  events.memberPromoted,
  events.demotionSigned,
  events.revocationSigned,
  events.policyChanged,
]
const Nothing = Strict({})
const InviteText = Type.String({ minLength: 1, maxLength: 4096, description: 'An invite link, or what follows /join/ in one' })

export const MemberSchema = Strict({
  node_id: NodeIdSchema,
  display_name: NameSchema,
  level: OneOf(MEMBER_LEVELS),
  status: OneOf(['active', 'left', 'revoked']),
  joined_at: TimeSchema,
  /** Null for the founder. */
  invited_by: Type.Union([NodeIdSchema, Type.Null()]),
})

/** A revocation or demotion that still lacks signatures. */
export const PendingSchema = Strict({
  kind: OneOf(['revocation', 'demotion']),
  id: UlidSchema,
  subject: NodeIdSchema,
  reason: Type.String(),
  signed_by: Type.Array(NodeIdSchema),
  needed: CountSchema,
})

/** The community as this device sees it, or null before one is founded or joined. */
export const communityGet = defineCapability({
  name: 'community.get',
  stability: 'stable',
  trust: 'self',
  idempotent: true,
  input: Nothing,
  output: Strict({
    community: Type.Union([
      Type.Null(),
      Strict({
        community_id: NodeIdSchema,
        name: CommunityNameSchema,
        founded_at: TimeSchema,
        policy: PolicySchema,
        my_level: OneOf(['unknown', ...MEMBER_LEVELS]),
        members: Type.Array(MemberSchema),
        pending: Type.Array(PendingSchema),
      }),
    ]),
  }),
  // a device that leaves its community forgets the log, and with it what would have said so
  answersFrom: [...membership, statusChanged],
})

export const communityFound = defineCapability({
  name: 'community.found',
  stability: 'stable',
  trust: 'self',
  input: Strict({ name: CommunityNameSchema }),
  output: Strict({ community_id: NodeIdSchema }),
})

/** Makes an invite (COM-2). */
export const communityInvite = defineCapability({
  name: 'community.invite',
  stability: 'stable',
  trust: 'self',
  input: Strict({
    level: OneOf(['member', 'trusted']),
    valid_seconds: Type.Integer({ minimum: 60, maximum: 30 * 86_400 }),
    uses: Type.Integer({ minimum: 1, maximum: 200 }),
  }),
  output: Strict({ jti: UlidSchema, invite: Type.String(), expires_at: TimeSchema }),
})

/** Reads an invite without using it: who invites to what (COM-2). One that has run out is `expired`. */
export const communityInviteInspect = defineCapability({
  name: 'community.invite.inspect',
  stability: 'stable',
  trust: 'self',
  idempotent: true,
  input: Strict({ invite: InviteText }),
  output: Strict({
    community_id: NodeIdSchema,
    community_name: CommunityNameSchema,
    inviter: NodeIdSchema,
    inviter_name: NameSchema,
    level: OneOf(['member', 'trusted']),
    expires_at: TimeSchema,
  }),
})

export const communityInviteList = defineCapability({
  name: 'community.invite.list',
  stability: 'stable',
  trust: 'self',
  idempotent: true,
  input: Nothing,
  output: Strict({
    invites: Type.Array(
      Strict({ jti: UlidSchema, expires_at: TimeSchema, uses: CountSchema, redeemed: CountSchema, revoked: Type.Boolean() }),
    ),
  }),
  answersFrom: [events.inviteIssued, events.memberJoined, tokenRevoked],
})

/** Joins with an invite: finds a member through the invite's relays and asks to be let in (COM-3). */
export const communityRedeem = defineCapability({
  name: 'community.redeem',
  stability: 'stable',
  trust: 'self',
  timeoutSeconds: 60,
  maxConcurrent: 1,
  input: Strict({ invite: InviteText }),
  output: Strict({ community_id: NodeIdSchema }),
})

/** What a newcomer calls at any member: the signed `community.member.joined` (COM-3, COM-5). */
export const communityJoin = defineCapability({
  name: 'community.join',
  stability: 'stable',
  trust: 'unknown',
  idempotent: true,
  input: Strict({ event: EventSchema }),
  output: Strict({ content_id: ContentIdSchema }),
})

export const communityPromote = defineCapability({
  name: 'community.promote',
  stability: 'stable',
  trust: 'self',
  input: Strict({ subject: NodeIdSchema, level: OneOf(['trusted', 'anchor']) }),
  output: Nothing,
})

/** Signs a demotion: a new one, or one that others proposed. */
export const communityDemote = defineCapability({
  name: 'community.demote',
  stability: 'stable',
  trust: 'self',
  input: Strict({ subject: NodeIdSchema, demotion_id: Type.Optional(UlidSchema) }),
  output: Strict({ demotion_id: UlidSchema }),
})

/** Signs a revocation: a new one, or one that others proposed (COM-4). */
export const communityRevoke = defineCapability({
  name: 'community.revoke',
  stability: 'stable',
  trust: 'self',
  input: Strict({
    subject: NodeIdSchema,
    reason: Type.String({ maxLength: 280 }),
    revocation_id: Type.Optional(UlidSchema),
  }),
  output: Strict({ revocation_id: UlidSchema }),
})

export const communityRename = defineCapability({
  name: 'community.rename',
  stability: 'stable',
  trust: 'self',
  input: Strict({ display_name: NameSchema }),
  output: Nothing,
})

/** Says goodbye to the others and forgets the community on this device. The identity stays. */
export const communityLeave = defineCapability({
  name: 'community.leave',
  stability: 'stable',
  trust: 'self',
  input: Nothing,
  output: Nothing,
})
