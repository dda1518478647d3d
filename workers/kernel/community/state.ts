import type { MemberLevel, Policy } from '#protocol/core/community.ts'
import type { CommunityId, ContentId, NodeId, Ulid } from '#protocol/core/ids.ts'
import type { FederationManifest } from '#protocol/protocol/federation.ts'

export type MemberStatus = 'active' | 'left' | 'revoked'

export interface Member {
  readonly nodeId: NodeId
  readonly displayName: string
  readonly level: MemberLevel
  readonly status: MemberStatus
  readonly joinedAt: string
  readonly invitedBy: NodeId | null
}

/** What this community agreed on with another, as its log has it (FDR-1). */
export interface Agreement {
  readonly manifest: FederationManifest
  /** Boxes where the other one is met: hints. */
  readonly relays: readonly string[]
}

/** A revocation or demotion that lacks signatures. */
export interface Pending {
  readonly kind: 'revocation' | 'demotion'
  readonly id: Ulid
  readonly subject: NodeId
  readonly reason: string
  readonly lastValid: readonly ContentId[]
  readonly signedBy: readonly NodeId[]
  readonly needed: number
}

/** Who withdrew a token, by its `jti`; `'anchor'` stands for any who were one (TOK-5). */
export type Withdrawals = ReadonlyMap<string, ReadonlySet<NodeId | 'anchor'>>

/** Whether a token was withdrawn by its issuer or an anchor (TOK-5): the word of others ends nobody's token. */
export function isWithdrawn(withdrawals: Withdrawals, { jti, iss }: { readonly jti: string; readonly iss: NodeId }): boolean {
  const by = withdrawals.get(jti)
  return by !== undefined && (by.has('anchor') || by.has(iss))
}

/** The member list and what hangs on it: a pure function of the set of events (EVT-3). */
export interface CommunityState {
  readonly communityId: CommunityId
  readonly name: string
  readonly foundedAt: string
  readonly policy: Policy
  readonly members: ReadonlyMap<NodeId, Member>
  /**
   * The ends of what counts of an author who left or was revoked (COM-4). A revoked author whose chain has a gap here is
   * bounded before being a member again.
   */
  readonly bounds: ReadonlyMap<NodeId, readonly ContentId[]>
  /** Uses of each invite. */
  readonly redeemed: ReadonlyMap<Ulid, number>
  /** Invites their issuers recorded: jti to expiry and issuer. */
  readonly issued: ReadonlyMap<Ulid, { readonly by: NodeId; readonly uses: number; readonly expiresAt: string }>
  readonly withdrawals: Withdrawals
  /** Agreements that were not ended, by the other community. */
  readonly agreements: ReadonlyMap<CommunityId, Agreement>
  /** Agreements that were ended, for good (FDR-6). */
  readonly ended: ReadonlySet<Ulid>
  readonly pending: readonly Pending[]
}
