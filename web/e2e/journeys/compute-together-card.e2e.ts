import { expect, type Page } from '@playwright/test'
import { sharingGet } from '#protocol/distributed-inference/shard-capabilities.ts'
import { busOf } from '../support/bus.ts'
import { hasCard, onSoftwareCard } from '../support/card.ts'
import { settleComputing } from '../support/computing.ts'
import { test } from '../support/fixtures.ts'
import { OFFERS, saySameTogether, storeFixtures } from '../support/together.ts'

test.use({ withoutServiceWorker: true, launchOptions: onSoftwareCard() })

async function prepare(page: Page): Promise<void> {
  // biome-ignore lint/suspicious/noSkippedTests: said in the report, where there is no card to test
  test.skip(!(await hasCard(page)), 'this browser has no WebGPU')
  await storeFixtures(page)
}

test('On graphics cards, here of software, two, three and five browsers say what one says, with each model (DLM-3, DLM-11)', async ({
  box,
  device,
}) => {
  test.slow()
  const house = await settleComputing(box.url, device, OFFERS, prepare)
  for (const { page } of house.others) expect(await busOf(page).call(sharingGet, {})).toMatchObject({ backend: 'webgpu' })

  // software takes a second for each token
  await saySameTogether(house, [2, 3, 5], { tokens: 4, backend: 'webgpu' })
})
