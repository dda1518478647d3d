import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from '@playwright/test'

const FIXTURES = join(import.meta.dirname, '../../../workers/compute/fixtures')
const FILES = ['genai_config.json', 'model.onnx', 'model.onnx.data', 'tokenizer.json', 'tokenizer_config.json']
/** What the fixture answers, in whichever way it is computed: its weights are random, its words mean nothing. */
export const BEGINS = '`VV'
/** Puts a fixture where this device keeps its models. @param model as which */
export async function storeModel(page: Page, fixture = 'qwen2-cpu-int4', model = 'tiny'): Promise<void> {
  for (const name of FILES) {
    const bytes = (await readFile(join(FIXTURES, fixture, name))).toString('base64')
    await page.evaluate(
      async ([id, file, text]) => {
        const models = await (await navigator.storage.getDirectory()).getDirectoryHandle('models', { create: true })
        const folder = await models.getDirectoryHandle(id, { create: true })
        const writable = await (await folder.getFileHandle(file, { create: true })).createWritable()
        await writable.write(Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)))
        await writable.close()
      },
      [model, name, bytes] as const,
    )
  }
}

interface Answered {
  readonly text: string
  readonly backend: string
  readonly tokensPerSecond: number
}

/** Starts the app's own compute worker, as the node does, and asks it. */
export async function ask(page: Page, script: string, maxTokens: number): Promise<Answered> {
  return page.evaluate(
    async ([address, count]) => {
      const worker = new Worker(address, { type: 'module', name: 'compute' })
      const { port1, port2 } = new MessageChannel()
      let text = ''
      // as comlink asks: a call by its path, and a callback as a port that is called in turn
      port1.onmessage = ({ data }) => {
        text += data.argumentList[0].value.text
        port1.postMessage({ id: data.id, type: 'RAW', value: undefined })
      }
      const greedy = { temperature: 0, topK: 0, topP: 1, repetitionPenalty: 1, seed: 0 }
      const messages = [{ role: 'user', content: 'Wo ist Wasser?' }]
      const request = { model: 'tiny', messages, sampling: greedy, maxTokens: count, stops: [] }
      const answer = await new Promise<{ readonly name?: string; readonly value: Record<string, unknown> }>(
        (resolve, reject) => {
          worker.onerror = (event) => reject(new Error(event.message))
          // it also says that it lives
          worker.onmessage = ({ data }) => data?.id === '1' && resolve(data)
          const argumentList = [
            { type: 'RAW', value: 'one' },
            { type: 'RAW', value: request },
            { type: 'HANDLER', name: 'proxy', value: port2 },
          ]
          worker.postMessage({ id: '1', type: 'APPLY', path: ['chat'], argumentList }, [port2])
        },
      )
      worker.terminate()
      if (answer.name === 'throw') throw new Error(JSON.stringify(answer.value))
      return { text, backend: String(answer.value.backend), tokensPerSecond: Number(answer.value.tokensPerSecond) }
    },
    [script, maxTokens] as const,
  )
}

/** The file of the compute worker, as the service worker's list of kept files names it. */
export const scriptOf = (page: Page): Promise<string> =>
  page.evaluate(async () => {
    const keys = await Promise.all((await caches.keys()).map(async (name) => (await caches.open(name)).keys()))
    const found = keys.flat().find(({ url }) => /compute\.worker-[\w-]+\.js/.test(url))
    if (!found) throw new Error('the compute worker is not kept for offline use')
    return found.url
  })
