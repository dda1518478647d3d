import { type Bytes, type Json, text, utf8 } from '../../../client/encoding.ts'
import type { Peer } from '../../../client/peer.ts'
import {
  type Head,
  TENSOR,
  type TensorReply,
  TYPE,
  tensorFrame,
  tensorHello,
  tensorPiece,
  tensorReply,
} from '../../../client/tensor.ts'
import { nowSeconds, signedToken, tokenOf } from '../../../client/token.ts'
import { type Case, ensure, member, outcomeOf, same } from '../../../harness/case.ts'
import type { Context } from '../../../harness/context.ts'

const CONNECT = 'experimental.distributed_llm.shard.connect'
const PURPOSE = 'shard.forward'
/** A HELLO has to come within 10 seconds (TEN-5). */
const HELLO_MS = 10_000
const NONCE = new Uint8Array(8).fill(7)

/** Bytes on a stream of their own, each write as one packet; what comes back until it ends. */
async function exchange({ note }: Context, peer: Peer, packets: readonly Uint8Array[]): Promise<TensorReply> {
  const stream = await peer.line.open(TENSOR, 'none')
  try {
    for (const packet of packets) await stream.send(packet).catch(() => note('hung up while writing'))
    return await tensorReply(stream)
  } finally {
    stream.abort()
  }
}

/** To refuse is to send NACK with the word, as the first frame of a sender, and to close (TEN-2). */
function ensureRefused({ frames, ended }: TensorReply, words: readonly string[]): void {
  const [nack, ...more] = frames
  const expected = `a NACK with ${words.join(' or ')}, and the end`
  ensure(nack !== undefined && nack.type === TYPE.nack, expected, { types: frames.map(({ type }) => type), ended })
  ensure(words.includes(text(nack.payload)), expected, text(nack.payload))
  same([nack.version, nack.reserved, nack.seq, nack.flags], [1, 0, 1, 0], 'version, reserved, session_seq and flags')
  ensure(more.length === 0 && ended !== 'silence', 'nothing after it, and the end', { more: more.length, ended })
}

const spoken = { needs: ['wire'], protocol: TENSOR } as const satisfies Partial<Case>

/** What is sent first, and the word it is refused with; the same peer is heard again afterwards. */
const refused = (
  id: string,
  title: string,
  packets: (peer: Peer, context: Context) => readonly Uint8Array[] | Promise<readonly Uint8Array[]>,
  ...words: readonly string[]
): Case => ({
  ...spoken,
  id,
  title,
  async run(context) {
    const peer = await context.peer('member')
    ensureRefused(await exchange(context, peer, await packets(peer, context)), words)
    ensureRefused(await exchange(context, peer, [tensorFrame({ type: TYPE.ping }, NONCE)]), ['hello_expected'])
  },
})

const hello = (peer: Peer, fields: { readonly [field: string]: Json } = {}, head: Partial<Head> = {}): Bytes =>
  tensorFrame({ type: TYPE.hello, ...head }, tensorHello(peer, fields))

/** A token as this implementation's are (TEN-5), by the peer, who cannot issue one for another's session. */
const grantOf = (peer: Peer, session_id: string, overrides: { readonly [field: string]: Json } = {}): string =>
  tokenOf(
    peer,
    ['tensor.session'],
    { sub: peer.nodeId, aud: peer.target.nodeId, ...overrides },
    { params_constraints: { session_id, purpose: PURPOSE } },
  )

const withToken = (peer: Peer, token: (session_id: string) => string): Bytes => {
  const session_id = peer.ulid()
  return hello(peer, { session_id, session_token: token(session_id) })
}

/** What no HELLO gets past: no grant, no session. */
const UNWELCOME: readonly Case[] = [
  refused(
    'TEN-5.own-token',
    'Who writes the session’s token himself is refused before any data',
    (peer) => [withToken(peer, (id) => grantOf(peer, id))],
    'unauthorized',
  ),
  refused(
    'TEN-5.forged-token',
    'A token in the name of the node that is asked, signed by another, opens nothing',
    (peer) => [withToken(peer, (id) => grantOf(peer, id, { iss: peer.target.nodeId }))],
    'unauthorized',
  ),
  refused(
    'TEN-5.expired-token',
    'A token that has run out opens nothing',
    (peer) => [withToken(peer, (id) => grantOf(peer, id, { exp: nowSeconds() - 5 }))],
    'unauthorized',
  ),
  refused(
    'TEN-5.unsigned-token',
    'A token of another kind of signature opens nothing',
    (peer) => [
      withToken(peer, (session_id) =>
        signedToken(peer, { alg: 'none', typ: 'hntoken', v: 1 }, { iss: peer.target.nodeId, session_id }),
      ),
    ],
    'unauthorized',
    'bad_payload',
  ),
  refused(
    'TEN-5.no-token',
    'A HELLO with what is no token opens nothing',
    (peer) => [hello(peer, { session_token: 'please' })],
    'unauthorized',
    'bad_payload',
  ),
  {
    ...spoken,
    id: 'TEN-5.token-for-something-else',
    title: 'A token that the node itself has issued for a call opens no session',
    needs: ['wire', 'person'],
    async run(context) {
      const peer = await context.peer('member')
      const session_id = peer.ulid()
      const scope = { capabilities: ['tensor.session'], params_constraints: { session_id, purpose: PURPOSE } }
      const made = await context.does('auth.token.issue', { subject: peer.nodeId, scope, valid_seconds: 600 })
      const session_token = String(member(made, 'token'))
      ensureRefused(await exchange(context, peer, [hello(peer, { session_id, session_token })]), ['unauthorized'])
    },
  },
  {
    ...spoken,
    id: 'TEN-5.in-another-name',
    title: 'A HELLO in the name of somebody else is refused: the connection says who speaks',
    async run(context) {
      const [peer, other] = [await context.lent('member'), await context.lent('member')]
      const session_id = peer.ulid()
      const said = hello(peer, { from: other.nodeId, session_id, session_token: grantOf(other, session_id) })
      ensureRefused(await exchange(context, peer, [said]), ['unauthorized'])
    },
  },
  refused(
    'TEN-5.to-another',
    'A HELLO to somebody else is refused',
    (peer) => [hello(peer, { to: peer.nodeId })],
    'unauthorized',
  ),
  {
    ...spoken,
    id: 'TEN-5.stranger',
    title: 'A stranger gets no session either, and is told so or hung up on',
    async run(context) {
      const peer = await context.lent('stranger')
      const { frames, ended } = await exchange(context, peer, [
        withToken(peer, (id) => grantOf(peer, id, { aud: peer.nodeId })),
      ])
      ensure(
        frames.every((frame) => frame.type === TYPE.nack && text(frame.payload) === 'unauthorized') && ended !== 'silence',
        'a NACK with unauthorized or nothing, and the end',
        { types: frames.map(({ type }) => type), ended },
      )
    },
  },
  {
    ...spoken,
    id: 'TEN-5.silence',
    title: 'Who says no HELLO within ten seconds is hung up on',
    queue: 'waiting',
    limitMs: 90_000,
    async run(context) {
      const stream = await (await context.peer('member')).line.open(TENSOR, 'none')
      const { frames, ended } = await tensorReply(stream, 4 * HELLO_MS)
      stream.abort()
      ensure(frames.every(({ type }) => type === TYPE.nack) && ended !== 'silence', 'the end', ended)
    },
  },
]

/** Nothing but HELLO comes first. */
const EARLY: readonly Case[] = (
  [
    ['data', 'A tensor', { type: TYPE.data, flags: 2 }, tensorPiece(1, new Uint8Array(8))],
    ['end', 'The end of a tensor', { type: TYPE.end }, new Uint8Array(2)],
    ['ack', 'An ACK', { type: TYPE.ack }, new Uint8Array(4)],
    ['flowctl', 'FLOWCTL', { type: TYPE.flowctl }, utf8(JSON.stringify({ window: 16, credits_added: 4 }))],
    ['ping', 'PING', { type: TYPE.ping }, NONCE],
  ] as const
).map(([name, what, head, payload]) =>
  refused(
    `TEN-5.${name}-before-hello`,
    `${what} before HELLO is hello_expected`,
    () => [tensorFrame(head, payload)],
    'hello_expected',
  ),
)

const HEADERS: readonly Case[] = [
  refused(
    'TEN-1.version',
    'A frame of another version is bad_header',
    (peer) => [hello(peer, {}, { version: 2 })],
    'bad_header',
  ),
  refused('TEN-1.reserved', 'Reserved bits are bad_header', (peer) => [hello(peer, {}, { reserved: 1 })], 'bad_header'),
  refused(
    'TEN-1.four-gigabytes',
    'A frame of four gigabytes is refused by its header, before a byte of it comes',
    () => [tensorFrame({ type: TYPE.data, length: 0xffff_ffff })],
    'bad_header',
  ),
  refused(
    'TEN-1.long-hello',
    'A HELLO over 4096 bytes is refused by its header',
    () => [tensorFrame({ type: TYPE.hello, length: 4097 })],
    'bad_header',
  ),
  refused(
    'TEN-1.short-ping',
    'A PING with a nonce of seven bytes is refused by its header',
    () => [tensorFrame({ type: TYPE.ping }, new Uint8Array(7))],
    'bad_header',
  ),
  refused(
    'TEN-1.byte-by-byte',
    'A receiver does not depend on how frames are cut into packets: every byte alone',
    (peer) => {
      const whole = withToken(peer, (id) => grantOf(peer, id))
      return [...Array.from({ length: 24 }, (_, at) => whole.slice(at, at + 1)), whole.slice(24)]
    },
    'unauthorized',
  ),
  refused(
    'TEN-2.unknown-type',
    'A frame type of a later version is unknown_frame_type',
    () => [tensorFrame({ type: 10 }, NONCE)],
    'unknown_frame_type',
  ),
  refused('TEN-2.type-0', 'Frame type 0 is unknown_frame_type', () => [tensorFrame({ type: 0 }, NONCE)], 'unknown_frame_type'),
  refused(
    'TEN-2.hello-no-json',
    'A HELLO that is no JSON is bad_payload',
    () => [tensorFrame({ type: TYPE.hello }, utf8('{"session_id"'))],
    'bad_payload',
  ),
  refused(
    'TEN-2.hello-one-field-more',
    'A HELLO with a field that nobody knows is bad_payload',
    (peer) => [hello(peer, { shard: 3 })],
    'bad_payload',
  ),
  refused(
    'TEN-2.hello-negotiates-nothing',
    'A HELLO without a window is bad_payload',
    (peer) => [hello(peer, { negotiation: { preferred_dtype: 'fp16', compression: 'none', max_chunk_bytes: 65_536 } })],
    'bad_payload',
  ),
  refused(
    'TEN-3.unknown-flag',
    'A flag of a later version is unknown_flags',
    () => [tensorFrame({ type: TYPE.data, flags: 2 | 16 }, tensorPiece(1, new Uint8Array(8)))],
    'unknown_flags',
  ),
  refused(
    'TEN-3.high-flag',
    'The last bit of the flags is unknown_flags, too',
    () => [tensorFrame({ type: TYPE.data, flags: 0x8000_0000 }, tensorPiece(1, new Uint8Array(8)))],
    'unknown_flags',
  ),
  refused(
    'TEN-3.encrypted',
    'The reserved ENCRYPTED is encryption_unsupported',
    () => [tensorFrame({ type: TYPE.data, flags: 8 }, tensorPiece(1, new Uint8Array(8)))],
    'encryption_unsupported',
  ),
  refused(
    'TEN-3.flag-of-another-type',
    'A flag on another type than TENSOR_DATA is unknown_flags',
    (peer) => [hello(peer, {}, { flags: 2 })],
    'unknown_flags',
  ),
  refused(
    'TEN-6.begins-at-two',
    'A sender that begins with 2 has lost a frame: seq_gap',
    (peer) => [hello(peer, {}, { seq: 2 })],
    'seq_gap',
  ),
  refused(
    'TEN-6.begins-at-zero',
    'A sender that counts from 0 is refused: seq_gap',
    (peer) => [hello(peer, {}, { seq: 0 })],
    'seq_gap',
  ),
]

/** Goodbyes are not answered. */
const ENDS: readonly Case[] = (
  [
    ['TEN-10.bye', 'BYE ends the session at once, and is not answered', TYPE.bye, 'done'],
    ['TEN-2.nack', 'Who gets a NACK closes', TYPE.nack, 'unauthorized'],
    [
      'TEN-2.nack-with-an-unknown-word',
      'A NACK with a word that is not known is a refusal all the same',
      TYPE.nack,
      'moonlight',
    ],
  ] as const
).map(([id, title, type, reason]) => ({
  ...spoken,
  id,
  title,
  async run(context) {
    const { frames, ended } = await exchange(context, await context.peer('member'), [tensorFrame({ type }, utf8(reason))])
    ensure(frames.length === 0 && ended !== 'silence', 'an end without an answer', { frames: frames.length, ended })
  },
}))

export const cases: readonly Case[] = [
  {
    id: 'TEN-5.spoken',
    title: 'Who offers shards of a model speaks the protocol that they are reached by',
    capability: CONNECT,
    needs: ['wire'],
    async run({ peer }) {
      const stream = await (await peer('member')).line.open(TENSOR, 'none').catch(() => null)
      stream?.abort()
      ensure(stream !== null, `a stream of ${TENSOR}`, 'none')
    },
  },
  ...UNWELCOME,
  ...EARLY,
  ...HEADERS,
  ...ENDS,
  {
    ...spoken,
    id: 'TEN-2.bystanders',
    title: 'Whatever nonsense came, calls are served as before',
    async run(context) {
      const peer = await context.peer('member')
      await exchange(context, peer, [context.random.bytes(300)])
      const answer = await peer.ask('node.echo', { payload: 'still here' })
      ensure(outcomeOf(answer) === 'ok', 'an answer', answer)
    },
  },
]
