import { expect } from '@playwright/test'
import { ask, askedBy, newestAt, planAt, SLOWLY, settleComputing } from '../support/computing.ts'
import { test } from '../support/fixtures.ts'

test.use({ withoutServiceWorker: true })

test('Five browsers say what one says, and four of them hand the steps from one to the next (DLM-3, DLM-11)', async ({
  box,
  device,
}) => {
  test.slow()
  const { asker } = await settleComputing(box.url, device, [
    { name: 'Bernd', layers: { from: 0, to: 1 } },
    { name: 'Clara', layers: { from: 2, to: 3 } },
    { name: 'Dora', layers: { from: 4, to: 4 } },
    { name: 'Emil', layers: { from: 5, to: 5 } },
  ])
  const { page } = asker
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
  // who is handed its steps is sent nothing by who asks; all of them tell it what they made of them
  for (const { handed, sent_bytes, received_bytes, tokens } of stages) {
    expect(tokens).toBeGreaterThan(20)
    expect(received_bytes).toBeGreaterThan(0)
    expect(sent_bytes > 0).toBe(!handed)
  }
})
