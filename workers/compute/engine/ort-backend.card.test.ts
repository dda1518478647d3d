import { afterEach, describe, expect, it } from 'vitest'
import { createSeededRuntime } from '../../testing/seeded-runtime.ts'
import { cut } from '../cut/cut.ts'
import { layersOnly, wholeOf } from '../cut/span.ts'
import { assemble } from '../cut/weights.ts'
import { testBackend } from '../testing/backend.contract.ts'
import { generate, runnerFor } from '../testing/chain.ts'
import { createReferenceBackend } from '../testing/reference-backend.ts'
import { synthesise } from '../testing/synthesise.ts'
import { FAMILIES } from '../testing/synthetic/families.ts'
import { SMALL } from '../testing/synthetic/shape.ts'
import type { Backend } from './backend.ts'
import { createEngine, type Engine } from './engine.ts'
import { createOrtOpener, type Surroundings, surroundingsOf } from './ort-library.ts'
import { shapeOf } from './shape.ts'

const surroundings = surroundingsOf(globalThis)
const opener = (change: Partial<Surroundings> = {}) => {
  const open = createOrtOpener({ ...surroundings, ...change })
  return async (kind: 'webgpu' | 'wasm'): Promise<Backend> => {
    const backend = await open(kind)
    if (!backend) throw new Error(`this browser has no ${kind}`)
    return backend
  }
}
const hasCard = await surroundings.hasAdapter()
const opened = opener()

testBackend({ name: 'wasm in a browser', open: () => opened('wasm'), steps: 12 })
// software takes long for each token
testBackend({ name: 'webgpu', open: hasCard ? () => opened('webgpu') : null, steps: 5 })

/** The device that the library computes on. */
async function deviceOf(library: 'jspi' | 'webgpu'): Promise<GPUDeviceLike> {
  const { env } = library === 'jspi' ? await import('onnxruntime-web/jspi') : await import('onnxruntime-web/webgpu')
  // typed nowhere yet
  return (await env.webgpu.device) as GPUDeviceLike
}
interface GPUDeviceLike {
  destroy(): void
}

describe.skipIf(!globalThis.crossOriginIsolated)('threads that share memory', () => {
  it('say what one alone says', async () => {
    const model = synthesise(FAMILIES.qwen3)
    const whole = wholeOf(model.decoder)
    const right = await generate([await runnerFor(createReferenceBackend(), model, whole)], [5, 17, 130], 12)
    const runner = await runnerFor(await opener({ hasAdapter: async () => false, cores: 4 })('wasm'), model, whole)
    expect((await generate([runner], [5, 17, 130], 12)).tokens).toEqual(right.tokens)
    expect((await import('onnxruntime-web/wasm')).env.wasm.numThreads).toBe(2)
    await runner.release()
  })
})

describe.skipIf(!hasCard)('a graphics card', () => {
  const engines: Engine[] = []
  afterEach(async () => {
    for (const engine of engines.splice(0)) await engine.close()
  })
  const model = synthesise(SMALL)
  const { decoder, read, config } = model
  const shape = shapeOf(decoder, config)

  it('keeps the cache of a conversation to itself, and gives out the stream', async () => {
    const backend = await opened('webgpu')
    const shard = cut(decoder, layersOnly(0, 1))
    const caches = shard.inputs.filter((name) => name.startsWith('past'))
    const program = await backend.load(shard.graph, await assemble(shard, read), {
      keep: shard.outputs.filter((name) => name.startsWith('present.')),
    })
    const outputs = await program.run(
      new Map([
        ['hidden_states', backend.value(1, [1, 1, shape.hiddenSize], new Float32Array(shape.hiddenSize).fill(0.1))],
        ['attention_mask', backend.value(7, [1, 1], BigInt64Array.of(1n))],
        ...caches.map((name) => [name, backend.value(1, [1, 2, 0, shape.headSize], new Float32Array(0))] as const),
      ]),
    )
    const places = [...outputs].map(([name, value]) => [name, Reflect.get(value, 'tensor').location])
    expect(Object.fromEntries(places)).toEqual({
      hidden_states_out: 'cpu',
      'present.0.key': 'gpu-buffer',
      'present.0.value': 'gpu-buffer',
    })
    await program.release()
  })

  it('computes in the build for browsers that cannot wait inside WebAssembly, too', async () => {
    const whole = wholeOf(decoder)
    const right = await generate([await runnerFor(createReferenceBackend(), model, whole)], [5, 17, 130], 3)
    const runner = await runnerFor(await opener({ canSuspend: false })('webgpu'), model, whole)
    expect((await generate([runner], [5, 17, 130], 3)).tokens).toEqual(right.tokens)
    await runner.release()
  })

  // last: the library has no other device afterwards
  it('that is lost gives its shards to the processor, which says the same (DLM-8)', async () => {
    const { monotonic, after } = createSeededRuntime(1)
    const breathe = () => new Promise<void>((resolve) => void setTimeout(resolve))
    const engine = await createEngine({ open: opened, monotonic, after, breathe }, { budgetBytes: 1e9, idleMs: 60_000 })
    engines.push(engine)
    const shard = await engine.load({ id: 'tried', decoder, shape, read }, wholeOf(decoder))
    const step = (tokens: readonly number[]) => ({ kind: 'tokens', tokens }) as const
    const before = await engine.forward(shard, 'a', 0, step([5, 17, 130]))
    expect(engine.status().backend).toBe('webgpu')
    const device = await deviceOf('jspi')
    device.destroy()
    await expect.poll(() => engine.status().backend, { timeout: 20_000 }).toBe('wasm')
    await expect(engine.forward(shard, 'a', 3, step([7]))).rejects.toMatchObject({ code: 'not_found' })
    const again = await engine.forward(shard, 'a', 0, step([5, 17, 130]))
    for (const [index, value] of again.data.entries()) expect(value).toBeCloseTo(before.data[index] ?? Number.NaN, 3)
  })
})
