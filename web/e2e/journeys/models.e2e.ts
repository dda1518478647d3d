import { cp } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from '@playwright/test'
import { communityGet, communityPromote } from '#protocol/community/capabilities.ts'
import {
  type ModelState,
  modelDelete,
  modelImport,
  modelList,
  modelNeighbours,
} from '#protocol/distributed-inference/model-capabilities.ts'
import { busOf, type PageBus } from '../support/bus.ts'
import { test } from '../support/fixtures.ts'
import { found, invite, joinBy, seesDirectly, turnAskingOn } from '../support/steps.ts'

test.use({ withoutServiceWorker: true })

const FIXTURE = join(import.meta.dirname, '../../../workers/compute/fixtures/qwen2-cpu-int4')
const SLOWLY = { timeout: 60_000 }

const tiny = async (bus: PageBus): Promise<ModelState | undefined> =>
  (await bus.call(modelList, {})).models.find(({ model }) => model === 'tiny')

test('Somebody takes a model from the box, and a neighbour takes single layers of it, and then all, from them', async ({
  box,
  device,
}) => {
  test.slow()
  await cp(FIXTURE, join(box.data, 'models/tiny'), { recursive: true })
  const anna = await device('Anna')
  const bernd = await device('Bernd')
  await found(anna.page, box.url, 'Anna', 'Issum')
  await joinBy(bernd.page, await invite(anna.page), 'Bernd')
  const [near, far] = [busOf(anna.page), busOf(bernd.page)]
  for (const { page } of [anna, bernd]) await turnAskingOn(page)

  // offered by the box with nothing here yet; then here, read and checked
  await expect.poll(async () => (await tiny(near))?.state, SLOWLY).toBe('offered')
  await near.call(modelImport, { model: 'tiny', from: 'box' })
  await expect.poll(async () => (await tiny(near))?.state, SLOWLY).toBe('ready')
  const had = await tiny(near)
  expect(had).toMatchObject({ source: 'box', layers: 8, held_layers: [{ from: 0, to: 7 }], refused: null })
  const weights_sha256 = had?.weights_sha256 ?? ''

  const bernds = async () =>
    (await near.call(communityGet, {})).community?.members.find(({ display_name }) => display_name === 'Bernd')?.node_id
  await expect.poll(bernds).toBeDefined()
  const subject = await bernds()
  // who is only a member is told nothing of it (DLM-5)
  expect((await far.call(modelNeighbours, {})).models).toEqual([])
  if (subject) await near.call(communityPromote, { subject, level: 'trusted' })
  await seesDirectly(anna.page, 'Bernd')
  await expect
    .poll(async () => (await far.call(modelNeighbours, {})).models.map((one) => one.weights_sha256), SLOWLY)
    .toEqual([weights_sha256])

  await far.call(modelImport, { model: 'tiny', from: 'peers', weights_sha256, layers: { from: 2, to: 3 }, ends: false })
  await expect.poll(async () => (await tiny(far))?.state, SLOWLY).toBe('partial')
  const some = await tiny(far)
  expect(some).toMatchObject({ weights_sha256, source: 'peers', held_layers: [{ from: 2, to: 3 }], refused: null })
  expect(some?.held_bytes).toBeLessThan((some?.bytes ?? 0) / 2)

  await far.call(modelImport, { model: 'tiny', from: 'peers', weights_sha256 })
  await expect.poll(async () => (await tiny(far))?.state, SLOWLY).toBe('ready')
  expect(await tiny(far)).toMatchObject({ held_bytes: had?.bytes, held_layers: [{ from: 0, to: 7 }] })

  await far.call(modelDelete, { model: 'tiny' })
  await expect.poll(async () => (await tiny(far))?.state, SLOWLY).toBe('offered')
})
