import { SYNC_BATCH_EVENTS } from '#protocol/core/sync.ts'
import { bad, good } from '../cases.ts'
import type { Vector, VectorSource } from '../format.ts'
import { people } from '../seeded.ts'
import { asked, boundBetween, fingerprint, type Item, itemsOf, message } from './negentropy.ts'

const LIMIT = 256 * 1024

function fingerprints(): VectorSource {
  const of = (name: string, comment: string, items: readonly Item[]): Vector =>
    good(name, comment, { items }, { fingerprint: fingerprint(items) })
  const full: Item = { lamport: 1, id: 'ff'.repeat(32) }
  return {
    name: 'fingerprint',
    operation: 'sync.fingerprint',
    rule: 'SYN-2',
    about:
      'The fingerprint of a set: the first 16 bytes of SHA-256 over the sum of its ids modulo 2^256 (little-endian) and its size.',
    vectors: [
      of('nothing', 'A sum of zero', []),
      of('one', 'The id itself is the sum', itemsOf('one', 1)),
      of('two', 'The sum of both', itemsOf('two', 2)),
      of('a sum that runs over', 'Modulo 2^256', [full, { lamport: 2, id: `02${'00'.repeat(31)}` }]),
      of('a carry through all words', 'From the first byte to the last', [full, { lamport: 2, id: `01${'00'.repeat(31)}` }]),
      of('127 items', 'A size of one byte', itemsOf('127', 127)),
      of('128 items', 'A size of two bytes', itemsOf('128', 128)),
      of('other Lamport times', 'They are not part of it: the same as two', itemsOf('two', 2, 1000)),
    ],
  }
}

function openings(): VectorSource {
  const of = (name: string, comment: string, items: readonly Item[]): Vector =>
    good(name, comment, { items, limit_bytes: LIMIT }, { message: message(...asked(items)) })
  return {
    name: 'opening',
    operation: 'sync.open',
    rule: 'SYN-2',
    about:
      'The first message about a set. Other cuts are right, too, as long as the ranges cover everything; this is the usual one.',
    vectors: [
      of('nothing', 'An empty list of ids', []),
      of('one', 'A list of one id', itemsOf('a', 1)),
      of('31', 'Still a list of ids', itemsOf('a', 31)),
      of('32', 'Sixteen buckets of two', itemsOf('a', 32)),
      of('100', 'The first four buckets have one more', itemsOf('a', 100)),
      of('40 at one Lamport time', 'Bounds within it, by the beginning of an id', itemsOf('a', 40, 7, 0)),
      of('Lamport times above 32 bits', 'Differences of more than 32 bits', itemsOf('a', 33, 2 ** 40, 2 ** 33)),
      of('Lamport times up to 2^48', 'As large as there are', itemsOf('a', 3, 2 ** 48 - 2)),
    ],
  }
}

function answers(): VectorSource {
  const all = itemsOf('set', 40)
  const few = all.slice(0, 5)
  const of = (name: string, comment: string, items: readonly Item[], theirs: string, answer: string): Vector =>
    good(name, comment, { items, limit_bytes: LIMIT, message: theirs }, { message: answer })
  const cutList = (name: string, comment: string, limit_bytes: number, theirs: string, answer: string): Vector =>
    good(name, comment, { items: all, limit_bytes, message: theirs }, { message: answer })
  const no = (name: string, catches: string, theirs: string): Vector =>
    bad(name, catches, { items: few, limit_bytes: LIMIT, message: theirs }, 'bad_request')
  const half = boundBetween(all[19], all[20])
  const at = (item: Item | undefined) => item && { lamport: item.lamport, prefix: item.id }
  const id = 'ab'.repeat(32)
  return {
    name: 'answer',
    operation: 'sync.answer',
    rule: 'SYN-2',
    about:
      'What whoever is asked answers to a message, with no more ids than fit into `limit_bytes`. `61` says: nothing is left to compare. Other cuts of a list are right, too.',
    vectors: [
      of(
        'the same set by fingerprint',
        'Nothing differs',
        all,
        message({ mode: 'fingerprint', until: null, items: all }),
        '61',
      ),
      of(
        'two empty sets',
        'Ids are answered with ids',
        [],
        message({ mode: 'ids', until: null, items: [] }),
        message({ mode: 'ids', until: null, items: [] }),
      ),
      of(
        'ids asked, ids answered',
        'Everything of that range, whatever was named',
        few,
        message({ mode: 'ids', until: null, items: few.slice(0, 2) }),
        message({ mode: 'ids', until: null, items: few }),
      ),
      of(
        'another fingerprint, few items',
        'Answered with ids',
        few,
        message({ mode: 'fingerprint', until: null, items: few.slice(1) }),
        message({ mode: 'ids', until: null, items: few }),
      ),
      of(
        'another fingerprint, many items',
        'Answered with sixteen buckets',
        all,
        message({ mode: 'fingerprint', until: null, items: few }),
        message(...asked(all)),
      ),
      of(
        'one half equal, the other not',
        'What is equal is skipped over',
        all,
        message(
          { mode: 'fingerprint', until: half, items: all.slice(0, 20) },
          { mode: 'fingerprint', until: null, items: all.slice(21) },
        ),
        message({ mode: 'skip', until: half }, { mode: 'ids', until: null, items: all.slice(20) }),
      ),
      of(
        'a bound that is an item',
        'The item belongs to the next range',
        few,
        message({ mode: 'ids', until: at(few[2]) ?? null, items: [] }, { mode: 'ids', until: null, items: [] }),
        message(
          { mode: 'ids', until: at(few[2]) ?? null, items: few.slice(0, 2) },
          { mode: 'ids', until: null, items: few.slice(2) },
        ),
      ),
      of('a skip at the end', 'It needs no word', all, message({ mode: 'skip', until: null }), '61'),
      cutList(
        'a list longer than a message may be',
        'The first ids that fit, and one fingerprint of the rest',
        200,
        message({ mode: 'ids', until: null, items: [] }),
        message(
          { mode: 'ids', until: boundBetween(all[5], all[6]), items: all.slice(0, 6) },
          { mode: 'fingerprint', until: null, items: all.slice(6) },
        ),
      ),
      cutList(
        'a list where not even one id fits',
        'One id at least, so that the next round is a smaller one',
        1,
        message({ mode: 'ids', until: null, items: [] }),
        message(
          { mode: 'ids', until: boundBetween(all[0], all[1]), items: all.slice(0, 1) },
          { mode: 'fingerprint', until: null, items: all.slice(1) },
        ),
      ),
      cutList(
        'a list that is cut before its range ends',
        'The fingerprint covers what is behind the range, too: what was said about it is left for the next round',
        200,
        message({ mode: 'ids', until: half, items: [] }, { mode: 'skip', until: null }),
        message(
          { mode: 'ids', until: boundBetween(all[5], all[6]), items: all.slice(0, 6) },
          { mode: 'fingerprint', until: null, items: all.slice(6) },
        ),
      ),
      of('the whole set equal in buckets', 'Nothing differs', all, message(...asked(all)), '61'),
      no('nothing', 'an empty message is an empty set', ''),
      no('another version', 'the version is not looked at', '62'),
      no('version 0', 'the version is not looked at', `60${message({ mode: 'ids', until: null, items: [] }).slice(2)}`),
      no('a mode there is none of', 'an unknown mode is a skip', '61000003'),
      no('a fingerprint cut short', 'what is missing is taken as zeros', '61000001aabb'),
      no('a list of ids cut short', 'what is missing is taken as zeros', `6100000202${id}`),
      no('a list of 2^32 ids', 'room is made before it is looked whether they come', '61000002908080800000'),
      no('a bound longer than an id', 'the length of a bound is not checked', `610121${'ab'.repeat(33)}00`),
      no('a Lamport time over 53 bits', 'integers run over', '61ffffffffffffffffff7f0000'),
      no('an integer without an end', 'integers have no limit', '61ffffffffffffffffffffff'),
      no('a bound and no mode', 'a missing mode is a skip', '610000'),
    ],
  }
}

function differences(): VectorSource {
  const all = itemsOf('both', 20)
  const [only, theirs] = [itemsOf('mine', 3, 50), itemsOf('theirs', 2, 60)]
  const ids = (items: readonly Item[]): string[] => items.map(({ id }) => id).sort()
  const of = (
    name: string,
    comment: string,
    items: readonly Item[],
    answer: string,
    have: readonly Item[],
    need: readonly Item[],
    next: string | null,
  ) => good(name, comment, { items, limit_bytes: LIMIT, message: answer }, { have: ids(have), need: ids(need), message: next })
  const half = boundBetween(all[9], all[10])
  const mixed = [...all, ...only]
  const many = itemsOf('many', 64)
  const cut = boundBetween(many[31], many[32])
  return {
    name: 'difference',
    operation: 'sync.compare',
    rule: 'SYN-2',
    about:
      'What whoever asked learns from an answer: ids the other lacks (have), ids to fetch (need), and what is still to be asked.',
    vectors: [
      of('nothing differs', 'The end', all, '61', [], [], null),
      of('the same ids', 'Nothing differs', all, message({ mode: 'ids', until: null, items: all }), [], [], null),
      of(
        'the other has nothing',
        'Everything is to be sent',
        all,
        message({ mode: 'ids', until: null, items: [] }),
        all,
        [],
        null,
      ),
      of('nothing here', 'Everything is to be fetched', [], message({ mode: 'ids', until: null, items: all }), [], all, null),
      of(
        'both have something',
        'Both ways',
        mixed,
        message({ mode: 'ids', until: null, items: [...all, ...theirs] }),
        only,
        theirs,
        null,
      ),
      of(
        'a difference in one half',
        'The rest was skipped',
        all,
        message({ mode: 'skip', until: half }, { mode: 'ids', until: null, items: all.slice(11) }),
        all.slice(10, 11),
        [],
        null,
      ),
      of(
        'the last item alone',
        'The end of a range is looked at, too',
        all,
        message({ mode: 'ids', until: null, items: all.slice(0, -1) }),
        all.slice(-1),
        [],
        null,
      ),
      of(
        'the first item alone',
        'The beginning of a range is looked at, too',
        all,
        message({ mode: 'ids', until: null, items: all.slice(1) }),
        all.slice(0, 1),
        [],
        null,
      ),
      of(
        'a fingerprint that differs',
        'Asked again, more finely',
        many,
        message(
          { mode: 'fingerprint', until: cut, items: many.slice(0, 32) },
          { mode: 'fingerprint', until: null, items: many.slice(33) },
        ),
        [],
        [],
        message({ mode: 'skip', until: cut }, ...asked(many.slice(32))),
      ),
      of(
        'a list that was cut, to somebody with nothing',
        'What is in it is to be fetched, and the rest asked for again',
        [],
        message(
          { mode: 'ids', until: boundBetween(many[5], many[6]), items: many.slice(0, 6) },
          { mode: 'fingerprint', until: null, items: many.slice(6) },
        ),
        [],
        many.slice(0, 6),
        message({ mode: 'skip', until: boundBetween(many[5], many[6]) }, { mode: 'ids', until: null, items: [] }),
      ),
      of(
        'a list that was cut, to somebody with everything',
        'What lies behind the cut is not taken for missing',
        many,
        message(
          { mode: 'ids', until: boundBetween(many[5], many[6]), items: many.slice(0, 6) },
          { mode: 'fingerprint', until: null, items: many.slice(6) },
        ),
        [],
        [],
        null,
      ),
      bad(
        'an answer of another version',
        'the version is not looked at',
        { items: all, limit_bytes: LIMIT, message: '62' },
        'bad_request',
      ),
    ],
  }
}

function syncFrames(community_id: string): VectorSource {
  const yes = (name: string, comment: string, frame: object): Vector => good(name, comment, { frame }, {})
  const no = (name: string, catches: string, frame: unknown): Vector => bad(name, catches, { frame }, 'bad_request')
  const id = `blake3:${'ab'.repeat(32)}`
  const many = (count: number): string[] => Array.from({ length: count }, () => id)
  return {
    name: 'frame',
    operation: 'sync.frame',
    rule: 'SYN-2',
    about: 'Frames of the sync protocol by their form.',
    vectors: [
      yes('open', 'The first frame', { type: 'open', community_id, negentropy: '61' }),
      yes('message', 'Back and forth', { type: 'message', negentropy: '6100000200' }),
      yes('want', 'Ids to fetch', { type: 'want', ids: [id] }),
      yes('want of a whole batch', 'As many as there may be', { type: 'want', ids: many(SYNC_BATCH_EVENTS) }),
      yes('events', 'Each is verified by whoever gets it', { type: 'events', events: [{ anything: 1 }] }),
      yes('no events', 'None of those are there any more', { type: 'events', events: [] }),
      yes('stored', 'What was pushed is durable', { type: 'stored' }),
      yes('done', 'The end', { type: 'done' }),
      yes('error', 'A code and a message', { type: 'error', code: 'unauthorized', message: 'x' }),
      no('a type there is none of', 'any word is a type', { type: 'hello' }),
      no('no type', 'any object is a frame', {}),
      no('null', 'any value is a frame', null),
      no('open without a community', 'a missing community is ours', { type: 'open', negentropy: '61' }),
      no('open with a topic for a community', 'the topic is taken for the community', {
        type: 'open',
        community_id: 'ab'.repeat(32),
        negentropy: '61',
      }),
      no('an odd number of digits', 'half a byte is dropped', { type: 'message', negentropy: '610' }),
      no('digits in capitals', 'both cases are read', { type: 'message', negentropy: '61AB' }),
      no('no digits', 'an empty message is an empty set', { type: 'message', negentropy: '' }),
      no('base64', 'the form is guessed', { type: 'message', negentropy: 'YQ==' }),
      no('want of nothing', 'no lower limit', { type: 'want', ids: [] }),
      no('want of one too many', 'batches have no limit', { type: 'want', ids: many(SYNC_BATCH_EVENTS + 1) }),
      no('want of ULIDs', 'events are asked for by event_id', { type: 'want', ids: ['0'.repeat(26)] }),
      no('events by their number', 'a list is an object', { type: 'events', events: { 0: {} } }),
      no('a whole batch and one', 'batches have no limit', {
        type: 'events',
        events: Array.from({ length: SYNC_BATCH_EVENTS + 1 }, () => 0),
      }),
      no('done with a field more', 'what is not in the contract is let in', { type: 'done', ok: true }),
    ],
  }
}

/** Section 5: set reconciliation, message by message. */
export async function sources(): Promise<readonly VectorSource[]> {
  const { anna } = await people()
  return [fingerprints(), openings(), answers(), differences(), syncFrames(anna.nodeId)]
}
