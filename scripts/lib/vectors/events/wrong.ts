import { ulidOf } from '../seeded.ts'
import { AT, FOUNDING, type signedEvent } from './make.ts'

type Change = Parameters<typeof signedEvent>[2]

/** Fields of an event that are wrong, each signed all the same: what is refused is refused for the field. */
export function wrongFields(
  content: string,
  other: string,
): readonly (readonly [name: string, catches: string, change: Change, error?: string])[] {
  return [
    ['version 0', 'the version is not looked at', { schema_version: 0 }],
    ['version 2', 'events of another version are taken for ours', { schema_version: 2 }],
    ['version as text', 'numbers and texts are one', { schema_version: '1' }],
    [
      'an id in small letters',
      'ULIDs are compared without case, and one event has two ids',
      { event_id: ulidOf('event').toLowerCase() },
    ],
    ['an id that is a UUID', 'any unique text is an id', { event_id: '01890a5d-ac96-774b-bcce-b302099a8057' }],
    ['an id over 128 bits', 'the first character may be anything', { event_id: `8${'0'.repeat(25)}` }],
    ['an empty id', 'the id is not looked at', { event_id: '' }],
    ['a Lamport time below zero', 'the clock runs backwards', { lamport: -1 }],
    ['a Lamport time with a fraction', 'the clock is a float', { lamport: 1.5 }],
    ['a Lamport time as text', 'numbers and texts are one', { lamport: '7' }],
    ['a Lamport time above 2^48', 'one member can burn the clock of all', { lamport: 2 ** 48 + 1 }],
    [
      'the largest Lamport time an integer can be',
      'one member can burn the clock of all',
      { lamport: Number.MAX_SAFE_INTEGER },
    ],
    ['no Lamport time', 'a missing clock is zero', { lamport: undefined }],
    ['a time without zone', 'local time is let in', { wall_clock: '2026-05-26T08:14:22' }],
    ['a time in another zone', 'times are compared as texts', { wall_clock: '2026-05-26T10:14:22+02:00' }],
    ['a time with microseconds', 'more than milliseconds', { wall_clock: '2026-05-26T08:14:22.123456Z' }],
    ['a time in seconds', 'any form of time is taken', { wall_clock: 1779783262 }],
    ['a 30th of February', 'days are not looked at', { wall_clock: '2026-02-30T08:14:22Z' }],
    ['a community that is no id', 'any text names a community', { community_id: 'Issum' }],
    ['another community', 'events of one community are replayed in another', { community_id: other }, 'unauthorized'],
    ['an author who is no id', 'any text is an author', { author: 'Anna' }],
    ['prev left out', 'a missing prev is null', { prev: undefined }],
    ['prev as an empty text', 'an empty prev is null', { prev: '' }],
    ['prev as a ULID', 'events point to event_ids', { prev: ulidOf('prev') }],
    ['prev in capitals', 'one event has two content ids', { prev: content.toUpperCase().replace('BLAKE3', 'blake3') }],
    ['prev as a list', 'merge commits', { prev: [content] }],
    ['a type of two parts', 'any text is a type', { event_type: 'member.renamed' }],
    ['a type with capitals', 'types are compared without case', { event_type: 'community.Member.renamed' }],
    ['a type with a dash', 'any text is a type', { event_type: 'community.member.re-named' }],
    ['a type with an empty part', 'any text is a type', { event_type: 'community..renamed' }],
    ['a type with a dot behind it', 'only the beginning is matched', { event_type: 'community.member.renamed.' }],
    ['a type of six parts', 'types have no limit', { event_type: 'a.b.c.d.e.f' }],
    ['an empty type', 'any text is a type', { event_type: '' }],
    ['data as a list', 'any value is data', { data: [] }],
    ['data as null', 'any value is data', { data: null }],
    ['data as text', 'data is JSON inside JSON', { data: '{"display_name":"Anna"}' }],
    ['no data', 'missing data is an empty object', { data: undefined }],
  ]
}

/** Data that is wrong for a known type. */
export function wrongData(): readonly (readonly [name: string, catches: string, type: string, data: object])[] {
  const renamed = 'community.member.renamed'
  const founded = 'community.root.founded'
  const policy = Object(FOUNDING.policy)
  return [
    ['no name', 'a field that is missing is empty', renamed, {}],
    ['an empty name', 'no lower limit', renamed, { display_name: '' }],
    ['a name of 65 characters', 'no upper limit', renamed, { display_name: 'x'.repeat(65) }],
    ['a name that is null', 'null is a text', renamed, { display_name: null }],
    ['a field nobody knows', 'what is not in the contract is let in', renamed, { display_name: 'Anna', level: 'anchor' }],
    ['a founding without policy', 'a missing policy is the usual one', founded, { ...FOUNDING, policy: undefined }],
    [
      'a policy with a field more',
      'what is not in the contract is let in',
      founded,
      { ...FOUNDING, policy: { ...policy, open: true } },
    ],
    [
      'a policy with a negative number',
      'no lower limit',
      founded,
      { ...FOUNDING, policy: { ...policy, min_signatures_to_revoke: -1 } },
    ],
    [
      'a policy with a fraction',
      'counts are floats',
      founded,
      { ...FOUNDING, policy: { ...policy, min_signatures_to_revoke: 0.5 } },
    ],
    ['a policy with text for truth', 'yes is true', founded, { ...FOUNDING, policy: { ...policy, federation_enabled: 'yes' } }],
    ['a community name of 41 characters', 'no upper limit', founded, { ...FOUNDING, name: 'x'.repeat(41) }],
    [
      'a promotion to a level there is none of',
      'any text is a level',
      'community.member.promoted',
      { subject: ulidOf('x'), level: 'admin' },
    ],
    ['a leaving with reasons', 'what is not in the contract is let in', 'community.member.left', { reason: 'moved' }],
    [
      'a revocation with text as last_valid',
      'one and a list of one are the same',
      'community.revocation.signed',
      { revocation: { revocation_id: ulidOf('r'), subject: `ed25519:${'A'.repeat(43)}`, last_valid: 'blake3:', reason: '' } },
    ],
    [
      'an invite record without uses',
      'a field that is missing is zero',
      'community.invite.issued',
      { jti: ulidOf('j'), expires_at: AT },
    ],
    ['a token revocation with a foreign id', 'any text is an id', 'auth.token.revoked', { jti: 'all' }],
  ]
}
