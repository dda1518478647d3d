import { expect } from '@playwright/test'
import { ask, askedBy, newestAt, planAt, SLOWLY, settleComputing } from '../support/computing.ts'
import { test } from '../support/fixtures.ts'
import { MODELS, OFFERS, saySameTogether, storeFixture } from '../support/together.ts'

test.use({ withoutServiceWorker: true })

test('Two, three and five browsers say what one says, token for token, greedily and by a seed, with each model (DLM-3, DLM-11)', async ({
  box,
  device,
}) => {
  test.slow()
  const house = await settleComputing(box.url, device, OFFERS, async (page) => {
    for (const { model } of MODELS) await storeFixture(page, model)
  })
  const { page } = house.asker

  await test.step('asked in the window, the steps handed from one to the next', async () => {
    await askedBy(page, 'Nur dieses Gerät')
    const alone = await ask(page)
    expect(alone).toMatch(/kochen/i)
    // which way is faster is measured, and told with the beats: beside other work it may be the star for a while
    const together: string[] = []
    await expect(async () => {
      await expect.poll(async () => (await planAt(page)).topology, SLOWLY).toBe('chain')
      await askedBy(page, 'Gemeinsam mit anderen')
      together.push(await ask(page))
      expect(await newestAt(page)).toMatchObject({ topology: 'chain', state: 'completed', failovers: [] })
    }).toPass(SLOWLY)
    expect([...new Set(together)]).toEqual([alone])
    const answer = await newestAt(page)
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

  for (const model of MODELS) await saySameTogether(house, model, [2, 3, 5], { tokens: 24, backend: 'wasm' })
})
