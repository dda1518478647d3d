import { expect, type Page } from '@playwright/test'
import { chat } from '#protocol/distributed-inference/pipeline-capabilities.ts'
import { busOf } from '../support/bus.ts'
import { storeModel } from '../support/compute.ts'
import { ask, askedBy, MODEL, newestAt, planAt, SLOWLY, settleComputing, shareEvenly } from '../support/computing.ts'
import { test } from '../support/fixtures.ts'

test.use({ withoutServiceWorker: true })

/** Families whose weights are random: they say nothing sensible, and the same nothing everywhere. */
const FIXTURES = ['qwen2-cpu-int4', 'llama-tied-cpu-int4']
const MODELS = [{ model: MODEL, layers: 6 }, ...FIXTURES.map((model) => ({ model, layers: 8 }))]
/** Who asks is one of them. */
const BROWSERS = [2, 3, 5]
/** Hot, or the app's own model, which knows its little text by heart, says the same by a seed. */
const SAMPLINGS = [
  { chosen: 'greedily', sampling: { temperature: 0 } },
  { chosen: 'by a seed', sampling: { temperature: 3, top_k: 200, top_p: 0.99, seed: 20_261_122 } },
]
const TOKENS = 24

async function said(page: Page, model: string, sampling: object, computed_by: 'local' | 'pipeline') {
  const { frames, output } = await busOf(page).hear(chat, {
    ...{ model, sampling, computed_by },
    messages: [{ role: 'user', content: 'Wie mache ich Wasser trinkbar?' }],
    max_tokens: TOKENS,
    others_may_read: true,
  })
  const words = frames.map((frame) => (frame.frame === 'token_delta' ? frame.text : ''))
  const { tokens, prompt_tokens, reason, backend } = output
  return { text: words.join(''), tokens, prompt_tokens, reason, backend }
}

test('Two, three and five browsers say what one says, token for token, greedily and by a seed, with each model (DLM-3, DLM-11)', async ({
  box,
  device,
}) => {
  test.slow()
  const house = await settleComputing(
    box.url,
    device,
    [
      { name: 'Bernd', layers: { from: 0, to: 1 } },
      { name: 'Clara', layers: { from: 2, to: 3 } },
      { name: 'Dora', layers: { from: 4, to: 4 } },
      { name: 'Emil', layers: { from: 5, to: 5 } },
    ],
    async (page) => {
      for (const fixture of FIXTURES) await storeModel(page, fixture, fixture)
    },
  )
  const { page } = house.asker

  await test.step('asked in the window, the steps handed from one to the next', async () => {
    await askedBy(page, 'Nur dieses Gerät')
    const alone = await ask(page)
    expect(alone).toMatch(/kochen/i)
    // they tell each other's round trips with the next beats
    await expect.poll(async () => (await planAt(page)).topology, SLOWLY).toBe('chain')
    await askedBy(page, 'Gemeinsam mit anderen')
    expect(await ask(page)).toBe(alone)
    const answer = await newestAt(page)
    expect(answer).toMatchObject({ topology: 'chain', state: 'completed', failovers: [] })
    const stages = answer?.stages ?? []
    expect(stages).toHaveLength(4)
    expect(new Set(stages.map(({ node_id }) => node_id)).size).toBe(4)
    expect(stages.some(({ handed }) => handed)).toBe(true)
    for (const { handed, sent_bytes, received_bytes, tokens } of stages) {
      expect(tokens).toBeGreaterThan(20)
      // all of them tell who asks what they made of it; who is handed its steps is sent none, or a late one once more
      if (handed) expect(sent_bytes).toBeLessThan(received_bytes / 2)
      else expect(sent_bytes).toBeGreaterThanOrEqual(received_bytes)
    }
  })

  for (const { model, layers } of MODELS) {
    const alone = new Map<string, Awaited<ReturnType<typeof said>>>()
    for (const { chosen, sampling } of SAMPLINGS) alone.set(chosen, await said(page, model, sampling, 'local'))
    expect(alone.get('by a seed')?.text).not.toBe(alone.get('greedily')?.text)
    for (const browsers of BROWSERS)
      await test.step(`${model}, ${browsers} browsers`, async () => {
        await shareEvenly(house, model, layers, browsers - 1)
        for (const { chosen, sampling } of SAMPLINGS) {
          const together = await said(page, model, sampling, 'pipeline')
          expect(together, chosen).toEqual(alone.get(chosen))
          expect(together).toMatchObject({ backend: 'wasm', tokens: expect.any(Number) })
          const answer = await newestAt(page)
          expect(new Set(answer?.stages.map(({ node_id }) => node_id)).size, chosen).toBe(browsers - 1)
          expect(answer?.stages.every(({ node_id, tokens }) => node_id !== null && tokens > 0)).toBe(true)
        }
      })
  }
})
