import { describe, expect, it } from 'vitest'
import type { ShardDescriptor } from '#protocol/distributed-inference/schemas.ts'
import { nodeIdFor } from '../../../testing/village.ts'
import { heldModels } from './holders.ts'

const hash = (digit: string): string => `sha256:${digit.repeat(64)}`
const shard = (from: number, to: number, weights = 'a', model = 'm'): ShardDescriptor => ({
  shard_id: `${model}:${from}-${to}`,
  model,
  weights_sha256: hash(weights),
  layers: { from, to },
  model_layers: 6,
  hidden_size: 8,
  memory_bytes: 1,
  max_concurrent_streams: 4,
  streams: 0,
  max_tokens: 512,
  dtype: 'fp16',
  backend: 'wasm',
  ms_per_token: null,
})
const node = (name: string, shards: ShardDescriptor[], faults = 0) => ({
  node_id: nodeIdFor(name),
  heard_at: '2026-05-26T08:00:00.000Z',
  latency_ms: 4,
  faults,
  shards,
})

describe('who has which layers', () => {
  it('puts this device first and names what nobody has', () => {
    const [held] = heldModels([shard(0, 1)], [node('Anna', [shard(4, 4)])])
    expect(held?.holders.map(({ node_id }) => node_id)).toEqual([null, nodeIdFor('Anna')])
    expect(held?.missing).toEqual([
      { from: 2, to: 3 },
      { from: 5, to: 5 },
    ])
  })

  it('does not count on who computed wrongly (DLM-6)', () => {
    expect(heldModels([], [node('Anna', [shard(0, 5)], 1)])[0]?.missing).toEqual([{ from: 0, to: 5 }])
  })

  it('keeps versions of one name apart, because they do not compute together', () => {
    const held = heldModels([shard(0, 2)], [node('Anna', [shard(3, 5, 'b')])])
    expect(held.map(({ weights_sha256, twice, holders }) => [weights_sha256, twice, holders.length])).toEqual([
      [hash('a'), true, 1],
      [hash('b'), true, 1],
    ])
    expect(heldModels([], [])).toEqual([])
  })
})
