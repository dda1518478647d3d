import { expect } from '@playwright/test'
import { sharingGet } from '#protocol/distributed-inference/shard-capabilities.ts'
import { launchOptionsWithCard } from '../../../scripts/lib/browser.mjs'
import { busOf } from '../support/bus.ts'
import { hasCard } from '../support/card.ts'
import { settleComputing } from '../support/computing.ts'
import { test } from '../support/fixtures.ts'
import { MODELS, OFFERS, saySameTogether, storeFixture } from '../support/together.ts'

test.use({ withoutServiceWorker: true, launchOptions: launchOptionsWithCard() })

for (const model of MODELS)
  test(`On graphics cards, here of software, two, three and five browsers say of ${model.model} what one says (DLM-3, DLM-11)`, async ({
    box,
    device,
  }) => {
    test.slow()
    const house = await settleComputing(box.url, device, OFFERS, async (page) => {
      // biome-ignore lint/suspicious/noSkippedTests: said in the report, where there is no card to test
      test.skip(!(await hasCard(page)), 'this browser has no WebGPU')
      await storeFixture(page, model.model)
    })
    for (const { page } of house.others) expect(await busOf(page).call(sharingGet, {})).toMatchObject({ backend: 'webgpu' })

    // software takes a second for each token
    await saySameTogether(house, model, [2, 3, 5], { tokens: 4, backend: 'webgpu' })
  })
