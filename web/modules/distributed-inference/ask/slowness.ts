import type { NodeId } from '#protocol/core/ids.ts'
import { DISTRIBUTED_LLM_MAX_PIPELINE_LATENCY_TOKENS_PER_S } from '#protocol/distributed-inference/constants.ts'
import type { StageStatus } from '#protocol/distributed-inference/schemas.ts'

/** A word that takes longer than this is slower than people read, ms; the advisory constant of DLM-2. */
const SLOW_MS = 1000 / DISTRIBUTED_LLM_MAX_PIPELINE_LATENCY_TOKENS_PER_S
/** Below this nobody waits for one device, ms. */
const UNNOTICED_MS = 40
/** A device that takes more than this share of a word's time is what the others wait for. */
const MOST = 0.5

/** What is known of a device beside its numbers in this answer. */
export interface Known {
  /** Of the connection, there and back; null before it is measured, or for this device. */
  readonly latency_ms: number | null
}

export interface Slowness {
  readonly node_id: NodeId | null
  /** For one word, whole ms. */
  readonly ms: number
  /** `way`: most of it is the connection; `computing`: the device itself. */
  readonly cause: 'way' | 'computing'
  /** Slower than people read, all devices together. */
  readonly slow: boolean
  /** Of who is waited for: no graphics card computes. */
  readonly onProcessor: boolean
}

/** What a word waits for most, or null where nothing is worth a word. */
export function slownessOf(stages: readonly StageStatus[], knownOf: (id: NodeId) => Known | null): Slowness | null {
  const timed = stages.flatMap(({ node_id, mean_ms, backend }) => (mean_ms === null ? [] : [{ node_id, mean_ms, backend }]))
  const total = timed.reduce((sum, { mean_ms }) => sum + mean_ms, 0)
  const [worst] = timed.sort((a, b) => b.mean_ms - a.mean_ms)
  if (!worst || worst.mean_ms < UNNOTICED_MS) return null
  const slow = total > SLOW_MS
  if (!slow && (timed.length < 2 || worst.mean_ms < MOST * total)) return null
  const latency = worst.node_id === null ? null : (knownOf(worst.node_id)?.latency_ms ?? null)
  return {
    node_id: worst.node_id,
    ms: Math.round(worst.mean_ms),
    cause: latency !== null && latency > worst.mean_ms / 2 ? 'way' : 'computing',
    slow,
    onProcessor: worst.backend === 'wasm',
  }
}
