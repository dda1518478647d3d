import { communityJoin } from '#protocol/community/capabilities.ts'
import { memberJoined } from '#protocol/community/events.ts'
import { type Invite, inviteGrant, JOIN_SCOPE } from '#protocol/core/community.ts'
import { type ErrorCode, HearthError, toHearthError } from '#protocol/core/errors.ts'
import type { SignedEvent } from '#protocol/core/event.ts'
import type { CommunityId, NodeId } from '#protocol/core/ids.ts'
import { checkGrant, openToken } from '#protocol/core/token.ts'
import type { Bus } from '../bus/bus.ts'
import type { CommunityHolder } from '../community/holder.ts'
import type { Identity } from '../identity.ts'
import { signEvent } from '../log/sign-event.ts'
import type { Mesh } from '../mesh/mesh.ts'
import type { Network } from '../network.ts'
import type { Runtime } from '../runtime.ts'

export interface RedeemDeps {
  readonly runtime: Runtime
  readonly bus: Bus
  readonly identity: Identity
  readonly community: CommunityHolder
  readonly mesh: Mesh
  readonly network: Network
  readonly setBoxes: (extra: readonly string[]) => Promise<void>
}

/** Answers of a door that no other door would change. */
const FINAL: ReadonlySet<ErrorCode> = new Set(['expired', 'revoked', 'invalid_signature', 'bad_request'])

/** Peers at the topic as they become reachable, each once, until the signal ends it. */
async function* doors(mesh: Mesh, signal: AbortSignal): AsyncGenerator<NodeId> {
  const tried = new Set<NodeId>()
  while (!signal.aborted) {
    const next = mesh
      .peers()
      .find(({ nodeId, connection }) => (connection === 'direct' || connection === 'relayed') && !tried.has(nodeId))
    if (next) {
      tried.add(next.nodeId)
      yield next.nodeId
    } else {
      await new Promise<void>((resolve) => {
        const stop = mesh.connected.on(settle)
        function settle(): void {
          stop()
          signal.removeEventListener('abort', settle)
          resolve()
        }
        signal.addEventListener('abort', settle, { once: true })
      })
    }
  }
}

async function knock(deps: RedeemDeps, event: SignedEvent, signal: AbortSignal): Promise<NodeId> {
  let last: HearthError | null = null
  for await (const peer of doors(deps.mesh, signal)) {
    try {
      await deps.bus.call(communityJoin, { event }, { to: peer, signal })
      return peer
    } catch (error) {
      last = toHearthError(error)
      if (FINAL.has(last.code)) throw last
    }
  }
  throw last ?? new HearthError('partition', 'no member of the community could be reached')
}

/**
 * Joins with an invite: reaches a member through the invite's boxes, is let in, catches up (COM-3).
 * @throws HearthError `expired`, `revoked`, `unauthorized`, `partition` when nobody could be reached
 */
export async function redeemInvite(deps: RedeemDeps, invite: Invite, signal: AbortSignal): Promise<CommunityId> {
  const { runtime, identity, community, mesh, network } = deps
  const token = await openToken(invite.token)
  const grant = inviteGrant(token)
  const current = community.current()
  if (current?.log.communityId === grant.communityId) return grant.communityId
  if (current) throw new HearthError('bad_request', 'this device is in a community already')
  checkGrant(token, {
    capability: JOIN_SCOPE,
    subject: identity.nodeId,
    audience: grant.communityId,
    nowMs: runtime.now(),
  })
  await deps.setBoxes(invite.relays)
  mesh.enter(grant.communityId)
  try {
    const joining = { invite: invite.token, display_name: identity.displayName }
    const { lamport, prev } = await community.positionIn(grant.communityId)
    const at = { lamport: Math.max(lamport, invite.lamport) + 1, prev }
    const event = await signEvent({ runtime, signer: identity }, grant.communityId, memberJoined, joining, at)
    const door = await knock(deps, event, signal)
    await community.open(grant.communityId, identity)
    await network.sync(door)
    network.enter()
    return grant.communityId
  } catch (error) {
    if (!community.current()) mesh.leave()
    throw error
  }
}
