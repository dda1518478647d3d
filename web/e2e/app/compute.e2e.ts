import { expect } from '@playwright/test'
import { ask, BEGINS, scriptOf, storeModel } from '../support/compute.ts'
import { test } from '../support/fixtures.ts'
import { NO_BOX } from '../support/no-box.ts'
import { found } from '../support/steps.ts'

test('A model is computed in the built app under its policy, and again without network and box', async ({ box, device }) => {
  const { context, page } = await device('Ada', { tolerates: NO_BOX })
  await found(page, box.url, 'Ada', 'Issum')
  await page.evaluate(() => navigator.serviceWorker.ready)
  await page.reload()
  expect(await page.evaluate(() => crossOriginIsolated)).toBe(true)
  await storeModel(page)
  const engineFiles = (): Promise<readonly string[]> =>
    page.evaluate(async () => (await (await caches.open('engine')).keys()).map(({ url }) => url))
  // nobody has fetched 14 MB who did not ask for an answer
  expect(await engineFiles()).toEqual([])
  const script = await scriptOf(page)
  const first = await ask(page, script, 12)
  expect(first).toMatchObject({ text: expect.stringMatching(new RegExp(`^${BEGINS}`)), backend: 'wasm' })
  expect(await engineFiles()).toHaveLength(2)

  await box.stop()
  await context.setOffline(true)
  await page.reload()
  expect(await ask(page, script, 12)).toMatchObject({ text: first.text, backend: first.backend })
})
