import { fromBase64Url, type Json, text } from '../client/encoding.ts'
import { ensure, member, outcomeOf } from '../harness/case.ts'
import type { Seat } from '../harness/target.ts'

export interface OpenInvite {
  readonly token: string
  readonly lamport: number
  readonly relays: readonly string[]
}

const SCHEME = 'hntoken://v1/'
/** As many as one invite may have (COM-2). */
const USES = 200
const HOUR_SECONDS = 3600

/** Reads an invite link, or what follows `/join/` in one: `<token without its scheme>~<hints>` (COM-2). */
export function readInvite(link: string): OpenInvite {
  const [token = '', hints = ''] = (link.trim().split('/join/').at(-1) ?? '').split('~')
  const read: Json = JSON.parse(text(fromBase64Url(hints)))
  const relays = member(read, 'relays')
  return {
    token: SCHEME + token,
    lamport: Number(member(read, 'lamport') ?? 0),
    relays: Array.isArray(relays) ? relays.map(String) : [],
  }
}

/** Invites of the person's for each level, made when they are asked for; when one has been handed out often enough, the next. */
export function createInvites(seat: Seat): (level: 'member' | 'trusted') => Promise<OpenInvite> {
  const made = new Map<string, { readonly invite: Promise<OpenInvite>; left: number }>()

  async function make(level: string): Promise<OpenInvite> {
    const answer = await seat.ask('community.invite', { level, valid_seconds: HOUR_SECONDS, uses: USES })
    ensure(outcomeOf(answer) === 'ok', 'an invite', answer)
    return readInvite(String(member(answer, 'output', 'invite')))
  }

  return (level) => {
    const known = made.get(level)
    const current = known && known.left > 0 ? known : { invite: make(level), left: USES }
    current.left--
    made.set(level, current)
    return current.invite
  }
}
