import { expect } from '@playwright/test'
import { launchOptionsWithCard } from '../../../scripts/lib/browser.mjs'
import { hasCard } from '../support/card.ts'
import { ask, BEGINS, scriptOf, storeModel } from '../support/compute.ts'
import { test } from '../support/fixtures.ts'
import { found } from '../support/steps.ts'

test.use({ launchOptions: launchOptionsWithCard() })

test('On a graphics card, here one of software, a model says the same as on a processor', async ({ box, device }) => {
  const { page } = await device('Ada')
  await found(page, box.url, 'Ada', 'Issum')
  await page.evaluate(() => navigator.serviceWorker.ready)
  await page.reload()
  // biome-ignore lint/suspicious/noSkippedTests: said in the report, where there is no card to test
  test.skip(!(await hasCard(page)), 'this browser has no WebGPU')
  await storeModel(page)
  // software takes seconds for a token
  expect(await ask(page, await scriptOf(page), 3)).toMatchObject({ text: BEGINS, backend: 'webgpu' })
})
