import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Capability } from '#protocol/core/capability.ts'
import { HearthError } from '#protocol/core/errors.ts'
import { type NodeId, nodeIdOf } from '#protocol/core/ids.ts'
import type { ShardDescriptor } from '#protocol/distributed-inference/schemas.ts'
import { shardWatch } from '#protocol/distributed-inference/shard-capabilities.ts'
import { meshChanged } from '#protocol/node/events.ts'
import { createQueue } from '../../kernel/bus/queue.ts'
import { createSeededRuntime, type SeededRuntime } from '../../testing/seeded-runtime.ts'
import { createShardDirectory, type ShardDirectory } from './directory.ts'

const BERT = nodeIdOf(new Uint8Array(32).fill(2))
const CLEO = nodeIdOf(new Uint8Array(32).fill(3))
const shard = (from: number, to: number, change: Partial<ShardDescriptor> = {}): ShardDescriptor => ({
  shard_id: `tiny:${from}-${to}`,
  model: 'tiny',
  weights_sha256: `sha256:${'0'.repeat(64)}`,
  layers: { from, to },
  model_layers: 8,
  hidden_size: 64,
  memory_bytes: 9,
  max_concurrent_streams: 8,
  streams: 0,
  max_tokens: 512,
  dtype: 'fp16',
  backend: 'wasm',
  ms_per_token: 3.5,
  ...change,
})

interface Peer {
  level: string
  connection: string
  /** Thrown instead of a first frame. */
  refuses: HearthError | null
  asked: number
  frames: ReturnType<typeof createQueue<readonly ShardDescriptor[]>>
  lose: ((reason: HearthError) => void) | null
}

/** A bus whose peers say what they are told to. */
function createWorld() {
  const peers = new Map<NodeId, Peer>()
  const types = createQueue<readonly string[]>()

  async function* watched(peer: Peer, signal: AbortSignal | undefined) {
    peer.asked += 1
    if (peer.refuses) throw peer.refuses
    peer.frames = createQueue()
    const lost = new Promise<never>((_, reject) => {
      peer.lose = reject
      signal?.addEventListener('abort', () => reject(signal.reason))
    })
    lost.catch(() => undefined)
    const frames = peer.frames[Symbol.asyncIterator]()
    for (;;) {
      const next = await Promise.race([frames.next(), lost])
      if (next.done) return {}
      yield { shards: next.value }
    }
  }

  const bus = {
    call: async () => ({
      boxes: [],
      peers: [...peers].map(([node_id, { level, connection }]) => ({ node_id, level, connection, latency_ms: 12 })),
    }),
    stream(capability: Capability, _: unknown, { to, signal }: { to?: NodeId; signal?: AbortSignal } = {}) {
      const peer = to && peers.get(to)
      if (capability.name === shardWatch.name && peer) return watched(peer, signal)
      return (async function* () {
        for await (const heard of types) yield { types: heard }
        return {}
      })()
    },
  }

  function meet(id: NodeId, change: Partial<Peer> = {}): Peer {
    const peer: Peer = {
      level: 'trusted',
      connection: 'direct',
      refuses: null,
      asked: 0,
      frames: createQueue(),
      lose: null,
      ...change,
    }
    peers.set(id, peer)
    types.push([meshChanged.type])
    return peer
  }
  // a double of the two calls that are used, typed by none of the many others
  return { bus: bus as unknown as Parameters<typeof createShardDirectory>[0]['bus'], peers, types, meet }
}

describe('what others offer', () => {
  let runtime: SeededRuntime
  let world: ReturnType<typeof createWorld>
  let directory: ShardDirectory
  let gone: NodeId[]
  let changes: number
  beforeEach(() => {
    runtime = createSeededRuntime(1)
    world = createWorld()
    directory = createShardDirectory({ bus: world.bus, runtime })
    gone = []
    changes = 0
    directory.gone.on((peer) => gone.push(peer))
    directory.changed.on(() => {
      changes += 1
    })
  })
  afterEach(() => directory.stop())
  const shardsOf = (id: NodeId) => directory.nodes().find(({ nodeId }) => nodeId === id)?.shards

  it('is what each of them said last, with when and how far away they are (DLM-1)', async () => {
    const bert = world.meet(BERT)
    await runtime.settle()
    bert.frames.push([shard(0, 3)])
    await runtime.advance(1000)
    const heardAt = runtime.now() - 1000
    expect(directory.nodes()).toEqual([
      { nodeId: BERT, heardAt, latencyMs: 12, shards: [shard(0, 3)], reach: [], silent: false },
    ])
    bert.frames.push([shard(0, 3, { streams: 1 })])
    await runtime.settle()
    expect(shardsOf(BERT)).toEqual([shard(0, 3, { streams: 1 })])
    bert.frames.push([shard(0, 3, { streams: 1 })])
    await runtime.settle()
    expect(changes).toBe(2)
  })

  it('has nothing of those who are not trusted, nor of those who are away', async () => {
    const peers = [world.meet(BERT, { level: 'member' }), world.meet(CLEO, { connection: 'away' })]
    await runtime.advance(60_000)
    expect(peers.map(({ asked }) => asked)).toEqual([0, 0])
  })

  it('lets go of shards that nobody renewed for four heartbeats, and not before (DLM-1)', async () => {
    const bert = world.meet(BERT)
    await runtime.settle()
    bert.frames.push([shard(0, 3)])
    await runtime.advance(19_900)
    expect(shardsOf(BERT)).toHaveLength(1)
    expect(gone).toEqual([])
    await runtime.advance(5_100)
    expect(shardsOf(BERT)).toBeUndefined()
    expect(gone).toEqual([BERT])
    await runtime.settle()
    expect(bert.asked).toBe(2)
  })

  it('knows who did not answer in time, until they say something again (DLM-1)', async () => {
    const bert = world.meet(BERT)
    const isSilent = () => directory.nodes().map(({ silent }) => silent)
    directory.markSilent(BERT)
    await runtime.settle()
    bert.frames.push([shard(0, 3)])
    await runtime.settle()
    expect(isSilent()).toEqual([false])
    directory.markSilent(BERT)
    expect(isSilent()).toEqual([true])
    bert.frames.push([shard(0, 3)])
    await runtime.settle()
    expect(isSilent()).toEqual([false])
    expect(changes).toBe(1)
  })

  it('lets go at once of shards whose connection is lost, and listens again when it is back (DLM-1)', async () => {
    const bert = world.meet(BERT)
    await runtime.settle()
    bert.frames.push([shard(0, 3)])
    await runtime.settle()
    bert.lose?.(new HearthError('partition', 'the connection was lost'))
    await runtime.settle()
    expect(shardsOf(BERT)).toBeUndefined()
    expect(gone).toEqual([BERT])
    await runtime.advance(2000)
    bert.frames.push([shard(4, 7)])
    await runtime.settle()
    expect(shardsOf(BERT)).toEqual([shard(4, 7)])
  })

  it('says so when one of several goes, and not when one comes (DLM-1)', async () => {
    const bert = world.meet(BERT)
    await runtime.settle()
    for (const shards of [[shard(0, 3)], [shard(0, 3), shard(4, 7)], [shard(4, 7)], [shard(4, 7, { streams: 1 })]]) {
      bert.frames.push(shards)
      await runtime.settle()
    }
    expect(gone).toEqual([BERT])
  })

  it('stops listening to whoever is not trusted any more', async () => {
    const bert = world.meet(BERT)
    await runtime.settle()
    bert.frames.push([shard(0, 3)])
    await runtime.settle()
    bert.level = 'member'
    world.types.push(['community.member.demotion_signed'])
    await runtime.advance(5000)
    expect(gone).toEqual([BERT])
    await runtime.advance(60_000)
    expect(bert.asked).toBe(1)
  })

  it('asks whoever refuses it seldom, and hears them once they do not', async () => {
    const bert = world.meet(BERT, { refuses: new HearthError('experimental_disabled', 'off') })
    await runtime.advance(59_000)
    expect(bert.asked).toBe(6)
    bert.refuses = null
    await runtime.advance(10_000)
    bert.frames.push([shard(0, 3)])
    await runtime.settle()
    expect(shardsOf(BERT)).toHaveLength(1)
  })

  it('takes no shard that cannot be', async () => {
    const bert = world.meet(BERT)
    await runtime.settle()
    bert.frames.push([
      shard(3, 2),
      shard(4, 8),
      shard(0, 3, { shard_id: 'other:0-3' }),
      shard(0, 3, { shard_id: 'tiny:0-7' }),
      shard(4, 7),
    ])
    await runtime.settle()
    expect(shardsOf(BERT)).toEqual([shard(4, 7)])
  })
})
