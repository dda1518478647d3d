import { expect } from '@playwright/test'
import { communityGet, communityPromote } from '#protocol/community/capabilities.ts'
import { shardDirectory } from '#protocol/distributed-inference/pipeline-capabilities.ts'
import { shardOffer, shardWithdraw, sharingGet, sharingSet } from '#protocol/distributed-inference/shard-capabilities.ts'
import { busOf } from '../support/bus.ts'
import { ask, bringModel, MODEL, SLOWLY } from '../support/computing.ts'
import { test } from '../support/fixtures.ts'
import { found, invite, joinBy, seesDirectly, turnAskingOn, visit } from '../support/steps.ts'

test.use({ withoutServiceWorker: true })

test('One device offers layers of a model, another one computes its words through them, and they come and go with it', async ({
  box,
  device,
}) => {
  test.slow()
  const anna = await device('Anna', { tolerates: [/WebRTC|ERR_|data ?channel/i] })
  const bernd = await device('Bernd')
  await found(anna.page, box.url, 'Anna', 'Issum')
  await joinBy(bernd.page, await invite(anna.page), 'Bernd')
  const [near, far] = [busOf(anna.page), busOf(bernd.page)]
  const bernds = async () =>
    (await near.call(communityGet, {})).community?.members.find(({ display_name }) => display_name === 'Bernd')?.node_id
  await expect.poll(bernds).toBeDefined()
  const subject = await bernds()
  if (subject) await near.call(communityPromote, { subject, level: 'trusted' })
  await seesDirectly(anna.page, 'Bernd')
  for (const { page } of [anna, bernd]) await turnAskingOn(page)
  for (const bus of [near, far]) await bringModel(bus)

  const heard = async () =>
    (await near.call(shardDirectory, {})).nodes.flatMap(({ shards }) => shards.map((one) => one.shard_id))
  const served = async () => (await far.call(sharingGet, {})).offers.map(({ served_tokens }) => served_tokens)

  // offered, but only once sharing is on do others hear of it
  await far.call(shardOffer, { model: MODEL, layers: { from: 0, to: 5 } })
  expect((await far.call(sharingGet, {})).offers).toMatchObject([{ state: 'paused' }])
  expect(await heard()).toEqual([])
  await far.call(sharingSet, { share: true })
  await expect.poll(heard, SLOWLY).toEqual([`${MODEL}:0-5`])

  const { page } = anna
  await visit(page, '/ask')
  await page.getByText('Mehr', { exact: true }).click()
  await page.getByLabel('Wer rechnen soll').selectOption({ label: 'Nur dieses Gerät' })
  const alone = await ask(page)
  expect(alone).toMatch(/kochen/i)
  expect(await served()).toEqual([0])
  await page.getByRole('button', { name: 'Neues Gespräch' }).click()
  await page.getByLabel('Wer rechnen soll').selectOption({ label: 'Gemeinsam mit anderen' })
  expect(await ask(page)).toBe(alone)
  const [tokens = 0] = await served()
  expect(tokens).toBeGreaterThan(20)
  // nothing of the conversation stays there
  await expect.poll(async () => (await far.call(sharingGet, {})).offers.map(({ streams }) => streams)).toEqual([0])

  // a page that is loaded anew offers the same; one that takes it back is heard at once
  await bernd.page.reload()
  await expect.poll(async () => (await far.call(sharingGet, {})).offers.map(({ state }) => state), SLOWLY).toEqual(['ready'])
  await expect.poll(heard, SLOWLY).toEqual([`${MODEL}:0-5`])
  await far.call(shardWithdraw, { shard_id: `${MODEL}:0-5` })
  await expect.poll(heard, { timeout: 5000 }).toEqual([])
})
