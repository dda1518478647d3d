import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import type { Frame } from '#protocol/core/capability.ts'
import { chat, pipelinePlan, pipelineStatus } from '#protocol/distributed-inference/pipeline-capabilities.ts'
import { shardOffer, sharingSet } from '#protocol/distributed-inference/shard-capabilities.ts'
import { ortInNode } from '../../compute/testing/ort-node.ts'
import { createPatience } from './patience.ts'
import { servePipelines } from './pipelines.ts'
import { openShardLink } from './shard-link.ts'
import { createNeighbours, type Neighbours } from './testing/neighbours.ts'

const MODEL = 'hearthnet-demonstration'
const FOLDER = join(import.meta.dirname, '../../../public/models', MODEL)
const FULL = process.env.HEARTHNET_FULL !== undefined

function filesOf(folder: string, below = ''): Map<string, Uint8Array<ArrayBuffer>> {
  const files = new Map<string, Uint8Array<ArrayBuffer>>()
  for (const name of readdirSync(join(folder, below))) {
    const path = join(below, name)
    if (!statSync(join(folder, path)).isDirectory()) files.set(path, new Uint8Array(readFileSync(join(folder, path))))
    else for (const [inner, bytes] of filesOf(folder, path)) files.set(inner, bytes)
  }
  return files
}

const backend = ortInNode()
const ASK = { model: MODEL, messages: [{ role: 'user' as const, content: 'Was tun bei Stromausfall?' }], max_tokens: 32 }

describe('neighbours who compute one model together, node by node over X08', () => {
  let neighbours: Neighbours
  afterEach(() => neighbours.stop())

  async function settle(...names: readonly string[]): Promise<void> {
    neighbours = await createNeighbours(9, names, {
      models: new Map([[MODEL, filesOf(FOLDER)]]),
      open: async (kind) => (kind === 'wasm' ? backend : null),
      beside: ({ bus, runtime, notify, tensors }, compute, hosting) => {
        const patiently = createPatience(runtime)
        return servePipelines({
          bus,
          runtime,
          notify,
          compute,
          directory: hosting.directory,
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
    const held = (name: string) =>
      neighbours
        .get(name)
        .compute.status()
        ?.shards.reduce((sum, { sequences }) => sum + sequences, 0) ?? 0
    await neighbours.village.until('their caches are free', () => held('Ben') + held('Cem') === 0)

    await offer('Dora', [3, 5])
    await neighbours.village.until('Ada knows Dora, too', () => known('Ada').length === 3)
    const stopping: Promise<void>[] = []
    const { plan } = await finish(neighbours.get('Ada').node.bus.call(pipelinePlan, { model: MODEL }))
    const second = ['Cem', 'Dora'].find((name) => neighbours.get(name).id === plan.stages[1]?.node_id) ?? 'Cem'
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
