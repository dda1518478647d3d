import type { Json } from '../../../client/encoding.ts'
import { type Draft, ulidLike } from '../../../client/envelopes.ts'
import { type Case, ensure, outcomeOf } from '../../../harness/case.ts'

interface Wrong {
  readonly what: string
  readonly says: string
  readonly change: Draft
}

/** Envelopes that BUS-3 does not allow, each wrong in one place. */
const WRONG: readonly Wrong[] = [
  { what: 'unknown-field', says: 'a field that the envelope does not have', change: { priority: 1 } },
  { what: 'no-capability', says: 'no capability', change: { capability: undefined } },
  { what: 'empty-capability', says: 'an empty capability', change: { capability: '' } },
  { what: 'long-capability', says: 'a capability of 129 characters', change: { capability: 'a'.repeat(129) } },
  { what: 'capability-number', says: 'a capability that is a number', change: { capability: 7 } },
  { what: 'no-version', says: 'no version', change: { version: undefined } },
  { what: 'version-major-only', says: 'a version without a minor part', change: { version: '1' } },
  { what: 'version-three-parts', says: 'a version of three parts', change: { version: '1.0.0' } },
  { what: 'version-number', says: 'a version that is a number', change: { version: 1 } },
  { what: 'version-range', says: 'a version with a sign of comparison', change: { version: '>=1.0' } },
  { what: 'no-request-id', says: 'no request_id', change: { request_id: undefined } },
  { what: 'request-id-short', says: 'a request_id of 25 characters', change: { request_id: ulidLike.slice(1) } },
  { what: 'request-id-lower', says: 'a request_id in small letters', change: { request_id: ulidLike.toLowerCase() } },
  {
    what: 'request-id-letter-u',
    says: 'a request_id with a letter that ULIDs leave out',
    change: { request_id: `${ulidLike.slice(0, 25)}U` },
  },
  { what: 'request-id-overflow', says: 'a request_id beyond 128 bits', change: { request_id: `8${ulidLike.slice(1)}` } },
  { what: 'no-from', says: 'nobody it is from', change: { from: undefined } },
  { what: 'from-null', says: 'null as sender', change: { from: null } },
  { what: 'no-community', says: 'no community field', change: { community: undefined } },
  { what: 'community-word', says: 'a community that is no NodeID', change: { community: 'issum' } },
  { what: 'no-timestamp', says: 'no timestamp', change: { timestamp: undefined } },
  { what: 'no-body', says: 'no body', change: { body: undefined } },
  { what: 'body-without-params', says: 'a body without params', change: { body: { input: { payload: 'x' } } } },
  { what: 'body-without-input', says: 'a body without input', change: { body: { params: {} } } },
  {
    what: 'params-not-empty',
    says: 'params that nobody defined',
    change: { body: { params: { hop: 1 }, input: { payload: 'x' } } },
  },
  { what: 'params-list', says: 'params that are a list', change: { body: { params: [], input: { payload: 'x' } } } },
  {
    what: 'body-extra',
    says: 'a body with one more field',
    change: { body: { params: {}, input: { payload: 'x' }, more: 1 } },
  },
  { what: 'token-number', says: 'a token that is a number', change: { token: 1 } },
  { what: 'token-long', says: 'a token of 801 characters', change: { token: 'x'.repeat(801) } },
  { what: 'signature-form', says: 'a signature without its tag', change: { signature: 'A'.repeat(86) } },
  { what: 'signature-short', says: 'a signature of 63 bytes', change: { signature: `ed25519:${'A'.repeat(84)}` } },
]

const NOT_ENVELOPES: readonly (readonly [string, string, Json])[] = [
  ['null', 'null', null],
  ['number', 'a number', 3],
  ['text', 'a text', 'node.echo'],
  ['list', 'a list', []],
  ['empty', 'an empty object', {}],
]

const TIMES: readonly (readonly [string, string])[] = [
  ['offset', '2026-05-26T08:14:22+00:00'],
  ['no-zone', '2026-05-26T08:14:22'],
  ['small-letters', '2026-05-26t08:14:22z'],
  ['microseconds', '2026-05-26T08:14:22.123456Z'],
  ['month-13', '2026-13-26T08:14:22Z'],
  ['hour-24', '2026-05-26T24:00:00Z'],
  ['leap-second', '2026-05-26T23:59:60Z'],
  ['date-only', '2026-05-26'],
  ['two-digit-year', '26-05-26T08:14:22Z'],
]

const refused = (id: string, title: string, make: (from: string) => Draft): Case => ({
  id,
  title,
  needs: ['call'],
  async run({ peer }) {
    const caller = await peer('member')
    const answer = await caller.deliver(caller.request('node.echo', { payload: 'x' }, make(caller.nodeId)))
    ensure(outcomeOf(answer) === 'bad_request', 'bad_request', answer)
  },
})

export const cases: readonly Case[] = [
  ...WRONG.map(({ what, says, change }) =>
    refused(`BUS-3.shape-${what}`, `An envelope with ${says} is bad_request`, () => change),
  ),
  ...NOT_ENVELOPES.map(
    ([what, says, value]): Case => ({
      id: `BUS-3.not-an-envelope-${what}`,
      title: `A message that is ${says} is bad_request`,
      needs: ['call'],
      async run({ peer }) {
        const caller = await peer('member')
        ensure(outcomeOf(await caller.deliver(value)) === 'bad_request', 'bad_request', await caller.deliver(value))
      },
    }),
  ),
  ...TIMES.map(([what, timestamp]) =>
    refused(`ENC-4.time-${what}`, `A time written ${timestamp} is bad_request`, () => ({ timestamp })),
  ),
  refused('ID-1.from-untagged', 'A sender’s key without its tag is no NodeID', (from) => ({ from: from.slice(8) })),
  refused('ID-1.from-short', 'A key of 31 bytes is no NodeID', (from) => ({ from: from.slice(0, -1) })),
  refused('ID-1.from-other-tag', 'A NodeID names its algorithm', (from) => ({ from: from.replace('ed25519:', 'secp256k1:') })),
  refused('ID-2.display-form', 'The form that people compare by eye is not accepted as an id', () => ({
    from: 'ABCD-EFGH-IJKL-MNOP',
  })),
  refused('ID-2.display-form-community', 'The form that people compare by eye names no community', () => ({
    community: 'ABCD-EFGH-IJKL-MNOP',
  })),
  refused('ENC-3.padding', 'base64url with padding is refused', (from) => ({ from: `${from}=` })),
  refused('ENC-3.alphabet', 'base64 with + or / is refused', (from) => ({ from: `${from.slice(0, -2)}+/` })),
]
