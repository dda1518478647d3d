import { expect, type Page } from '@playwright/test'
import { test } from '../support/fixtures.ts'
import { found, publishClaim, shortId, turnClaimsOn, visit } from '../support/steps.ts'

const nodeOf = (page: Page) => page.workers().find((worker) => worker.url().includes('node.worker'))

const CLAIM = { subject: 'Brunnen', predicate: 'hat', object: 'Trinkwasser' }

test('When the node dies, the page says so and brings it back by itself', async ({ box, device }) => {
  const { page } = await device('Ada')
  await found(page, box.url, 'Ada', 'Issum')
  await turnClaimsOn(page)
  await publishClaim(page, CLAIM)
  const before = nodeOf(page)
  expect(before).toBeDefined()

  // it is said only until the next start, a second later: who asks now and then could miss it
  const said = page.getByRole('heading', { name: 'HearthNet konnte nicht starten' }).waitFor()
  await before?.evaluate(() => self.close())
  await said
  await expect(page.getByRole('heading', { name: 'Brunnen' })).toBeVisible()
  expect(nodeOf(page)).toBeDefined()
  expect(nodeOf(page)).not.toBe(before)
  await publishClaim(page, { subject: 'Apotheke', predicate: 'ist geöffnet', object: 'bis 18 Uhr' })
})

test('After a crash of the whole page the app opens with everything', async ({ box, device }) => {
  const { context, page } = await device('Ada', { tolerates: [/the page crashed/] })
  await found(page, box.url, 'Ada', 'Issum')
  await turnClaimsOn(page)
  const id = await shortId(page)
  await publishClaim(page, CLAIM)
  await visit(page, '/claims/new')
  await page.getByLabel('Worum geht es').fill('Apotheke')
  await page.getByRole('combobox', { name: 'Was davon' }).fill('ist geöffnet')
  await page.getByLabel('Angabe').fill('bis 18 Uhr')
  await page.getByRole('button', { name: 'Aussage veröffentlichen' }).click()
  // in the middle of writing
  const crashed = page.waitForEvent('crash')
  page.goto('chrome://crash').catch(() => undefined)
  await crashed

  const again = await context.newPage()
  await again.goto(box.url)
  await expect(again.getByRole('heading', { name: 'Hallo, Ada' })).toBeVisible()
  expect(await shortId(again)).toBe(id)
  await visit(again, '/claims')
  await expect(again.getByRole('link', { name: /Brunnen.*Trinkwasser/ })).toBeVisible()
  // an interrupted claim is there as a whole or not at all
  await expect(again.getByText(/^1 bis [12] von [12]$/)).toBeVisible()
  await visit(again, '/community')
  await expect(again.getByText('Alles, was angekommen ist, ließ sich prüfen.')).toBeVisible()
  await publishClaim(again, { subject: 'Turnhalle', predicate: 'ist', object: 'Sammelpunkt' })
})
