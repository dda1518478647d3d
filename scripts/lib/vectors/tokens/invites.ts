import { encodeInvite, type Invite } from '#protocol/core/community.ts'
import { toBase64Url, utf8 } from '#protocol/core/encoding.ts'
import { TOKEN_PREFIX } from '#protocol/core/token.ts'
import { bad, good } from '../cases.ts'
import { AT_SECONDS, type InviteOptions, inviteToken } from '../events/make.ts'
import type { Vector, VectorSource } from '../format.ts'
import { type People, ulidOf } from '../seeded.ts'

const RELAY = '/dns4/box.example/tcp/443/wss/p2p/12D3KooWLKfjHHUhQYJtYpLwk1n5mLFT92Eyy8BcZFcCrUzTuNhe'

async function decoding({ anna }: People): Promise<VectorSource> {
  const token = await inviteToken(anna, anna.nodeId)
  const invite: Invite = { v: 1, token, inviter_name: 'Anna', lamport: 7, relays: [RELAY] }
  const bare = token.slice(TOKEN_PREFIX.length)
  const code = encodeInvite(invite)
  const { token: _, ...hints } = invite
  const yes = (name: string, comment: string, text: string, expected: Invite = invite): Vector =>
    good(name, comment, { text }, { invite: expected })
  const no = (name: string, catches: string, text: string): Vector => bad(name, catches, { text }, 'bad_request')
  const hinted = (change: object | string): string =>
    `${bare}~${toBase64Url(utf8(typeof change === 'string' ? change : JSON.stringify({ ...hints, ...change })))}`
  const many = { ...invite, relays: Array.from({ length: 8 }, () => RELAY) }
  return {
    name: 'invite-text',
    operation: 'invite.decode',
    rule: 'COM-2',
    about: 'An invite as people paste it: a link, or the code alone. Only its token is signed; the rest are hints.',
    vectors: [
      yes('a link', 'As it is shared', `https://box.example/#/join/${code}`),
      yes('the code alone', 'As a QR code may have it', code),
      yes('a link to another place', 'Who sent the app is no matter', `http://192.168.178.20:8080/hearth/#/join/${code}`),
      yes('space around it', 'As it is pasted', `  ${code}\n`),
      yes('without relays', 'They are hints', encodeInvite({ ...invite, relays: [] }), { ...invite, relays: [] }),
      yes('with eight relays', 'As many as there may be', encodeInvite(many), many),
      yes('a name outside ASCII', 'UTF-8', encodeInvite({ ...invite, inviter_name: 'Käthe 🏠' }), {
        ...invite,
        inviter_name: 'Käthe 🏠',
      }),
      yes('hints that are not canonical', 'They are not signed', hinted({ v: 1 }), invite),
      no('nothing', 'an empty text is an invite', ''),
      no('a link without a code', 'an empty text is an invite', 'https://box.example/#/join/'),
      no('the token alone', 'hints are optional', bare),
      no('the token with its scheme alone', 'hints are optional', token),
      no('the hints alone', 'the token is optional', `~${code.split('~')[1]}`),
      no('a third part', 'what follows is not looked at', `${code}~x`),
      no('hints that are no base64url', 'errors of a decoder get out as they are', `${bare}~***`),
      no('hints that are no JSON', 'errors of a parser get out as they are', hinted('v=1')),
      no('another version', 'the version is not looked at', hinted({ v: 2 })),
      no('no name', 'a field that is missing is empty', hinted({ inviter_name: undefined })),
      no('an empty name', 'no lower limit', hinted({ inviter_name: '' })),
      no('a negative Lamport time', 'no lower limit', hinted({ lamport: -1 })),
      no('a relay that is no multiaddr', 'any text is an address', hinted({ relays: ['wss://box.example'] })),
      no('nine relays', 'no upper limit', hinted({ relays: Array.from({ length: 9 }, () => RELAY) })),
      no('a field nobody knows', 'what is not in the contract is let in', hinted({ level: 'anchor' })),
      no('another link', 'any text is an invite', 'https://example.org/'),
    ],
  }
}

async function granting({ anna, bert }: People): Promise<VectorSource> {
  const from = async (options: InviteOptions): Promise<object> => ({ token: await inviteToken(anna, anna.nodeId, options) })
  const granted = { community_id: anna.nodeId, inviter: anna.nodeId, community_name: 'Issum' }
  const times = { not_before: AT_SECONDS - 300, expires: AT_SECONDS + 3600 }
  const yes = async (name: string, comment: string, options: InviteOptions, change: object = {}): Promise<Vector> =>
    good(name, comment, await from(options), {
      jti: ulidOf('invite'),
      ...granted,
      level: 'member',
      uses: 1,
      ...times,
      ...change,
    })
  const no = async (name: string, catches: string, options: InviteOptions): Promise<Vector> =>
    bad(name, catches, await from(options), 'unauthorized')
  return {
    name: 'invite-grant',
    operation: 'invite.grant',
    rule: 'COM-2',
    about: 'What a token grants as an invite: scope community.join, a level, a number of uses.',
    vectors: [
      await yes('a plain member', 'The usual one', {}),
      await yes('a trusted member', 'By who may', { level: 'trusted' }, { level: 'trusted' }),
      await yes('twelve uses', 'One code for a whole street', { uses: 12 }, { uses: 12 }),
      await yes('with other capabilities beside', 'The scope holds community.join among others', {
        capabilities: ['node.echo', 'community.join'],
      }),
      await no('no scope of joining', 'any token opens the door', { capabilities: ['node.echo'] }),
      await no('a prefix that would cover joining', 'a grant of community.* is an invite', { capabilities: ['community.*'] }),
      await no('the level of an anchor', 'any text is a level', { level: 'anchor' }),
      await no('an empty level', 'a missing level is the usual one', { level: '' }),
      await no('a level in capitals', 'levels are compared without case', { level: 'Member' }),
      bad(
        'an invite of another issuer, forged',
        'the invite is not verified',
        { token: (await inviteToken(bert, anna.nodeId)).replace(/.{20}$/, 'A'.repeat(20)) },
        'invalid_signature',
      ),
    ],
  }
}

export const invites = async (all: People): Promise<readonly VectorSource[]> => [await decoding(all), await granting(all)]
