import { expect, type Page } from '@playwright/test'
import { chat } from '#protocol/distributed-inference/pipeline-capabilities.ts'
import { busOf, type PageBus } from './bus.ts'
import { storeModel } from './compute.ts'
import { type Computing, MODEL, newestAt, shareEvenly } from './computing.ts'
import { test } from './fixtures.ts'

/** What several say together, beside what one of them says alone. */

/** Families whose weights are random: they say nothing sensible, and the same nothing everywhere. */
const FIXTURES = ['qwen2-cpu-int4', 'llama-tied-cpu-int4']
export const MODELS = [{ model: MODEL, layers: 6 }, ...FIXTURES.map((model) => ({ model, layers: 8 }))]
/** One to which the fixtures, too, say letters from their first tokens on, and not bytes that are none yet. */
const QUESTION = 'Wasser?'
/** Hot, or the app's own model, which knows its little text by heart, says the same by a seed. */
const SAMPLINGS = [
  { chosen: 'greedily', sampling: { temperature: 0 } },
  { chosen: 'by a seed', sampling: { temperature: 3, top_k: 200, top_p: 0.99, seed: 20_261_122 } },
]

/** Of the app's own model, by the four who compute beside the one that asks. */
export const OFFERS = [
  { name: 'Bernd', layers: { from: 0, to: 1 } },
  { name: 'Clara', layers: { from: 2, to: 3 } },
  { name: 'Dora', layers: { from: 4, to: 4 } },
  { name: 'Emil', layers: { from: 5, to: 5 } },
]

/** Brings a fixture to a device that joins; the app's own model it has already. */
export async function storeFixture(page: Page, model: string): Promise<void> {
  if (FIXTURES.includes(model)) await storeModel(page, model, model)
}

interface Wanted {
  readonly tokens: number
  readonly backend: 'wasm' | 'webgpu'
}

/** What is answered to one question, and by what. */
export async function said(
  bus: PageBus,
  model: string,
  sampling: object,
  computed_by: 'local' | 'pipeline',
  max_tokens: number,
) {
  const { frames, output } = await bus.hear(chat, {
    ...{ model, sampling, computed_by, max_tokens },
    messages: [{ role: 'user', content: QUESTION }],
    others_may_read: true,
  })
  const words = frames.map((frame) => (frame.frame === 'token_delta' ? frame.text : ''))
  const { tokens, prompt_tokens, reason, backend } = output
  return { text: words.join(''), tokens, prompt_tokens, reason, backend }
}

/**
 * Greedily and by a seed: as many browsers as are wanted say what the one that asks says alone, token for token (DLM-3, DLM-11).
 * @param browsers how many of them, the one that asks among them; one after the other
 */
export async function saySameTogether(
  house: Computing,
  { model, layers }: (typeof MODELS)[number],
  browsers: readonly number[],
  { tokens, backend }: Wanted,
): Promise<void> {
  const { page } = house.asker
  const bus = busOf(page)
  const alone = new Map<string, Awaited<ReturnType<typeof said>>>()
  for (const { chosen, sampling } of SAMPLINGS) alone.set(chosen, await said(bus, model, sampling, 'local', tokens))
  expect(alone.get('greedily')?.text).not.toBe('')
  expect(alone.get('by a seed')?.text).not.toBe(alone.get('greedily')?.text)
  for (const count of browsers)
    await test.step(`${model}, ${count} browsers`, async () => {
      await shareEvenly(house, model, layers, count - 1)
      for (const { chosen, sampling } of SAMPLINGS) {
        const together = await said(bus, model, sampling, 'pipeline', tokens)
        expect(together, chosen).toEqual(alone.get(chosen))
        expect(together).toMatchObject({ backend, tokens: expect.any(Number) })
        const answer = await newestAt(page)
        expect(new Set(answer?.stages.map(({ node_id }) => node_id)).size, chosen).toBe(count - 1)
        expect(answer?.stages.every(({ node_id, tokens: passed }) => node_id !== null && passed > 0)).toBe(true)
      }
    })
}
