import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { HearthError } from '#protocol/core/errors.ts'
import { DISTRIBUTED_LLM_CHUNK_TOKENS } from '#protocol/distributed-inference/constants.ts'
import { shardOffer, sharingSet } from '#protocol/distributed-inference/shard-capabilities.ts'
import type { LayerStep, SequenceOf } from '../../compute/port.ts'
import { fixtureFiles } from '../../compute/testing/folder.ts'
import { ortInNode } from '../../compute/testing/ort-node.ts'
import type { Tensor } from '../../kernel/tensors.ts'
import { createSeededRuntime } from '../../testing/seeded-runtime.ts'
import { tensorBytes } from '../../transport/tensor/dtype.ts'
import { encodeFrame, type FrameBody } from '../../transport/tensor/frame.ts'
import { acceptTensorSession, openTensorSession } from '../../transport/tensor/session.ts'
import { GRANT, instantEnds } from '../../transport/tensor/testing/pair.ts'
import type { ReadyShard } from './offered-layers.ts'
import { openShardLink } from './shard-link.ts'
import { converse } from './shard-session.ts'
import { createNeighbours } from './testing/neighbours.ts'

const FULL = process.env.HEARTHNET_FULL === '1'
const TENSORS = FULL ? 100_000 : 3000
const CONVERSATIONS = FULL ? 1000 : 200
/** Until everything that has a bound is nearly there. */
const WARM = 60
const WIDTH = 16
const MAX_TOKENS = 300

/** Layers that add one to what they are given, and that know what may come to them. */
function createLayers() {
  const caches = new Map<string, number>()
  let steps = 0
  const compute = {
    async forward({ sequence, position, hidden }: LayerStep): Promise<Float32Array<ArrayBuffer>> {
      const tokens = hidden.length / WIDTH
      const seen = caches.get(sequence) ?? 0
      expect(Number.isInteger(tokens) && tokens >= 1 && tokens <= DISTRIBUTED_LLM_CHUNK_TOKENS).toBe(true)
      expect(position + tokens).toBeLessThanOrEqual(MAX_TOKENS)
      expect(position).toBe(seen)
      caches.set(sequence, seen + tokens)
      steps += 1
      return hidden.map((value) => value + 1)
    },
    forget: ({ sequence }: SequenceOf) => void caches.delete(sequence),
  }
  return { compute, caches, steps: () => steps }
}

const shard = (): ReadyShard => ({
  descriptor: {
    shard_id: 'tiny:0-0',
    model: 'tiny',
    weights_sha256: `sha256:${'0'.repeat(64)}`,
    layers: { from: 0, to: 0 },
    model_layers: 1,
    hidden_size: WIDTH,
    memory_bytes: 1,
    max_concurrent_streams: 8,
    streams: 0,
    max_tokens: MAX_TOKENS,
    dtype: 'fp16',
    backend: 'reference',
    ms_per_token: null,
  },
  life: new AbortController().signal,
  enter: () => () => undefined,
  served: () => undefined,
})

describe('a host among strangers', () => {
  it(`is neither brought down nor made to keep anything by ${TENSORS} tensors that nobody should send (DLM-5, DLM-10)`, async () => {
    const runtime = createSeededRuntime(26)
    const pick = <T>(...choices: readonly [T, ...T[]]): T =>
      choices[(runtime.randomBytes(1)[0] ?? 0) % choices.length] ?? choices[0]
    const number = (below: number): number => new DataView(runtime.randomBytes(4).buffer).getUint32(0) % below
    const { compute, caches, steps } = createLayers()
    const endings = new Map<string, number>()

    function tensor(): Tensor {
      const shape = pick<() => number[]>(
        () => [1, 1 + number(200), WIDTH],
        () => [1, 1 + number(128), WIDTH],
        () => [1, 1, WIDTH],
        () => [1, 0, WIDTH],
        () => [number(3), 1 + number(5), number(40)],
        () => [WIDTH],
        () => [1, 1, WIDTH, 1],
        () => Array.from({ length: 1 + number(8) }, () => number(4)),
      )()
      const dtype = pick('fp16', 'fp16', 'fp16', 'fp32', 'bf16', 'int8')
      const bytes = runtime.randomBytes(tensorBytes(dtype, shape))
      return { dtype, shape, bytes, grad: number(20) === 0 }
    }
    const frame = (): FrameBody =>
      pick<() => FrameBody>(
        () => ({ type: 'tensor_end', tensorId: number(4) }),
        () => ({ type: 'ping', nonce: runtime.randomBytes(8) }),
        () => ({ type: 'ack', upto: number(100) }),
        () => ({ type: 'bye', reason: pick('done', 'x') }),
      )()

    let sent = 0
    while (sent < TENSORS) {
      const { ids, streams } = await instantEnds()
      const [near, far] = streams
      const [guest, host] = await Promise.all([
        openTensorSession({ runtime, self: ids[0] }, near, GRANT, { compression: 'none' }),
        acceptTensorSession({ runtime, self: ids[1] }, far, async () => ({ compression: 'none' })),
      ])
      const conversation = { model: 'tiny', first: 0, end: 1, sequence: `c${sent}` }
      const serving = converse({ compute, isTrusted: () => true }, host, shard(), conversation).over.catch((error: unknown) =>
        expect(error).toBeInstanceOf(HearthError),
      )
      void (async () => {
        for await (const answer of guest.tensors) expect(answer.shape).toHaveLength(3)
      })().catch(() => undefined)
      for (let more = 1 + number(6); more > 0; more--) {
        sent += 1
        void guest.send(tensor(), { id: number(6), urgent: number(2) === 0 }).catch(() => undefined)
        if (number(8) === 0) await near.send(encodeFrame(number(10), frame())).catch(() => undefined)
        if (number(3) === 0) await runtime.settle()
      }
      await runtime.settle()
      pick(
        () => guest.cancel('enough'),
        () => void guest.close(),
        () => near.abort(),
      )()
      await runtime.advance(3000)
      const ended = await host.ended
      const reason = ended ? String(Reflect.get(Object(ended.data), 'reason') ?? ended.code) : 'done'
      endings.set(reason, (endings.get(reason) ?? 0) + 1)
      await serving
      await runtime.settle()
      expect(caches.size).toBe(0)
    }
    // what a host says of wrong tensors, and right ones among them that were computed
    expect([...endings.keys()]).toEqual(expect.arrayContaining(['wrong_shape', 'wrong_dtype', 'too_many_tokens']))
    if (FULL) process.stdout.write(`${TENSORS} tensors, ${steps()} computed: ${JSON.stringify([...endings])}\n`)
    expect(steps()).toBeGreaterThan(TENSORS / 20)
  }, 1_200_000)

  it(`keeps nothing of ${CONVERSATIONS} conversations in a row`, async () => {
    setFlagsFromString('--expose_gc')
    const collect: () => void = runInNewContext('gc')
    const backend = ortInNode()
    const neighbours = await createNeighbours(7, ['Anna', 'Bert'], {
      models: new Map([['tiny', fixtureFiles('qwen2-cpu-int4')]]),
      open: async (kind) => (kind === 'wasm' ? backend : null),
    })
    const [anna, bert] = [neighbours.get('Anna'), neighbours.get('Bert')]
    await neighbours.finish(bert.node.bus.call(shardOffer, { model: 'tiny', layers: { from: 0, to: 1 } }))
    await neighbours.finish(bert.node.bus.call(sharingSet, { share: true }))
    await neighbours.finish(bert.hosting.sharing.beat())

    async function converse(): Promise<void> {
      const [offered] = bert.hosting.sharing.ready()
      if (!offered) throw new TypeError('nothing is offered')
      // the bus takes ten such calls a second of one peer
      await neighbours.village.runtime.advance(110)
      const { signal } = new AbortController()
      const link = await neighbours.finish(
        openShardLink({ bus: anna.node.bus, tensors: anna.tensors }, bert.id, offered, { signal }),
      )
      for (const tokens of [5, 1, 1]) await neighbours.finish(link.forward(new Float32Array(tokens * offered.hidden_size)))
      link.close()
      await neighbours.village.runtime.advance(20)
    }
    function heapMiB(): number {
      collect()
      return process.memoryUsage().heapUsed / 1024 ** 2
    }
    for (let warm = 0; warm < WARM; warm++) await converse()
    const before = heapMiB()
    for (let count = 0; count < CONVERSATIONS; count++) await converse()
    const grown = heapMiB() - before
    expect(bert.compute.status()?.shards).toMatchObject([{ sequences: 0, cacheBytes: 0 }])
    expect([anna.tensors.sessions().length, bert.tensors.sessions().length]).toEqual([0, 0])
    expect(bert.hosting.sharing.offers()).toMatchObject([{ streams: 0, servedTokens: (CONVERSATIONS + WARM) * 7 }])
    if (FULL) process.stdout.write(`the heap grew by ${grown.toFixed(2)} MiB in ${CONVERSATIONS} conversations\n`)
    // the bus remembers calls up to bounds of its own; streams alone that stayed would be 12 KiB each
    expect(grown).toBeLessThan(2)
    await neighbours.stop()
  }, 600_000)
})
