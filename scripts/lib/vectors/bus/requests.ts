import type { Request } from '#protocol/core/bus.ts'
import { type Signer, signRecord } from '#protocol/core/signing.ts'
import { issueToken } from '#protocol/core/token.ts'
import { bad, good } from '../cases.ts'
import { AT, signedEvent } from '../events/make.ts'
import type { Vector, VectorSource } from '../format.ts'
import { type People, ulidOf } from '../seeded.ts'
import { payloadOf } from '../tokens/opening.ts'

/** What the answering node is and knows, the same in all. */
export const nodeOf = ({ anna, bert, carla, dora, emil }: People) => ({
  node_id: carla.nodeId,
  community_id: anna.nodeId,
  now: AT,
  levels: [
    { node_id: anna.nodeId, level: 'anchor' },
    { node_id: bert.nodeId, level: 'member' },
    { node_id: carla.nodeId, level: 'member' },
    { node_id: dora.nodeId, level: 'trusted' },
    { node_id: emil.nodeId, level: 'revoked' },
  ],
})

type Change = Readonly<Record<string, unknown>>

const requestOf = ({ anna, bert }: People, change: Change = {}): Partial<Record<keyof Request, unknown>> => ({
  capability: 'node.echo',
  version: '1.0',
  request_id: ulidOf('request'),
  from: bert.nodeId,
  community: anna.nodeId,
  timestamp: AT,
  body: { params: {}, input: { payload: 'x' } },
  ...change,
})

const input = (value: unknown): Change => ({ body: { params: {}, input: value } })
/** What only the person at the device may call. */
const PRIVATE: Change = { capability: 'auth.token.revoke', ...input({ jti: ulidOf('x') }) }
/** What anybody may call (COM-5). */
const PUBLIC: Change = { capability: 'protocol.version.list', community: null, ...input({}) }
const SWITCHED_OFF = 'experimental.evidence.claim.get'

/** Fields of a request that are wrong in their form. */
const SHAPES: readonly (readonly [name: string, catches: string, change: Change])[] = [
  ['no capability', 'a missing name is an empty one', { capability: undefined }],
  ['an empty capability', 'no lower limit', { capability: '' }],
  ['a capability of 129 characters', 'names have no limit', { capability: 'x'.repeat(129) }],
  ['a version of one number', 'versions are guessed', { version: '1' }],
  ['a version of three numbers', 'versions are guessed', { version: '1.0.0' }],
  ['a version with a v', 'versions are guessed', { version: 'v1.0' }],
  ['a version as number', 'numbers and texts are one', { version: 1 }],
  ['a request_id that is a UUID', 'any unique text is an id', { request_id: '01890a5d-ac96-774b-bcce-b302099a8057' }],
  ['no request_id', 'replays cannot be told', { request_id: undefined }],
  ['from left out', 'the connection is enough', { from: undefined }],
  ['from as a peer id', 'the id of the transport is taken', { from: '12D3KooWLKfjHHUhQYJtYpLwk1n5mLFT92Eyy8BcZFcCrUzTuNhe' }],
  ['community left out', 'a missing community is ours', { community: undefined }],
  ['community as an empty text', 'an empty community is none', { community: '' }],
  ['no timestamp', 'a missing time is now', { timestamp: undefined }],
  ['a timestamp in milliseconds', 'any form of time is taken', { timestamp: 1_779_783_262_000 }],
  ['no body', 'a missing body is empty', { body: undefined }],
  ['a body without params', 'a field that is missing is empty', { body: { input: { payload: 'x' } } }],
  [
    'params nobody knows',
    'what is not in the contract is let in',
    { body: { params: { priority: 9 }, input: { payload: 'x' } } },
  ],
  ['input beside the body', 'input is looked for in two places', { input: { payload: 'x' } }],
  ['a token of 801 characters', 'tokens have no limit', { token: 'x'.repeat(801) }],
  ['a signature that is none', 'the form is not looked at', { signature: 'ed25519:' }],
  ['a field nobody knows', 'what is not in the contract is let in', { admin: true }],
]

async function served(all: People): Promise<Vector[]> {
  const { anna, bert, carla, dora, stranger } = all
  const yes = (name: string, comment: string, { nodeId }: Signer, change: Change): Vector =>
    good(name, comment, { peer: nodeId, request: requestOf(all, { from: nodeId, ...change }) }, { served: true })
  const signed = await signRecord(bert, requestOf(all))
  const token = await issueToken(anna, payloadOf(anna, carla, { sub: dora.nodeId, aud: anna.nodeId }))
  return [
    yes('a member', 'The plainest call', bert, {}),
    yes('a trusted member', 'More than it takes', dora, {}),
    yes('an anchor', 'More than it takes', anna, {}),
    yes('a clock a year behind', 'On a direct stream a clock is no reason to refuse', bert, {
      timestamp: '2025-05-26T08:14:22Z',
    }),
    yes('a clock a year ahead', 'On a direct stream a clock is no reason to refuse', bert, {
      timestamp: '2027-05-26T08:14:22Z',
    }),
    yes('a signature nobody needs', 'It is allowed', bert, signed),
    yes('signed, over the connection of another', 'Whoever passes it on', dora, signed),
    yes('a member with a token', 'It does no harm', dora, { token }),
    yes('a stranger asks for versions', 'Open to everybody (COM-5)', stranger, PUBLIC),
    yes('a stranger with a token for this node', 'The token is the ticket', stranger, {
      token: await issueToken(anna, payloadOf(anna, carla)),
      community: null,
    }),
    yes('a stranger with a token for this community', 'The audience is the community or the node', stranger, {
      token: await issueToken(anna, payloadOf(anna, anna)),
      community: null,
    }),
  ]
}

/** From, membership, trust, what is served, schema. */
async function refused(all: People): Promise<Vector[]> {
  const { anna, bert, carla, dora, emil, stranger } = all
  const from = (signer: Signer, change: Change = {}) => requestOf(all, { from: signer.nodeId, ...change })
  const no = (name: string, catches: string, error: string, message: unknown, { nodeId }: Signer = bert): Vector =>
    bad(name, catches, { peer: nodeId, request: message }, error)
  const signed = await signRecord(bert, from(bert))
  const ticket = await issueToken(anna, payloadOf(anna, carla))
  const event = await signedEvent(anna, anna.nodeId)
  const door = { capability: 'community.join', community: null, ...input({ event: { ...event, lamport: '7' } }) }
  return [
    no('a list', 'any value is a request', 'bad_request', [from(bert)]),
    no('null', 'any value is a request', 'bad_request', null),
    no('a text', 'JSON inside JSON', 'bad_request', JSON.stringify(from(bert))),
    no('as somebody else', 'from is believed', 'invalid_signature', from(dora)),
    no('as the node itself', 'from is believed', 'invalid_signature', from(carla)),
    no(
      'as somebody else, signed by oneself',
      'the signature is checked against the connection',
      'invalid_signature',
      await signRecord(bert, from(dora)),
    ),
    no('signed and changed', 'only part of it is signed', 'invalid_signature', { ...signed, ...input({ payload: 'y' }) }),
    no('signed and changed in time', 'a signature on a direct call is not looked at', 'invalid_signature', {
      ...signed,
      timestamp: '2026-05-26T08:14:23Z',
    }),
    no('signed before a token was put in', 'the token is not signed', 'invalid_signature', { ...signed, token: ticket }, dora),
    no('revoked', 'a member stays a member', 'revoked', from(emil), emil),
    no('revoked, at an open door', 'open doors ask nobody', 'revoked', from(emil, PUBLIC), emil),
    no('revoked, with a token', 'a token lets the revoked back in', 'revoked', from(emil, { token: ticket }), emil),
    no('a stranger', 'membership is not asked for', 'unauthorized', from(stranger), stranger),
    no('a stranger without a community', 'no community is ours', 'unauthorized', from(stranger, { community: null }), stranger),
    no(
      'a member of another community',
      'the community is not looked at',
      'unauthorized',
      from(bert, { community: stranger.nodeId }),
    ),
    no('a member without a community', 'no community is ours', 'unauthorized', from(bert, { community: null })),
    no('what only the person here may', 'self is the level of a member', 'unauthorized', from(bert, PRIVATE)),
    no('what only the person here may, by an anchor', 'self is below anchor', 'unauthorized', from(anna, PRIVATE), anna),
    no(
      'what only the person here may, as the node itself',
      'the own key is the person',
      'unauthorized',
      from(carla, PRIVATE),
      carla,
    ),
    no(
      'a stranger asks for what is not there',
      'a stranger can tell what is served',
      'unauthorized',
      from(stranger, { capability: 'no.such.thing' }),
      stranger,
    ),
    no(
      'a stranger asks for what is switched off',
      'a stranger can tell what is installed',
      'unauthorized',
      from(stranger, { capability: SWITCHED_OFF }),
      stranger,
    ),
    no('what is not there', 'an unknown name is a bad request', 'not_implemented', from(bert, { capability: 'no.such.thing' })),
    no('a higher minor version', 'only the major is compared', 'not_implemented', from(bert, { version: '1.1' })),
    no('another major version', 'any version serves', 'not_implemented', from(bert, { version: '2.0' })),
    no('a major version of zero', 'an older major is served', 'not_implemented', from(bert, { version: '0.9' })),
    no('another case', 'names are compared without case', 'not_implemented', from(bert, { capability: 'Node.Echo' })),
    no(
      'what is switched off',
      'what is switched off is not there',
      'experimental_disabled',
      from(bert, { capability: SWITCHED_OFF, ...input({}) }),
    ),
    no('input without its field', 'a field that is missing is empty', 'schema_mismatch', from(bert, input({}))),
    no(
      'input with a field more',
      'what is not in the contract is let in',
      'schema_mismatch',
      from(bert, input({ payload: 'x', more: 1 })),
    ),
    no('input of another type', 'numbers and texts are one', 'schema_mismatch', from(bert, input({ payload: 7 }))),
    no('input as a list', 'positions are names', 'schema_mismatch', from(bert, input(['x']))),
    no('input as null', 'null is an empty object', 'schema_mismatch', from(bert, input(null))),
    no(
      'an event at the door that is none',
      'the inside of input is not looked at',
      'schema_mismatch',
      from(stranger, door),
      stranger,
    ),
    no(
      'broken in shape and not a member',
      'the order of checks: shape comes first',
      'bad_request',
      from(stranger, { version: 'x' }),
      stranger,
    ),
    no(
      'as somebody else and not a member',
      'the order of checks: from comes before membership',
      'invalid_signature',
      from(stranger),
    ),
    no(
      'not a member, with a broken input',
      'the order of checks: membership comes before the schema',
      'unauthorized',
      from(stranger, input(7)),
      stranger,
    ),
    no(
      'what only the person here may, with a broken input',
      'the order of checks: trust comes before the schema',
      'unauthorized',
      from(bert, { ...PRIVATE, ...input(7) }),
    ),
  ]
}

async function tokens(all: People): Promise<Vector[]> {
  const { anna, carla, dora, emil, stranger } = all
  const with_ = (token: string, change: Change = {}) =>
    requestOf(all, { from: stranger.nodeId, community: null, token, ...change })
  const by = (issuer: Signer, change: Parameters<typeof payloadOf>[2] = {}) =>
    issueToken(issuer, payloadOf(issuer, carla, change))
  const no = (name: string, catches: string, error: string, token: string, change?: Change): Vector =>
    bad(`a token ${name}`, catches, { peer: stranger.nodeId, request: with_(token, change) }, error)
  const echo = { capabilities: ['node.echo'] }
  return [
    no('of another person', 'the subject is not looked at', 'unauthorized', await by(anna, { sub: dora.nodeId })),
    no('for another place', 'the audience is not looked at', 'unauthorized', await by(anna, { aud: dora.nodeId })),
    no(
      'for another call',
      'the scope is not looked at',
      'unauthorized',
      await by(anna, { scope: { capabilities: ['node.status'] } }),
    ),
    no(
      'for another input',
      'constraints are not looked at',
      'unauthorized',
      await by(anna, { scope: { ...echo, params_constraints: { payload: 'y' } } }),
    ),
    no(
      'that names a field the input lacks',
      'a missing field fulfils every constraint',
      'unauthorized',
      await by(anna, { scope: { ...echo, params_constraints: { level: 'x' } } }),
    ),
    no('that has run out', 'the end is not looked at', 'expired', await by(anna, { exp: Date.parse(AT) / 1000 })),
    no('by a stranger', 'anybody issues tokens', 'revoked', await by(stranger)),
    no('by somebody revoked', 'the issuer may have been revoked since', 'revoked', await by(emil)),
    no(
      'with a forged signature',
      'the signature is not looked at',
      'invalid_signature',
      (await by(anna)).replace(/.{8}$/, 'AAAAAAAA'),
    ),
    no(
      'for what only the person here may',
      'a token reaches any level',
      'unauthorized',
      await by(anna, { scope: { capabilities: ['auth.token.revoke'] } }),
      PRIVATE,
    ),
    no(
      'by the node itself for what only the person here may',
      'a node’s own token reaches any level',
      'unauthorized',
      await by(carla, { scope: { capabilities: ['auth.token.revoke'] } }),
      PRIVATE,
    ),
    no('and a broken input', 'the token takes the place of the schema', 'schema_mismatch', await by(anna), input({})),
  ]
}

/** BUS-3, in the order of its checks; each vector fails at one of them alone unless it says so. */
export async function requests(all: People): Promise<VectorSource> {
  const shapes = SHAPES.map(([name, catches, change]) =>
    bad(name, catches, { peer: all.bert.nodeId, request: requestOf(all, change) }, 'bad_request'),
  )
  return {
    name: 'request',
    operation: 'bus.admit',
    rule: 'BUS-3',
    about: [
      'A request on a connection that has proved who `peer` is, and whether it is served. The node that answers is carla’s, in',
      'the community of anna (anchor), with bert (member), dora (trusted) and emil (revoked); stranger is nobody. It serves',
      'node.echo 1.0 (member), auth.token.revoke (self), protocol.version.list (unknown), community.join (unknown);',
      'experimental.evidence.* is switched off. Its clock shows 2026-05-26T08:14:22Z.',
    ].join(' '),
    vectors: [...(await served(all)), ...shapes, ...(await refused(all)), ...(await tokens(all))],
  }
}
