import { contentId, type Json } from '../../../client/encoding.ts'
import { type Draft, ulidLike } from '../../../client/envelopes.ts'
import type { Peer, SignedEvent } from '../../../client/peer.ts'
import { type Case, ensure } from '../../../harness/case.ts'

const NOTE = 'conformance.note.written'
const RENAMED = 'community.member.renamed'

/** One event, and whether the node offers it to others afterwards. */
const judged = (id: string, title: string, taken: boolean, make: (peer: Peer) => Json): Case => ({
  id,
  title,
  needs: ['wire', 'sync'],
  async run({ peer }) {
    const author = await peer('member')
    const event = make(author)
    // others write at the same time, so what counts is whether this one is there
    const there = (await author.give([event])).includes(contentId(event))
    ensure(there === taken, taken ? 'taken' : 'refused', there ? 'taken' : 'refused')
  },
})

const change = (id: string, title: string, overrides: Draft, type = NOTE, data: Json = { text: 'x' }): Case =>
  judged(id, title, false, (peer) => drop(peer.event(type, data, overrides)))

/** As JSON writes it: what is undefined is not there. */
const drop = (event: SignedEvent): Json => JSON.parse(JSON.stringify(event))

export const cases: readonly Case[] = [
  judged('EVT-5.unknown-type', 'An event of a type that nobody knows is stored and synced', true, (peer) =>
    peer.event(NOTE, { any: ['thing'] }),
  ),
  judged(
    'EVT-5.unknown-type-of-a-known-area',
    'A type unknown here of an area that is known is stored and synced',
    true,
    (peer) => peer.event('community.member.waved', { at: 'everybody' }),
  ),
  judged('EVT-5.five-parts', 'A type may have five parts', true, (peer) => peer.event('a.b.c.d.e', {})),
  change('EVT-4.schema-version', 'An event of another schema_version is refused', { schema_version: 2 }),
  change('EVT-4.unknown-field', 'An event with a field that the envelope lacks is refused', { note: 'x' }),
  change('EVT-4.no-prev', 'An event without prev is refused', { prev: undefined }),
  change('EVT-4.no-data', 'An event without data is refused', { data: undefined }),
  change('EVT-4.data-list', 'Data that is a list is refused', { data: [] }),
  change('EVT-4.data-null', 'Data that is null is refused', { data: null }),
  change('EVT-4.event-id', 'An event_id that is no ULID is refused', { event_id: ulidLike.toLowerCase() }),
  change('EVT-4.event-type-form', 'A type of one part is refused', { event_type: 'note' }),
  change('EVT-4.event-type-two', 'A type of two parts is refused', { event_type: 'conformance.note' }),
  change('EVT-4.event-type-capitals', 'A type in capitals is refused', { event_type: 'Conformance.Note.Written' }),
  change('EVT-4.event-type-long', 'A type of more than 96 characters is refused', { event_type: `a.b.${'c'.repeat(93)}` }),
  change('EVT-4.wall-clock', 'A wall_clock with an offset is refused', { wall_clock: '2026-05-26T08:14:22+02:00' }),
  change('EVT-4.prev-form', 'A prev that is no content id is refused', { prev: 'sha256:00' }),
  change('EVT-4.lamport-negative', 'A negative Lamport time is refused', { lamport: -1 }),
  change('EVT-4.lamport-fraction', 'A Lamport time with decimals is refused', { lamport: 3.5 }),
  change('EVT-4.lamport-text', 'A Lamport time that is a text is refused', { lamport: '4' }),
  change('EVT-2.above-48-bits', 'A Lamport time above 2^48 is refused', { lamport: 2 ** 48 + 1 }),
  change('EVT-4.other-community', 'An event of another community is refused', { community_id: `ed25519:${'B'.repeat(43)}` }),
  judged('EVT-4.signature-of-another', 'An event signed by somebody else is refused', false, (peer) => ({
    ...peer.event(NOTE, { text: 'x' }),
    author: peer.target.nodeId,
  })),
  judged('EVT-4.changed-data', 'An event whose data was changed is refused', false, (peer) => ({
    ...peer.event(NOTE, { text: 'x' }),
    data: { text: 'y' },
  })),
  judged('EVT-4.changed-lamport', 'An event moved to another Lamport time is refused', false, (peer) => {
    const event = peer.event(NOTE, { text: 'x' })
    return { ...event, lamport: event.lamport + 1 }
  }),
  judged(
    'EVT-4.changed-clock',
    'An event whose wall_clock was changed is refused: it sorts after the signature',
    false,
    (peer) => ({
      ...peer.event(NOTE, { text: 'x' }),
      wall_clock: '2020-01-01T00:00:00Z',
    }),
  ),
  judged('EVT-4.changed-prev', 'An event hung onto another is refused', false, (peer) => ({
    ...peer.event(NOTE, { text: 'x' }),
    prev: `blake3:${'0'.repeat(64)}`,
  })),
  judged('EVT-4.changed-type', 'An event given another type is refused', false, (peer) => ({
    ...peer.event(NOTE, { text: 'x' }),
    event_type: 'conformance.note.burnt',
  })),
  judged('EVT-4.signature-in-data', 'A text that looks like a signature inside the data is only a text', true, (peer) =>
    peer.event(NOTE, { text: ',"signature":"ed25519:AAAA"', signature: 'mine' }),
  ),
  judged('EVT-4.signature-moved', 'A signature inside the data does not sign the event', false, (peer) => {
    const event = peer.event(NOTE, { text: 'x' })
    return { ...event, data: { text: 'x', signature: event.signature } }
  }),
  judged('EVT-4.no-signature', 'An event without a signature is refused', false, (peer) => {
    const { signature: _, ...event } = peer.event(NOTE, { text: 'x' })
    return drop(event as never) // still JSON
  }),
  judged('EVT-4.size', 'An event over 256 KiB is refused', false, (peer) => peer.event(NOTE, { text: 'x'.repeat(262_144) })),
  judged('EVT-4.size-in-bytes', 'The size counts bytes and not characters', false, (peer) =>
    peer.event(NOTE, { text: 'ü'.repeat(135_000) }),
  ),
  judged('EVT-4.size-just-below', 'An event just below 256 KiB is taken', true, (peer) =>
    peer.event(NOTE, { text: 'x'.repeat(261_500) }),
  ),
  judged('EVT-4.known-type-wrong-data', 'Data that a known type does not allow is refused', false, (peer) =>
    peer.event(RENAMED, { name: 'x' }),
  ),
  judged('EVT-4.known-type-extra-data', 'A known type takes no further fields', false, (peer) =>
    peer.event(RENAMED, { display_name: 'x', age: 3 }),
  ),
  judged('EVT-4.known-type-long-name', 'A name of 65 characters is refused', false, (peer) =>
    peer.event(RENAMED, { display_name: 'x'.repeat(65) }),
  ),
  judged('EVT-4.device-type', 'A type that stays on its device is refused', false, (peer) =>
    peer.event('node.mesh.changed', {}),
  ),
  judged('EVT-4.no-event', 'What is no event is refused, and nothing else', false, () => ({ hello: 'world' })),
]
