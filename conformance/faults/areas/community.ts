import { defineFaults, faultsIn } from '../fault.ts'

const fold = faultsIn('community', 'workers/kernel/community/fold.ts')
const door = faultsIn('community', 'workers/kernel/services/join-door.ts')
const types = faultsIn('community', 'protocol/src/community/events.ts')
const members = faultsIn('community', 'workers/kernel/community/members.ts')
const service = faultsIn('community', 'workers/kernel/services/community.ts')

export const faults = defineFaults([
  door.instead('door-believes-the-clock-of-the-newcomer', {
    rule: 'COM-2',
    at: 'nowMs: runtime.now(),',
    original: 'runtime.now()',
    faulty: 'Date.parse(event.wall_clock)',
    why: 'An invite that has run out is redeemed by dating the joining back.',
  }),
  door.instead('door-lets-invites-be-used-again', {
    rule: 'COM-2',
    original: '(state?.redeemed.get(grant.jti) ?? 0) >= grant.uses',
    faulty: 'false',
    why: 'Uses are counted by the log alone, and the door’s answer is another one.',
  }),
  fold.without('invites-without-end', {
    rule: 'COM-2',
    original: 'if (uses >= grant.uses) return\n',
    why: 'Uses of an invite are not counted over the log: two who join at two doors both get in.',
  }),
  door.instead('door-forgets-withdrawn-invites', {
    rule: 'COM-2',
    original: 'state && isWithdrawn(state.withdrawals, token)',
    faulty: 'false',
    why: 'A withdrawn invite is refused later and with another reason.',
  }),
  fold.without('withdrawn-invites-work', {
    rule: 'COM-2',
    original: 'if (isWithdrawn(replay.withdrawals, { jti: grant.jti, iss: grant.inviter })) return\n',
    why: 'Withdrawing is an event that nobody reads when somebody joins.',
  }),
  door.instead('door-takes-the-joining-of-others', {
    rule: 'COM-3',
    original: 'event.author !== caller || event.event_type !== memberJoined.type',
    faulty: 'event.event_type !== memberJoined.type',
    why: 'Who brings an event is not asked, since the event is signed.',
  }),
  fold.instead('members-invite-trusted', {
    rule: 'COM-1',
    original: `level === 'member' ? replay.policy.default_member_can_invite || RANK[inviter.level] > 1 : RANK[inviter.level] > 1`,
    faulty: 'true',
    why: 'The level that an invite gives is not held against the level of who made it.',
  }),
  fold.without('anybody-invites', {
    rule: 'COM-2',
    original: `if (inviter?.status !== 'active') return false
  if (bounds.has(inviter.nodeId) && replay.issued.get(jti)?.by !== inviter.nodeId) return false
  return level === 'member' ? replay.policy.default_member_can_invite || RANK[inviter.level] > 1 : RANK[inviter.level] > 1`,
    faulty: 'return true',
    why: 'The signature on an invite verifies, so it is honoured: a stranger invites itself.',
  }),
  types.instead('forged-invites', {
    rule: 'COM-3',
    original: 'await openToken(invite)',
    faulty: `(await import('../core/token.ts')).readToken(invite)`,
    why: 'The invite inside a joining is read and not verified.',
  }),
  types.instead('invites-to-other-communities', {
    rule: 'COM-2',
    original: 'event.community_id',
    faulty: 'token.aud',
    why: 'An invite to one community opens another.',
  }),
  types.instead('invites-run-out-for-nobody', {
    rule: 'COM-2',
    original: 'Date.parse(event.wall_clock)',
    faulty: 'token.nbf * 1000',
    why: 'Whether an invite was still good is left to the door, and a sync has none.',
  }),
  fold.without('policy-by-anybody', {
    rule: 'COM-1',
    original: `if (atLeast(replay.members.get(event.author), 'anchor')) replay.policy = data.policy`,
    faulty: 'replay.policy = data.policy',
    why: 'The screen offers it to anchors only, and the log takes it from everybody.',
  }),
  fold.instead('promotion-by-anybody', {
    rule: 'COM-1',
    original: `!subject || !atLeast(replay.members.get(event.author), 'anchor')`,
    faulty: '!subject',
    why: 'The screen offers it to anchors only, and the log takes it from everybody.',
  }),
  fold.instead('one-signature-revokes', {
    rule: 'COM-4',
    original: 'Math.max(1, Math.min(wanted, eligible))',
    faulty: '1',
    why: 'The first signature is taken for all of them.',
  }),
  fold.instead('too-many-signatures-needed', {
    rule: 'COM-4',
    original: 'Math.max(1, Math.min(wanted, eligible))',
    faulty: 'wanted',
    why: 'Where fewer than three could sign, nobody can ever be revoked.',
  }),
  fold.instead('plain-members-revoke', {
    rule: 'COM-4',
    original: `by === pending.subject || !atLeast(replay.members.get(by), 'trusted')`,
    faulty: 'by === pending.subject',
    why: 'Every signature counts, whoever’s it is.',
  }),
  fold.instead('founder-can-be-revoked', {
    rule: 'COM-4',
    original: `subject === communityId || !replay.members.has(subject) || replay.members.get(subject)?.status === 'revoked'`,
    faulty: `!replay.members.has(subject) || replay.members.get(subject)?.status === 'revoked'`,
    why: 'The root is a member like any other, and with it goes the ground of everybody.',
  }),
  members.instead('revoked-are-served', {
    rule: 'COM-4',
    original: `member?.status === 'revoked'`,
    faulty: 'false',
    why: 'Revoked members are told from strangers nowhere: the door opens to them again.',
  }),
  members.without('revoked-stay-members', {
    rule: 'COM-4',
    original: `if (member?.status === 'revoked') return 'revoked'`,
    faulty: `if (member?.status === 'revoked') return member.level`,
    why: 'A revocation is stored and shown, and changes nothing.',
  }),
  members.instead('who-left-stays', {
    rule: 'COM-5',
    original: `member?.status === 'active' ? member.level : 'unknown'`,
    faulty: `member ? member.level : 'unknown'`,
    why: 'Whoever was a member once is served for ever.',
  }),
  fold.without('leaving-is-not-seen', {
    rule: 'COM-1',
    original: `set(replay, event.author, { status: 'left' })
  replay.goodbyes.set(event.author, [cid])`,
    why: 'The goodbye is stored and read by nobody.',
  }),
  fold.instead('anybody-founds', {
    rule: 'COM-1',
    original: 'event.author !== communityId || replay.name !== null',
    faulty: 'replay.name !== null',
    why: 'The first founding event in order counts, whoever’s it is: a member who dates back takes the community over.',
  }),
  service.instead('invites-for-a-thousand-hours', {
    rule: 'COM-2',
    at: 'exp: nowSeconds + valid_seconds,',
    original: 'nowSeconds + valid_seconds',
    faulty: 'nowSeconds + valid_seconds * 1000',
    why: 'Seconds become milliseconds on the way.',
  }),
  service.instead('every-invite-to-trusted', {
    rule: 'COM-2',
    original: '{ level, community_name: state.name }',
    faulty: `{ level: 'trusted', community_name: state.name }`,
    why: 'The level that a person chose is not what is signed.',
  }),
  service.without('invites-not-on-record', {
    rule: 'COM-2',
    original: 'await write(events.inviteIssued, { jti, uses, expires_at: expiresAt })',
    why: 'The token works without its record, until its issuer is revoked.',
  }),
  service.instead('members-make-trusted-invites', {
    rule: 'COM-1',
    original: `mine === 'trusted' || mine === 'anchor' || (level === 'member' && state.policy.default_member_can_invite)`,
    faulty: 'true',
    why: 'An invite is made that nobody will honour.',
  }),
])
