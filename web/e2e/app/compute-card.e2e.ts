import { expect } from '@playwright/test'
import { launchOptions } from '../../../scripts/lib/browser.mjs'
import { ask, BEGINS, scriptOf, storeModel } from '../support/compute.ts'
import { test } from '../support/fixtures.ts'
import { found } from '../support/steps.ts'

const { args = [], ...options } = launchOptions()
const SOFTWARE = ['--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader']
test.use({ launchOptions: { ...options, args: [...args.filter((flag: string) => flag !== '--disable-gpu'), ...SOFTWARE] } })

test('On a graphics card, here one of software, a model says the same as on a processor', async ({ box, device }) => {
  const { page } = await device('Ada')
  await found(page, box.url, 'Ada', 'Issum')
  await page.evaluate(() => navigator.serviceWorker.ready)
  await page.reload()
  const hasCard = await page.evaluate(async () => {
    const gpu = 'gpu' in navigator ? (navigator.gpu as { requestAdapter(): Promise<unknown> }) : null // typed nowhere yet
    return gpu !== null && (await gpu.requestAdapter()) !== null
  })
  // biome-ignore lint/suspicious/noSkippedTests: said in the report, where there is no card to test
  test.skip(!hasCard, 'this browser has no WebGPU')
  await storeModel(page)
  // software takes seconds for a token
  expect(await ask(page, await scriptOf(page), 3)).toMatchObject({ text: BEGINS, backend: 'webgpu' })
})
