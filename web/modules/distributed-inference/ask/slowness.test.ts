import { describe, expect, it } from 'vitest'
import type { StageStatus } from '#protocol/distributed-inference/schemas.ts'
import { nodeIdFor } from '../../../testing/village.ts'
import { slownessOf } from './slowness.ts'

const anna = nodeIdFor('Anna')
const bernd = nodeIdFor('Bernd')
const stage = (node_id: StageStatus['node_id'], mean_ms: number | null): StageStatus => ({
  node_id,
  shard_id: 'm:0-1',
  layers: { from: 0, to: 1 },
  handed: false,
  sent_bytes: 0,
  received_bytes: 0,
  late: [],
  last_ms: mean_ms,
  mean_ms,
  tokens: 4,
})
const unknown = () => null

describe('what a word waits for', () => {
  it('is the device that takes most of the time', () => {
    expect(slownessOf([stage(anna, 80), stage(bernd, 12)], unknown)).toEqual({
      node_id: anna,
      ms: 80,
      cause: 'computing',
      slow: false,
      onProcessor: false,
    })
    const onProcessor = { ...stage(anna, 80), backend: 'wasm' } as const
    expect(slownessOf([onProcessor, stage(bernd, 12)], unknown)).toMatchObject({ onProcessor: true })
    expect(slownessOf([{ ...onProcessor, backend: 'webgpu' }, stage(bernd, 12)], unknown)).toMatchObject({ onProcessor: false })
  })

  it('is the way where the connection takes most of it', () => {
    expect(slownessOf([stage(anna, 80), stage(bernd, 12)], () => ({ latency_ms: 61 }))).toMatchObject({ cause: 'way' })
  })

  it('is not named where nobody waits, where all are alike, or before anything is measured', () => {
    expect(slownessOf([stage(anna, 20), stage(bernd, 1)], unknown)).toBeNull()
    expect(slownessOf([stage(anna, 60), stage(bernd, 61), stage(null, 60)], unknown)).toBeNull()
    expect(slownessOf([stage(anna, null)], unknown)).toBeNull()
    expect(slownessOf([stage(null, 120)], unknown)).toBeNull()
  })

  it('is named even alone where words come slower than people read (DLM-2)', () => {
    expect(slownessOf([stage(null, 900)], unknown)).toEqual({
      ...{ node_id: null, ms: 900, cause: 'computing', slow: true, onProcessor: false },
    })
  })
})
