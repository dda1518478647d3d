import { contentId, type Json } from '../../../client/encoding.ts'
import type { Peer } from '../../../client/peer.ts'
import { type Case, ensure, isObject, member, outcomeOf, same } from '../../../harness/case.ts'
import type { Context } from '../../../harness/context.ts'

const NOTE = 'conformance.note.written'
/** Within so long a node answers whom it serves. */
const SERVED_MS = 2_500

async function community({ does }: Context): Promise<Json> {
  return member(await does('community.get', {}), 'community') ?? null
}

async function memberOf(context: Context, nodeId: string): Promise<Json | undefined> {
  const members = member(await community(context), 'members')
  return Array.isArray(members) ? members.find((one) => member(one, 'node_id') === nodeId) : undefined
}

/** An event by a plain member that only an anchor may write changes nothing. */
const powerless = (
  id: string,
  title: string,
  type: string,
  data: (author: Peer, other: Peer) => Json,
  unchanged: (context: Context, author: Peer, other: Peer) => Promise<Json | undefined>,
): Case => ({
  id,
  title,
  needs: ['wire', 'sync', 'person'],
  async run(context) {
    const [author, other] = [await context.lent('member', 'upstart'), await context.lent('member')]
    const before = await unchanged(context, author, other)
    const event = author.event(type, data(author, other))
    ensure(await author.gives(event), 'kept in the log', 'refused')
    author.follow(event)
    same(await unchanged(context, author, other), before, 'what the person sees')
  },
})

const levelOf = async (context: Context, nodeId: string): Promise<Json | undefined> =>
  member(await memberOf(context, nodeId), 'level')

/** As many signatures as it takes: the person's, the shared trusted peer's, and of others who may sign (COM-4). */
async function revoke(context: Context, subject: Peer, last_valid: readonly string[]): Promise<void> {
  const made = await context.does('community.revoke', { subject: subject.nodeId, reason: 'a test' })
  const revocation_id = member(made, 'revocation_id') ?? null
  const revocation = { revocation_id, subject: subject.nodeId, last_valid, reason: 'a test' }
  const isRevoked = async () => member(await memberOf(context, subject.nodeId), 'status') === 'revoked'
  // three sign at most (COM-1); fewer where there are not as many who could, and more may become so meanwhile
  const others = [() => context.peer('trusted'), () => context.fresh('trusted')]
  for (const [at, another] of others.entries()) {
    if (await isRevoked()) return
    const pending = member(await community(context), 'pending')
    const waiting = Array.isArray(pending) ? pending.find((one) => member(one, 'subject') === subject.nodeId) : undefined
    ensure(Number(member(waiting, 'needed')) > at + 1, 'revoked, or a petition that waits for more signatures', pending)
    const signer = await another()
    // a signature that lies before the joining of its subject is about nobody (EVT-3)
    signer.seen(subject.lamport)
    await signer.hand([signer.event('community.revocation.signed', { revocation })])
  }
  ensure(await context.eventually(isRevoked), 'status revoked', await memberOf(context, subject.nodeId))
}

export const cases: readonly Case[] = [
  {
    id: 'COM-1.root',
    title: 'The community’s id is its root’s NodeID; the log begins with the founding by the root, who is an anchor',
    needs: ['wire', 'sync', 'person'],
    async run(context) {
      const peer = await context.peer('member')
      const events = (await peer.fetch((await peer.offered()).slice(0, 5))).filter(isObject)
      const founding = events.find((event) => event.event_type === 'community.root.founded')
      ensure(founding !== undefined, 'a founding', events)
      same(founding.author, peer.community, 'its author')
      same(founding.community_id, peer.community, 'its community')
      same(await levelOf(context, peer.community), 'anchor', 'the level of the root')
    },
  },
  {
    id: 'COM-1.policy',
    title: 'The policy at the founding is the one of COM-1',
    needs: ['person'],
    async run(context) {
      const policy = member(await community(context), 'policy')
      const expected = {
        capability_token_ttl_seconds: 86_400,
        default_member_can_invite: true,
        federation_enabled: false,
        min_signatures_to_demote: 3,
        min_signatures_to_invite: 1,
        min_signatures_to_revoke: 3,
      }
      ensure(isObject(policy), 'a policy', policy)
      same(Object.fromEntries(Object.entries(policy).sort(([a], [b]) => (a < b ? -1 : 1))), expected, 'policy')
    },
  },
  powerless(
    'COM-7.member-promotes',
    'A plain member promotes nobody',
    'community.member.promoted',
    (_, other) => ({ subject: other.nodeId, level: 'anchor' }),
    (context, _, other) => levelOf(context, other.nodeId),
  ),
  powerless(
    'COM-7.member-promotes-itself',
    'A member does not promote itself',
    'community.member.promoted',
    ({ nodeId }) => ({ subject: nodeId, level: 'anchor' }),
    (context, author) => levelOf(context, author.nodeId),
  ),
  powerless(
    'COM-1.member-changes-policy',
    'A plain member does not change the policy',
    'community.policy.changed',
    () => ({
      policy: {
        min_signatures_to_invite: 1,
        min_signatures_to_demote: 1,
        min_signatures_to_revoke: 1,
        default_member_can_invite: true,
        capability_token_ttl_seconds: 1,
        federation_enabled: true,
      },
    }),
    async (context) => member(await community(context), 'policy'),
  ),
  powerless(
    'COM-1.second-founding',
    'A founding by somebody else founds nothing',
    'community.root.founded',
    () => ({
      name: 'Mine',
      founder_name: 'Eve',
      policy: {
        min_signatures_to_invite: 1,
        min_signatures_to_demote: 3,
        min_signatures_to_revoke: 3,
        default_member_can_invite: true,
        capability_token_ttl_seconds: 86_400,
        federation_enabled: false,
      },
    }),
    async (context) => member(await community(context), 'name'),
  ),
  powerless(
    'COM-4.member-revokes',
    'A plain member’s signature revokes nobody and opens no petition',
    'community.revocation.signed',
    (author, other) => ({
      revocation: { revocation_id: author.ulid(), subject: other.nodeId, last_valid: [], reason: 'because' },
    }),
    async (context, _, other) => member(await memberOf(context, other.nodeId), 'status'),
  ),
  powerless(
    'COM-4.root-stays',
    'The root cannot be revoked',
    'community.revocation.signed',
    (author) => ({
      revocation: { revocation_id: author.ulid(), subject: author.community, last_valid: [], reason: 'because' },
    }),
    async (context, author) => member(await memberOf(context, author.community), 'status'),
  ),
  {
    id: 'COM-7.anchor-promotes',
    title: 'An anchor’s promotion counts, once and for the level it names',
    needs: ['wire', 'sync', 'person'],
    async run(context) {
      const peer = await context.fresh('member')
      await context.does('community.promote', { subject: peer.nodeId, level: 'trusted' })
      same(await levelOf(context, peer.nodeId), 'trusted', 'level')
    },
  },
  {
    id: 'COM-6.renamed',
    title: 'A member’s own renaming is what the person sees',
    needs: ['wire', 'sync', 'person'],
    async run(context) {
      const peer = await context.lent('member')
      await peer.write('community.member.renamed', { display_name: 'Käthe' })
      same(member(await memberOf(context, peer.nodeId), 'display_name'), 'Käthe', 'display_name')
    },
  },
  {
    id: 'COM-6.left',
    title: 'Who left is no member: calls are unauthorized and what it signs afterwards does not count',
    needs: ['wire', 'sync', 'person'],
    async run(context) {
      const [peer, carrier] = [await context.fresh('member'), await context.peer('member')]
      const before = await peer.write(NOTE, { text: 'before' })
      const left = peer.event('community.member.left', {})
      await carrier.hand([left])
      peer.follow(left)
      same(member(await memberOf(context, peer.nodeId), 'status'), 'left', 'status')
      const answer = await peer.ask('node.echo', { payload: 'x' })
      ensure(outcomeOf(answer) === 'unauthorized', 'unauthorized', answer)
      const after = peer.event(NOTE, { text: 'after' })
      await carrier.hand([after])
      const ids = await carrier.offeredAround([before, after])
      ensure(
        ids.includes(contentId(before)) && !ids.includes(contentId(after)),
        'the one before and not the one after',
        ids.length,
      )
    },
  },
  {
    id: 'COM-4.revoked',
    title: 'With enough signatures a member is out: what last_valid reaches stays, a backdated event gains nothing',
    needs: ['wire', 'sync', 'person'],
    queue: 'waiting',
    async run(context) {
      const [subject, carrier] = [await context.fresh('member'), await context.peer('member')]
      const kept = await subject.write(NOTE, { text: 'kept' })
      const hidden = subject.event(NOTE, { text: 'written earlier, it says' }, { lamport: kept.lamport, prev: null })
      const later = subject.event(NOTE, { text: 'later' })
      await revoke(context, subject, [contentId(kept)])
      const ids = await carrier.give([hidden, later])
      ensure(ids.includes(contentId(kept)), 'what last_valid names stays', 'gone')
      ensure(!ids.includes(contentId(hidden)), 'the backdated one is out', 'taken')
      ensure(!ids.includes(contentId(later)), 'the later one is out', 'taken')
    },
  },
  {
    id: 'COM-3.revoked-newcomer',
    title: 'Who was revoked is hung up on, or told so: on a call, and at the door whatever invite it brings',
    needs: ['wire', 'sync', 'person'],
    queue: 'waiting',
    async run(context) {
      const subject = await context.fresh('member')
      const kept = await subject.write(NOTE, { text: 'kept' })
      await revoke(context, subject, [contentId(kept)])
      const invite = await context.target.invite('member')
      ensure(invite !== null, 'an invite', invite)
      // who has been hung up on may learn it only when its own time is over
      const silence = context.pause(SERVED_MS).then(() => 'no answer')
      const outcomes = await Promise.all(
        [subject.ask('node.echo', { payload: 'x' }), subject.join(invite, 'back again')].map((asked) =>
          Promise.race([asked.then(outcomeOf, () => 'hung up'), silence]),
        ),
      )
      ensure(
        outcomes.every((outcome) => ['revoked', 'hung up', 'no answer'].includes(outcome)),
        'revoked, or no connection',
        outcomes,
      )
    },
  },
]
