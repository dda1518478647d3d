import { signRecord } from '#protocol/core/signing.ts'
import { gossipTopicOf, topicOf } from '#protocol/core/sync.ts'
import { bad, good } from '../cases.ts'
import { AT } from '../events/make.ts'
import type { Vector, VectorSource } from '../format.ts'
import { type People, people } from '../seeded.ts'

const topics = (all: People): VectorSource => ({
  name: 'topic',
  operation: 'rendezvous.topic',
  rule: 'SYN-1',
  about:
    'What a box knows of a community: BLAKE3 of "hearthnet-topic" and the community id as text, and the topic of live events.',
  vectors: [
    ...Object.entries(all).map(([name, { nodeId }]) =>
      good(
        `the community of ${name}`,
        'A community’s id is its root’s',
        { community_id: nodeId },
        { topic: topicOf(nodeId), gossip_topic: gossipTopicOf(nodeId) },
      ),
    ),
    bad('a community that is no id', 'any text has a topic', { community_id: 'Issum' }, 'bad_request'),
  ],
})

async function registrations({ anna, bert, carla }: People): Promise<VectorSource> {
  const right = {
    topic: topicOf(anna.nodeId),
    node_id: bert.nodeId,
    multiaddrs: ['/dns4/box.example/tcp/443/wss/p2p/12D3KooWLKfjHHUhQYJtYpLwk1n5mLFT92Eyy8BcZFcCrUzTuNhe/p2p-circuit'],
    expires_at: '2026-05-26T08:16:22Z',
  }
  const signed = await signRecord(bert, right)
  const inputOf = async (change: object, now = AT) => ({
    peer: bert.nodeId,
    now,
    request: { type: 'register', registration: await signRecord(bert, { ...right, ...change }) },
  })
  const yes = async (name: string, comment: string, change: object, kept_seconds: number, now = AT): Promise<Vector> =>
    good(name, comment, await inputOf(change, now), { kept_seconds })
  const no = async (name: string, catches: string, error: string, change: object, now = AT): Promise<Vector> =>
    bad(name, catches, await inputOf(change, now), error)
  const raw = (name: string, catches: string, error: string, request: unknown, peer = bert.nodeId): Vector =>
    bad(name, catches, { peer, now: AT, request }, error)
  const address = right.multiaddrs[0] ?? ''
  return {
    name: 'registration',
    operation: 'rendezvous.register',
    rule: 'BUS-7',
    about: 'A request at a box from a peer whose key the connection has proved: for how many seconds it is kept, or why not.',
    vectors: [
      await yes('a registration', 'For two minutes', {}, 120),
      await yes('for a minute', 'As long as it says', { expires_at: '2026-05-26T08:15:22Z' }, 60),
      await yes(
        'for a day',
        'Shortened, not refused: a box without a clock may be behind',
        { expires_at: '2026-05-27T08:14:22Z' },
        120,
      ),
      await yes(
        'over for a minute',
        'Clocks differ by two minutes: kept for half a minute',
        { expires_at: '2026-05-26T08:13:22Z' },
        30,
      ),
      await yes('without addresses', 'Present, and reached by others', { multiaddrs: [] }, 120),
      await yes(
        'with sixteen addresses',
        'As many as there may be',
        { multiaddrs: Array.from({ length: 16 }, () => address) },
        120,
      ),
      await no('over for five minutes', 'the end is not looked at', 'expired', { expires_at: '2026-05-26T08:09:22Z' }),
      await no('of somebody else', 'node_id is believed', 'unauthorized', { node_id: carla.nodeId }),
      raw('signed by somebody else', 'the signature is not looked at', 'invalid_signature', {
        type: 'register',
        registration: await signRecord(carla, right),
      }),
      raw('changed after signing', 'the signature is not looked at', 'invalid_signature', {
        type: 'register',
        registration: { ...signed, multiaddrs: [] },
      }),
      raw('another topic put in', 'the topic is not signed', 'invalid_signature', {
        type: 'register',
        registration: { ...signed, topic: topicOf(carla.nodeId) },
      }),
      raw(
        'passed on by another',
        'the connection is not asked',
        'unauthorized',
        { type: 'register', registration: signed },
        carla.nodeId,
      ),
      await no('a topic that is none', 'any text is a topic', 'bad_request', { topic: 'Issum' }),
      await no('a community for a topic', 'the box learns who the community is', 'bad_request', { topic: anna.nodeId }),
      await no('seventeen addresses', 'no upper limit', 'bad_request', {
        multiaddrs: Array.from({ length: 17 }, () => address),
      }),
      await no('an address that is a URL', 'any text is an address', 'bad_request', { multiaddrs: ['wss://box.example'] }),
      await no('an address of 513 characters', 'no upper limit', 'bad_request', { multiaddrs: [`/${'x'.repeat(512)}`] }),
      await no('no end', 'a missing end is never', 'bad_request', { expires_at: undefined }),
      await no('a field nobody knows', 'what is not in the contract is let in', 'bad_request', { name: 'Bert' }),
      raw('no registration', 'any object is a request', 'bad_request', { type: 'register' }),
      raw('a word nobody knows', 'any word is a request', 'bad_request', { type: 'list', topic: right.topic }),
      raw('unregister without a topic', 'a missing topic is all of them', 'bad_request', { type: 'unregister' }),
      raw('null', 'any value is a request', 'bad_request', null),
    ],
  }
}

/** BUS-7 and the topics of SYN-1. */
export async function sources(): Promise<readonly VectorSource[]> {
  const all = await people()
  return [topics(all), await registrations(all)]
}
