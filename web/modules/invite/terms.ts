import type { communityGet, communityInviteList } from '#protocol/community/capabilities.ts'
import type { Output } from '#protocol/core/capability.ts'

type Community = NonNullable<Output<typeof communityGet>['community']>
export type OpenInvite = Output<typeof communityInviteList>['invites'][number]
export type InviteLevel = 'member' | 'trusted'

const HOUR = 3600
export const VALID_CHOICES = { hour: HOUR, day: 24 * HOUR, week: 7 * 24 * HOUR, month: 30 * 24 * HOUR } as const
export type ValidChoice = keyof typeof VALID_CHOICES
export const VALID_NAMES = ['hour', 'day', 'week', 'month'] as const satisfies readonly ValidChoice[]

/** How many people one invite can let in: a person, a family, a street, a meeting. */
export const USES_CHOICES = [1, 5, 25, 100] as const

/** By the policy: members may let members in unless it says otherwise; trusted ones may always (COM-1). */
export const mayInvite = ({ my_level, policy }: Pick<Community, 'my_level' | 'policy'>): boolean =>
  my_level === 'trusted' || my_level === 'anchor' || (my_level === 'member' && policy.default_member_can_invite)

/** Levels my invites can give. */
export const inviteLevels = ({ my_level }: Pick<Community, 'my_level'>): readonly InviteLevel[] =>
  my_level === 'trusted' || my_level === 'anchor' ? ['member', 'trusted'] : ['member']

export type InviteState = 'open' | 'used_up' | 'expired' | 'revoked'

/** @param now ms since 1970. */
export const inviteState = (invite: OpenInvite, now: number): InviteState =>
  invite.revoked
    ? 'revoked'
    : invite.redeemed >= invite.uses
      ? 'used_up'
      : Date.parse(invite.expires_at) <= now
        ? 'expired'
        : 'open'

/** Those that still open a door first, the one that closes soonest on top. */
export function sortInvites(invites: readonly OpenInvite[], now: number): readonly OpenInvite[] {
  const closed = (invite: OpenInvite): number => Number(inviteState(invite, now) !== 'open')
  return [...invites].sort((a, b) => closed(a) - closed(b) || Date.parse(a.expires_at) - Date.parse(b.expires_at))
}
