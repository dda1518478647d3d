import { type Static, Type } from '@sinclair/typebox'
import { CountSchema, NameSchema, Strict } from './schema.ts'

/** Levels a person in the community can have (section 3). */
export const MEMBER_LEVELS = ['member', 'trusted', 'anchor'] as const
export type MemberLevel = (typeof MEMBER_LEVELS)[number]

/** COM-1. */
export const PolicySchema = Strict({
  min_signatures_to_invite: CountSchema,
  min_signatures_to_demote: CountSchema,
  min_signatures_to_revoke: CountSchema,
  default_member_can_invite: Type.Boolean(),
  capability_token_ttl_seconds: CountSchema,
  federation_enabled: Type.Boolean(),
})
export type Policy = Static<typeof PolicySchema>

export const DEFAULT_POLICY: Policy = {
  min_signatures_to_invite: 1,
  min_signatures_to_demote: 3,
  min_signatures_to_revoke: 3,
  default_member_can_invite: true,
  capability_token_ttl_seconds: 86_400,
  federation_enabled: false,
}

/** Scope of an invite (COM-2). */
export const JOIN_SCOPE = 'community.join'

/** What an invite link carries in its fragment, base64url of canonical JSON. Only `token` is signed; the rest are hints. */
export const InviteSchema = Strict({
  v: Type.Literal(1),
  /** Scope `community.join`; `params_constraints` hold `level` and `community_name`. */
  token: Type.String({ maxLength: 800 }),
  inviter_name: NameSchema,
  relays: Type.Array(Type.String({ pattern: '^/', maxLength: 512 }), { maxItems: 8 }),
})
export type Invite = Static<typeof InviteSchema>
