import { canonical, identityFrom, publicKeyOf, toBase64Url, utf8 } from '../../../client/encoding.ts'
import type { Draft } from '../../../client/envelopes.ts'
import type { Peer } from '../../../client/peer.ts'
import { type Case, ensure, member, outcomeOf } from '../../../harness/case.ts'
import type { Context, Standing } from '../../../harness/context.ts'

const ECHO = 'node.echo'
const YEAR_MS = 365 * 86_400_000
const said = { payload: 'x' }
/** This second; an HTTP binding asks for one near its own (BUS-9). */
const now = (end: string): string => new Date().toISOString().replace(/\.\d+Z$/, end)
/** A peer told so has to be let in first, so that only what the case asks about is wrong. */
const settled = async (context: Context, standing: Standing): Promise<Peer> => context.peer(standing)

/** One call with one change, and the code it must have. */
const call = (
  id: string,
  title: string,
  standing: Standing,
  change: Draft | ((peer: Peer) => Draft),
  expected: string,
  needs: Case['needs'] = ['call'],
): Case => ({
  id,
  title,
  needs,
  async run(context) {
    const peer = await settled(context, standing)
    const answer = await peer.ask(ECHO, said, typeof change === 'function' ? change(peer) : change)
    ensure(outcomeOf(answer) === expected, expected, answer)
  },
})

const SMALL_ORDER = `ed25519:${toBase64Url(Uint8Array.from({ length: 32 }, (_, at) => (at === 0 ? 1 : 0)))}`
const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n

/** The same signature with S + L: equal for a lax verifier (RFC 8032, 5.1.7). */
function malleated(signature: string): string {
  const bytes = publicKeyOf(signature)
  let s = 0n
  for (let at = 63; at >= 32; at--) s = (s << 8n) | BigInt(bytes[at] ?? 0)
  s += ORDER
  for (let at = 32; at < 64; at++) {
    bytes[at] = Number(s & 255n)
    s >>= 8n
  }
  return `ed25519:${toBase64Url(bytes)}`
}

/** A stranger passes on what a member signed. */
const carried = (id: string, title: string, spoil: (request: Draft, author: Peer) => Draft, expected: string): Case => ({
  id,
  title,
  needs: ['call', 'wire'],
  async run({ peer }) {
    const [author, carrier] = [await peer('member'), await peer('stranger')]
    const signed = author.identity.sign(author.request(ECHO, said))
    const answer = await carrier.deliver({ ...carrier.request(ECHO, said), ...spoil(signed, author) } as never) // spoilt JSON is JSON
    ensure(outcomeOf(answer) === expected, expected, answer)
  },
})

export const cases: readonly Case[] = [
  {
    id: 'BUS-3.echo',
    title: 'A member’s call is answered with its request_id and what it asked for',
    needs: ['call'],
    async run({ peer }) {
      const caller = await peer('member')
      const request = caller.request(ECHO, { payload: 'grüß dich 🌱' })
      const answer = await caller.deliver(request)
      ensure(outcomeOf(answer) === 'ok', 'an answer', answer)
      ensure(member(answer, 'output', 'payload') === 'grüß dich 🌱', 'the payload that was sent', answer)
      ensure(member(answer, 'request_id') === request.request_id, 'the request_id of the request', answer)
    },
  },
  call(
    'BUS-3.clock-ahead',
    'On a direct stream a clock a year ahead is no reason to refuse',
    'member',
    () => ({ timestamp: new Date(Date.now() + YEAR_MS).toISOString() }),
    'ok',
    ['wire'],
  ),
  call(
    'BUS-3.clock-behind',
    'On a direct stream a clock a year behind is no reason to refuse',
    'member',
    () => ({ timestamp: new Date(Date.now() - YEAR_MS).toISOString() }),
    'ok',
    ['wire'],
  ),
  call('ENC-4.time-seconds', 'A time without milliseconds is a time', 'member', () => ({ timestamp: now('Z') }), 'ok'),
  call('ENC-4.time-tenths', 'A time with one decimal is a time', 'member', () => ({ timestamp: now('.5Z') }), 'ok'),
  call(
    'BUS-3.no-community-named',
    'Who names no community is not served as a member',
    'member',
    { community: null },
    'unauthorized',
  ),
  call(
    'BUS-3.other-community',
    'A member of this community calls in the name of another in vain',
    'member',
    ({ nodeId }) => ({ community: nodeId }),
    'unauthorized',
  ),
  call('COM-5.stranger', 'A stranger’s call is unauthorized', 'stranger', {}, 'unauthorized'),
  call(
    'ID-3.other-sender',
    'Nobody calls in the name of the node itself',
    'member',
    ({ target }) => ({ from: target.nodeId }),
    'invalid_signature',
  ),
  call('BUS-3.signed-on-a-stream', 'A direct call may be signed all the same', 'member', {}, 'ok'),
  carried('BUS-3.carried', 'A signed call that somebody else carries is its author’s', (request) => request, 'ok'),
  carried(
    'ID-4.carried-unsigned',
    'An unsigned call that somebody else carries is refused',
    ({ signature: _, ...rest }) => rest,
    'invalid_signature',
  ),
  carried(
    'ID-4.changed-after-signing',
    'A call changed after it was signed is refused',
    (request) => ({ ...request, body: { params: {}, input: { payload: 'y' } } }),
    'invalid_signature',
  ),
  carried(
    'ID-4.field-left-out',
    'A signature covers every field, also the version',
    (request) => ({ ...request, version: '1.00' }),
    'invalid_signature',
  ),
  carried(
    'ID-4.field-added',
    'A field added after signing is refused',
    (request) => ({ ...request, token: 'hntoken://v1/x' }),
    'invalid_signature',
  ),
  carried(
    'ID-4.other-key',
    'A signature by another key than the sender’s is refused',
    ({ signature: _, ...rest }, { random }) => ({
      ...identityFrom(random.bytes(32)).sign(rest),
    }),
    'invalid_signature',
  ),
  carried(
    'ID-4.malleated',
    'A signature whose S is not reduced is refused',
    (request) => ({ ...request, signature: malleated(String(request.signature)) }),
    'invalid_signature',
  ),
  carried(
    'ID-4.zero-signature',
    'A signature of zeros is refused',
    (request) => ({ ...request, signature: `ed25519:${'A'.repeat(86)}` }),
    'invalid_signature',
  ),
  carried(
    'ID-4.small-order',
    'A key of small order signs nothing',
    (request) => ({
      ...request,
      from: SMALL_ORDER,
      // R is the neutral element and S is zero: true for every message under a key of small order
      signature: `ed25519:${toBase64Url(Uint8Array.from({ length: 64 }, (_, at) => (at === 0 ? 1 : 0)))}`,
    }),
    'invalid_signature',
  ),
  carried(
    'ID-4.not-canonical',
    'A signature over another writing than the canonical one is refused',
    ({ signature: _, ...rest }, { identity }) => ({
      ...rest,
      signature: `ed25519:${toBase64Url(identity.signBytes(utf8(JSON.stringify(rest))))}`,
    }),
    'invalid_signature',
  ),
  carried(
    'ID-4.signature-inside',
    'A signature is not part of what it covers',
    ({ signature: _, ...rest }, { identity }) => ({
      ...rest,
      signature: `ed25519:${toBase64Url(identity.signBytes(utf8(canonical({ ...rest, signature: '' }))))}`,
    }),
    'invalid_signature',
  ),
  {
    id: 'BUS-3.replay',
    title: 'A request_id that was seen is bad_request',
    needs: ['call'],
    async run({ peer }) {
      const caller = await peer('member')
      const request = caller.request(ECHO, said)
      ensure(outcomeOf(await caller.deliver(request)) === 'ok', 'the first is answered', '')
      const again = await caller.deliver(request)
      ensure(outcomeOf(again) === 'bad_request', 'bad_request', again)
      const changed = await caller.deliver({ ...request, body: { params: {}, input: { payload: 'y' } } })
      ensure(outcomeOf(changed) === 'bad_request', 'bad_request also with another body', changed)
    },
  },
  {
    id: 'BUS-3.replay-by-another',
    title: 'Two callers may use one request_id',
    needs: ['call', 'wire'],
    async run({ peer }) {
      const [one, two] = [await peer('member'), await peer('member')]
      const request_id = one.ulid()
      ensure(outcomeOf(await one.ask(ECHO, said, { request_id })) === 'ok', 'the first is answered', '')
      const other = await two.deliver(two.request(ECHO, said, { request_id }))
      ensure(outcomeOf(other) === 'ok', 'the other is answered', other)
    },
  },
  {
    id: 'BUS-3.replay-carried',
    title: 'A signed call cannot be played again by whoever carried it',
    needs: ['call', 'wire'],
    async run({ peer }) {
      const [author, carrier] = [await peer('member'), await peer('stranger')]
      const signed = author.identity.sign(author.request(ECHO, said))
      ensure(outcomeOf(await author.deliver(signed)) === 'ok', 'the author is answered', '')
      const again = await carrier.deliver(signed)
      ensure(outcomeOf(again) === 'bad_request', 'bad_request', again)
    },
  },
  order(
    'shape-before-sender',
    'Shape is checked before the sender',
    'member',
    (peer) => ({ from: peer.target.nodeId, version: 'x' }),
    'bad_request',
  ),
  order(
    'sender-before-membership',
    'The sender is checked before membership',
    'stranger',
    (peer) => ({ from: peer.target.nodeId }),
    'invalid_signature',
  ),
  order(
    'membership-before-name',
    'Membership is checked before the name: a stranger learns of no name',
    'stranger',
    () => ({ capability: 'no.such.capability' }),
    'unauthorized',
  ),
  order(
    'membership-before-schema',
    'Membership is checked before the input',
    'stranger',
    () => ({ body: { params: {}, input: 7 } }),
    'unauthorized',
  ),
  order(
    'trust-before-schema',
    'The level of trust is checked before the input',
    'member',
    () => ({ capability: 'node.erase', body: { params: {}, input: 7 } }),
    'unauthorized',
  ),
  {
    id: 'BUS-3.order-replay-before-membership',
    title: 'A request_id that was seen is told before membership is',
    needs: ['call'],
    async run({ peer }) {
      const caller = await peer('stranger')
      const request = caller.request(ECHO, said)
      ensure(outcomeOf(await caller.deliver(request)) === 'unauthorized', 'unauthorized at first', '')
      const again = await caller.deliver(request)
      ensure(outcomeOf(again) === 'bad_request', 'bad_request', again)
    },
  },
]

function order(what: string, title: string, standing: Standing, change: (peer: Peer) => Draft, expected: string): Case {
  return call(`BUS-3.order-${what}`, title, standing, change, expected)
}
