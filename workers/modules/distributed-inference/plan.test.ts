import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { HearthError } from '#protocol/core/errors.ts'
import { type NodeId, parseNodeId, parseUlid } from '#protocol/core/ids.ts'
import { matches } from '#protocol/core/schema.ts'
import { PlanSchema, type ShardDescriptor } from '#protocol/distributed-inference/schemas.ts'
import { type Offer, planPipeline } from './plan.ts'

const pipelineId = parseUlid('01JZ0000000000000000000000')
const HASH = `sha256:${'1'.repeat(64)}`
const OTHER = `sha256:${'2'.repeat(64)}`
const NODES: readonly NodeId[] = [...'abcdefgh'].map((letter) => parseNodeId(`ed25519:${letter.repeat(43)}`))

interface Given {
  readonly node?: number | null
  readonly from: number
  readonly to: number
  readonly ms?: number | null
  readonly hop?: number | null
  readonly shard?: Partial<ShardDescriptor>
  readonly faults?: number
}

const offer = (modelLayers: number, { node = 0, from, to, ms = 1, hop = 10, shard = {}, faults = 0 }: Given): Offer => ({
  nodeId: node === null ? null : (NODES[node] ?? null),
  latencyMs: hop,
  faults,
  shard: {
    shard_id: `tiny:${from}-${to}`,
    model: 'tiny',
    weights_sha256: HASH,
    layers: { from, to },
    model_layers: modelLayers,
    hidden_size: 64,
    memory_bytes: 1,
    max_concurrent_streams: 4,
    streams: 0,
    max_tokens: 4096,
    dtype: 'fp16',
    backend: 'wasm',
    ms_per_token: ms,
    ...shard,
  },
})

/** As narrow hidden states go over a hop: who says otherwise is handed nothing. */
const FULL = { dtype: 'fp32' } as const
const reaching = (node: number, ms: number): Map<NodeId, number> => new Map(NODES[node] ? [[NODES[node], ms]] : [])

const plan = (modelLayers: number, given: readonly Given[], without: readonly (NodeId | null)[] = []) =>
  planPipeline(
    { model: 'tiny', weightsHash: HASH, modelLayers },
    given.map((each) => offer(modelLayers, each)),
    { pipelineId, without: new Set(without) },
  )

function refusal(task: () => unknown): HearthError {
  try {
    task()
  } catch (error) {
    if (error instanceof HearthError) return error
    throw error
  }
  throw new Error('it was not refused')
}

const arbitraryOffer = (layers: number) =>
  fc
    .record({
      node: fc.option(fc.integer({ min: 0, max: 5 })),
      ends: fc.tuple(fc.integer({ min: 0, max: layers - 1 }), fc.integer({ min: 0, max: layers - 1 })),
      ms: fc.option(fc.integer({ min: 1, max: 40 })),
      hop: fc.option(fc.integer({ min: 0, max: 30 })),
      streams: fc.integer({ min: 0, max: 4 }),
      faults: fc.constantFrom(0, 0, 0, 1),
    })
    .map(({ node, ends: [a, b], ms, hop, streams, faults }) =>
      offer(layers, { node, from: Math.min(a, b), to: Math.max(a, b), ms, hop, faults, shard: { streams } }),
    )
const instance = fc
  .integer({ min: 1, max: 5 })
  .chain((layers) => fc.tuple(fc.constant(layers), fc.array(arbitraryOffer(layers), { maxLength: 9 })))

/** The least cost over all ways there are; null where there is none. */
function bruteForce(layers: number, offers: readonly Offer[]): number | null {
  const usable = offers.filter(({ shard, faults }) => faults === 0 && shard.streams < shard.max_concurrent_streams)
  const perLayer = ({ nodeId, shard: { backend } }: Offer): number => {
    const measured = usable.filter(({ shard }) => shard.ms_per_token !== null && shard.backend === backend)
    const own = measured.filter((offer) => offer.nodeId === nodeId)
    const counted = own.length > 0 ? own : measured
    const layers = counted.reduce((sum, { shard }) => sum + shard.layers.to - shard.layers.from + 1, 0)
    return layers === 0 ? 2 : counted.reduce((sum, { shard }) => sum + (shard.ms_per_token ?? 0), 0) / layers
  }
  const costs = (at: number): number =>
    at === layers
      ? 0
      : Math.min(
          Number.POSITIVE_INFINITY,
          ...usable
            .filter(({ shard }) => shard.layers.from === at)
            .map((offer) => {
              const { nodeId, latencyMs, shard } = offer
              const compute = shard.ms_per_token ?? perLayer(offer) * (shard.layers.to - at + 1)
              return compute * (1 + shard.streams) + (nodeId === null ? 0 : (latencyMs ?? 50)) + costs(shard.layers.to + 1)
            }),
        )
  const least = costs(0)
  return least === Number.POSITIVE_INFINITY ? null : least
}

describe('a plan (DLM-2)', () => {
  it('takes the least time there is, joins, and says why for each shard that was offered', () => {
    fc.assert(
      fc.property(instance, ([layers, offers]) => {
        const least = bruteForce(layers, offers)
        const wanted = { model: 'tiny', weightsHash: HASH, modelLayers: layers }
        if (least === null) {
          expect(refusal(() => planPipeline(wanted, offers, { pipelineId })).code).toBe('shard_unavailable')
          return
        }
        const made = planPipeline(wanted, offers, { pipelineId })
        expect(made.expected_ms_per_token).toBeCloseTo(least, 6)
        expect(matches(PlanSchema, made)).toBe(true)
        let next = 0
        for (const { layers: range } of made.stages) {
          expect(range.from).toBe(next)
          next = range.to + 1
        }
        expect(next).toBe(layers)
        expect(made.left_out.length + made.stages.length).toBe(offers.length)
      }),
      { numRuns: 500 },
    )
  })

  it('is the same whatever the order in which offers were heard', () => {
    fc.assert(
      fc.property(instance, fc.infiniteStream(fc.nat()), ([layers, offers], order) => {
        // two shards of one name on one device are one
        const distinct = [...new Map(offers.map((each) => [`${each.nodeId} ${each.shard.shard_id}`, each])).values()]
        const keys = distinct.map(() => order.next().value ?? 0)
        const shuffled = distinct.map((each, index) => ({ each, key: keys[index] ?? 0 })).sort((a, b) => a.key - b.key)
        const wanted = { model: 'tiny', weightsHash: HASH, modelLayers: layers }
        const attempt = (list: readonly Offer[]) => {
          try {
            return planPipeline(wanted, list, { pipelineId })
          } catch (error) {
            return error instanceof HearthError ? error.toWire() : error
          }
        }
        expect(attempt(shuffled.map(({ each }) => each))).toEqual(attempt(distinct))
      }),
    )
  })

  it('passes over who is full, who lied, who has other weights and who does not join, and names each reason', () => {
    const made = plan(4, [
      { node: 0, from: 0, to: 1, ms: 9 },
      { node: 1, from: 0, to: 1, ms: 1, shard: { streams: 4 } },
      { node: 2, from: 0, to: 1, ms: 1, faults: 1 },
      { node: 3, from: 0, to: 3, ms: 1, shard: { weights_sha256: OTHER } },
      { node: 4, from: 1, to: 2, ms: 1 },
      { node: 5, from: 0, to: 1, ms: 10 },
      { node: null, from: 2, to: 3, ms: 100 },
      { node: 6, from: 2, to: 3, ms: 100, hop: null },
    ])
    expect(made.stages).toMatchObject([
      { node_id: NODES[0], compute_ms: 9, hop_ms: 10, spares: 1, reason: 'fastest', measured: true },
      { node_id: null, compute_ms: 100, hop_ms: 0, spares: 1, reason: 'fastest' },
    ])
    expect(made.topology).toBe('star')
    expect(Object.fromEntries(made.left_out.map(({ node_id, reason }) => [node_id, reason]))).toEqual({
      [NODES[1] ?? '']: 'full',
      [NODES[2] ?? '']: 'mistrusted',
      [NODES[3] ?? '']: 'other_weights',
      [NODES[4] ?? '']: 'does_not_join',
      [NODES[5] ?? '']: 'slower',
      [NODES[6] ?? '']: 'slower',
    })
  })

  it('passes over who takes no conversation of this length, and says so', () => {
    const offers = [
      { node: 0, from: 0, to: 1, ms: 1, shard: { max_tokens: 128 } },
      { node: 1, from: 0, to: 1, ms: 50, shard: { max_tokens: 512 } },
    ].map((given) => offer(2, given))
    const wanted = { model: 'tiny', weightsHash: HASH, modelLayers: 2 }
    const long = planPipeline(wanted, offers, { pipelineId, tokens: 512 })
    expect(long).toMatchObject({ stages: [{ node_id: NODES[1] }], left_out: [{ node_id: NODES[0], reason: 'too_short' }] })
    expect(planPipeline(wanted, offers, { pipelineId, tokens: 100 })).toMatchObject({ stages: [{ node_id: NODES[0] }] })
    expect(refusal(() => planPipeline(wanted, offers, { pipelineId, tokens: 513 })).code).toBe('shard_unavailable')
  })

  it('says when there was no choice, and prefers who has more room among equals', () => {
    const made = plan(2, [
      { node: 0, from: 0, to: 0 },
      { node: 1, from: 1, to: 1 },
      { node: 2, from: 1, to: 1, shard: { max_concurrent_streams: 9 } },
    ])
    expect(made.stages).toMatchObject([
      { node_id: NODES[0], reason: 'only', spares: 0 },
      { node_id: NODES[2], reason: 'preferred', spares: 1 },
    ])
  })

  it('expects of who has not measured what others of the kind take for a layer, and counts who waits already', () => {
    const made = plan(4, [
      { node: 0, from: 0, to: 1, ms: 6, shard: { streams: 2 } },
      { node: 1, from: 2, to: 3, ms: null },
    ])
    expect(made.stages).toMatchObject([
      { compute_ms: 18, measured: true },
      { compute_ms: 6, measured: false },
    ])
  })

  it('names the layers that nobody has', () => {
    const error = refusal(() =>
      plan(10, [
        { from: 0, to: 1 },
        { from: 4, to: 5 },
        { from: 8, to: 8 },
      ]),
    )
    expect(error).toMatchObject({
      code: 'shard_unavailable',
      data: {
        uncovered: [
          { from: 2, to: 3 },
          { from: 6, to: 7 },
          { from: 9, to: 9 },
        ],
      },
    })
    expect(refusal(() => plan(3, []))).toMatchObject({ data: { uncovered: [{ from: 0, to: 2 }] } })
  })

  it('names the gap where each layer is there and the shards do not join', () => {
    const error = refusal(() =>
      plan(8, [
        { from: 0, to: 3 },
        { from: 3, to: 7 },
        { from: 6, to: 7 },
      ]),
    )
    expect(error).toMatchObject({ code: 'shard_unavailable', data: { uncovered: [{ from: 4, to: 5 }] } })
  })

  it('says so where only other weights are offered', () => {
    const error = refusal(() => plan(2, [{ from: 0, to: 1, shard: { weights_sha256: OTHER } }]))
    expect(error.code).toBe('weights_mismatch')
  })

  it('leaves out who is not wanted, and covers some layers alone where asked', () => {
    const given = [
      { node: 0, from: 0, to: 1 },
      { node: 1, from: 0, to: 1, ms: 5 },
    ]
    expect(plan(2, given, [NODES[0] ?? null]).stages).toMatchObject([{ node_id: NODES[1], reason: 'only' }])
    const part = planPipeline(
      { model: 'tiny', weightsHash: HASH, modelLayers: 9, layers: { from: 3, to: 4 } },
      [offer(9, { from: 3, to: 3 }), offer(9, { node: 1, from: 4, to: 4 }), offer(9, { node: 2, from: 0, to: 8 })],
      { pipelineId },
    )
    expect(part.stages.map(({ layers }) => layers)).toEqual([
      { from: 3, to: 3 },
      { from: 4, to: 4 },
    ])
  })

  it('hands on where that is shorter, and tells what was compared (DLM-11)', () => {
    const chain = (between: number) =>
      planPipeline(
        { model: 'tiny', weightsHash: HASH, modelLayers: 4 },
        [
          { ...offer(4, { node: 0, from: 0, to: 1, hop: 20, shard: FULL }), reach: reaching(1, between) },
          offer(4, { node: 1, from: 2, to: 3, hop: 20, shard: FULL }),
        ],
        { pipelineId },
      )
    expect(chain(6)).toMatchObject({
      topology: 'chain',
      topology_reason: 'chain_faster',
      expected_ms_per_token: 10 + 1 + 3 + 1 + 10,
      other_topology_ms: 42,
      stages: [
        { hop_ms: 10, handed: false },
        { hop_ms: 13, handed: true },
      ],
    })
    expect(chain(40)).toMatchObject({ topology: 'star', topology_reason: 'star_faster', other_topology_ms: 42 })
    // what the first one gives takes longer to who asks than all the rest: handing on brings nothing
    const lame = [
      { ...offer(4, { node: 0, from: 0, to: 1, ms: 0, hop: 100, shard: FULL }), reach: reaching(1, 0) },
      offer(4, { node: 1, from: 2, to: 3, ms: 0, hop: 0, shard: FULL }),
    ]
    const wanted = { model: 'tiny', weightsHash: HASH, modelLayers: 4 }
    expect(planPipeline(wanted, lame, { pipelineId })).toMatchObject({ topology: 'star', topology_reason: 'star_faster' })
  })

  it('never expects more than a star would take, covers each layer once, and takes a chain only where it is shorter (DLM-11)', () => {
    const trips = fc.array(fc.tuple(fc.nat(5), fc.nat(5), fc.nat(60)), { maxLength: 12 })
    fc.assert(
      fc.property(instance, trips, ([layers, offers], told) => {
        const known = offers.map((each): Offer => {
          const own = told.filter(([from]) => NODES[from] === each.nodeId)
          const reach = new Map(own.flatMap(([, to, ms]) => (NODES[to] ? [[NODES[to], ms] as const] : [])))
          return { ...each, shard: { ...each.shard, ...FULL }, reach }
        })
        const wanted = { model: 'tiny', weightsHash: HASH, modelLayers: layers }
        let star: ReturnType<typeof planPipeline>
        try {
          star = planPipeline(wanted, known, { pipelineId, handing: false })
        } catch {
          return
        }
        const both = planPipeline(wanted, known, { pipelineId })
        expect(both.expected_ms_per_token).toBeLessThanOrEqual(star.expected_ms_per_token)
        expect(
          both.stages.flatMap(({ layers: { from, to } }) => Array.from({ length: to - from + 1 }, (_, at) => from + at)),
        ).toEqual(Array.from({ length: layers }, (_, at) => at))
        expect(both.topology === 'chain').toBe(both.stages.some(({ handed }) => handed))
        if (both.topology === 'chain') expect(both.expected_ms_per_token).toBeLessThan(both.other_topology_ms ?? 0)
        else expect(both.stages).toEqual(star.stages)
      }),
    )
  })

  it('has at most 16 shards', () => {
    const single = Array.from({ length: 17 }, (_, layer) => ({ from: layer, to: layer }))
    expect(refusal(() => plan(17, single)).code).toBe('shard_unavailable')
    expect(plan(17, [...single, { node: 1, from: 3, to: 4, ms: 500 }]).stages).toHaveLength(16)
  })
})
