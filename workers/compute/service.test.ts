import { beforeEach, describe, expect, it } from 'vitest'
import { HearthError } from '#protocol/core/errors.ts'
import { createSeededRuntime, type SeededRuntime } from '../testing/seeded-runtime.ts'
import { createEngine, type Engine } from './engine/engine.ts'
import { openModel } from './model/open-model.ts'
import type { ChatRequest, ComputePort, Piece } from './port.ts'
import { createCompute } from './service.ts'
import { computeInNode } from './testing/client-in-node.ts'
import { type Files, fixtureFiles, folderOf } from './testing/folder.ts'
import { ortInNode } from './testing/ort-node.ts'
import { GREEDY } from './text/sampler.ts'

const ASK: ChatRequest = {
  model: 'tiny',
  messages: [{ role: 'user', content: 'Wo ist Wasser?' }],
  sampling: GREEDY,
  maxTokens: 12,
  stops: [],
}

/** Node takes a thousand messages before it looks at anything else: a turn of its loop is what a message is to a worker. */
const breathe = () => new Promise<void>((resolve) => setImmediate(resolve))

describe('computing on this device', () => {
  let runtime: SeededRuntime
  let stored: Map<string, Files>
  let engines: Engine[]
  let opened: number
  let failing: number
  beforeEach(() => {
    runtime = createSeededRuntime(1)
    stored = new Map([['tiny', fixtureFiles('qwen2-cpu-int4')]])
    engines = []
    opened = 0
    failing = 0
  })

  function start(budgetBytes = 1e9): ComputePort {
    const { monotonic, after } = runtime
    return createCompute({
      stored: async () => [...stored.keys()].sort(),
      folder: async (id) => {
        const files = stored.get(id)
        if (!files) throw new HearthError('not_found', `there is no model ${id} on this device`)
        return folderOf(files, id)
      },
      open: (folder) => {
        opened += 1
        return openModel(folder)
      },
      startEngine: async () => {
        failing -= 1
        if (failing >= 0) throw new HearthError('not_implemented', 'nothing on this device computes')
        const open = async (kind: 'webgpu' | 'wasm') => (kind === 'wasm' ? ortInNode() : null)
        const engine = await createEngine({ open, monotonic, after, breathe }, { budgetBytes, idleMs: 60_000 })
        engines.push(engine)
        return engine
      },
      monotonic,
    })
  }
  const say = async (compute: ComputePort, change: Partial<ChatRequest> = {}, id = 'a') => {
    const pieces: string[] = []
    const ending = await compute.chat(id, { ...ASK, ...change }, ({ text }) => text !== '' && pieces.push(text))
    return { text: pieces.join(''), pieces, ending }
  }

  it('answers in pieces, the same text every time and whether weights are unpacked or not', async () => {
    const roomy = start()
    const first = await say(roomy)
    expect(first.text).toMatch(/^`VV`/)
    expect(first.ending).toMatchObject({ reason: 'length', tokens: 12, backend: 'wasm' })
    const tight = start(60e6)
    expect((await say(tight)).text).toBe(first.text)
    expect(await say(roomy)).toMatchObject({ text: first.text })
    const bytes = engines.map((engine) => engine.status().shards[0]?.bytes ?? 0)
    expect(bytes[0]).toBeGreaterThan((bytes[1] ?? 0) * 3)
  })

  it('ends only when its last piece of text has arrived, however slowly that travels', async () => {
    let arrived = ''
    const slowly = async ({ text }: Piece): Promise<void> => {
      for (let turn = 0; turn < 50; turn++) await breathe()
      arrived += text
    }
    await start().chat('a', { ...ASK, maxTokens: 4 }, slowly)
    expect(arrived).toBe('`VV`')
  })

  it('says what an answer waits for before its first word: the engine, the layers, the question', async () => {
    const compute = start()
    const waitsFor = async (id: string) => {
      const told: (Piece['wait'] | 'word')[] = []
      await compute.chat(id, { ...ASK, maxTokens: 2 }, ({ wait }) => told.push(wait ?? 'word'))
      return told
    }
    const reading = { phase: 'reading', backend: 'wasm' }
    expect(await waitsFor('a')).toEqual([
      { phase: 'engine', backend: null },
      { phase: 'layers', backend: 'wasm' },
      reading,
      ...['word', 'word'],
    ])
    expect(await waitsFor('b'), 'all is here already').toEqual([reading, 'word', 'word'])
    await compute.drop('tiny')
    expect((await waitsFor('c'))[0]).toEqual({ phase: 'layers', backend: 'wasm' })
  })

  it('tells the node what it waits for, as long as there is nothing to read', async () => {
    const open = async (kind: 'webgpu' | 'wasm') => (kind === 'wasm' ? ortInNode() : null)
    const { client } = computeInNode({ models: stored, runtime, open })
    const heard: string[] = []
    for await (const { wait, text } of client.chat('a', { ...ASK, maxTokens: 2 }, new AbortController().signal))
      heard.push(wait?.phase ?? text)
    client.close()
    expect(heard.slice(0, 3)).toEqual(['engine', 'layers', 'reading'])
    expect(heard.slice(3).join('')).toMatch(/^`V/)
  })

  it('opens a model once, and hosts its layers from then on', async () => {
    const compute = start()
    expect(await compute.shards()).toEqual({ backend: null, shards: [] })
    await say(compute, { maxTokens: 2 })
    await say(compute, { maxTokens: 2 })
    expect(opened).toBe(1)
    const { backend, shards } = await compute.shards()
    expect(backend).toBe('wasm')
    expect(shards).toMatchObject(
      [{ model: 'tiny', embed: true, first: 0, end: 8, head: true, weightsHash: /^sha256:/ }].map(
        ({ weightsHash, ...rest }) => ({ ...rest, weightsHash: expect.stringMatching(weightsHash) }),
      ),
    )
  })

  it('hears who wants it to stop while it computes, and frees what it held (DLM-10)', async () => {
    const compute = start()
    await say(compute, { maxTokens: 1 })
    let pieces = 0
    const answer = compute.chat('a', { ...ASK, maxTokens: 400 }, () => {
      pieces += 1
      // as a message from outside: it waits until the worker takes a breath
      if (pieces === 2) setTimeout(() => compute.cancel('a'), 0)
    })
    await expect(answer).rejects.toMatchObject({ code: 'pipeline_cancelled' })
    expect(pieces).toBeLessThan(20)
    expect(engines[0]?.status().shards[0]).toMatchObject({ sequences: 0, cacheBytes: 0 })
  })

  it('keeps two answers at once apart', async () => {
    const compute = start()
    const alone = await say(compute)
    const other = { messages: [{ role: 'user', content: 'Feuer!' }] } as const
    const [first, second] = await Promise.all([say(compute, {}, 'a'), say(compute, other, 'b')])
    expect(first.text).toBe(alone.text)
    expect(second.text).not.toBe(alone.text)
    expect(second.text).toBe((await say(compute, other)).text)
  })

  it('says of each model whether it can be computed; one that was repaired can', async () => {
    const files = fixtureFiles('llama-tied-cpu-int4')
    files.delete('tokenizer.json')
    stored.set('broken', files)
    const compute = start()
    expect(await compute.models()).toMatchObject([
      { id: 'broken', weightsHash: null, refused: expect.stringContaining('tokenizer.json') },
      { id: 'tiny', layers: 8, refused: null },
    ])
    stored.set('broken', fixtureFiles('llama-tied-cpu-int4'))
    expect((await compute.models())[0]).toMatchObject({ id: 'broken', layers: 8, refused: null })
  })

  it('tries again to start what failed to start', async () => {
    failing = 1
    const compute = start()
    await expect(say(compute)).rejects.toMatchObject({ code: 'not_implemented' })
    expect(await compute.shards()).toEqual({ backend: null, shards: [] })
    await expect(say(compute, { maxTokens: 1 })).resolves.toMatchObject({ ending: { tokens: 1 } })
  })

  it('refuses a conversation that the model cannot read to its end, and stops where its positions end', async () => {
    const compute = start()
    const long = { messages: [{ role: 'user', content: 'Wasser '.repeat(400) }] } as const
    await expect(say(compute, long)).rejects.toMatchObject({ code: 'bad_request' })
    const almost = { messages: [{ role: 'user', content: 'x '.repeat(252) }], maxTokens: 50 } as const
    const { ending } = await say(compute, almost)
    expect(ending.promptTokens + ending.tokens).toBe(512)
  })

  it('refuses a model that does not fit, and one that is not there', async () => {
    await expect(say(start(1e6))).rejects.toMatchObject({ code: 'capacity_exceeded' })
    await expect(say(start(), { model: 'none' })).rejects.toMatchObject({ code: 'not_found' })
  })
})
