import { expect, type Page } from '@playwright/test'
import { nodeStatus } from '#protocol/node/capabilities.ts'
import { createRealRuntime } from '../../../workers/kernel/real-runtime.ts'
import { type HubServer, startHubServer } from '../../../workers/testing/ebkh-server.ts'
import { testSigner } from '../../../workers/testing/test-identity.ts'
import { BUILT_APP, startBox } from '../support/box.ts'
import { busOf } from '../support/bus.ts'
import { test as base } from '../support/fixtures.ts'
import { found, turnClaimsOn, visit } from '../support/steps.ts'

const HUB_SEED = 9001

const test = base.extend<{ hub: HubServer; named: boolean }>({
  /** Whether the operator named the hub to the box. */
  named: [true, { option: true }],
  hub: async ({ baseURL: _ }, use) => {
    const hub = await startHubServer(createRealRuntime(), await testSigner(HUB_SEED))
    await hub.know('Notbrunnen Kapellen', 'liegt bei', 'geo:51.5421,6.4253')
    await hub.know('Notbrunnen Kevelaer', 'liegt bei', 'geo:51.5830,6.2459')
    await use(hub)
    await hub.stop()
  },
  box: async ({ hub, named }, use) => {
    const box = await startBox(BUILT_APP, named ? new URL(hub.endpoint).origin : null)
    await use(box)
    await box.stop()
  },
})

test.use({ withoutServiceWorker: true })

async function connect(page: Page, hub: HubServer): Promise<void> {
  const { identity } = await busOf(page).call(nodeStatus, {})
  if (!identity) throw new TypeError('a device that has settled in has an identity')
  await visit(page, '/claims/options')
  await page.getByLabel('Adresse').fill(hub.endpoint)
  await page.getByLabel('Zugangsschlüssel').fill(await hub.tokenFor(identity.node_id))
  await page.getByRole('button', { name: 'Verbinden' }).click()
  await expect(page.getByRole('heading', { name: 'Nach einem Ort fragen' })).toBeVisible()
}

async function askAround(page: Page): Promise<void> {
  await page.getByLabel('Breite in Grad').fill('51,54')
  await page.getByLabel('Länge in Grad').fill('6,43')
  await page.getByLabel('Wonach').fill('liegt bei')
  await page.getByRole('button', { name: 'In diesem Umkreis nachfragen' }).click()
}

test('What a hub knows of a place is fetched, read, and becomes a claim of the community when a person accepts it', async ({
  box,
  device,
  hub,
}) => {
  const { page: anna } = await device('Anna', { tolerates: [/left the house: http:\/\/127\.0\.0\.1:\d+\/rpc$/] })
  await found(anna, box.url, 'Anna', 'Issum')
  await turnClaimsOn(anna)
  await connect(anna, hub)
  await askAround(anna)
  await expect(anna.getByText('Neu im Eingang: 1.')).toBeVisible()

  await anna.getByRole('link', { name: 'Zum Eingang' }).click()
  await expect(anna.getByText('1 Aussage wartet.')).toBeVisible()
  await anna.getByRole('button', { name: /Übernehmen/ }).click()
  await visit(anna, '/claims')
  const list = anna.getByRole('list', { name: 'Liste der Aussagen' })
  await expect(list.getByRole('listitem').filter({ hasText: 'Notbrunnen Kapellen' })).toContainText('geo:51.5421,6.4253')
  await expect(list).not.toContainText('Kevelaer')
})

test.describe('Where the operator named no hub', () => {
  test.use({ named: false })

  test('the browser lets nothing out, and the app says that nothing came', async ({ box, device, hub }) => {
    const { page: anna } = await device('Anna', { tolerates: [/Content Security Policy|violates/] })
    await found(anna, box.url, 'Anna', 'Issum')
    await turnClaimsOn(anna)
    await connect(anna, hub)
    await askAround(anna)
    await expect(anna.getByText('Die Antwort kam nur zum Teil an.')).toBeVisible({ timeout: 30_000 })
    expect(hub.calls).toEqual([])
  })
})
