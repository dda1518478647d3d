import { eventContentId, type SignedEvent } from '#protocol/core/event.ts'
import { bad, good } from '../cases.ts'
import { AT, AT_SECONDS, createLog, FOUNDING, type InviteOptions, inviteToken, signedEvent } from '../events/make.ts'
import type { Vector, VectorSource } from '../format.ts'
import { type People, type Person, ulidOf } from '../seeded.ts'

/** COM-3: what a member answers to `community.join`. */
export async function door(all: People): Promise<VectorSource> {
  const { anna, bert, carla } = all
  const log = createLog(anna.nodeId)
  await log.add(anna, 'community.root.founded', FOUNDING)
  const used = await inviteToken(anna, anna.nodeId, { label: 'used' })
  const first = await log.add(bert, 'community.member.joined', { invite: used, display_name: 'Bert' })
  await log.add(anna, 'community.invite.issued', { jti: ulidOf('gone'), uses: 1, expires_at: '2026-05-27T08:14:22Z' })
  await log.add(anna, 'auth.token.revoked', { jti: ulidOf('gone') })

  const { dora, emil } = all
  const bring = async (who: typeof emil, label: string, lamport: number) => {
    const data = { invite: await inviteToken(anna, anna.nodeId, { label }), display_name: 'Wieder da' }
    return signedEvent(who, anna.nodeId, { event_type: 'community.member.joined', lamport, data, event_id: ulidOf(label) })
  }
  for (const who of [dora, emil]) {
    const invite = await inviteToken(anna, anna.nodeId, { label: `first of ${who.nodeId}` })
    await log.add(who, 'community.member.joined', { invite, display_name: 'Zuerst' })
  }
  await log.add(dora, 'community.member.left', {})
  const revocation = { revocation_id: ulidOf('revocation'), subject: emil.nodeId, last_valid: log.tip(emil.nodeId), reason: '' }
  await log.add(anna, 'community.revocation.signed', { revocation })
  // right in form, as `knock` below
  const back = (await signedEvent(dora, anna.nodeId, {
    event_type: 'community.member.joined',
    lamport: 12,
    prev: log.tip(dora.nodeId)[0],
    data: { invite: await inviteToken(anna, anna.nodeId, { label: 'again' }), display_name: 'Dora' },
  })) as SignedEvent

  const knock = async (
    options: InviteOptions & { readonly by?: Person } = {},
    change: Parameters<typeof signedEvent>[2] = {},
  ) => {
    const { by = 'anna', ...rest } = options
    const invite = await inviteToken(all[by], anna.nodeId, rest)
    const data = { invite, display_name: 'Carla' }
    // right in form unless the vector changes it
    return (await signedEvent(carla, anna.nodeId, {
      event_type: 'community.member.joined',
      lamport: 9,
      data,
      ...change,
    })) as SignedEvent
  }
  const inputOf = (event: unknown, caller = carla.nodeId, now = AT): object => ({
    community_id: anna.nodeId,
    events: log.events,
    caller,
    now,
    event,
  })
  const no = (
    name: string,
    catches: string,
    error: string,
    event: unknown,
    caller?: typeof carla.nodeId,
    now?: string,
  ): Vector => bad(name, catches, inputOf(event, caller, now), error)
  const plain = await knock()
  const let_in = async (name: string, comment: string, event: SignedEvent): Promise<Vector> =>
    good(name, comment, inputOf(event), { content_id: eventContentId(event) })
  const known = await signedEvent(bert, anna.nodeId, {
    event_type: 'community.member.joined',
    lamport: 9,
    data: { invite: used, display_name: 'Bert' },
  })
  return {
    name: 'door',
    operation: 'community.join',
    rule: 'COM-3',
    about:
      'Events that a member holds, its clock, and a joining that `caller` brings. bert is in, dora left, emil was revoked, the invite "gone" was withdrawn.',
    vectors: [
      await let_in('a newcomer', 'With a good invite', plain),
      await let_in(
        'invited by a plain member',
        'The policy lets members invite',
        await knock({ by: 'bert', label: 'by bert' }),
      ),
      await let_in('invited as trusted', 'By an anchor', await knock({ level: 'trusted' })),
      good('somebody who is in', 'Answered with an event of their own', inputOf(known, bert.nodeId), {
        content_id: eventContentId(first),
      }),
      good('somebody who left', 'Comes back by another invite', inputOf(back, dora.nodeId), {
        content_id: eventContentId(back),
      }),
      no(
        'somebody revoked',
        'the revoked are told from strangers nowhere',
        'revoked',
        await bring(emil, 'emil again', 12),
        emil.nodeId,
      ),
      no('the joining of somebody else', 'who brings it is not asked', 'bad_request', plain, bert.nodeId),
      no('another event', 'any signed event opens the door', 'bad_request', await signedEvent(carla, anna.nodeId)),
      no('an invite that was used', 'uses are not counted at the door', 'expired', await knock({ label: 'used' })),
      no(
        'an invite that was withdrawn',
        'withdrawals are not asked for at the door',
        'revoked',
        await knock({ label: 'gone' }),
      ),
      no(
        'an invite that has run out by the door’s clock',
        'the newcomer’s clock is believed',
        'expired',
        plain,
        carla.nodeId,
        '2026-05-26T09:14:22Z',
      ),
      no(
        'an invite that has run out by both clocks',
        'the end is not looked at',
        'expired',
        await knock({ until: AT_SECONDS }),
        carla.nodeId,
      ),
      no(
        'an invite not yet good by the door’s clock',
        'only the end is checked',
        'expired',
        plain,
        carla.nodeId,
        '2026-05-26T08:00:00Z',
      ),
      no('an invite by a stranger', 'a signature is taken for a right', 'unauthorized', await knock({ by: 'stranger' })),
      no(
        'an invite to trusted by a plain member',
        'levels are not compared',
        'unauthorized',
        await knock({ by: 'bert', level: 'trusted', label: 'high' }),
      ),
      no('an invite to another community', 'the audience is not looked at', 'unauthorized', await knock({ aud: bert.nodeId })),
      no('an invite for somebody else', 'the subject is not looked at', 'unauthorized', await knock({ sub: bert.nodeId })),
      no('a token that is no invite', 'any token opens the door', 'unauthorized', await knock({ capabilities: ['node.echo'] })),
      no(
        'a forged invite',
        'the invite is not verified',
        'invalid_signature',
        await knock(
          {},
          { data: { invite: (await inviteToken(anna, anna.nodeId)).replace(/.{12}$/, 'A'.repeat(12)), display_name: 'Carla' } },
        ),
      ),
      no('a joining changed after signing', 'the event is not verified', 'invalid_signature', { ...plain, lamport: 10 }),
      no(
        'a joining without a name',
        'what is in it is not looked at',
        'schema_mismatch',
        await knock({}, { data: { invite: used } }),
      ),
    ],
  }
}
