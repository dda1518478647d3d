import { defineFaults, faultsIn } from '../fault.ts'

const verify = faultsIn('events', 'workers/kernel/log/verify.ts')
const log = faultsIn('events', 'workers/kernel/log/log.ts')
const standing = faultsIn('events', 'workers/kernel/log/standing.ts')
const authors = faultsIn('events', 'workers/kernel/log/authors.ts')
const order = faultsIn('events', 'protocol/src/core/event.ts')
const fold = faultsIn('events', 'workers/kernel/community/fold.ts')

export const faults = defineFaults([
  verify.instead('signature-not-checked', {
    rule: 'EVT-4',
    original: '!(await verifyBytes(event.author, utf8(unsignedText(text)), signatureBytes(event.signature)))',
    faulty: 'false',
    why: 'Events come over an authenticated connection, so nobody verifies them again.',
  }),
  verify.instead('first-signature-cut-out', {
    rule: 'EVT-4',
    original: 'text.lastIndexOf(MEMBER)',
    faulty: 'text.indexOf(MEMBER)',
    why: 'Records inside carry signatures of their own, and the first one is not the event’s.',
  }),
  verify.instead('any-community', {
    rule: 'EVT-4',
    original: 'event.community_id !== community',
    faulty: 'false',
    why: 'The signature verifies, so events of one community are replayed in another.',
  }),
  verify.instead('any-size', {
    rule: 'EVT-4',
    original: 'bytes.length > EVENT_MAX_BYTES',
    faulty: 'false',
    why: 'A limit that only the sender keeps.',
  }),
  verify.instead('size-in-characters', {
    rule: 'EVT-4',
    original: 'bytes.length > EVENT_MAX_BYTES',
    faulty: 'text.length > EVENT_MAX_BYTES',
    why: 'The length of a string is not its size in UTF-8.',
  }),
  verify.without('data-not-checked', {
    rule: 'EVT-4',
    original: 'await type?.check(event)',
    why: 'The envelope is checked, what is inside is left to whoever reads it.',
  }),
  verify.without('unknown-types-refused', {
    rule: 'EVT-5',
    original: 'await type?.check(event)',
    faulty: `if (!type) throw new HearthError('bad_request', 'unknown type'); await type.check(event)`,
    why: 'What is not known is refused, and a newer node’s events end here.',
  }),
  verify.instead('device-types-from-afar', {
    rule: 'EVT-4',
    original: `type?.scope === 'device'`,
    faulty: 'false',
    why: 'What only a device tells itself is taken from others, too.',
  }),
  verify.instead('clock-can-be-burnt', {
    rule: 'EVT-2',
    original: 'event.lamport > LAMPORT_MAX',
    faulty: 'false',
    why: 'A Lamport time has no upper end: it waits, and the queue fills.',
  }),
  log.instead('far-ahead-at-once', {
    rule: 'EVT-2',
    at: 'const horizon = clock + LAMPORT_MAX_LEAD',
    original: 'clock + LAMPORT_MAX_LEAD',
    faulty: 'Number.POSITIVE_INFINITY',
    why: 'One event sets the clock of everybody as far ahead as it likes.',
  }),
  log.instead('clock-counts-arrivals', {
    rule: 'EVT-2',
    original: 'Math.max(clock, entry.lamport)',
    faulty: 'clock + 1',
    why: 'The clock counts what came instead of following it.',
  }),
  log.instead('own-events-do-not-advance', {
    rule: 'EVT-2',
    at: 'const at = { lamport: clock + 1,',
    original: 'clock + 1',
    faulty: 'Math.max(1, clock)',
    why: 'An event is written at the time of the last one, and the order of cause and effect is lost.',
  }),
  log.instead('no-chain', {
    rule: 'EVT-7',
    original: 'authors.last(signer.nodeId)?.cid ?? null',
    faulty: 'null',
    why: 'prev is optional in the text, so it is left out: every event looks like a fork of the first.',
  }),
  log.without('not-durable', {
    rule: 'EVT-6',
    original: 'await store.write(writes)',
    why: 'The log is in memory, and announced as if it were not.',
  }),
  log.instead('waiting-for-ever', {
    rule: 'EVT-4',
    original: 'membershipMoves ? waiting.all() : []',
    faulty: '[]',
    why: 'What waits is looked at when it comes and never again.',
  }),
  log.instead('refusals-not-counted', {
    rule: 'EVT-4',
    original: '(refused.get(error.code) ?? 0) + 1',
    faulty: '0',
    why: 'Refused without a word: a person cannot see that somebody tries.',
  }),
  log.instead('twins-both-count', {
    rule: 'EVT-1',
    original: '!authors.isShadowed(entry)',
    faulty: 'true',
    why: 'Two events of one id are two events, and views apply both.',
  }),
  authors.instead('larger-twin-counts', {
    rule: 'EVT-1',
    original: 'least !== undefined && least < link.cid',
    faulty: 'twins(link).some((cid) => cid > link.cid)',
    why: 'Which of two counts is chosen the other way round.',
  }),
  authors.instead('equivocation-not-told', {
    rule: 'EVT-1',
    original: 'group.length > 1',
    faulty: 'false',
    why: 'Both are kept, and nobody is told.',
  }),
  standing.without('strangers-count', {
    rule: 'EVT-4',
    original: `if (!state?.members.has(link.author)) return 'waiting'`,
    faulty: `if (!state?.members.has(link.author)) return 'counts'`,
    why: 'A good signature is taken for membership.',
  }),
  standing.without('strangers-refused-at-once', {
    rule: 'EVT-4',
    original: `if (!state?.members.has(link.author)) return 'waiting'`,
    faulty: `if (!state?.members.has(link.author)) return 'revoked'`,
    why: 'An event that comes before its author’s joining is lost: nodes disagree by the order of arrival.',
  }),
  standing.without('bounds-ignored', {
    rule: 'COM-4',
    original: `if (bound === null || bound.cids.has(link.cid)) return 'counts'`,
    faulty: `return 'counts'`,
    why: 'Events of the revoked go on counting, and dating back is worth the trouble.',
  }),
  order.without('order-by-content-id', {
    rule: 'EVT-3',
    original: 'if (a.lamport !== b.lamport) return a.lamport - b.lamport',
    why: 'Lamport time is kept and not sorted by.',
  }),
  order.instead('ties-the-other-way', {
    rule: 'EVT-3',
    original: 'a.cid < b.cid ? -1 : a.cid > b.cid ? 1 : 0',
    faulty: 'a.cid < b.cid ? 1 : a.cid > b.cid ? -1 : 0',
    why: 'Among equal times the larger content id comes first: two implementations, two orders.',
  }),
  fold.instead('membership-by-arrival', {
    rule: 'EVT-3',
    original: `[...events].sort((a, b) =>
    compareReplay({ lamport: a.event.lamport, cid: a.cid }, { lamport: b.event.lamport, cid: b.cid }),
  )`,
    faulty: '[...events]',
    why: 'Events are applied as they come, and nodes that met in another order disagree.',
  }),
])
