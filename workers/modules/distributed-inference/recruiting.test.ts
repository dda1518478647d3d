import { beforeEach, describe, expect, it } from 'vitest'
import { HearthError } from '#protocol/core/errors.ts'
import { type NodeId, nodeIdOf } from '#protocol/core/ids.ts'
import type { HostedShard, ModelFacts } from '../../compute/port.ts'
import { createSeededRuntime, type SeededRuntime } from '../../testing/seeded-runtime.ts'
import { type Offer, planPipeline } from './plan.ts'
import { createRecruiting, type Recruiting } from './recruiting.ts'

const HASH = `sha256:${'0'.repeat(64)}`
const LAYERS = 4
const nodeAt = (seed: number): NodeId => nodeIdOf(new Uint8Array(32).fill(seed))
const [ANNA, BEN, CEM] = [nodeAt(1), nodeAt(2), nodeAt(3)]
const FACTS: ModelFacts = {
  ...{ id: 'tiny', weightsHash: HASH, layers: LAYERS, hiddenSize: 8, positions: null, bytes: 9 },
  ...{ whole: false, held: [], layerBytes: 1, stepwise: false },
}

const LOADED: HostedShard = {
  ...{ model: 'tiny', weightsHash: HASH, layers: LAYERS, hiddenSize: 8, embed: false, first: 0, end: LAYERS, head: false },
  ...{ bytes: 9, cacheBytes: 0, cacheBytesPerToken: 1, sequences: 0, msPerToken: null },
}

/** @param ms what it takes for a token: the fewest are planned with first */
const offer = (nodeId: NodeId | null, from: number, to: number, ms: number): Offer => ({
  ...{ nodeId, latencyMs: 5, faults: 0 },
  shard: {
    shard_id: `tiny:${from}-${to}`,
    model: 'tiny',
    weights_sha256: HASH,
    layers: { from, to },
    model_layers: LAYERS,
    hidden_size: 8,
    memory_bytes: 9,
    max_concurrent_streams: 8,
    streams: 0,
    max_tokens: 4096,
    dtype: 'fp16',
    backend: 'wasm',
    ms_per_token: ms,
  },
})

describe('finding who computes', () => {
  let runtime: SeededRuntime
  let offers: Offer[]
  /** How long who is asked takes to begin; a closed lid for ever. */
  let takesMs: Map<NodeId, number>
  let asked: NodeId[]
  let silent: NodeId[]
  let recruiting: Recruiting
  beforeEach(() => {
    silent = []
    runtime = createSeededRuntime(1)
    takesMs = new Map()
    asked = []
    recruiting = createRecruiting(
      {
        runtime,
        compute: { load: async () => LOADED, forward: async ({ hidden }) => hidden, forget: () => undefined },
        openLink: (peer, shard, { signal }) => {
          asked.push(peer)
          return new Promise((resolve, reject) => {
            signal.addEventListener('abort', () => reject(new HearthError('timeout', 'nobody begins')))
            const link = { peer, shard, forward: async (hidden: Float32Array<ArrayBuffer>) => hidden }
            runtime.after(takesMs.get(peer) ?? 10, () =>
              resolve({ ...link, ended: new Promise(() => undefined), close: () => undefined }),
            )
          })
        },
        offers: async (alone) => offers.filter(({ nodeId }) => alone || nodeId !== null),
        onSilent: (nodeId) => void silent.push(nodeId),
      },
      FACTS,
      new AbortController().signal,
    )
  })

  /** Who is found for all layers, and after how many milliseconds; an error's code where nobody is. */
  async function found(): Promise<{ readonly who: readonly (NodeId | null)[] | string; readonly ms: number }> {
    const wanted = { model: 'tiny', weightsHash: HASH, modelLayers: LAYERS }
    const plan = planPipeline(wanted, await others(), { pipelineId: runtime.ulid() })
    const begun = runtime.monotonic()
    let outcome: { who: readonly (NodeId | null)[] | string; ms: number } | null = null
    recruiting.fill(plan).then(
      ({ filled }) => (outcome = { who: filled.map(({ runner }) => runner.nodeId), ms: runtime.monotonic() - begun }),
      (error: HearthError) => (outcome = { who: error.code, ms: runtime.monotonic() - begun }),
    )
    for (let step = 0; step < 400 && !outcome; step++) await runtime.advance(100)
    return outcome ?? { who: 'nothing', ms: Number.NaN }
  }
  const others = async () => offers.filter(({ nodeId }) => nodeId !== null)

  it('waits two and a half seconds for who closed a lid a moment ago, where somebody else has its layers (DLM-4)', async () => {
    offers = [offer(ANNA, 0, 3, 1), offer(BEN, 0, 3, 9)]
    takesMs.set(ANNA, Number.POSITIVE_INFINITY)
    const { who, ms } = await found()
    expect(who).toEqual([BEN])
    expect(ms).toBeLessThan(3000)
    expect(asked).toEqual([ANNA, BEN])
    expect(silent).toEqual([ANNA])
  })

  it('counts several who have its layers together as somebody else', async () => {
    offers = [offer(ANNA, 0, 3, 1), offer(BEN, 0, 1, 9), offer(CEM, 2, 3, 9)]
    takesMs.set(ANNA, Number.POSITIVE_INFINITY)
    const { who, ms } = await found()
    expect(who).toEqual([BEN, CEM])
    expect(ms).toBeLessThan(3000)
  })

  it('waits as long as for a step where nobody else has them, though it offers them twice itself (DLM-4)', async () => {
    offers = [offer(ANNA, 0, 3, 1), offer(ANNA, 0, 1, 9), offer(ANNA, 2, 3, 9)]
    takesMs.set(ANNA, 6000)
    expect(await found()).toMatchObject({ who: [ANNA] })
    expect(asked).toEqual([ANNA])
  })

  it('takes others for those layers alone that begin late', async () => {
    offers = [offer(ANNA, 0, 1, 1), offer(BEN, 2, 3, 1), offer(CEM, 2, 3, 9)]
    takesMs.set(BEN, 8000)
    const { who, ms } = await found()
    expect(who).toEqual([ANNA, CEM])
    expect(ms).toBeLessThan(3000)
  })

  it('waits for this device’s own layers last of all', async () => {
    offers = [offer(ANNA, 0, 3, 1), offer(null, 0, 3, 90)]
    takesMs.set(ANNA, 6000)
    expect(await found()).toMatchObject({ who: [ANNA] })
    takesMs.set(ANNA, Number.POSITIVE_INFINITY)
    const { who, ms } = await found()
    expect(who).toEqual([null])
    expect(ms).toBeGreaterThanOrEqual(10_000)
  })
})
