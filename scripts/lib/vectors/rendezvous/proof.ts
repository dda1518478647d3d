import type { Connection, Stream } from '@libp2p/interface'
import { lpStream, streamPair } from '@libp2p/utils'
import { utf8 } from '#protocol/core/encoding.ts'
import { HearthError } from '#protocol/core/errors.ts'
import { type NodeId, parseNodeId } from '#protocol/core/ids.ts'
import { gossipTopicOf, topicOf } from '#protocol/core/sync.ts'
import type { Clock } from '../../../../relay/clock.ts'
import { createRegistry } from '../../../../relay/rendezvous/registry.ts'
import { createRendezvous } from '../../../../relay/rendezvous/service.ts'
import { peerIdOf } from '../../../../workers/kernel/mesh/private-key.ts'
import type { Proofs } from '../proof.ts'

type Serve = (stream: Stream, connection: Connection) => void | Promise<void>

/** A box's rendezvous without a box: what it does with one stream, and for how long it keeps what it takes. */
async function boxAt(now: string) {
  const clock: Clock = { now: () => Date.parse(now), after: () => () => {} }
  const registry = createRegistry({ clock })
  const kept: number[] = []
  let serve: Serve = () => {}
  const node = {
    handle: async (_: string, handler: Serve) => {
      serve = handler
    },
  }
  const noting: typeof registry = {
    ...registry,
    register(member, registration, lifeMs) {
      kept.push(lifeMs)
      return registry.register(member, registration, lifeMs)
    },
  }
  // of a node it asks to be called, and nothing else
  await createRendezvous({
    node: node as unknown as Parameters<typeof createRendezvous>[0]['node'],
    registry: noting,
    clock,
  }).start()
  return { kept, serve }
}

export const proofs = {
  'rendezvous.topic'({ community_id }: { community_id: string }) {
    const id = parseNodeId(community_id)
    return { topic: topicOf(id), gossip_topic: gossipTopicOf(id) }
  },
  async 'rendezvous.register'({ peer, now, request }: { peer: NodeId; now: string; request: unknown }) {
    const { kept, serve } = await boxAt(now)
    const [guest, box] = await streamPair()
    const remoteAddr = { getComponents: () => [{ name: 'ip4', value: '127.0.0.1' }] }
    // of a connection it asks who and from where
    void serve(box, { remotePeer: peerIdOf(peer), remoteAddr, status: 'open' } as unknown as Connection)
    const frames = lpStream(guest)
    await frames.write(utf8(JSON.stringify(request)))
    const answer: unknown = JSON.parse(new TextDecoder().decode((await frames.read()).subarray()))
    guest.abort(new Error('asked enough'))
    const code: unknown = Reflect.get(Object(answer), 'code')
    if (typeof code === 'string') throw HearthError.fromWire({ code: code as HearthError['code'], message: 'by the box' })
    return { kept_seconds: (kept[0] ?? 0) / 1000 }
  },
} satisfies Proofs
