import { toBase64Url, utf8 } from '#protocol/core/encoding.ts'
import { EVENT_MAX_BYTES, eventContentId, type SignedEvent } from '#protocol/core/event.ts'
import { type Signer, signRecord } from '#protocol/core/signing.ts'
import { bad, good } from '../cases.ts'
import type { Vector, VectorSource } from '../format.ts'
import { bytesOf, type People } from '../seeded.ts'
import { AT, FOUNDING, inviteToken, signedEvent, unsigned } from './make.ts'
import { wrongData, wrongFields } from './wrong.ts'

type Change = Parameters<typeof signedEvent>[2]

async function joins({ anna, bert, carla }: People): Promise<Vector[]> {
  const community = anna.nodeId
  const join = async (invite: string, change: Change = {}) =>
    signedEvent(bert, community, { event_type: 'community.member.joined', data: { invite, display_name: 'Bert' }, ...change })
  const no = async (name: string, catches: string, error: string, invite: string, change?: Change): Promise<Vector> =>
    bad(`a joining with ${name}`, catches, { community_id: community, event: await join(invite, change) }, error, undefined, {
      rule: 'COM-3',
    })
  const invite = await inviteToken(anna, community)
  const event = (await join(invite)) as SignedEvent
  return [
    good(
      'a joining',
      'The invite travels inside; who joins signs',
      { community_id: community, event },
      { content_id: eventContentId(event) },
      { rule: 'COM-3' },
    ),
    await no(
      'an invite that had run out',
      'the time of the event is not held against the invite',
      'expired',
      await inviteToken(anna, community, { until: Date.parse(AT) / 1000 }),
    ),
    await no('an invite not yet good', 'only the end is checked', 'expired', invite, { wall_clock: '2026-05-26T08:09:21Z' }),
    await no(
      'an invite to another community',
      'the audience is not looked at',
      'unauthorized',
      await inviteToken(anna, community, { aud: carla.nodeId }),
    ),
    await no(
      'an invite for somebody else',
      'the subject is not looked at',
      'unauthorized',
      await inviteToken(anna, community, { sub: carla.nodeId }),
    ),
    await no(
      'a token that is no invite',
      'any token opens the door',
      'unauthorized',
      await inviteToken(anna, community, { capabilities: ['node.echo'] }),
    ),
    await no(
      'an invite to a level there is none of',
      'any text is a level',
      'unauthorized',
      await inviteToken(anna, community, { level: 'anchor' }),
    ),
    await no('a forged invite', 'the invite is not verified', 'invalid_signature', `${invite.slice(0, -6)}AAAAAA`),
    await no('no token at all', 'any text is an invite', 'bad_request', 'hntoken://v1/'),
  ]
}

async function strangers({ anna, bert }: People): Promise<Vector[]> {
  const community = anna.nodeId
  const right = await signedEvent(anna, community)
  const asWritten = unsigned(community, anna.nodeId)
  const signature = async (signer: Signer, bytes: Uint8Array<ArrayBuffer>) => `ed25519:${toBase64Url(await signer.sign(bytes))}`
  const no = (name: string, catches: string, event: object, error: string): Vector =>
    bad(name, catches, { community_id: community, event }, error)
  return [
    no(
      'signed by somebody else',
      'the key is taken from elsewhere than the author',
      { ...right, signature: (await signRecord(bert, asWritten)).signature },
      'invalid_signature',
    ),
    no('an author put in afterwards', 'the author is not signed', { ...right, author: bert.nodeId }, 'invalid_signature'),
    no('a Lamport time put in afterwards', 'the clock is not signed', { ...right, lamport: 8 }, 'invalid_signature'),
    no(
      'a type put in afterwards',
      'the type is not signed',
      { ...right, event_type: 'community.member.joined' },
      'invalid_signature',
    ),
    no('data put in afterwards', 'the data is not signed', { ...right, data: { display_name: 'Bert' } }, 'invalid_signature'),
    no(
      'signed in the order it was written',
      'not in canonical form',
      { ...asWritten, signature: await signature(anna, utf8(JSON.stringify(asWritten))) },
      'invalid_signature',
    ),
    no(
      'signed over the data alone',
      'the envelope is not signed',
      { ...asWritten, signature: await signature(anna, utf8('{"display_name":"Anna"}')) },
      'invalid_signature',
    ),
    no(
      'an author whose key has small order',
      'a key under which one signature fits many events',
      { ...asWritten, author: `ed25519:${'A'.repeat(43)}`, signature: `ed25519:AQ${'A'.repeat(84)}` },
      'invalid_signature',
    ),
    no(
      'a field more, signed',
      'what is not in the contract is let in',
      await signRecord(anna, { ...asWritten, note: 'x' }),
      'bad_request',
    ),
    no('a field more, not signed', 'unknown fields are dropped before verifying', { ...right, note: 'x' }, 'bad_request'),
    no('no signature', 'a missing signature passes', asWritten, 'bad_request'),
    no('a list', 'any value is an event', [right], 'bad_request'),
    no('an event inside an event', 'the envelope is opened twice', { event: right }, 'bad_request'),
    bad('null', 'any value is an event', { community_id: community, event: null }, 'bad_request'),
    bad('text', 'JSON inside JSON', { community_id: community, event: JSON.stringify(right) }, 'bad_request'),
  ]
}

/** Events around the limit: the long text is left out of the file and of no other byte. */
async function sizes({ anna }: People): Promise<Vector[]> {
  const community = anna.nodeId
  const event_type = 'example.of.size'
  const of = async (length: number) =>
    (await signedEvent(anna, community, { event_type, data: { text: 'x'.repeat(length) } })) as SignedEvent
  const empty = JSON.stringify(await of(0)).length
  const full = EVENT_MAX_BYTES - empty
  const hollow = (event: SignedEvent): object => ({ ...event, data: { text: '' } })
  const fill = (count: number) => ({ fill: [{ pointer: '/input/event/data/text', text: 'x', count }] })
  const [fits, over] = [await of(full), await of(full + 1)]
  const euros = Math.floor(full / 3)
  const wide = (await signedEvent(anna, community, { event_type, data: { text: '€'.repeat(euros + 1) } })) as SignedEvent
  return [
    good(
      'exactly 256 KiB',
      'In canonical form with its signature',
      { community_id: community, event: hollow(fits) },
      { content_id: eventContentId(fits) },
      fill(full),
    ),
    bad(
      'a byte more than 256 KiB',
      'events have no limit, or it is counted without the signature',
      { community_id: community, event: hollow(over) },
      'bad_request',
      undefined,
      fill(full + 1),
    ),
    bad(
      'over 256 KiB in UTF-8 only',
      'characters are counted instead of bytes',
      { community_id: community, event: hollow(wide) },
      'bad_request',
      undefined,
      {
        fill: [{ pointer: '/input/event/data/text', text: '€', count: euros + 1 }],
      },
    ),
  ]
}

async function rightOnes({ anna, bert }: People): Promise<Vector[]> {
  const community = anna.nodeId
  const content = `blake3:${'0123456789abcdef'.repeat(4)}`
  const yes = async (name: string, comment: string, change: Change, signer = anna): Promise<Vector> => {
    const event = (await signedEvent(signer, community, change)) as SignedEvent
    return good(name, comment, { community_id: community, event }, { content_id: eventContentId(event) })
  }
  return [
    await yes('a renaming', 'The plainest event', {}),
    await yes('a founding', 'The first event of a log, by the root itself', {
      event_type: 'community.root.founded',
      data: FOUNDING,
      lamport: 1,
    }),
    await yes('with prev', 'On top of the author’s last event', { prev: content }),
    await yes('with milliseconds', 'They are signed as written', { wall_clock: '2026-05-26T08:14:22.120Z' }),
    await yes('with a Lamport time of zero', 'No clock gives it, and nothing forbids it', { lamport: 0 }),
    await yes('with the largest Lamport time', '2^48', { lamport: 2 ** 48 }),
    await yes('by another member', 'Whether the author is a member is the log’s to say', {}, bert),
    await yes('of a type nobody knows', 'It is kept and passed on (EVT-5)', {
      event_type: 'garden.bed.planted',
      data: { anything: [1, { b: null, a: 0.5 }] },
    }),
    await yes('of a type of five parts', 'As many as there may be', { event_type: 'a.b.c.d.e', data: {} }),
    await yes('with text in many scripts', 'UTF-8', { data: { display_name: 'Größe שלום 🏠 e\u0301' } }),
    await yes('with a quoted signature in its data', 'The text is no member', {
      event_type: 'example.of.quoting',
      data: { text: '","signature":"ed25519:x"', z: ',"signature":"' },
    }),
    await yes('with a member named signature in its data', 'Only the outermost is left out', {
      event_type: 'example.of.nesting',
      data: { signature: 'x', z: { signature: 'y' } },
    }),
  ]
}

/** EVT-4: what is refused of a single event, before it is asked who its author is. */
export async function verifying(all: People): Promise<VectorSource> {
  const { anna, carla } = all
  const community = anna.nodeId
  const content = `blake3:${[...bytesOf('event prev', 32)].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`
  const fields = await Promise.all(
    wrongFields(content, carla.nodeId).map(async ([name, catches, change, error = 'bad_request']) =>
      bad(name, catches, { community_id: community, event: await signedEvent(anna, community, change) }, error),
    ),
  )
  const data = await Promise.all(
    wrongData().map(async ([name, catches, event_type, value]) =>
      bad(
        `${event_type}: ${name}`,
        catches,
        { community_id: community, event: await signedEvent(anna, community, { event_type, data: value }) },
        'schema_mismatch',
      ),
    ),
  )
  return {
    name: 'verify',
    operation: 'event.verify',
    rule: 'EVT-4',
    about: 'One event from elsewhere: form, size, community, signature and data. Who may write is asked later, of the log.',
    vectors: [
      ...(await rightOnes(all)),
      ...fields,
      ...data,
      ...(await strangers(all)),
      ...(await joins(all)),
      ...(await sizes(all)),
    ],
  }
}
