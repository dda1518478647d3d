import { defineFaults, faultsIn } from '../fault.ts'

const sync = faultsIn('sync', 'workers/kernel/sync/sync.ts')
const sets = faultsIn('sync', 'workers/kernel/sync/negentropy.ts')
const network = faultsIn('sync', 'workers/kernel/network.ts')
const topic = faultsIn('sync', 'protocol/src/core/sync.ts')

export const faults = defineFaults([
  sync.instead('last-event-dropped', {
    rule: 'SYN-2',
    original: `texts.join(',')`,
    faulty: `texts.slice(0, -1).join(',')`,
    why: 'Off by one: the last event of each batch never travels.',
  }),
  sync.instead('only-the-newest-head', {
    rule: 'SYN-2',
    original: 'log.offered()',
    faulty: 'log.offered().slice(-1)',
    why: 'One head per peer, as an older text had it, loses what was written side by side.',
  }),
  sync.instead('strangers-may-sync', {
    rule: 'COM-5',
    original: '!current || !isMember(stream.peer)',
    faulty: '!current',
    why: 'Whoever finds the protocol reads the whole log.',
  }),
  sync.instead('any-community-opens', {
    rule: 'SYN-2',
    original: 'opening.community_id !== log.communityId',
    faulty: 'false',
    why: 'Two communities reconcile with each other.',
  }),
  sync.without('pushed-events-forgotten', {
    rule: 'SYN-3',
    original: 'await log.ingest(frame.events)',
    why: 'What is pushed is acknowledged and thrown away: sync goes one way only.',
  }),
  sync.without('pushed-events-not-acknowledged', {
    rule: 'SYN-2',
    original: `await session.send({ type: 'stored' })`,
    why: 'The other side waits for a word that never comes.',
  }),
  sync.instead('unknown-frames-ignored', {
    rule: 'SYN-2',
    original: "parseAs(SyncFrameSchema, parseJson(value), 'bad_request')",
    faulty: 'parseJson(value)',
    why: 'Frames are not checked before they are used.',
  }),
  sets.without('fingerprint-without-count', {
    rule: 'SYN-2',
    original: 'writer.varint(to - from)',
    why: 'The number of items is part of the fingerprint, and easily forgotten.',
  }),
  sets.instead('fingerprint-by-xor', {
    rule: 'SYN-2',
    original: '(sum[word] ?? 0) + value + carry',
    faulty: '((sum[word] ?? 0) ^ value) >>> 0',
    why: 'Ids are combined by exclusive or instead of by addition.',
  }),
  sets.instead('times-in-32-bits', {
    rule: 'SYN-2',
    at: 'this.varint(timestamp === INFINITY ? 0 : timestamp - this.#lastTimestamp + 1)',
    original: 'timestamp - this.#lastTimestamp + 1',
    faulty: '(timestamp - this.#lastTimestamp + 1) >>> 0',
    why: 'Lamport times may reach 2^48, integers of many libraries do not.',
  }),
  sets.instead('bounds-include-their-end', {
    rule: 'SYN-2',
    original: 'item && compare(item, bound) < 0',
    faulty: 'item && compare(item, bound) <= 0',
    why: 'The upper bound of a range is taken as part of it.',
  }),
  sets.instead('cut-list-is-all', {
    rule: 'SYN-2',
    original: 'writeIds(out, from, cut, between(last, next))',
    faulty: 'writeIds(out, from, cut, bound)',
    why: 'A list that does not fit is cut, and its bound is not: the rest is taken for missing and sent back.',
  }),
  sets.without('cut-list-without-rest', {
    rule: 'SYN-2',
    at: `writeIds(out, from, cut, between(last, next))
            writeRest(out, cut)`,
    original: 'writeRest(out, cut)',
    why: 'What does not fit into one message is never mentioned again.',
  }),
  sets.without('last-id-not-told', {
    rule: 'SYN-2',
    at: `break
          }
          writeIds(out, from, to, bound)`,
    original: 'writeIds(out, from, to, bound)',
    faulty: 'writeIds(out, from, Math.max(from, to - 1), bound)',
    why: 'Off by one: the newest event of every range is never offered.',
  }),
  network.without('gossip-not-published', {
    rule: 'SYN-1',
    original: 'mesh.publish(utf8(text)).catch(() => {})',
    why: 'Everything travels by catching up, and live is minutes late.',
  }),
  network.instead('gossip-not-heard', {
    rule: 'SYN-1',
    original: 'await current.ingest([parseJson(bytes)])',
    faulty: "[{ kind: 'waiting' }]",
    why: 'Live events are left to the next reconciliation.',
  }),
  network.without('gossip-not-forwarded', {
    rule: 'SYN-1',
    original: `if (outcome?.kind === 'stored') return 'accept'`,
    faulty: `if (outcome?.kind === 'stored') return 'ignore'`,
    why: 'Heard and kept, and not passed on.',
  }),
  network.without('gossip-forwards-anything', {
    rule: 'SYN-1',
    original: `return outcome?.kind === 'refused' ? 'reject' : 'ignore'`,
    faulty: `return 'accept'`,
    why: 'What does not verify is passed on to everybody.',
  }),
  network.without('gaps-left-to-the-clock', {
    rule: 'SYN-7',
    original: 'if (outcome && isMember(from)) noticeGap(current, outcome, from)',
    why: 'What gossip lost shows, and is fetched minutes later.',
  }),
  network.without('alerts-left-to-the-clock', {
    rule: 'SYN-8',
    original: 'if (types.some((type) => EVENTS.get(type)?.urgent)) losses.urgent()',
    why: 'A neighbour that did not hear the alert gets it minutes later.',
  }),
  topic.instead('topic-is-the-community', {
    rule: 'SYN-1',
    original: `blake3(concatBytes(utf8('hearthnet-topic'), utf8(community)))`,
    faulty: 'blake3(utf8(community))',
    why: 'A hash without its prefix: other nodes are at another topic, and the hash can be told from elsewhere.',
  }),
])
