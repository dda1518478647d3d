import { sha256 } from '@noble/hashes/sha2.js'
import { contentId, fromHex, type Json, toHex, utf8, verify } from '../../../client/encoding.ts'
import { nextJson, type Peer, SYNC } from '../../../client/peer.ts'
import { type Case, ensure, isObject, member, same } from '../../../harness/case.ts'

const NOTE = 'conformance.note.written'
const encode = (value: unknown): Uint8Array => utf8(JSON.stringify(value))
const ALL = '6100000200'

/** The fingerprint of a whole set as one Negentropy message: sum of the ids modulo 2^256, and how many they are. */
function fingerprint(ids: readonly string[]): string {
  let sum = 0n
  for (const id of ids) {
    const bytes = fromHex(id.slice('blake3:'.length))
    for (let at = 0; at < 32; at++) sum += BigInt(bytes[at] ?? 0) << BigInt(8 * at)
  }
  const digest = new Uint8Array(32)
  for (let at = 0; at < 32; at++) digest[at] = Number((sum >> BigInt(8 * at)) & 255n)
  const count: number[] = [ids.length % 128]
  for (let rest = Math.floor(ids.length / 128); rest > 0; rest = Math.floor(rest / 128)) count.unshift((rest % 128) + 128)
  const hash = sha256(Uint8Array.from([...digest, ...count])).subarray(0, 16)
  return `61000001${toHex(hash)}`
}

/** Opens with a frame and says how it is answered. */
const opening = (
  id: string,
  title: string,
  standing: 'member' | 'stranger',
  frame: (peer: Peer) => Json,
  codes: readonly string[],
): Case => ({
  id,
  title,
  needs: ['wire', 'sync'],
  async run({ peer }) {
    const caller = await peer(standing)
    const { frames } = await caller.talk(SYNC, [encode(frame(caller))])
    const last = frames.at(-1)
    ensure(
      member(last, 'type') === 'error' && codes.includes(String(member(last, 'code'))),
      `error ${codes.join(' or ')}`,
      frames,
    )
  },
})

const open =
  (negentropy: Json): ((peer: Peer) => Json) =>
  (peer) => ({ type: 'open', community_id: peer.community, negentropy })

/** After a right opening, one frame that is not right. */
const afterwards = (id: string, title: string, frame: Json): Case => ({
  id,
  title,
  needs: ['wire', 'sync'],
  async run({ peer }) {
    const caller = await peer('member')
    const { stream } = await caller.openSync()
    await stream.send(encode(frame))
    const answer = await nextJson(stream)
    stream.abort()
    ensure(member(answer, 'type') === 'error' && member(answer, 'code') === 'bad_request', 'error bad_request', answer)
  },
})

export const cases: readonly Case[] = [
  {
    id: 'SYN-2.lists-what-it-has',
    title: 'To a peer that holds nothing the node lists every event it has, and serves each',
    needs: ['wire', 'sync'],
    async run({ peer }) {
      const reader = await peer('member')
      const ids = await reader.offered()
      ensure(ids.length > 0 && new Set(ids).size === ids.length, 'content ids, each once', ids.length)
      const wanted = ids.slice(0, 50)
      const events = await reader.fetch(wanted)
      same(events.map((event) => contentId(event)).sort(), [...wanted].sort(), 'the events asked for')
      const bad = events.filter((event) => !isObject(event) || !verify(String(event.author), event))
      ensure(bad.length === 0, 'events whose signatures verify (SYN-4)', bad)
    },
  },
  {
    id: 'SYN-2.cost-of-equal-sets',
    title: 'Two sets that are equal cost one short message: the cost grows with the difference',
    needs: ['wire', 'sync'],
    queue: 'alone',
    async run({ peer, eventually }) {
      const reader = await peer('member')
      let seen: Json = null
      // an event that the node writes by itself in between makes the sets differ once
      const short = await eventually(async () => {
        const { frames } = await reader.talk(SYNC, [
          encode(open(fingerprint(await reader.offered()))(reader)),
          encode({ type: 'done' }),
        ])
        seen = frames[0] ?? null
        return String(member(frames[0], 'negentropy')).length < 20
      })
      ensure(short, 'an answer of less than 10 bytes', seen)
    },
  },
  {
    id: 'SYN-2.differing-fingerprint',
    title: 'To a fingerprint that is not its own the node answers with more than a skip',
    needs: ['wire', 'sync'],
    async run({ peer }) {
      const caller = await peer('member')
      const { frames } = await caller.talk(SYNC, [encode(open(`61000001${'0'.repeat(32)}`)(caller)), encode({ type: 'done' })])
      ensure(String(member(frames[0], 'negentropy')).length > 40, 'ids or fingerprints of parts', frames)
    },
  },
  {
    id: 'SYN-2.unknown-id',
    title: 'Asked for an event it does not have the node sends none',
    needs: ['wire', 'sync'],
    async run({ peer }) {
      same(await (await peer('member')).fetch([`blake3:${'12'.repeat(32)}`]), [], 'events')
    },
  },
  {
    id: 'SYN-2.node-opens',
    title: 'On connecting, or to somebody it does not know yet, the node opens a reconciliation of its community by itself',
    needs: ['inbound', 'sync'],
    async run({ fresh }) {
      const peer = await fresh('stranger')
      const stream = await peer.line.incoming(SYNC, 8_000)
      ensure(stream !== null, 'a sync stream', 'none')
      const frame = await nextJson(stream)
      stream.abort()
      ensure(member(frame, 'type') === 'open' && member(frame, 'community_id') === peer.community, 'open', frame)
      ensure(/^61([0-9a-f]{2})*$/.test(String(member(frame, 'negentropy'))), 'Negentropy protocol 1 in hex', frame)
    },
  },
  {
    id: 'SYN-3.other-way',
    title: 'A node that opens a reconciliation fetches what it lacks and verifies it',
    needs: ['inbound', 'sync'],
    async run({ fresh, peer, eventually, target }) {
      const carrier = await peer('member')
      const invite = await target.invite('member')
      ensure(invite !== null, 'an invite', invite)
      // last, for the node opens its session as soon as they meet, and does not wait for ever
      const newcomer = await fresh('stranger')
      newcomer.seen(invite.lamport)
      const joined = newcomer.event('community.member.joined', { invite: invite.token, display_name: 'by sync' })
      const stream = await newcomer.line.incoming(SYNC, 8_000)
      ensure(stream !== null, 'a sync stream', 'none')
      await nextJson(stream)
      // one list of one id up to infinity: what the node lacks it wants
      await stream.send(encode({ type: 'message', negentropy: `6100000201${contentId(joined).slice(7)}` }))
      const want = await nextJson(stream)
      same(member(want, 'ids'), [contentId(joined)], 'the one id it lacks')
      await stream.send(encode({ type: 'events', events: [joined] }))
      ensure(
        await eventually(async () => (await carrier.offeredAt(joined.lamport)).includes(contentId(joined))),
        'the event taken',
        'not offered',
      )
      stream.abort()
    },
  },
  {
    id: 'SYN-3.idempotent',
    title: 'A reconciliation that is done twice changes nothing the second time',
    needs: ['wire', 'sync'],
    async run({ peer }) {
      const author = await peer('member')
      const events = ['a', 'b', 'c'].map((text) => author.event(NOTE, { text }))
      await author.hand(events)
      const first = await author.offered()
      await author.hand(events)
      const second = await author.offered()
      same(
        events.map((event) => second.filter((cid) => cid === contentId(event)).length),
        [1, 1, 1],
        'each once',
      )
      ensure(first.length <= second.length, 'nothing lost', second.length)
    },
  },
  {
    id: 'SYN-3.cut-off',
    title: 'What arrived before a reconciliation broke off is kept, and the next goes on from there',
    needs: ['wire', 'sync'],
    async run({ peer }) {
      const author = await peer('member')
      const [a, b] = ['before', 'after'].map((text) => author.event(NOTE, { text }))
      if (!a || !b) throw new TypeError('two texts make two events')
      const { stream } = await author.openSync()
      await stream.send(encode({ type: 'events', events: [a] }))
      await nextJson(stream)
      stream.abort()
      ensure((await author.offeredAt(a.lamport)).includes(contentId(a)), 'the first kept', 'lost')
      ensure(await author.gives(b), 'the next taken', 'refused')
    },
  },
  {
    id: 'SYN-3.many',
    title: 'A batch of 256 events is taken whole',
    needs: ['wire', 'sync'],
    async run({ lent }) {
      const author = await lent('member')
      const events = Array.from({ length: 256 }, (_, at) => {
        const event = author.event(NOTE, { at })
        author.follow(event)
        return event
      })
      const ids = new Set(await author.give(events))
      ensure(
        events.every((event) => ids.has(contentId(event))),
        'all 256',
        events.filter((event) => ids.has(contentId(event))).length,
      )
    },
  },
  {
    id: 'SYN-4.forged-by-a-member',
    title: 'An event that a member forged is not passed on, whoever handed it over',
    needs: ['wire', 'sync'],
    async run({ peer, target }) {
      const author = await peer('member')
      const forged = { ...author.event('community.member.renamed', { display_name: 'Owned' }), author: target.nodeId }
      ensure(!(await author.give([forged])).includes(contentId(forged)), 'not offered', 'offered')
    },
  },
  opening('COM-5.sync', 'A stranger reconciles nothing', 'stranger', open(ALL), ['unauthorized']),
  opening(
    'SYN-2.other-community',
    'A reconciliation of another community is refused',
    'member',
    (peer) => ({ type: 'open', community_id: peer.nodeId, negentropy: ALL }),
    ['unauthorized'],
  ),
  opening('SYN-2.protocol-2', 'Another version of Negentropy is refused', 'member', open('6200000200'), ['bad_request']),
  opening('SYN-2.odd-hex', 'Hex of an odd length is refused', 'member', open('610'), ['bad_request']),
  opening('SYN-2.capitals', 'Hex in capitals is refused', 'member', open('61000002AB'), ['bad_request']),
  opening('SYN-2.cut-short', 'A message that ends too early is refused', 'member', open('6100000205'), ['bad_request']),
  opening('SYN-2.unknown-mode', 'An unknown mode is refused', 'member', open('61000009'), ['bad_request']),
  opening('SYN-2.bound-of-33', 'A bound longer than an id is refused', 'member', open(`610021${'00'.repeat(33)}0200`), [
    'bad_request',
  ]),
  opening('SYN-2.integer-over-53-bits', 'A timestamp over 53 bits is refused', 'member', open(`61${'ff'.repeat(9)}7f000200`), [
    'bad_request',
  ]),
  opening(
    'SYN-2.extra-field',
    'An opening with a further field is refused',
    'member',
    (peer) => ({ type: 'open', community_id: peer.community, negentropy: ALL, since: 0 }),
    ['bad_request'],
  ),
  opening('SYN-2.want-first', 'A frame that is no opening is refused as the first', 'member', () => ({ type: 'done' }), [
    'bad_request',
  ]),
  opening('SYN-2.rubbish', 'A first frame that is no sync frame is refused', 'member', () => ({ type: 'dance' }), [
    'bad_request',
  ]),
  afterwards('SYN-2.want-nothing', 'Wanting no event is refused', { type: 'want', ids: [] }),
  afterwards('SYN-2.want-257', 'Wanting more than 256 events at once is refused', {
    type: 'want',
    ids: Array.from({ length: 257 }, (_, at) => `blake3:${at.toString(16).padStart(64, '0')}`),
  }),
  afterwards('SYN-2.want-by-event-id', 'Events are wanted by content id', {
    type: 'want',
    ids: ['01JZZZZZZZZZZZZZZZZZZZZZZZ'],
  }),
  afterwards('SYN-2.events-257', 'More than 256 events in one frame are refused', {
    type: 'events',
    events: Array.from({ length: 257 }, () => ({})),
  }),
  afterwards('SYN-2.open-again', 'A second opening on one stream is refused', {
    type: 'open',
    community_id: `ed25519:${'A'.repeat(43)}`,
    negentropy: ALL,
  }),
]
