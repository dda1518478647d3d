import type { communityGet } from '#protocol/community/capabilities.ts'
import type { Output } from '#protocol/core/capability.ts'
import { MEMBER_LEVELS, type MemberLevel } from '#protocol/core/community.ts'
import type { NodeId } from '#protocol/core/ids.ts'

export type Community = NonNullable<Output<typeof communityGet>['community']>
export type Member = Community['members'][number]
export type Pending = Community['pending'][number]

const STATUS_ORDER: readonly Member['status'][] = ['active', 'left', 'revoked']

const isSigner = (member: Member): boolean => member.status === 'active' && member.level !== 'member'

/** Signatures it takes: the policy's number, or all who may sign where the community has fewer (COM-4). */
export function signaturesNeeded(community: Community, kind: Pending['kind'], subject: NodeId): number {
  const wanted = kind === 'revocation' ? community.policy.min_signatures_to_revoke : community.policy.min_signatures_to_demote
  const signers = community.members.filter((member) => isSigner(member) && member.node_id !== subject).length
  return Math.max(Math.min(wanted, signers), 1)
}

export interface Standing {
  /** Levels I can raise this member to (by an anchor). */
  readonly promote: readonly Exclude<MemberLevel, 'member'>[]
  readonly demote: boolean
  readonly revoke: boolean
}

const NOTHING: Standing = { promote: [], demote: false, revoke: false }

/** What I may do about a member, by my own level; the root cannot be lowered or shut out. The node checks it again. */
export function standingOver(community: Community, me: NodeId, member: Member): Standing {
  if (member.node_id === me || member.status !== 'active') return NOTHING
  const signer = community.my_level === 'trusted' || community.my_level === 'anchor'
  const above = MEMBER_LEVELS.slice(MEMBER_LEVELS.indexOf(member.level) + 1)
  const isRoot = member.node_id === community.community_id
  return {
    promote: community.my_level === 'anchor' ? above.filter((level) => level !== 'member') : [],
    demote: signer && !isRoot && member.level !== 'member',
    revoke: signer && !isRoot,
  }
}

/** Whether I can add my signature to what others proposed. */
export function canSign(community: Community, me: NodeId, pending: Pending): boolean {
  const signer = community.my_level === 'trusted' || community.my_level === 'anchor'
  return signer && pending.subject !== me && !pending.signed_by.includes(me)
}

/** Me first, then the active ones by name, then who left or was shut out. */
export function sortMembers(members: readonly Member[], me: NodeId | null, language: string): readonly Member[] {
  const names = new Intl.Collator(language)
  return [...members].sort(
    (a, b) =>
      Number(b.node_id === me) - Number(a.node_id === me) ||
      STATUS_ORDER.indexOf(a.status) - STATUS_ORDER.indexOf(b.status) ||
      names.compare(a.display_name, b.display_name) ||
      (a.node_id < b.node_id ? -1 : 1),
  )
}

/** A member's name by NodeID; null for who is no member. */
export const nameOf = (community: Community, id: NodeId): string | null =>
  community.members.find((member) => member.node_id === id)?.display_name ?? null
