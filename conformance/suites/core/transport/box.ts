import { type Json, topicOf, utf8, verify, wireTime } from '../../../client/encoding.ts'
import type { Draft } from '../../../client/envelopes.ts'
import { nextJson, type Peer } from '../../../client/peer.ts'
import { type Case, ensure, isObject, member } from '../../../harness/case.ts'

const RENDEZVOUS = '/hearthnet/rendezvous/3.0.0'
const TTL_MS = 120_000
const encode = (value: unknown): Uint8Array => utf8(JSON.stringify(value))

function registration(peer: Peer, overrides: Draft = {}): Json {
  const made: { [key: string]: Json | undefined } = {
    topic: topicOf(peer.community),
    node_id: peer.nodeId,
    multiaddrs: [],
    expires_at: wireTime(Date.now() + TTL_MS),
    ...overrides,
  }
  return JSON.parse(JSON.stringify(peer.identity.sign(made)))
}

async function register(peer: Peer, frame: Json): Promise<Json> {
  const stream = await peer.line.openAtBox(RENDEZVOUS)
  await stream.send(encode(frame))
  const answer = await nextJson(stream)
  stream.abort()
  return answer
}

/** A topic that nobody else is at, so that these cases bring no strangers to the community. */
const elsewhere = (peer: Peer): string => topicOf(peer.nodeId)

const refused = (id: string, title: string, frame: (peer: Peer) => Json, codes: readonly string[]): Case => ({
  id,
  title,
  needs: ['box'],
  async run({ peer }) {
    const caller = await peer('stranger')
    const answer = await register(caller, frame(caller))
    ensure(member(answer, 'type') === 'error' && codes.includes(String(member(answer, 'code'))), codes.join(' or '), answer)
  },
})

export const cases: readonly Case[] = [
  {
    id: 'BUS-7.registered',
    title: 'The node under test is registered at its topic: signed, for at most 120 s, with an address through the box',
    needs: ['box'],
    async run({ fresh, target }) {
      const peer = await fresh('stranger')
      const answer = await register(peer, { type: 'register', registration: registration(peer) })
      ensure(member(answer, 'type') === 'registered', 'registered', answer)
      const peers = member(answer, 'peers')
      const found = Array.isArray(peers) ? peers.find((one) => member(one, 'node_id') === target.nodeId) : undefined
      ensure(isObject(found), 'the node under test', answer)
      ensure(verify(target.nodeId, found), 'its signature', found)
      ensure(found.topic === topicOf(peer.community), 'the topic of SYN-1', found.topic)
      ensure(Date.parse(String(found.expires_at)) - Date.now() <= TTL_MS + 10_000, 'at most 120 s', found.expires_at)
      ensure(JSON.stringify(found.multiaddrs).includes('/p2p-circuit'), 'an address through the box', found.multiaddrs)
    },
  },
  refused(
    'BUS-7.forged',
    'A registration whose signature is another’s is refused',
    (peer) => {
      const made = registration(peer, { topic: elsewhere(peer) })
      return { type: 'register', registration: { ...(isObject(made) ? made : {}), multiaddrs: ['/ip4/127.0.0.1/tcp/1'] } }
    },
    ['invalid_signature'],
  ),
  refused(
    'BUS-7.for-another',
    'A registration in the name of another node is refused',
    (peer) => ({
      type: 'register',
      registration: registration(peer, { topic: elsewhere(peer), node_id: peer.target.nodeId }),
    }),
    ['unauthorized', 'invalid_signature'],
  ),
  refused(
    'BUS-7.expired',
    'A registration that ended five minutes ago is refused',
    (peer) => ({
      type: 'register',
      registration: registration(peer, { topic: elsewhere(peer), expires_at: wireTime(Date.now() - 300_000) }),
    }),
    ['expired'],
  ),
  refused(
    'BUS-7.bad-topic',
    'A topic that is no hash is refused',
    (peer) => ({
      type: 'register',
      registration: registration(peer, { topic: 'issum' }),
    }),
    ['bad_request'],
  ),
  refused('BUS-7.rubbish', 'A frame that is no request is answered with an error', () => ({ type: 'dance' }), ['bad_request']),
]
