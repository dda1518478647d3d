import { type ComputingPeer, computing, shardLike } from '../../../client/computing-peer.ts'
import * as hand from '../../../client/layers.ts'
import { type Case, ensure, member, same } from '../../../harness/case.ts'
import type { Context } from '../../../harness/context.ts'

// M26: what a node hears of layers that others offer (DLM-1). Nothing is computed, and no model is needed.

/** As somebody would advertise layers of a model that this node has never heard of. */
const MODEL = 'somebodys'
const SHARD = {
  shard_id: `${MODEL}:0-5`,
  model: MODEL,
  weights_sha256: `sha256:${'5'.repeat(64)}`,
  layers: { from: 0, to: 5 },
  model_layers: 6,
  hidden_size: 64,
  memory_bytes: 1_000_000,
  max_concurrent_streams: 4,
  streams: 0,
  max_tokens: 512,
  dtype: 'fp32',
  backend: 'wasm',
  ms_per_token: 1,
} as const
const OFFERED: hand.Hosted = {
  ...{ model: MODEL, weights: SHARD.weights_sha256, layers: 6, shardId: SHARD.shard_id, width: 64, maxTokens: 512 },
  ...{ streams: 4, shard: SHARD },
}

async function neighbour(context: Context): Promise<ComputingPeer> {
  const other = computing(await context.fresh('trusted'), OFFERED)
  const heard = async () => hand.shardsAt(await hand.nodeOf(context, other.nodeId)) === 1
  ensure(await context.eventually(heard, hand.HEARD_MS), 'a node that has heard of layers', await hand.nodesOf(context))
  return other
}

const isGone = (context: Context, other: ComputingPeer) => async (): Promise<boolean> =>
  hand.shardsAt(await hand.nodeOf(context, other.nodeId)) === 0

const hearing = (id: string, title: string, run: (context: Context) => Promise<void>): Case => ({
  ...{ id, title, run, capability: 'experimental.distributed_llm.shard.directory', needs: ['person', 'inbound'] },
  limitMs: 120_000,
})

const waiting = (...[id, title, run]: Parameters<typeof hearing>): Case => ({ ...hearing(id, title, run), queue: 'waiting' })

export const cases: readonly Case[] = [
  hearing('DLM-1.goodbye', 'Who says that nothing is offered any more offers nothing any more', async (context) => {
    const other = await neighbour(context)
    await other.offer([])
    ensure(await context.eventually(isGone(context, other)), 'nothing of it', await hand.nodesOf(context))
  }),
  waiting('DLM-1.lost', 'Who hangs up offers nothing any more', async (context) => {
    const peer = await context.fresh('trusted')
    const other = computing(peer, OFFERED)
    const heard = async () => !(await isGone(context, other)())
    ensure(await context.eventually(heard, hand.HEARD_MS), 'a node that has heard of layers', await hand.nodesOf(context))
    await peer.stop()
    ensure(await context.eventually(isGone(context, other)), 'nothing of it', await hand.nodesOf(context))
  }),
  waiting('DLM-1.silence', 'Who has said nothing for four beats offers nothing any more', async (context) => {
    const other = await neighbour(context)
    other.fallSilent()
    await context.pause(8000)
    same(await isGone(context, other)(), false, 'whether it is gone after one beat without a word')
    ensure(await context.eventually(isGone(context, other), 25_000), 'nothing of it', await hand.nodesOf(context))
  }),
  hearing('DLM-1.nonsense', 'Layers that the model does not have are not heard', async (context) => {
    const other = await neighbour(context)
    const beyond = shardLike(SHARD, { shard_id: `${MODEL}:0-6`, layers: { from: 0, to: 6 } })
    const turned = shardLike(SHARD, { shard_id: `${MODEL}:3-1`, layers: { from: 3, to: 1 } })
    await other.offer([beyond, turned, shardLike(SHARD, { ms_per_token: 77 })])
    const heard = async () => {
      const shards = (await hand.nodeOf(context, other.nodeId))?.shards
      return Array.isArray(shards) && shards.some((each) => member(each, 'ms_per_token') === 77)
    }
    ensure(await context.eventually(heard), 'the one that can be', await hand.nodesOf(context))
    same(hand.shardsAt(await hand.nodeOf(context, other.nodeId)), 1, 'layers that are heard')
  }),
  hearing('DLM-1.only-the-trusted', 'Who is only a member is not even listened to', async (context) => {
    const other = computing(await context.fresh('member'), OFFERED)
    // who comes after it is heard
    await neighbour(context)
    ensure(!other.asked.includes(hand.WATCH), 'no watch', other.asked)
    same(await isGone(context, other)(), true, 'whether nothing of it is heard')
  }),
]
