import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { createRealRuntime } from '../kernel/real-runtime.ts'
import { type ComputeClient, type ComputeLine, createComputeClient } from './client.ts'
import config from './fixtures/qwen2-cpu-int4/genai_config.json?url'
import graph from './fixtures/qwen2-cpu-int4/model.onnx?url'
import data from './fixtures/qwen2-cpu-int4/model.onnx.data?url'
import tokenizer from './fixtures/qwen2-cpu-int4/tokenizer.json?url'
import tokenizerConfig from './fixtures/qwen2-cpu-int4/tokenizer_config.json?url'
import type { ChatEnding, ChatRequest, Piece } from './port.ts'
import { GREEDY } from './text/sampler.ts'
import { deathOf, startWorkerLine } from './worker-line.ts'

const FILES = {
  'genai_config.json': config,
  'model.onnx': graph,
  'model.onnx.data': data,
  'tokenizer.json': tokenizer,
  'tokenizer_config.json': tokenizerConfig,
}
const REQUEST: ChatRequest = {
  model: 'tiny',
  messages: [{ role: 'user', content: 'Wo ist Wasser?' }],
  sampling: GREEDY,
  maxTokens: 24,
  stops: [],
}

async function store(model: string, files: Readonly<Record<string, string>>): Promise<void> {
  const models = await (await navigator.storage.getDirectory()).getDirectoryHandle('models', { create: true })
  const folder = await models.getDirectoryHandle(model, { create: true })
  for (const [name, address] of Object.entries(files)) {
    const file = await (await folder.getFileHandle(name, { create: true })).createWritable()
    await file.write(await (await fetch(address)).blob())
    await file.close()
  }
}

async function said(answering: AsyncGenerator<Piece, ChatEnding>) {
  let text = ''
  for (;;) {
    const next = await answering.next()
    if (next.done) return { text, ending: next.value }
    text += next.value.text
  }
}

describe('the compute worker', () => {
  const clients: ComputeClient[] = []
  const start = (): ComputeClient => {
    const client = createComputeClient(createRealRuntime())
    clients.push(client)
    return client
  }
  beforeAll(async () => {
    await store('tiny', FILES)
    await store('broken', { 'model.onnx': config, 'config.json': config })
  })
  afterEach(() => {
    for (const client of clients.splice(0)) client.close()
  })

  it('knows the models of this device, and says why it cannot compute one', async () => {
    const models = await start().models()
    expect(models.map(({ id }) => id)).toEqual(['broken', 'tiny'])
    expect(models[0]).toMatchObject({ weightsHash: null, refused: expect.stringContaining('tokenizer.json') })
    expect(models[1]).toMatchObject({ layers: 8, bytes: 3_843_403, refused: null })
    expect(models[1]?.weightsHash).toMatch(/^sha256:[0-9a-f]{64}$/)
  })

  it('answers in pieces, the same every time, and then hosts the layers (DLM-3)', async () => {
    const client = start()
    expect(await client.shards()).toEqual({ backend: null, shards: [] })
    const first = await said(client.chat('one', REQUEST, new AbortController().signal))
    expect(first.text).toMatch(/^`VV`/)
    expect(first.ending).toMatchObject({ reason: 'length', tokens: 24 })
    const again = await said(client.chat('two', REQUEST, new AbortController().signal))
    expect(again.text).toBe(first.text)
    const { backend, shards } = await client.shards()
    expect(backend).toBe(first.ending.backend)
    expect(shards).toMatchObject([{ model: 'tiny', embed: true, first: 0, end: 8, head: true }])
  })

  it('stops when it is told to, and says with which code (DLM-10)', async () => {
    const client = start()
    const stop = new AbortController()
    const answering = client.chat('one', { ...REQUEST, maxTokens: 400 }, stop.signal)
    await answering.next()
    stop.abort()
    await expect(said(answering)).rejects.toMatchObject({ name: 'HearthError', code: 'pipeline_cancelled' })
  })

  it('answers the same over layers that another worker computes, and what goes between them moves (DLM-3)', async () => {
    const [asking, computing] = [start(), start()]
    const alone = await said(asking.chat('one', REQUEST, new AbortController().signal))
    const facts = await computing.describe('tiny')
    expect(facts).toMatchObject({ layers: 8, hiddenSize: 256, whole: true, held: [{ first: 0, end: 8 }], stepwise: false })
    const ranges = [
      { model: 'tiny', first: 0, end: 3 },
      { model: 'tiny', first: 3, end: 8 },
    ]
    for (const range of ranges) expect(await computing.load('tiny', range, true)).toMatchObject({ ...range, sequences: 0 })
    let left = 0
    const over = await said(
      asking.chat('two', REQUEST, new AbortController().signal, {
        stages: ranges.length,
        async forward(stage, position, hidden) {
          const range = ranges[stage] ?? { model: '', first: 0, end: 0 }
          const answer = await computing.forward({ ...range, sequence: 'far', position, hidden })
          left += hidden.length
          return answer
        },
      }),
    )
    expect(over.text).toBe(alone.text)
    expect(left).toBe(0)
    expect((await computing.shards()).shards).toMatchObject([{ sequences: 1 }, { sequences: 1 }])
    for (const range of ranges) computing.forget({ ...range, sequence: 'far' })
    expect((await computing.shards()).shards).toMatchObject([
      { sequences: 0, cacheBytes: 0 },
      { sequences: 0, cacheBytes: 0 },
    ])
    await computing.setBudget(1000)
    expect((await computing.shards()).shards).toEqual([])
    const hidden = new Float32Array(256)
    const late = computing.forward({ model: 'tiny', first: 0, end: 3, sequence: 'far', position: 0, hidden })
    await expect(late).rejects.toMatchObject({ name: 'HearthError', code: 'not_found' })
  })

  it('tells who waits that computing has ended', async () => {
    const client = start()
    const waiting = client.describe('tiny')
    client.close()
    await expect(waiting).rejects.toMatchObject({ code: 'partition' })
  })

  it('ends an answer at once where its worker is gone, and answers the next one out of a fresh one (DLM-8)', async () => {
    const lines: ComputeLine[] = []
    const client = createComputeClient(createRealRuntime(), () => {
      const line = startWorkerLine()
      lines.push(line)
      return line
    })
    clients.push(client)
    const right = await said(client.chat('one', REQUEST, new AbortController().signal))
    const answering = client.chat('two', { ...REQUEST, maxTokens: 400 }, new AbortController().signal)
    await answering.next()
    const [computing, asked] = [client.describe('tiny'), said(answering)]
    let reason: unknown = null
    client.lost.on((told) => (reason = told))
    // as the browser ends it: the client is not asked
    lines[0]?.end()
    await expect(computing).rejects.toMatchObject({ name: 'HearthError', code: 'partition' })
    await expect(asked).rejects.toMatchObject({ name: 'HearthError', code: 'partition' })
    expect(reason).toMatchObject({ code: 'partition' })
    expect(await client.shards()).toEqual({ backend: null, shards: [] })
    const again = await said(client.chat('three', REQUEST, new AbortController().signal))
    expect([again.text, lines.length]).toEqual([right.text, 2])
  })

  it('is given up where it never answers again, and a fresh one answers', async () => {
    const address = URL.createObjectURL(new Blob(['onmessage = () => { for (;;); }'], { type: 'text/javascript' }))
    const stuck = new Worker(address)
    const lines: ComputeLine[] = [{ endpoint: stuck, died: new Promise(() => undefined), end: () => stuck.terminate() }]
    const runtime = createRealRuntime()
    let hurry = 1000
    const after = (ms: number, task: () => void) => runtime.after(ms / hurry, task)
    const client = createComputeClient({ after }, () => lines.shift() ?? startWorkerLine())
    clients.push(client)
    let lost: unknown = null
    client.lost.on((reason) => {
      lost = reason
      hurry = 1
    })
    await expect(client.describe('tiny')).rejects.toMatchObject({ name: 'HearthError', code: 'partition' })
    expect(lost).toMatchObject({ code: 'partition' })
    expect(await client.describe('tiny')).toMatchObject({ layers: 8 })
    URL.revokeObjectURL(address)
  })

  it('says that it cannot be loaded', async () => {
    const address = URL.createObjectURL(new Blob(['import "./none.js"'], { type: 'text/javascript' }))
    const client = createComputeClient(createRealRuntime(), () => {
      const worker = new Worker(address, { type: 'module' })
      return { endpoint: worker, died: deathOf(worker, 'nobody', navigator.locks), end: () => worker.terminate() }
    })
    await expect(client.describe('tiny')).rejects.toMatchObject({ name: 'HearthError', code: 'internal_error' })
    URL.revokeObjectURL(address)
  })

  it('says which model is missing', async () => {
    const answering = start().chat('one', { ...REQUEST, model: 'none' }, new AbortController().signal)
    await expect(said(answering)).rejects.toMatchObject({ code: 'not_found' })
  })
})
