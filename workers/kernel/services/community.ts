import {
  communityDemote,
  communityFound,
  communityGet,
  communityInvite,
  communityInviteInspect,
  communityInviteList,
  communityJoin,
  communityLeave,
  communityPromote,
  communityRedeem,
  communityRename,
  communityRevoke,
} from '#protocol/community/capabilities.ts'
import * as events from '#protocol/community/events.ts'
import { CLOCK_SKEW_SECONDS } from '#protocol/core/clock.ts'
import { DEFAULT_POLICY, decodeInvite, encodeInvite, inviteGrant, JOIN_SCOPE } from '#protocol/core/community.ts'
import { HearthError } from '#protocol/core/errors.ts'
import { wireTime } from '#protocol/core/ids.ts'
import type { EventData, EventDefinition } from '#protocol/core/module.ts'
import { issueToken, openToken } from '#protocol/core/token.ts'
import { statusChanged } from '#protocol/node/events.ts'
import type { Bus } from '../bus/bus.ts'
import type { CommunityHolder, OpenCommunity } from '../community/holder.ts'
import type { Members } from '../community/members.ts'
import { type CommunityState, isWithdrawn } from '../community/state.ts'
import type { Identity, IdentityKeeper } from '../identity.ts'
import type { VerifiedEvent } from '../log/verify.ts'
import type { Mesh } from '../mesh/mesh.ts'
import type { Network } from '../network.ts'
import type { Notifier } from '../notifier.ts'
import type { Runtime } from '../runtime.ts'
import { answerJoin } from './join-door.ts'
import { redeemInvite } from './redeem.ts'

export interface CommunityServiceDeps {
  readonly runtime: Runtime
  readonly bus: Bus
  readonly identity: IdentityKeeper
  readonly community: CommunityHolder
  readonly members: Members
  readonly notifier: Notifier
  /** The mesh and what ties the node to it; there once there is an identity. */
  readonly net: () => { readonly mesh: Mesh; readonly network: Network } | null
  readonly setBoxes: (extra: readonly string[]) => Promise<void>
  /** Where people open the app: the start of invite links. */
  readonly appUrl: string
}

/** How long a leaving device waits for the others to hear that it leaves. */
const GOODBYE_MS = 3000

/** Addresses of boxes in an invite: each makes its QR code denser. */
const INVITE_BOXES = 4

/** `community.*`. */
export function serveCommunity(deps: CommunityServiceDeps): void {
  const { runtime, bus, identity, community, members } = deps

  function me(): Identity {
    const own = identity.current()
    if (!own) throw new HearthError('not_found', 'this device has no identity yet')
    return own
  }

  function here(): OpenCommunity {
    const open = community.current()
    if (!open) throw new HearthError('not_found', 'this device is in no community')
    return open
  }

  async function write<E extends EventDefinition>(type: E, data: EventData<E>): Promise<VerifiedEvent> {
    const event = await here().log.append(type, data)
    deps.net()?.network.publish(event)
    return event
  }

  bus.handle(communityGet, async () => {
    const state = community.current()?.log.state()
    return { community: state ? described(state, members, identity.current()) : null }
  })

  bus.handle(communityFound, async ({ name }) => {
    const own = me()
    if (community.current()) throw new HearthError('bad_request', 'this device is in a community already')
    await community.claimFounding(own)
    const { log } = await community.open(own.nodeId, own)
    await log.caughtUp()
    await log.append(events.communityFounded, { name, founder_name: own.displayName, policy: DEFAULT_POLICY })
    deps.net()?.network.enter()
    deps.notifier.device(statusChanged)
    return { community_id: own.nodeId }
  })

  bus.handle(communityInvite, async ({ level, valid_seconds, uses }) => {
    const own = me()
    const state = here().log.state()
    const mesh = deps.net()?.mesh
    if (!state || !mesh) throw new HearthError('partition', 'the community is not here yet')
    const mine = members.levelOf(own.nodeId)
    const mayInvite = mine === 'trusted' || mine === 'anchor' || (level === 'member' && state.policy.default_member_can_invite)
    if (!mayInvite) throw new HearthError('unauthorized', 'your level does not allow this invite')
    const nowSeconds = Math.floor(runtime.now() / 1000)
    const jti = runtime.ulid()
    const expiresAt = wireTime((nowSeconds + valid_seconds) * 1000)
    const token = await issueToken(own, {
      iss: own.nodeId,
      sub: '*',
      aud: state.communityId,
      iat: nowSeconds,
      nbf: nowSeconds - CLOCK_SKEW_SECONDS,
      exp: nowSeconds + valid_seconds,
      jti,
      scope: {
        capabilities: [JOIN_SCOPE],
        params_constraints: { level, community_name: state.name },
        max_calls_total: uses,
      },
      issued_via: 'invite',
    })
    await write(events.inviteIssued, { jti, uses, expires_at: expiresAt })
    const relays = mesh.boxAddresses().slice(0, INVITE_BOXES)
    const code = encodeInvite({ v: 1, token, inviter_name: own.displayName, lamport: here().log.clock(), relays })
    return { jti, invite: new URL(`#/join/${code}`, deps.appUrl).href, expires_at: expiresAt }
  })

  bus.handle(communityInviteInspect, async ({ invite }) => {
    const { token, inviter_name } = decodeInvite(invite)
    const grant = inviteGrant(await openToken(token))
    if (runtime.now() >= grant.expires * 1000) throw new HearthError('expired', 'the invite has expired')
    return {
      community_id: grant.communityId,
      community_name: grant.communityName,
      inviter: grant.inviter,
      inviter_name,
      level: grant.level,
      expires_at: wireTime(grant.expires * 1000),
    }
  })

  bus.handle(communityInviteList, async () => {
    const state = here().log.state()
    const own = me().nodeId
    const mine = [...(state?.issued ?? [])].filter(([, { by }]) => by === own)
    return {
      invites: mine.map(([jti, { expiresAt, uses }]) => ({
        jti,
        uses,
        expires_at: expiresAt,
        redeemed: state?.redeemed.get(jti) ?? 0,
        revoked: state ? isWithdrawn(state.withdrawals, { jti, iss: own }) : false,
      })),
    }
  })

  bus.handle(communityRedeem, async ({ invite }, { signal }) => {
    const net = deps.net()
    if (!net) throw new HearthError('not_found', 'this device has no identity yet')
    const id = await redeemInvite({ ...deps, ...net, identity: me() }, decodeInvite(invite), signal)
    deps.notifier.device(statusChanged)
    return { community_id: id }
  })

  bus.handle(communityJoin, async ({ event }, { caller }) => {
    const { log } = here()
    const cid = await answerJoin({ runtime, log, members }, event, caller.nodeId)
    const [stored] = await log.read([cid])
    if (stored) deps.net()?.network.publish(stored)
    return { content_id: cid }
  })

  bus.handle(communityPromote, async ({ subject, level }) => {
    if (members.levelOf(me().nodeId) !== 'anchor') throw new HearthError('unauthorized', 'only an anchor raises levels')
    requireActive(subject)
    await write(events.memberPromoted, { subject, level })
    return {}
  })

  function requireActive(subject: Parameters<Members['get']>[0]): void {
    if (members.get(subject)?.status !== 'active') throw new HearthError('not_found', 'no active member of that id')
  }

  function requireSigner(subject: string): void {
    const mine = members.levelOf(me().nodeId)
    if (mine !== 'trusted' && mine !== 'anchor') throw new HearthError('unauthorized', 'only trusted members sign this')
    if (subject === me().nodeId || subject === here().log.communityId) {
      throw new HearthError('bad_request', 'neither oneself nor the founder', { data: { field: '/subject' } })
    }
  }

  bus.handle(communityDemote, async ({ subject, demotion_id = runtime.ulid() }) => {
    requireSigner(subject)
    requireActive(subject)
    await write(events.demotionSigned, { demotion_id, subject })
    return { demotion_id }
  })

  bus.handle(communityRevoke, async ({ subject, reason, revocation_id }) => {
    requireSigner(subject)
    if (!members.get(subject)) throw new HearthError('not_found', 'no member of that id')
    const { log } = here()
    const proposed = log.state()?.pending.find(({ kind, id }) => kind === 'revocation' && id === revocation_id)
    if (revocation_id && !proposed) throw new HearthError('not_found', 'no such revocation is open')
    const revocation = {
      revocation_id: revocation_id ?? runtime.ulid(),
      subject,
      last_valid: [...(proposed?.lastValid ?? log.tips(subject).slice(0, 16))],
      reason: proposed?.reason ?? reason,
    }
    await write(events.revocationSigned, { revocation })
    return { revocation_id: revocation.revocation_id }
  })

  bus.handle(communityRename, async ({ display_name }) => {
    await identity.rename(display_name)
    if (community.current()) await write(events.memberRenamed, { display_name })
    deps.notifier.device(statusChanged)
    return {}
  })

  bus.handle(communityLeave, async () => {
    const open = here()
    // the founder keeps the ground the others stand on; everyone else says goodbye while the others can still hear it
    if (open.log.communityId !== me().nodeId && open.log.isCaughtUp()) {
      await write(events.memberLeft, {})
      await deps.net()?.network.handOver(GOODBYE_MS)
    }
    deps.net()?.network.leave()
    await community.forget()
    deps.notifier.device(statusChanged)
    return {}
  })
}

function described(state: CommunityState, members: Members, own: Identity | null) {
  const mine = own ? members.levelOf(own.nodeId) : 'unknown'
  return {
    community_id: state.communityId,
    name: state.name,
    founded_at: state.foundedAt,
    policy: state.policy,
    my_level: mine === 'revoked' ? ('unknown' as const) : mine,
    members: [...state.members.values()].map((member) => ({
      node_id: member.nodeId,
      display_name: member.displayName,
      level: member.level,
      status: member.status,
      joined_at: member.joinedAt,
      invited_by: member.invitedBy,
    })),
    pending: state.pending.map((pending) => ({
      kind: pending.kind,
      id: pending.id,
      subject: pending.subject,
      reason: pending.reason,
      signed_by: [...pending.signedBy],
      needed: pending.needed,
    })),
  }
}
