import { describe, expect, it } from 'vitest'
import { DISTRIBUTED_LLM_MAX_SHARD_LATENCIES } from '#protocol/distributed-inference/constants.ts'
import type { StageStatus } from '#protocol/distributed-inference/schemas.ts'
import { shardLatencies } from './shard-latency.ts'

const stage = (from: number, to: number, mean_ms: number | null): StageStatus => ({
  ...{ node_id: null, shard_id: `tiny:${from}-${to}`, layers: { from, to }, handed: false, late: [] },
  ...{ last_ms: 1000, mean_ms, tokens: 4, sent_bytes: 0, received_bytes: 0 },
})
const run = (...stages: readonly StageStatus[]) => ({ model: 'tiny', stages })

describe('what a shard takes for a step', () => {
  it('is the mean of the answers in which it was measured, for each shard, the newest first', () => {
    const told = shardLatencies([run(stage(0, 3, 10)), run(stage(0, 3, 40), stage(4, 7, 7)), run(stage(4, 7, null))])
    expect(told).toEqual([
      { shard_id: 'tiny:0-3', model: 'tiny', layers: { from: 0, to: 3 }, mean_ms: 25, answers: 2 },
      { shard_id: 'tiny:4-7', model: 'tiny', layers: { from: 4, to: 7 }, mean_ms: 7, answers: 1 },
    ])
    expect(shardLatencies([run(stage(0, 3, null)), run()])).toEqual([])
  })

  it('is told of no more shards than fit, of those of the newest answers', () => {
    const runs = Array.from({ length: DISTRIBUTED_LLM_MAX_SHARD_LATENCIES + 9 }, (_, at) => run(stage(at, at, at)))
    const told = shardLatencies(runs)
    expect(told).toHaveLength(DISTRIBUTED_LLM_MAX_SHARD_LATENCIES)
    expect(told[0]?.mean_ms).toBe(runs.length - 1)
  })
})
