import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Frame } from '#protocol/core/capability.ts'
import { chat, pipelinePlan, pipelineStatus } from '#protocol/distributed-inference/pipeline-capabilities.ts'
import { shardOffer, sharingSet } from '#protocol/distributed-inference/shard-capabilities.ts'
import { demonstrationFiles } from '../../compute/testing/folder.ts'
import { ortInNode } from '../../compute/testing/ort-node.ts'
import { createPatience } from './patience.ts'
import { servePipelines } from './pipelines.ts'
import { openShardLink } from './shard-link.ts'
import { createNeighbours, type Neighbours } from './testing/neighbours.ts'

const MODEL = 'hearthnet-demonstration'
const FULL = process.env.HEARTHNET_FULL !== undefined

const backend = ortInNode()
/** Ada asks; all others may offer. */
const NAMES: readonly string[] = ['Ada', 'Ben', 'Cem', 'Dora', 'Edith', 'Fritz', 'Gesa']
const ONE_WAY_MS = 10
const ASK = { model: MODEL, messages: [{ role: 'user' as const, content: 'Was tun bei Stromausfall?' }], max_tokens: 32 }

describe('neighbours who compute one model together, node by node over X08', () => {
  let neighbours: Neighbours
  /** Whether nobody is known to reach anybody but Ada. */
  let strangers = false
  beforeEach(() => {
    strangers = false
  })
  afterEach(() => neighbours.stop())

  let here: readonly string[] = []
  async function settle(...names: readonly string[]): Promise<void> {
    here = names
    neighbours = await createNeighbours(9, names, {
      models: new Map([[MODEL, demonstrationFiles()]]),
      open: async (kind) => (kind === 'wasm' ? backend : null),
      beside: ({ bus, runtime, notify, tensors }, compute, hosting) => {
        const patiently = createPatience(runtime)
        return servePipelines({
          bus,
          runtime,
          notify,
          compute,
          directory: {
            nodes: () => hosting.directory.nodes().map((node) => (strangers ? { ...node, reach: [] } : node)),
            markSilent: (node) => hosting.directory.markSilent(node),
          },
          openLink: async (peer, shard, options) => {
            if (!tensors) throw new TypeError('a neighbour has tensors')
            return patiently(peer, () => openShardLink({ bus, tensors }, peer, shard, options), options.signal)
          },
        })
      },
    })
  }

  /** Lets time pass slowly enough that computing is not taken for standing still. */
  async function finish<T>(task: Promise<T>): Promise<T> {
    let over = false
    const done = task.finally(() => {
      over = true
    })
    done.catch(() => undefined)
    while (!over) await neighbours.village.runtime.advance(1)
    return done
  }

  async function offer(name: string, ...ranges: readonly (readonly [number, number])[]): Promise<void> {
    const { node } = neighbours.get(name)
    await finish(node.bus.call(sharingSet, { share: true }))
    for (const [from, to] of ranges) await finish(node.bus.call(shardOffer, { model: MODEL, layers: { from, to } }))
  }

  const known = (name: string) =>
    neighbours
      .get(name)
      .hosting.directory.nodes()
      .filter(({ shards }) => shards.length > 0)

  const held = (name: string): number =>
    neighbours
      .get(name)
      .compute.status()
      ?.shards.reduce((sum, { sequences }) => sum + sequences, 0) ?? 0

  const plan = async () => (await finish(neighbours.get('Ada').node.bus.call(pipelinePlan, { model: MODEL }))).plan
  const nameOf = (nodeId: string | null | undefined) => here.find((name) => neighbours.get(name).id === nodeId) ?? 'nobody'

  /** Ada, and so many that have the layers between them, each reaching the others after so many milliseconds. */
  async function settleChain(ranges: readonly (readonly [number, number])[], spares: readonly number[] = []): Promise<void> {
    const places = [...ranges.keys(), ...spares]
    await settle('Ada', ...NAMES.slice(1, 1 + places.length))
    neighbours.village.network.setLatency(ONE_WAY_MS)
    for (const [index, place] of places.entries()) {
      const range = ranges[place]
      if (range) await offer(NAMES[1 + index] ?? '', range)
    }
    await neighbours.village.until('Ada knows all of them', () => known('Ada').length === places.length)
    await neighbours.village.until('and who reaches whom', async () => (await plan()).topology === 'chain')
  }

  async function ask(change: object, onFrame: (frame: Frame<typeof chat>) => void = () => undefined) {
    const frames = neighbours.get('Ada').node.bus.stream(chat, { ...ASK, others_may_read: true, ...change })
    let text = ''
    for (;;) {
      const next = await frames.next()
      if (next.done) return { text, ending: next.value }
      if (next.value.frame === 'token_delta') text += next.value.text
      onFrame(next.value)
    }
  }

  it('say the same as one of them alone, and go on when one of them is gone in the middle of a sentence (DLM-3, DLM-4)', async () => {
    await settle('Ada', 'Ben', 'Cem', 'Dora')
    await offer('Ben', [0, 2])
    await offer('Cem', [3, 5])
    await neighbours.village.until('Ada knows both', () => known('Ada').length === 2)
    const alone = await finish(ask({ computed_by: 'local' }))
    expect(alone.text.length).toBeGreaterThan(10)
    const together = await finish(ask({ computed_by: 'pipeline' }))
    expect(together).toMatchObject({ text: alone.text, ending: { computed_by: 'pipeline', failovers: 0 } })
    await neighbours.village.until('their caches are free', () => held('Ben') + held('Cem') === 0)

    await offer('Dora', [3, 5])
    await neighbours.village.until('Ada knows Dora, too', () => known('Ada').length === 3)
    const stopping: Promise<void>[] = []
    const second = nameOf((await plan()).stages[1]?.node_id)
    let deltas = 0
    const interrupted = await finish(
      ask({ computed_by: 'pipeline' }, ({ frame }) => {
        if (frame === 'token_delta') deltas++
        if (deltas === 4 && stopping.length === 0) stopping.push(neighbours.get(second).node.stop())
      }),
    )
    expect(interrupted.text).toBe(alone.text)
    await finish(Promise.all(stopping))
    const { pipelines, metrics } = await neighbours.get('Ada').node.bus.call(pipelineStatus, {})
    expect(pipelines.at(-1)?.failovers).toMatchObject([{ layers: { from: 3, to: 5 }, reason: 'lost' }])
    expect(metrics.failovers_total).toBe(1)
  })

  it.each([
    [
      'two',
      [
        [0, 2],
        [3, 5],
      ],
    ],
    [
      'three',
      [
        [0, 1],
        [2, 3],
        [4, 5],
      ],
    ],
  ] as const)(
    'hand the steps on from one of %s to the next, say the same, and sooner than over who asks (DLM-11)',
    async (_, ranges) => {
      await settleChain(ranges)
      const alone = await finish(ask({ computed_by: 'local' }))
      expect(await plan()).toMatchObject({ topology: 'chain', topology_reason: 'chain_faster' })
      let looked: object[] = []
      const look = (name: string): object[] =>
        neighbours
          .get(name)
          .tensors.sessions()
          .map((session) => ({
            ...{ peer: nameOf(session.peer), purpose: session.hello.purpose },
            ...{ sent: session.stats().sent.tensors > 0, received: session.stats().received.tensors > 0 },
          }))
      const chained = await finish(
        ask({ computed_by: 'pipeline' }, ({ frame }) => {
          if (frame === 'token_delta') looked = [...look('Ada'), ...look('Ben')]
        }),
      )
      expect(chained).toMatchObject({ text: alone.text, ending: { computed_by: 'pipeline', failovers: 0 } })
      // Ada gives Ben the steps, and nobody else anything; Ben hands them to Cem
      expect(looked).toEqual(
        expect.arrayContaining([
          { peer: 'Ben', purpose: 'shard.forward', sent: true, received: true },
          { peer: 'Cem', purpose: 'shard.forward', sent: false, received: true },
          { peer: 'Cem', purpose: 'shard.handed', sent: true, received: false },
        ]),
      )
      const { pipelines } = await neighbours.get('Ada').node.bus.call(pipelineStatus, {})
      expect(pipelines.at(-1)).toMatchObject({ topology: 'chain', stages: ranges.map((_, index) => ({ handed: index > 0 })) })
      const sent = pipelines.at(-1)?.stages.map(({ sent_bytes }) => sent_bytes)
      expect(sent).toEqual([expect.any(Number), ...ranges.slice(1).map(() => 0)])
      expect(sent?.[0]).toBeGreaterThan(0)
      await neighbours.village.until('all caches are free', () =>
        NAMES.slice(1, 1 + ranges.length).every((name) => held(name) === 0),
      )

      strangers = true
      expect(await plan()).toMatchObject({ topology: 'star', topology_reason: 'not_connected' })
      const starred = await finish(ask({ computed_by: 'pipeline' }))
      expect(starred.text).toBe(alone.text)
      // what is expected of hops of ten milliseconds, where computing takes none of the village's time
      const [star, chain] = [2 * ranges.length * ONE_WAY_MS, (1 + ranges.length) * ONE_WAY_MS]
      const ratio = chained.ending.tokens_per_second / starred.ending.tokens_per_second
      expect(ratio).toBeGreaterThan((0.9 * star) / chain)
    },
  )

  it('go on with the same text and in a star when the middle one of a chain is gone, and the next time in a chain again (DLM-4, DLM-11)', async () => {
    await settleChain(
      [
        [0, 1],
        [2, 3],
        [4, 5],
      ],
      [1],
    )
    const alone = await finish(ask({ computed_by: 'local' }))
    const middle = nameOf((await plan()).stages[1]?.node_id)
    expect(['Cem', 'Edith']).toContain(middle)
    const stopping: Promise<void>[] = []
    let deltas = 0
    const interrupted = await finish(
      ask({ computed_by: 'pipeline' }, ({ frame }) => {
        if (frame === 'token_delta') deltas++
        if (deltas === 4 && stopping.length === 0) stopping.push(neighbours.get(middle).node.stop())
      }),
    )
    await finish(Promise.all(stopping))
    expect(interrupted.text).toBe(alone.text)
    const { pipelines } = await neighbours.get('Ada').node.bus.call(pipelineStatus, {})
    expect(pipelines.at(-1)).toMatchObject({
      failovers: [{ layers: { from: 2, to: 3 }, reason: 'lost', taken_over: true }],
      stages: [{ handed: false }, { handed: false }, { handed: false }],
    })

    await neighbours.village.until('it is known who is left', () => known('Ada').length === 3)
    const again = await finish(ask({ computed_by: 'pipeline' }))
    expect(again).toMatchObject({ text: alone.text, ending: { failovers: 0 } })
    expect((await neighbours.get('Ada').node.bus.call(pipelineStatus, {})).pipelines.at(-1)).toMatchObject({
      topology: 'chain',
      stages: [{ handed: false }, { handed: true }, { handed: true }],
    })
  })

  it('free all caches of a chain within 200 ms when nobody wants the answer any more (DLM-10)', async () => {
    await settleChain([
      [0, 1],
      [2, 3],
      [4, 5],
    ])
    const reader = new AbortController()
    const frames = neighbours
      .get('Ada')
      .node.bus.stream(chat, { ...ASK, others_may_read: true, computed_by: 'pipeline' }, { signal: reader.signal })
    let deltas = 0
    while (deltas < 3) {
      const { value } = await finish(frames.next())
      if (value && 'frame' in value && value.frame === 'token_delta') deltas++
    }
    expect(NAMES.slice(1, 4).map(held)).toEqual([1, 1, 1])
    reader.abort()
    await neighbours.village.runtime.advance(200)
    expect(NAMES.slice(1, 4).map(held)).toEqual([0, 0, 0])
    expect(NAMES.slice(0, 4).flatMap((name) => neighbours.get(name).tensors.sessions())).toEqual([])
    await finish(frames.return({} as never))
  })

  it(
    `have ${FULL ? 200 : 40} conversations in quick succession, nobody vanishes, and nothing is left of them (BUS-6)`,
    async () => {
      await settle('Ada', 'Ben')
      await offer('Ben', [0, 5])
      await neighbours.village.until('Ada knows Ben', () => known('Ada').length === 1)
      const { tensors, compute } = neighbours.get('Ben')
      let bytes: number | null = null
      for (let times = 0; times < (FULL ? 200 : 40); times++) {
        const { ending } = await finish(ask({ computed_by: 'pipeline', max_tokens: 3 }))
        // where Ben had no place left, Ada would answer alone, and nothing would be left of that either
        expect({ times, by: ending.computed_by }).toEqual({ times, by: 'pipeline' })
        await neighbours.village.until('it is over', () => tensors.sessions().length === 0)
        const cached = compute.status()?.shards.reduce((sum, { cacheBytes }) => sum + cacheBytes, 0) ?? 0
        bytes ??= cached
        expect(cached).toBe(bytes)
      }
      expect(bytes).toBe(0)
      const { pipelines } = await neighbours.get('Ada').node.bus.call(pipelineStatus, {})
      expect(pipelines.length).toBeLessThanOrEqual(16)
    },
    FULL ? 900_000 : 60_000,
  )
})
