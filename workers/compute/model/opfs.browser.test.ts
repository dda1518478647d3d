import { wrap } from 'comlink'
import { afterAll, describe, expect, it } from 'vitest'
import { createRealRuntime } from '../../kernel/real-runtime.ts'
import { createComputeClient } from '../client.ts'
import { receiveHearthErrors } from '../port.ts'
import { describeModelStore } from '../testing/model-store.contract.ts'
import { GREEDY } from '../text/sampler.ts'
import type { ModelStore } from './store.ts'

receiveHearthErrors()
const workers: Worker[] = []
function openStore(): ModelStore {
  const worker = new Worker(new URL('./opfs.worker.ts', import.meta.url), { type: 'module' })
  workers.push(worker)
  return wrap<ModelStore>(worker)
}
afterAll(() => {
  for (const worker of workers) worker.terminate()
})

const store = openStore()
describeModelStore("in the browser's own file system", async () => store)

describe('two workers of one app', () => {
  it('write into the same file at the same time', async () => {
    const other = openStore()
    const both = [store, other]
    const places = Array.from({ length: 20 }, (_, place) => place)
    await Promise.all(
      places.flatMap((place) =>
        both.map((one, who) => one.write('shared', 'weights', (2 * place + who) * 100, new Uint8Array(100).fill(1 + who))),
      ),
    )
    for (const place of places) expect(await other.read('shared', 'weights', place * 200 + 99, 2)).toEqual(Uint8Array.of(1, 2))
    await store.remove('shared')
  })
})

describe('the model that comes with the app', () => {
  const QUESTION = 'Wie mache ich Wasser sauber?'
  const ask = async (question: string): Promise<string> => {
    const client = createComputeClient(createRealRuntime())
    const request = {
      model: 'hearthnet-demonstration',
      messages: [{ role: 'user', content: question }],
      sampling: GREEDY,
      maxTokens: 100,
      stops: [],
    } as const
    let text = ''
    for await (const piece of client.chat('one', { ...request, messages: [...request.messages] }, new AbortController().signal))
      text += piece.text
    client.close()
    return text
  }

  it('answers with nothing installed, is kept, and answers from what was kept (DLM-7)', async () => {
    await store.remove('hearthnet-demonstration')
    const said = await ask(QUESTION)
    expect(said.length).toBeGreaterThan(30)
    const kept = await store.files('hearthnet-demonstration')
    expect([...kept.keys()]).toEqual(expect.arrayContaining(['hearthnet.json', 'hearthnet.held', 'onnx/model_quantized.onnx']))
    const before = performance.getEntriesByType('resource').length
    expect(await ask(QUESTION)).toBe(said)
    // asked of the app's address once: everything it needs is here
    const since = performance.getEntriesByType('resource').slice(before)
    expect(since.filter(({ name }) => name.includes('/models/hearthnet-demonstration/'))).toEqual([])
  })
})
