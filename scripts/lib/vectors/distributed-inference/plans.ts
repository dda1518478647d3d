import { nodeIdOf } from '#protocol/core/ids.ts'
import { bad, good } from '../cases.ts'
import type { VectorSource } from '../format.ts'

const HASH = `sha256:${'1'.repeat(64)}`
const OTHER = `sha256:${'2'.repeat(64)}`

/** NodeIDs in the order of their names: A is the least. */
const NODES = [1, 2, 3, 4, 5].map((byte) => nodeIdOf(new Uint8Array(32).fill(byte)))
const [A, B, C, D, E] = NODES

interface Said {
  readonly node: string | null | undefined
  readonly from: number
  readonly to: number
  readonly ms?: number | null
  readonly hop?: number | null
  readonly streams?: number
  readonly most?: number
  readonly weights?: string
  readonly faults?: number
  readonly backend?: string
  /** Others that it reaches, and the round trips. */
  readonly reach?: readonly (readonly [string | undefined, number])[]
}

const offer = ({ node = null, from, to, ms = 4, hop = 10, ...more }: Said) => ({
  node_id: node,
  latency_ms: hop,
  faults: more.faults ?? 0,
  reach: (more.reach ?? []).map(([node_id, latency_ms]) => ({ node_id, latency_ms })),
  shard: {
    shard_id: `tiny:${from}-${to}`,
    weights_sha256: more.weights ?? HASH,
    layers: { from, to },
    streams: more.streams ?? 0,
    max_concurrent_streams: more.most ?? 4,
    backend: more.backend ?? 'wasm',
    ms_per_token: ms,
  },
})

const given = (model_layers: number, offers: readonly Said[], without: readonly (string | undefined)[] = []) => ({
  model: 'tiny',
  weights_sha256: HASH,
  model_layers,
  without,
  offers: offers.map(offer),
})

interface Place {
  readonly node: string | null | undefined
  readonly from: number
  readonly to: number
  readonly compute: number
  readonly hop: number
  readonly handed?: boolean
  readonly measured?: boolean
  readonly spares?: number
  readonly reason: 'only' | 'fastest' | 'preferred'
}

const made = (
  places: readonly Place[],
  left: readonly (readonly [string | undefined, string, string])[] = [],
  topology = 'star',
  reason = places.length === 1 ? 'only_one' : 'not_connected',
  other: number | null = null,
) => ({
  stages: places.map(({ node = null, from, to, compute, hop, handed = false, measured = true, spares = 0, reason }) => ({
    node_id: node,
    shard_id: `tiny:${from}-${to}`,
    layers: { from, to },
    backend: 'wasm',
    compute_ms: compute,
    hop_ms: hop,
    handed,
    measured,
    spares,
    reason,
  })),
  left_out: left.map(([node_id, shard_id, reason]) => ({ node_id, shard_id, reason })),
  expected_ms_per_token: places.reduce((sum, { compute, hop }) => sum + compute + hop, 0),
  topology,
  topology_reason: reason,
  other_topology_ms: other,
})

export const plans = (): VectorSource => ({
  name: 'plan',
  operation: 'distributed_llm.plan',
  rule: 'DLM-2',
  about: 'Who computes which layers, and why, of what is offered. Offers come in any order.',
  vectors: [
    good(
      'one after the other',
      'No choice at all',
      given(4, [
        { node: B, from: 2, to: 3 },
        { node: A, from: 0, to: 1 },
      ]),
      made([
        { node: A, from: 0, to: 1, compute: 4, hop: 10, reason: 'only' },
        { node: B, from: 2, to: 3, compute: 4, hop: 10, reason: 'only' },
      ]),
    ),
    good(
      'one hop less beats faster layers',
      'The time of all stages counts, not that of one',
      given(4, [
        { node: A, from: 0, to: 1, ms: 1 },
        { node: B, from: 2, to: 3, ms: 1 },
        { node: C, from: 0, to: 3, ms: 11 },
      ]),
      made(
        [{ node: C, from: 0, to: 3, compute: 11, hop: 10, reason: 'fastest' }],
        [
          [A, 'tiny:0-1', 'slower'],
          [B, 'tiny:2-3', 'slower'],
        ],
      ),
    ),
    good(
      'this device has no hop',
      'Its own layers may be slower and the whole faster',
      given(2, [
        { node: A, from: 0, to: 1, ms: 1 },
        { node: null, from: 0, to: 1, ms: 10 },
      ]),
      made(
        [{ node: null, from: 0, to: 1, compute: 10, hop: 0, spares: 1, reason: 'fastest' }],
        [[A, 'tiny:0-1', 'slower']],
        'whole',
      ),
    ),
    good(
      'equally fast, more room',
      'Among equals the one that takes more conversations, then the one whose NodeID is less',
      given(2, [
        { node: A, from: 0, to: 1 },
        { node: B, from: 0, to: 1, most: 9 },
        { node: C, from: 0, to: 1, most: 9 },
      ]),
      made(
        [{ node: B, from: 0, to: 1, compute: 4, hop: 10, spares: 2, reason: 'preferred' }],
        [
          [A, 'tiny:0-1', 'slower'],
          [C, 'tiny:0-1', 'slower'],
        ],
      ),
    ),
    good(
      'full, mistrusted, other weights, not joining',
      'Each is left out with its reason',
      given(4, [
        { node: A, from: 0, to: 3, ms: 90 },
        { node: B, from: 0, to: 3, ms: 1, streams: 4 },
        { node: C, from: 0, to: 3, ms: 1, faults: 1 },
        { node: D, from: 0, to: 3, ms: 1, weights: OTHER },
        { node: E, from: 1, to: 2, ms: 1 },
      ]),
      made(
        [{ node: A, from: 0, to: 3, compute: 90, hop: 10, reason: 'only' }],
        [
          [B, 'tiny:0-3', 'full'],
          [C, 'tiny:0-3', 'mistrusted'],
          [D, 'tiny:0-3', 'other_weights'],
          [E, 'tiny:1-2', 'does_not_join'],
        ],
      ),
    ),
    good(
      'those who wait count, and who has not measured is guessed',
      'Two conversations treble the time; 12 ms for two layers are 6 for one; a hop that nobody measured takes 50',
      given(3, [
        { node: A, from: 0, to: 1, ms: 12, streams: 2 },
        { node: B, from: 2, to: 2, ms: null, hop: null },
      ]),
      made([
        { node: A, from: 0, to: 1, compute: 36, hop: 10, reason: 'only' },
        { node: B, from: 2, to: 2, compute: 6, hop: 50, measured: false, reason: 'only' },
      ]),
    ),
    good(
      'what a node measured of other layers is its pace, not what others measured',
      'At 3 ms a layer in two parts and at once it takes the same: the fewer shards. By the mean of all the parts would seem faster',
      given(6, [
        { node: A, from: 0, to: 5, ms: 18, hop: 0 },
        { node: A, from: 0, to: 3, ms: null, hop: 0 },
        { node: A, from: 4, to: 5, ms: null, hop: 0 },
        { node: B, from: 1, to: 5, ms: 5 },
      ]),
      made(
        [{ node: A, from: 0, to: 5, compute: 18, hop: 0, reason: 'fastest' }],
        [
          [A, 'tiny:0-3', 'slower'],
          [A, 'tiny:4-5', 'slower'],
          [B, 'tiny:1-5', 'does_not_join'],
        ],
      ),
    ),
    good(
      'without whom the caller does not want',
      'Nothing is said of them',
      given(
        1,
        [
          { node: A, from: 0, to: 0 },
          { node: B, from: 0, to: 0, ms: 40 },
        ],
        [A],
      ),
      made([{ node: B, from: 0, to: 0, compute: 40, hop: 10, reason: 'only' }]),
    ),
    good(
      'handed on where that is shorter',
      'Half the way between the two instead of back and there; of two round trips that are told the longer holds',
      given(6, [
        { node: A, from: 0, to: 1, hop: 20, reach: [[B, 4]] },
        { node: B, from: 2, to: 3, hop: 30, reach: [[A, 6]] },
        { node: C, from: 4, to: 5, hop: 10, reach: [[B, 200]] },
      ]),
      made(
        [
          { node: A, from: 0, to: 1, compute: 4, hop: 10, reason: 'only' },
          { node: B, from: 2, to: 3, compute: 4, hop: 3, handed: true, reason: 'only' },
          { node: C, from: 4, to: 5, compute: 4, hop: 25, reason: 'only' },
        ],
        [],
        'chain',
        'chain_faster',
        72,
      ),
    ),
    good(
      'not handed on where it would take as long',
      'Half of 194 ms between the two is as long as half of both round trips to who asks',
      given(4, [
        { node: A, from: 0, to: 1, ms: 1, hop: 100, reach: [[B, 194]] },
        { node: B, from: 2, to: 3, ms: 1, hop: 94 },
      ]),
      made(
        [
          { node: A, from: 0, to: 1, compute: 1, hop: 100, reason: 'only' },
          { node: B, from: 2, to: 3, compute: 1, hop: 94, reason: 'only' },
        ],
        [],
        'star',
        'star_faster',
        196,
      ),
    ),
    bad(
      'layers that nobody has',
      'a plan with a hole',
      given(4, [
        { node: A, from: 0, to: 0 },
        { node: B, from: 3, to: 3 },
      ]),
      'shard_unavailable',
    ),
    bad(
      'shards that overlap and do not join',
      'layer 1 is computed twice, or not at all',
      given(3, [
        { node: A, from: 0, to: 1 },
        { node: B, from: 1, to: 2 },
      ]),
      'shard_unavailable',
    ),
    bad(
      'only those who are full',
      'a conversation queues',
      given(1, [{ node: A, from: 0, to: 0, streams: 4 }]),
      'shard_unavailable',
    ),
    bad(
      'seventeen shards',
      'more than 16 in one pipeline',
      given(
        17,
        Array.from({ length: 17 }, (_, layer) => ({ node: A, from: layer, to: layer })),
      ),
      'shard_unavailable',
    ),
    bad(
      'only other weights',
      'two models in one sentence',
      given(2, [{ node: A, from: 0, to: 1, weights: OTHER }]),
      'weights_mismatch',
    ),
  ],
})
