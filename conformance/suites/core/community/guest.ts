import { fromBase64Url, type Json, text } from '../../../client/encoding.ts'
import { type Case, ensure, member, outcomeOf, same } from '../../../harness/case.ts'
import type { Context } from '../../../harness/context.ts'
import type { Guest } from '../../../harness/target.ts'

// The node under test has founded its community, and a founder may do everything: what a plain member's own node refuses to its
// person, and where the community's id is not its own, is seen at a second one.

const asGuest = (id: string, title: string, run: (guest: Guest, context: Context) => Promise<void>): Case => ({
  id,
  title,
  needs: ['person', 'guest'],
  // a second node that comes and goes is a neighbour that other cases do not expect
  queue: 'alone',
  async run(context) {
    if (!context.target.guest) throw new Error('this target has no second system')
    const made = await context.does('community.invite', { level: 'member', valid_seconds: 600, uses: 1 })
    const guest = await context.target.guest(String(member(made, 'invite')))
    try {
      await run(guest, context)
    } finally {
      await guest.stop()
    }
  },
})

const payloadOf = (token: string): Json => JSON.parse(text(fromBase64Url(token.split('.')[1] ?? '')))

const inviting = (level: string): Json => ({ level, valid_seconds: 600, uses: 1 })

export const cases: readonly Case[] = [
  asGuest(
    'TOK-2.of-a-member',
    'A member’s node issues in its own name, for the community',
    async ({ seat, nodeId }, { target }) => {
      const issued = await seat.ask('auth.token.issue', {
        subject: target.nodeId,
        scope: { capabilities: ['node.echo'] },
        valid_seconds: 600,
      })
      const token = member(issued, 'output', 'token')
      ensure(typeof token === 'string', 'a token', issued)
      const payload = payloadOf(token)
      same([member(payload, 'iss'), member(payload, 'aud')], [nodeId, target.community], 'iss and aud')
    },
  ),
  asGuest(
    'COM-1.what-a-member-may-invite-to',
    'A member’s node makes invites for members where the policy allows it, and none for the level trusted',
    async ({ seat }) => {
      const plain = await seat.ask('community.invite', inviting('member'))
      ensure(outcomeOf(plain) === 'ok', 'an invite for a member', plain)
      const trusted = await seat.ask('community.invite', inviting('trusted'))
      ensure(outcomeOf(trusted) === 'unauthorized', 'unauthorized for the level trusted', trusted)
    },
  ),
]
