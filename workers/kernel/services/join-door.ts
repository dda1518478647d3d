import { memberJoined } from '#protocol/community/events.ts'
import { inviteGrant, JOIN_SCOPE } from '#protocol/core/community.ts'
import { HearthError } from '#protocol/core/errors.ts'
import type { SignedEvent } from '#protocol/core/event.ts'
import type { ContentId, NodeId } from '#protocol/core/ids.ts'
import type { EventData } from '#protocol/core/module.ts'
import { parseAs } from '#protocol/core/schema.ts'
import { checkGrant, openToken } from '#protocol/core/token.ts'
import type { Members } from '../community/members.ts'
import { isWithdrawn } from '../community/state.ts'
import type { EventLog } from '../log/log.ts'
import type { Runtime } from '../runtime.ts'

export interface DoorDeps {
  readonly runtime: Runtime
  readonly log: EventLog
  readonly members: Members
}

/**
 * A newcomer at the door (COM-2, COM-3). The log judges the invite by the event's own time, so that all agree; the door
 * asks this device's clock too, so that nobody dates back past an invite's end.
 * @throws HearthError `expired` (also used up, `data.reason`), `revoked`, `unauthorized`, `invalid_signature`, `bad_request`
 */
export async function answerJoin(deps: DoorDeps, event: SignedEvent, caller: NodeId | null): Promise<ContentId> {
  const { log, members, runtime } = deps
  if (event.author !== caller || event.event_type !== memberJoined.type) {
    throw new HearthError('bad_request', 'a newcomer brings their own joining')
  }
  const level = members.levelOf(event.author)
  if (level === 'revoked') throw new HearthError('revoked', 'this member was revoked')
  // a restored identity is in already: what it needs is a sync, not a second joining
  if (level !== 'unknown') return knownJoin(log, event.author)

  const { invite }: EventData<typeof memberJoined> = parseAs(memberJoined.data, event.data)
  const token = await openToken(invite)
  checkGrant(token, {
    capability: JOIN_SCOPE,
    subject: event.author,
    audience: log.communityId,
    nowMs: runtime.now(),
  })
  const state = log.state()
  const grant = inviteGrant(token)
  if (state && isWithdrawn(state.withdrawals, token)) throw new HearthError('revoked', 'this invite was withdrawn')
  if ((state?.redeemed.get(grant.jti) ?? 0) >= grant.uses) {
    throw new HearthError('expired', 'this invite was used already', { data: { reason: 'redeemed' } })
  }
  const [outcome] = await log.ingest([event])
  if (outcome?.kind === 'refused') throw outcome.error
  if (outcome?.kind !== 'stored' && outcome?.kind !== 'known') {
    throw new HearthError('unauthorized', 'the inviter may not invite at this level')
  }
  return outcome.cid
}

async function knownJoin(log: EventLog, author: NodeId): Promise<ContentId> {
  const [first] = log.tips(author)
  if (first) return first
  const [founding] = await log.newest(1)
  if (!founding) throw new HearthError('internal_error', 'a member without an event')
  return founding.cid
}
