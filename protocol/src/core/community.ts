import type { Static } from '@sinclair/typebox'
import { canonicalBytes } from './canonical.ts'
import { fromBase64Url, toBase64Url } from './encoding.ts'
import { HearthError } from './errors.ts'
import type { CommunityId, NodeId, Ulid } from './ids.ts'
import { parseJson } from './json.ts'
import { CountSchema, matches, NameSchema, OneOf, parseAs, Strict } from './schema.ts'
import { TOKEN_PREFIX, type TokenPayload } from './token.ts'
import * as Type from './type.ts'

/** Longest name of a community: an invite's token carries it and has 800 bytes in all. */
export const COMMUNITY_NAME_MAX_CHARS = 40

export const CommunityNameSchema = Type.String({ minLength: 1, maxLength: COMMUNITY_NAME_MAX_CHARS })

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

const InviteSchema = Strict({
  v: Type.Literal(1),
  /** Scope `community.join`; `params_constraints` hold `level` and `community_name`. */
  token: Type.String({ maxLength: 800 }),
  inviter_name: NameSchema,
  /** The inviter's Lamport time, so that the newcomer's first event comes after the invite in replay order (EVT-3). */
  lamport: CountSchema,
  relays: Type.Array(Type.String({ pattern: '^/', maxLength: 512 }), { maxItems: 8 }),
})
/** What an invite link carries in its fragment. Only `token` is signed; the rest are hints. */
export type Invite = Static<typeof InviteSchema>

const InviteGrantSchema = Type.Object({ level: OneOf(['member', 'trusted']), community_name: CommunityNameSchema })

/** What an invite's token grants. */
export interface InviteGrant {
  readonly jti: Ulid
  readonly communityId: CommunityId
  readonly inviter: NodeId
  readonly level: 'member' | 'trusted'
  readonly communityName: string
  readonly uses: number
  /** Seconds since 1970. */
  readonly notBefore: number
  readonly expires: number
}

/** @throws HearthError `unauthorized` when the token is no invite */
export function inviteGrant(token: TokenPayload): InviteGrant {
  const granted: unknown = token.scope.params_constraints
  if (!token.scope.capabilities.includes(JOIN_SCOPE) || !matches(InviteGrantSchema, granted)) {
    throw new HearthError('unauthorized', 'token is no invite')
  }
  return {
    jti: token.jti,
    communityId: token.aud,
    inviter: token.iss,
    level: granted.level,
    communityName: granted.community_name,
    uses: token.scope.max_calls_total ?? 1,
    notBefore: token.nbf,
    expires: token.exp,
  }
}

const HINTS_MARK = '~'
/** What an invite says beside its token: unsigned hints (COM-2). */
export const InviteHintsSchema = Strict({
  v: InviteSchema.properties.v,
  inviter_name: NameSchema,
  lamport: CountSchema,
  relays: InviteSchema.properties.relays,
})

/**
 * The code a link carries in its fragment: the token without its scheme, `~`, then base64url of the canonical hints. The
 * token is base64url already; wrapping it once more would make the QR code a third larger.
 */
export function encodeInvite({ token, ...hints }: Invite): string {
  return `${token.slice(TOKEN_PREFIX.length)}${HINTS_MARK}${toBase64Url(canonicalBytes(hints))}`
}

/**
 * Reads a pasted link, or the code alone.
 * @throws HearthError `bad_request`
 */
export function decodeInvite(text: string): Invite {
  const code = text.trim().split('/join/').at(-1) ?? ''
  const [token, hints, ...rest] = code.split(HINTS_MARK)
  if (!token || !hints || rest.length > 0) throw new HearthError('bad_request', 'not an invite')
  return { token: TOKEN_PREFIX + token, ...parseAs(InviteHintsSchema, parseJson(fromBase64Url(hints)), 'bad_request') }
}
