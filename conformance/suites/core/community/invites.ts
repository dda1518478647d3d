import { contentId, fromBase64Url, type Json, text, wireTime } from '../../../client/encoding.ts'
import type { Peer } from '../../../client/peer.ts'
import { nowSeconds, partsOf, spell, tokenOf } from '../../../client/token.ts'
import { type Case, ensure, member, outcomeOf, same } from '../../../harness/case.ts'
import type { Context } from '../../../harness/context.ts'

const JOINED = 'community.member.joined'
const DAY_SECONDS = 86_400
const granted = { params_constraints: { level: 'member', community_name: 'Conformance' }, max_calls_total: 1 }

interface Door {
  readonly inviter: Peer
  readonly newcomer: Peer
}

/** An invite by a member, as any member may make one (COM-1, COM-2). */
const inviteOf = (inviter: Peer, overrides = {}, scope = {}): string =>
  tokenOf(inviter, ['community.join'], overrides, { ...granted, ...scope })

const joining = ({ newcomer }: Door, invite: string, overrides = {}): Json =>
  newcomer.event(JOINED, { invite, display_name: 'newcomer' }, { lamport: 50, ...overrides })

/** Somebody at the door with an event; what the door says. */
const knock = (id: string, title: string, make: (door: Door) => Json, expected: string): Case => ({
  id,
  title,
  needs: ['call'],
  async run({ peer, lent, fresh }) {
    const newcomer = expected === 'ok' ? await fresh('stranger') : await lent('stranger')
    const door = { inviter: await peer('member'), newcomer }
    const answer = await newcomer.ask('community.join', { event: make(door) })
    ensure(outcomeOf(answer) === expected, expected, answer)
    newcomer.discard()
  },
})

async function invited({ target }: Context): Promise<string> {
  const invite = await target.invite('member')
  ensure(invite !== null, 'an invite', invite)
  return invite.token
}

export const cases: readonly Case[] = [
  knock('COM-3.let-in', 'A newcomer with a member’s invite is let in', (door) => joining(door, inviteOf(door.inviter)), 'ok'),
  {
    id: 'COM-3.content-id',
    title: 'The door answers with the content id of the joining, and the newcomer is a member at once',
    needs: ['call'],
    async run({ peer, fresh }) {
      const door = { inviter: await peer('member'), newcomer: await fresh('stranger') }
      const event = joining(door, inviteOf(door.inviter))
      const answer = await door.newcomer.ask('community.join', { event })
      same(member(answer, 'output', 'content_id'), contentId(event), 'content_id')
      ensure(outcomeOf(await door.newcomer.ask('node.echo', { payload: 'in' })) === 'ok', 'a member', '')
    },
  },
  {
    id: 'COM-3.twice',
    title: 'Who is a member already is answered, not refused',
    needs: ['call'],
    async run({ fresh, target }) {
      const newcomer = await fresh('member')
      const invite = await target.invite('member')
      ensure(invite !== null, 'an invite', invite)
      const answer = await newcomer.join(invite, 'again')
      ensure(outcomeOf(answer) === 'ok', 'an answer', answer)
    },
  },
  {
    id: 'COM-2.used-up',
    title: 'An invite for one lets in one; the second is expired with the reason redeemed',
    needs: ['call'],
    async run({ peer, fresh }) {
      const inviter = await peer('member')
      const invite = inviteOf(inviter)
      const [one, two] = [await fresh('stranger'), await fresh('stranger')]
      const first = await one.ask('community.join', { event: joining({ inviter, newcomer: one }, invite) })
      ensure(outcomeOf(first) === 'ok', 'the first let in', first)
      const second = await two.ask('community.join', { event: joining({ inviter, newcomer: two }, invite) })
      ensure(outcomeOf(second) === 'expired', 'expired', second)
      same(member(second, 'error', 'data', 'reason'), 'redeemed', 'data.reason')
    },
  },
  {
    id: 'COM-2.withdrawn',
    title: 'An invite that the person took back is revoked',
    needs: ['call', 'person'],
    async run({ fresh, does }) {
      const made = await does('community.invite', { level: 'member', valid_seconds: 600, uses: 1 })
      await does('auth.token.revoke', { jti: member(made, 'jti') ?? null })
      const newcomer = await fresh('stranger')
      const code = String(member(made, 'invite')).split('/join/').at(-1) ?? ''
      const token = `hntoken://v1/${code.split('~')[0]}`
      const answer = await newcomer.ask('community.join', {
        event: newcomer.event(JOINED, { invite: token, display_name: 'late' }, { lamport: 5_000 }),
      })
      ensure(outcomeOf(answer) === 'revoked', 'revoked', answer)
    },
  },
  {
    id: 'COM-2.on-record',
    title: 'Whoever makes an invite puts it on record in the log, with its uses and its end',
    needs: ['wire', 'sync', 'person'],
    async run({ peer, does, target }) {
      const reader = await peer('member')
      const before = new Set(await reader.offered())
      const made = await does('community.invite', { level: 'member', valid_seconds: 600, uses: 3 })
      const added = await reader.fetch((await reader.offered()).filter((id) => !before.has(id)))
      const record = added.find((event) => member(event, 'data', 'jti') === member(made, 'jti'))
      same(member(record, 'event_type'), 'community.invite.issued', 'a record of the invite')
      same(member(record, 'author'), target.nodeId, 'its author')
      same(member(record, 'data', 'uses'), 3, 'uses')
      same(member(record, 'data', 'expires_at'), member(made, 'expires_at'), 'its end')
    },
  },
  {
    id: 'COM-2.what-it-carries',
    title: 'An invite is a token for anyone, for the community, with level, name, uses and an end; the link carries boxes',
    needs: ['person'],
    async run({ does, target }) {
      const made = await does('community.invite', { level: 'trusted', valid_seconds: 600, uses: 5 })
      const [token = '', hints = ''] = (String(member(made, 'invite')).split('/join/').at(-1) ?? '').split('~')
      const payload: Json = JSON.parse(text(fromBase64Url(token.split('.')[1] ?? '')))
      same(member(payload, 'sub'), '*', 'sub')
      same(member(payload, 'aud'), target.community, 'aud')
      same(member(payload, 'scope', 'capabilities'), ['community.join'], 'scope')
      same(member(payload, 'scope', 'max_calls_total'), 5, 'uses')
      same(member(payload, 'scope', 'params_constraints', 'level'), 'trusted', 'level')
      const life = Number(member(payload, 'exp')) - nowSeconds()
      ensure(life > 500 && life <= 600, 'an end in 600 s', life)
      ensure(token.length + 'hntoken://v1/'.length <= 800, 'at most 800 characters', token.length)
      const relays = member(JSON.parse(text(fromBase64Url(hints))), 'relays')
      ensure(Array.isArray(relays), 'addresses of boxes', relays)
      if (target.features.has('box')) ensure(relays.length > 0, 'at least one box', relays)
    },
  },
  knock(
    'COM-3.expired',
    'An invite that has run out is expired',
    (door) => joining(door, inviteOf(door.inviter, { exp: nowSeconds() - 5 }), { wall_clock: wireTime(Date.now() - 60_000) }),
    'expired',
  ),
  knock(
    'COM-3.dated-back',
    'Dating the joining back does not bring an invite back',
    (door) =>
      joining(
        door,
        inviteOf(door.inviter, {
          iat: nowSeconds() - 2 * DAY_SECONDS,
          nbf: nowSeconds() - 2 * DAY_SECONDS,
          exp: nowSeconds() - DAY_SECONDS,
        }),
        { wall_clock: wireTime(Date.now() - 1.5 * DAY_SECONDS * 1000) },
      ),
    'expired',
  ),
  knock(
    'COM-3.not-yet',
    'An invite that is not yet valid is expired',
    (door) => joining(door, inviteOf(door.inviter, { nbf: nowSeconds() + 900 })),
    'expired',
  ),
  knock(
    'COM-3.other-community',
    'An invite to another community is unauthorized',
    (door) => joining(door, inviteOf(door.inviter, { aud: door.inviter.nodeId })),
    'unauthorized',
  ),
  knock(
    'COM-3.for-another',
    'An invite for somebody else is unauthorized',
    (door) => joining(door, inviteOf(door.inviter, { sub: door.inviter.nodeId })),
    'unauthorized',
  ),
  knock(
    'COM-3.no-invite',
    'A token of another scope is no invite',
    (door) => joining(door, tokenOf(door.inviter, ['node.echo'])),
    'unauthorized',
  ),
  knock(
    'COM-3.stranger-invites',
    'An invite by somebody who is no member lets nobody in',
    (door) => joining(door, inviteOf(door.newcomer)),
    'unauthorized',
  ),
  knock(
    'COM-2.member-invites-trusted',
    'A member’s invite to the level trusted lets nobody in',
    (door) =>
      joining(door, inviteOf(door.inviter, {}, { params_constraints: { level: 'trusted', community_name: 'Conformance' } })),
    'unauthorized',
  ),
  knock(
    'COM-2.invite-to-anchor',
    'No invite makes an anchor',
    (door) =>
      joining(door, inviteOf(door.inviter, {}, { params_constraints: { level: 'anchor', community_name: 'Conformance' } })),
    'unauthorized',
  ),
  knock(
    'COM-3.forged',
    'An invite whose payload was changed is invalid_signature',
    (door) => {
      const [head, , signature] = partsOf(inviteOf(door.inviter))
      const [, payload] = partsOf(inviteOf(door.inviter, {}, { max_calls_total: 100 }))
      return joining(door, spell(head, payload, signature))
    },
    'invalid_signature',
  ),
  knock(
    'COM-3.unsigned',
    'An invite without a signature is invalid_signature',
    (door) => {
      const [head, payload] = partsOf(inviteOf(door.inviter))
      return joining(door, spell(head, payload, ''))
    },
    'invalid_signature',
  ),
  knock(
    'COM-3.of-another',
    'Nobody brings the joining of somebody else',
    (door) => door.inviter.event(JOINED, { invite: inviteOf(door.inviter), display_name: 'x' }),
    'bad_request',
  ),
  knock(
    'COM-3.not-a-joining',
    'An event that is no joining is bad_request at the door',
    (door) => door.newcomer.event('community.member.renamed', { display_name: 'x' }),
    'bad_request',
  ),
  knock(
    'COM-3.event-changed',
    'A joining that was changed after it was signed is invalid_signature',
    (door) => ({
      ...door.newcomer.event(JOINED, { invite: inviteOf(door.inviter), display_name: 'x' }),
      lamport: 77,
    }),
    'invalid_signature',
  ),
  knock(
    'COM-3.long-name',
    'A joining under a name of 65 characters is refused',
    (door) => door.newcomer.event(JOINED, { invite: inviteOf(door.inviter), display_name: 'x'.repeat(65) }),
    'schema_mismatch',
  ),
  {
    id: 'COM-3.inviter-away',
    title: 'The joining is taken from whoever brings it: the inviter need not be there',
    needs: ['wire', 'sync'],
    async run(context) {
      const [newcomer, carrier] = [await context.fresh('stranger'), await context.peer('member')]
      const joined = newcomer.event(JOINED, { invite: await invited(context), display_name: 'by sync' }, { lamport: 5_000 })
      ensure(await carrier.gives(joined), 'taken', 'refused')
      ensure(outcomeOf(await newcomer.ask('node.echo', { payload: 'in' })) === 'ok', 'a member', '')
    },
  },
]
