import { contentId, type Json } from '../../../client/encoding.ts'
import type { Peer, SignedEvent } from '../../../client/peer.ts'
import { type Case, ensure, isObject, member, same } from '../../../harness/case.ts'
import type { Context } from '../../../harness/context.ts'

const NOTE = 'conformance.note.written'
const RENAMED = 'community.member.renamed'
const LEAD = 1_000_000

/** The name under which the person at the node sees somebody. */
async function nameOf({ does }: Context, nodeId: string): Promise<Json | undefined> {
  const members = member(await does('community.get', {}), 'community', 'members')
  const found = Array.isArray(members) ? members.find((one) => member(one, 'node_id') === nodeId) : undefined
  return member(found, 'display_name')
}

/** Two renamings in one moment, given in either order: the later in replay order names the member (EVT-3). */
const lastName = (id: string, title: string, order: (pair: readonly SignedEvent[]) => readonly SignedEvent[]): Case => ({
  id,
  title,
  needs: ['wire', 'sync', 'person'],
  async run(context) {
    const author = await context.fresh('member')
    const lamport = author.lamport + 1
    const pair = ['Ada', 'Zoe'].map((display_name) => author.event(RENAMED, { display_name }, { lamport }))
    const later = [...pair].sort((a, b) => (contentId(a) < contentId(b) ? -1 : 1)).at(-1)
    for (const event of order(pair)) await author.hand([event])
    same(await nameOf(context, author.nodeId), member(later?.data, 'display_name'), 'the name of the later in replay order')
  },
})

/** Every event of the node under test, in the order of its chain. */
async function ownEvents(peer: Peer): Promise<readonly Json[]> {
  const events = await peer.fetch((await peer.offered()).slice(0, 200))
  return events.filter((event) => member(event, 'author') === peer.target.nodeId)
}

export const cases: readonly Case[] = [
  {
    id: 'EVT-1.held-once',
    title: 'An event that comes twice is held once',
    needs: ['wire', 'sync'],
    async run({ peer }) {
      const author = await peer('member')
      const event = author.event(NOTE, { text: 'twice' })
      await author.hand([event, event])
      const ids = await author.give([event])
      ensure(ids.filter((cid) => cid === contentId(event)).length === 1, 'once', ids.length)
    },
  },
  {
    id: 'EVT-1.same-bytes',
    title: 'An event comes out with the content id it went in with',
    needs: ['wire', 'sync'],
    async run({ peer }) {
      const author = await peer('member')
      const event = author.event(NOTE, { text: 'grüß dich', n: [1e-7, 0.5, -9007199254740991], nested: { b: null, a: true } })
      ensure(await author.gives(event), 'taken', 'refused')
      const [back] = await author.fetch([contentId(event)])
      same(back && contentId(back), contentId(event), 'the content id')
    },
  },
  {
    id: 'EVT-1.equivocation',
    title: 'Two contents under one event_id are both kept, the smaller content id counts, and the person is told',
    needs: ['wire', 'sync', 'person'],
    async run(context) {
      const author = await context.fresh('member')
      const event_id = author.ulid()
      const pair = ['Ada', 'Zoe'].map((display_name, at) =>
        author.event(RENAMED, { display_name }, { event_id, lamport: author.lamport + 1 + at }),
      )
      const ids = await author.give(pair)
      ensure(
        pair.every((event) => ids.includes(contentId(event))),
        'both offered',
        ids.length,
      )
      const smaller = [...pair].sort((a, b) => (contentId(a) < contentId(b) ? -1 : 1))[0]
      same(await nameOf(context, author.nodeId), member(smaller?.data, 'display_name'), 'the name that counts')
      const told = member(await context.does('events.stats', {}), 'equivocations')
      ensure(JSON.stringify(told).includes(author.nodeId), 'a notice about the author', told)
    },
  },
  {
    id: 'EVT-2.next-is-later',
    title: 'What the node writes after it has seen a Lamport time is later',
    needs: ['wire', 'sync', 'person'],
    async run({ peer, does }) {
      const author = await peer('member')
      const event = author.event(NOTE, { text: 'far' }, { lamport: author.lamport + 5_000 })
      ensure(await author.gives(event), 'taken', 'refused')
      await does('community.rename', { display_name: 'Node under test' })
      const newest = member(await does('events.list', { limit: 500 }), 'events')
      const own = (Array.isArray(newest) ? newest : []).find((each) => member(each, 'event', 'author') === author.target.nodeId)
      const lamport = Number(member(own, 'event', 'lamport'))
      ensure(lamport > event.lamport, `later than ${event.lamport}`, lamport)
    },
  },
  {
    id: 'EVT-2.far-ahead-waits',
    title: 'An event more than 1,000,000 ahead waits, and counts when the clock has come near',
    needs: ['wire', 'sync'],
    queue: 'alone',
    async run({ peer }) {
      const author = await peer('member')
      const first = author.event(NOTE, { text: 'base' }, { lamport: author.lamport + 20_000 })
      ensure(await author.gives(first), 'the first is taken', 'refused')
      const far = author.event(NOTE, { text: 'ahead' }, { lamport: first.lamport + LEAD + 50 })
      ensure(!(await author.gives(far)), 'waiting', 'offered at once')
      const near = author.event(NOTE, { text: 'bridge' }, { lamport: first.lamport + 100 })
      await author.hand([near])
      ensure((await author.offeredAt(far.lamport)).includes(contentId(far)), 'offered once the clock is near', 'still waiting')
    },
  },
  lastName('EVT-3.order-given', 'Of two names in one moment the later in replay order counts', (pair) => pair),
  lastName('EVT-3.order-reversed', 'And so it does when they arrive the other way round', (pair) => [...pair].reverse()),
  {
    id: 'EVT-3.late-arrival',
    title: 'An earlier event that arrives later changes nothing that came after it',
    needs: ['wire', 'sync', 'person'],
    async run(context) {
      const author = await context.fresh('member')
      const [early, late] = ['Früh', 'Spät'].map((display_name, at) =>
        author.event(RENAMED, { display_name }, { lamport: author.lamport + 1 + at }),
      )
      if (!early || !late) throw new TypeError('two names make two events')
      await author.hand([late])
      await author.hand([early])
      same(await nameOf(context, author.nodeId), 'Spät', 'the name')
    },
  },
  {
    id: 'EVT-4.waits-for-the-join',
    title: 'An event whose author is not known yet waits until the join arrives',
    needs: ['wire', 'sync'],
    async run({ fresh, target, peer }) {
      const [newcomer, carrier] = [await fresh('stranger'), await peer('member')]
      const invite = await target.invite('member')
      ensure(invite !== null, 'an invite', invite)
      newcomer.seen(invite.lamport)
      const joined = newcomer.event('community.member.joined', { invite: invite.token, display_name: 'late' })
      newcomer.follow(joined)
      const note = newcomer.event(NOTE, { text: 'before I am known' })
      ensure(!(await carrier.gives(note)), 'waiting', 'offered at once')
      await carrier.hand([joined])
      const ids = await carrier.offeredAround([joined, note])
      ensure(
        ids.includes(contentId(joined)) && ids.includes(contentId(note)),
        'both offered once the join is there',
        'not both',
      )
    },
  },
  {
    id: 'EVT-4.no-member',
    title: 'An event of somebody who never joins is not offered to anyone',
    needs: ['wire', 'sync'],
    async run({ fresh, peer }) {
      const [outsider, carrier] = [await fresh('stranger'), await peer('member')]
      ensure(!(await carrier.gives(outsider.event(NOTE, { text: 'I am nobody' }))), 'not offered', 'offered')
    },
  },
  {
    id: 'EVT-4.counted',
    title: 'A refusal is counted by its code where the person can see it',
    needs: ['wire', 'sync', 'person'],
    async run({ peer, does }) {
      const author = await peer('member')
      const count = async () => Number(member(await does('events.stats', {}), 'refused', 'invalid_signature') ?? 0)
      const before = await count()
      await author.hand([{ ...author.event(NOTE, { text: 'x' }), data: { text: 'forged' } }])
      ensure((await count()) > before, `more than ${before} invalid_signature`, await count())
    },
  },
  {
    id: 'EVT-4.the-rest-of-a-batch',
    title: 'A bad event in a batch takes none of the others with it',
    needs: ['wire', 'sync'],
    async run({ peer }) {
      const author = await peer('member')
      const [a, b] = ['a', 'b'].map((text) => author.event(NOTE, { text }))
      if (!a || !b) throw new TypeError('two texts make two events')
      const ids = await author.give([a, { nonsense: true }, { ...a, data: { text: 'forged' } }, b])
      ensure(
        [a, b].every((event) => ids.includes(contentId(event))),
        'both good ones',
        ids.length,
      )
    },
  },
  {
    id: 'EVT-7.own-chain',
    title: 'Every event of the node names its previous one, the first none',
    needs: ['wire', 'sync'],
    async run({ peer }) {
      const own = await ownEvents(await peer('member'))
      ensure(own.length > 0, 'events of the node', own)
      const ordered = own.filter(isObject).sort((a, b) => Number(a.lamport) - Number(b.lamport))
      ordered.forEach((event, at) => {
        const before = ordered[at - 1]
        same(event.prev, before ? contentId(before) : null, `prev of event ${at}`)
      })
    },
  },
  {
    id: 'EVT-7.fork',
    title: 'Two events on one prev are both kept and shown as a fork',
    needs: ['wire', 'sync', 'person'],
    async run({ fresh, does }) {
      const author = await fresh('member')
      const pair = ['left', 'right'].map((text) => author.event(NOTE, { text }))
      const ids = await author.give(pair)
      ensure(
        pair.every((event) => ids.includes(contentId(event))),
        'both kept',
        ids.length,
      )
      const told = member(await does('events.stats', {}), 'equivocations')
      ensure(JSON.stringify(told).includes(author.nodeId), 'a notice about the author', told)
    },
  },
  {
    id: 'EVT-7.gap',
    title: 'An event whose previous one is missing is kept all the same',
    needs: ['wire', 'sync'],
    async run({ peer }) {
      const author = await peer('member')
      const event = author.event(NOTE, { text: 'after a gap' }, { prev: `blake3:${'ab'.repeat(32)}` })
      ensure(await author.gives(event), 'taken', 'refused')
    },
  },
]
