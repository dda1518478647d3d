import { TopicValidatorResult } from '@libp2p/gossipsub'
import { HearthError } from '#protocol/core/errors.ts'
import type { CommunityId, NodeId } from '#protocol/core/ids.ts'
import { gossipTopicOf } from '#protocol/core/sync.ts'
import type { MeshNode } from './libp2p-node.ts'
import type { GossipVerdict } from './mesh.ts'
import { nodeIdOfPeer } from './private-key.ts'

export type Judge = (bytes: Uint8Array<ArrayBuffer>, from: NodeId) => Promise<GossipVerdict>

const VERDICTS = {
  accept: TopicValidatorResult.Accept,
  ignore: TopicValidatorResult.Ignore,
  reject: TopicValidatorResult.Reject,
} as const

export interface Gossip {
  enter(community: CommunityId): void
  leave(): void
  publish(bytes: Uint8Array<ArrayBuffer>): Promise<void>
  setJudge(judge: Judge): void
}

/** The live topic of one community (SYN-1): a message is judged here before libp2p passes it on. */
export function createGossip({ node }: { readonly node: MeshNode }): Gossip {
  const { pubsub } = node.services
  let topic: string | null = null
  let judge: Judge = async () => 'ignore'

  function leave(): void {
    if (topic === null) return
    pubsub.unsubscribe(topic)
    pubsub.topicValidators.delete(topic)
    topic = null
  }

  return {
    leave,
    enter(community) {
      leave()
      topic = gossipTopicOf(community)
      pubsub.topicValidators.set(topic, async (peer, message) => {
        const from = nodeIdOfPeer(peer)
        return from ? VERDICTS[await judge(new Uint8Array(message.data), from)] : TopicValidatorResult.Reject
      })
      pubsub.subscribe(topic)
    },
    async publish(bytes) {
      if (topic === null) throw new HearthError('partition', 'not in a community')
      await pubsub.publish(topic, bytes)
    },
    setJudge(next) {
      judge = (bytes, from) =>
        next(bytes, from).catch((bug: unknown) => {
          reportError(bug)
          return 'ignore'
        })
    },
  }
}
